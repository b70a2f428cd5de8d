"""The engine (引擎): journal → standing. Pure: no Django, no clock, no database. See ``docs/engine.md``."""

from shouwen.engine.answers import STANDING, Breach, Coming, Next, Owed, Proposed, Shut, Why
from shouwen.engine.entry import Entry, effective, order
from shouwen.engine.journal_file import JournalError, read_journal
from shouwen.engine.program import OWN, Program, compile_policy
from shouwen.engine.replay import replay, subject_lines
from shouwen.engine.standing import Standing, fold
from shouwen.engine.stuck import Stuck, stuck
from shouwen.engine.whatif import Compared, Comparison, Journal, Pair, hours_late, journals_of
from shouwen.engine.whatif_report import Line, Report, report

__all__ = [
    "OWN",
    "STANDING",
    "Breach",
    "Coming",
    "Compared",
    "Comparison",
    "Entry",
    "Journal",
    "JournalError",
    "Line",
    "Next",
    "Owed",
    "Pair",
    "Program",
    "Proposed",
    "Report",
    "Shut",
    "Standing",
    "Stuck",
    "Why",
    "compile_policy",
    "effective",
    "fold",
    "hours_late",
    "journals_of",
    "order",
    "read_journal",
    "replay",
    "report",
    "stuck",
    "subject_lines",
]
