"""Rooms below keep tables of their own in step with the journal, in the same transaction (投影)."""

from collections.abc import Callable, Sequence

from shouwen.journal.models import Entry
from shouwen.journal.pen import OpenJournal

Projector = Callable[[Sequence[Entry]], None]
"""Given all entries of its type that one batch writes; writes rows of its own room and nothing else."""
_projectors: dict[str, list[Projector]] = {}
_of_all: list[Projector] = []


def register(event: str, projector: Projector) -> None:
    """Call `projector` with every entry of this type, in the transaction that writes it."""
    _projectors.setdefault(event, []).append(projector)


def register_all(projector: Projector) -> None:
    """Call `projector` once a batch with all entries that it writes, in the transaction that writes them."""
    _of_all.append(projector)


def run(journals: Sequence[OpenJournal]) -> None:
    by_type: dict[str, list[Entry]] = {}
    for journal in journals:
        for entry in journal.added:
            if entry.type in _projectors:
                by_type.setdefault(entry.type, []).append(entry)
    for event, entries in by_type.items():
        for projector in _projectors[event]:
            projector(entries)
    for projector in _of_all:
        projector([entry for journal in journals for entry in journal.added])
