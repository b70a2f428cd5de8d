"""Who may see a line, as words of the index (谁看得见): the same seats and paths that ``visible()`` stands on."""

from collections.abc import Iterable
from datetime import datetime

from shouwen.organisation.models import Person, line_of
from shouwen.organisation.seats import seats, selves

EVERYTHING = "u0"
"""Stands at every line that is not confidential, for those who see everything."""


def unit_words(path: str) -> tuple[str, ...]:
    """The words of a line in the unit with this path: those who see any unit above it see the line."""
    return (EVERYTHING, *(f"u{pk}" for pk in line_of(path)))


def person_word(pk: int) -> str:
    return f"p{pk}"


def post_word(pk: int) -> str:
    return f"q{pk}"


def held_by(people: Iterable[int], posts: Iterable[int]) -> tuple[str, ...]:
    """The words of what these people and posts own or handle, or were named in."""
    return (*map(person_word, sorted(people)), *map(post_word, sorted(set(posts))))


def words_of(person: Person, at: datetime) -> tuple[str, ...]:
    """The words one of which a line must hold for the person to see it at ``at``; none: sees nothing. One query."""
    if not person.is_active:
        return ()
    held = seats(person, at)
    own = held_by(selves(person, held), [seat.post.pk for seat in held])
    if person.is_superuser or person.auditor:
        return (EVERYTHING, *own)
    return (*(f"u{pk}" for pk in sorted({seat.unit.pk for seat in held})), *own)
