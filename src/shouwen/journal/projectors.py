"""Rooms below keep tables of their own in step with the journal, in the same transaction (投影)."""

from collections.abc import Callable, Sequence

from shouwen.journal.models import Entry
from shouwen.journal.pen import OpenJournal
from shouwen.journal.settle import Settled

Projector = Callable[[Sequence[Entry]], None]
"""Given all entries of its type that one batch writes; writes rows of its own room and nothing else."""
_projectors: dict[str, list[Projector]] = {}
Follower = Callable[[Sequence[tuple[OpenJournal, Settled]]], None]
"""Given every journal that one batch has settled, written to or only looked at again; all of it is stored by then."""
_followers: list[Follower] = []


def register(event: str, projector: Projector) -> None:
    """Call `projector` with every entry of this type, in the transaction that writes it."""
    _projectors.setdefault(event, []).append(projector)


def follow(follower: Follower) -> None:
    """Call `follower` with what a batch has settled, in the transaction that writes it, after the projectors."""
    _followers.append(follower)


def run(journals: Sequence[OpenJournal], settled: Sequence[Settled]) -> None:
    by_type: dict[str, list[Entry]] = {}
    for journal in journals:
        for entry in journal.added:
            if entry.type in _projectors:
                by_type.setdefault(entry.type, []).append(entry)
    for event, entries in by_type.items():
        for projector in _projectors[event]:
            projector(entries)
    for follower in _followers:
        follower(list(zip(journals, settled, strict=True)))
