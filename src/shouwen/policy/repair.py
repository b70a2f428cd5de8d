"""Puts stand-ins for what is misshapen in a mapping, so that everything else in it can still be checked.

As little as possible is taken out: a text of the wrong shape becomes a hole, a key that is a slip of the pen
gets its right name, a missing key gets a hole. Only what nothing can stand for is removed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from shouwen.policy.problems import nearest
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.shape import Found, Path, schema, shape_problems
from shouwen.policy.yamltext import Hole, Map, Seq


def unreadable(part: str) -> Map:
    """What stands for a mapping of the schema's `part` of which nothing can be read: anything may be in it."""
    empty = Map()
    empty.update({key: Hole() for key in schema()["$defs"][part]["properties"]})
    make_sound(part, empty, 0)
    return empty


def make_sound(part: str, value: Map, line: int) -> list[Found]:
    """Give `value` the shape of the schema's `part`; everything in which it differed, each said once."""
    return _Repair(part, value, line).found()


class _Repair:
    def __init__(self, part: str, value: Map, line: int) -> None:
        self.part = part
        self.value = value
        self.line = line
        self.said: list[Found] = []
        self.tried: dict[Path, Iterator[Any]] = {}
        """For each misshapen place what can still be tried to stand there."""

    def found(self) -> list[Found]:
        """Every pass puts right a key or tries the next stand-in, of which a place has few: this comes to an end."""
        while True:
            found = list(shape_problems(self.part, self.value, self.line))
            if not found:
                return self.said
            if not self._put_right(found):
                self._stand_in(found)

    def _put_right(self, found: list[Found]) -> bool:
        """Give keys that are slips of the pen their right names; whether there were any."""
        changed = False
        for one in found:
            if one.sort not in ("unknown", "key"):
                continue
            around, key = self._at(one.path[:-1]), str(one.path[-1])
            changed = True
            self.said.append(one)
            if one.sort == "key":
                around.rename(key, Hole(key))
            elif one.near and not around.wrote(one.near):
                around.rename(key, one.near)
                if not nearest(key, [one.near], cutoff=0.75):
                    # Where it may be another key, nothing is said of its value as a whole.
                    path = (*one.path[:-1], one.near)
                    self.tried[path] = _stand_ins(around[one.near], around.line_of(one.near))
            else:
                self._lose(around, key)
        return changed

    def _lose(self, around: Map, key: str) -> None:
        """Take a key out that nobody knows; a whole section may be any of its form that is not there."""
        value = around.pop(key)
        around.lost.add(key)
        form = "array" if isinstance(value, Seq) else "object" if isinstance(value, Map) else ""
        sections = schema()["$defs"][self.part]["properties"] if around is self.value else {}
        for name, section in sections.items():
            if section.get("type") == form and not around.wrote(name):
                around[name] = Hole()

    def _stand_in(self, found: list[Found]) -> None:
        places: dict[Path, None] = {}
        for one in found:
            if not self._silent(one):
                self.said.append(one)
            places[one.path] = None
        for path in sorted(places, key=len, reverse=True):
            self._try(path)

    def _silent(self, one: Found) -> bool:
        """Whether it only follows from what has been said already."""
        if one.path in self.tried or UNKNOWN in one.path:
            return True
        if one.sort == "missing":
            return UNKNOWN in self._at(one.path[:-1])
        return isinstance(self._at(one.path), Hole)

    def _try(self, path: Path) -> None:
        """Put the next stand-in at `path`; where there is none left, take it out, or what it stands in."""
        if not path:
            self.value[UNKNOWN] = Hole()
            return
        around, key = self._at(path[:-1]), path[-1]
        there = isinstance(around, Seq) or key in around
        line = around.lines[int(key)] if isinstance(around, Seq) else around.line_of(str(key))
        first = path not in self.tried
        if first:
            self.tried[path] = _stand_ins(around[key], line) if there else _for_missing(line)
        for stand_in in self.tried[path]:
            around[key] = stand_in
            if isinstance(stand_in, Seq) and not isinstance(stand_in[0], Hole):
                self.tried.setdefault((*path, 0), _stand_ins(stand_in[0], line))
            return
        if there and isinstance(around, Map):
            around.pop(str(key))
            around.lost.add(str(key))
        else:
            self._try(path[:-1])

    def _at(self, path: Path) -> Any:
        here: Any = self.value
        for part in path:
            here = here[part]
        return here


def _stand_ins(value: Any, line: int) -> Iterator[Any]:
    """What may stand for a value, the nearest to it first."""
    if isinstance(value, Map):
        yield _with_hole(value)
    yield Hole(value if isinstance(value, str) else json.dumps(value) if isinstance(value, (int, float)) else UNKNOWN)
    if not isinstance(value, (Seq, Hole)) and value not in (None, "", {}):
        yield Seq.at(line, value)
    yield from _for_missing(line)


def _for_missing(line: int) -> Iterator[Any]:
    yield Hole()
    yield Seq.at(line, Hole())
    yield Seq.at(line, Hole(), Hole())
    yield _with_hole(Map(line))


def _with_hole(value: Map) -> Map:
    """The same entries, and one that stands for any others."""
    holed = Map(value.line)
    holed.update({**value, Hole(): Hole()})
    holed.lines = dict(value.lines)
    holed.lost = set(value.lost)
    return holed
