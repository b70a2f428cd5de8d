"""What an entry says as it stands: with what later corrections put in its place (更正)."""

from collections.abc import Iterable, Mapping
from typing import Any

from shouwen.engine import Entry as Step
from shouwen.engine import effective
from shouwen.engine.entry import CORRECTED, order
from shouwen.journal.models import Entry

Sealed = Mapping[int, Mapping[str, Any]]
"""Sealed content by the entry's number."""


def as_it_stands(entry: Entry, steps: Iterable[Step], sealed: Sealed) -> dict[str, Any]:
    """The entry's data with its sealed content, each field as the last standing correction has it."""
    said = {**entry.data, **sealed.get(entry.seq, {})}
    mends = [step for step in effective(steps) if step.type == CORRECTED and step.data.get("entry") == str(entry.seq)]
    for mend in sorted(mends, key=order):
        said |= {**(mend.data.get("data") or {}), **sealed.get(mend.seq, {}).get("data", {})}
    return said
