"""The engine (引擎): journal → standing. Pure: no Django, no clock, no database. See ``docs/engine.md``."""

from shouwen.engine.answers import STANDING, Breach, Next, Owed, Proposed, Shut, Why
from shouwen.engine.entry import Entry, effective, order
from shouwen.engine.journal_file import JournalError, read_journal
from shouwen.engine.program import Program, compile_policy
from shouwen.engine.replay import replay, subject_lines
from shouwen.engine.standing import Standing, fold

__all__ = [
    "STANDING",
    "Breach",
    "Entry",
    "JournalError",
    "Next",
    "Owed",
    "Program",
    "Proposed",
    "Shut",
    "Standing",
    "Why",
    "compile_policy",
    "effective",
    "fold",
    "order",
    "read_journal",
    "replay",
    "subject_lines",
]
