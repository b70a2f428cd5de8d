"""Search (检索): what somebody typed, and the lines that hold it.

Words between spaces must all be there. Each is found wherever it stands: exactly the hits of LIKE upon the folded text.
Beside that, and said so on the page, a word is also looked for as it is written in simplified characters, a number as
bare digits, a spelt name without spaces, and a room as it is kept (``3栋1201`` as ``3-1201``).
"""

import re
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from django.db.models import QuerySet

from shouwen.customers.phones import digits_of
from shouwen.customers.rooms import read_room
from shouwen.insight.index import Asked, matching
from shouwen.insight.models import Line
from shouwen.insight.reading import room_names
from shouwen.insight.seen_by import words_of
from shouwen.insight.words import folded
from shouwen.journal.typed import typed
from shouwen.organisation.models import Person

LONGEST = 100
"""Characters that are looked at."""
WORDS = 8
"""Words that are looked at."""
FEWEST_DIGITS = 4
_SPELT = re.compile(r"[a-z]+(?:[' ]+[a-z]+)+")
_CHINESE = re.compile(r"[㐀-鿿豈-﫿\U00020000-\U0003ffff]")


@dataclass(frozen=True)
class Sought:
    """What is looked for, folded: every one of ``words``, or, said another way, ``alike`` of each and ``wholes``."""

    words: tuple[str, ...]
    alike: tuple[tuple[str, ...], ...]
    wholes: tuple[str, ...]

    @property
    def otherwise(self) -> list[str]:
        """Other spellings that are looked for too, to be said on the page."""
        return [one.strip() for one in (*(other for some in self.alike for other in some), *self.wholes)]


def read(text: str, *, exact: bool = False) -> Sought | None:
    """What was typed; None where it says nothing. `exact`: in no other spelling than typed."""
    plain = folded(typed(text, LONGEST))
    words = tuple(dict.fromkeys(plain.split()[:WORDS]))
    if not words:
        return None
    if exact:
        return Sought(words, ((),) * len(words), ())
    return Sought(words, tuple(tuple(_alike(word)) for word in words), tuple(_wholes(plain, words)))


def _alike(word: str) -> list[str]:
    simplified = folded(_simplifier().convert(word)) if _CHINESE.search(word) else word
    return [simplified] if simplified != word else []


def _wholes(plain: str, words: tuple[str, ...]) -> list[str]:
    found = []
    digits = digits_of(plain)
    if len(digits) >= FEWEST_DIGITS and digits not in words:
        found.append(digits)
    if _SPELT.fullmatch(plain):
        found.append(re.sub("[' ]", "", plain))
    room = read_room(plain)
    if room is not None and room.building and room.room:
        name = folded(room_names(room.building, room.entrance, room.room)[0])
        if name not in words:
            # Between line feeds, as a file's names stand: 3-1201 is not in 13-1201.
            found.append(f"\n{name}\n")
    return found


@cache
def _simplifier() -> Any:
    """Made when first needed: its tables take a while."""
    from opencc import OpenCC

    return OpenCC("t2s")


def asked(sought: Sought, who: tuple[str, ...]) -> Asked:
    """What the index is asked: who sees what stands in it too."""
    parts = tuple((word, *alike) for word, alike in zip(sought.words, sought.alike, strict=True))
    return Asked(parts, sought.wholes, who)


def found(person: Person, sought: Sought, at: datetime) -> QuerySet[Line]:
    """The lines that hold it and that the person may see at ``at``, matters and all other subjects."""
    who = words_of(person, at)
    return Line.objects.filter(pk__in=matching(asked(sought, who))) if who else Line.objects.none()


def newest(person: Person, sought: Sought, at: datetime, limit: int) -> list[Line]:
    """At most so many of ``found``, those recorded last first; quick however many there are."""
    who = words_of(person, at)
    if not who:
        return []
    return list(Line.objects.filter(pk__in=matching(asked(sought, who), limit)).order_by("-pk"))
