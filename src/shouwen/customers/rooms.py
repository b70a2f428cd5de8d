"""Rooms as officers type them (房号): ``3-1201``, ``3栋1201``, ``3号楼2单元1201室``, ``三幢1201``."""

import re
import unicodedata
from typing import NamedTuple

_NUMERALS = {character: value for value, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_CHINESE_NUMBER = re.compile(r"[一二三四五六七八九]?十[一二三四五六七八九]?|[一二三四五六七八九两]")
_BUILDING = re.compile(r"(?P<name>[0-9]+[A-Z]?|[A-Z][0-9]*)(?:栋|幢|座|号楼|楼|#)?")
_ENTRANCE = re.compile(r"(?P<name>[0-9]+|[A-Z])(?:单元|门|梯)?")
_ROOM = re.compile(r"(?P<name>[0-9]+[A-Z]?)(?:室|号|户|房)?")
_TYPED = re.compile(
    r"(?:(?P<building>[0-9]+[A-Z]?|[A-Z][0-9]*)(?:栋|幢|座|号楼|楼|#|-)-?)?"
    r"(?:(?P<entrance>[0-9]+|[A-Z])(?:单元|门|梯|-)-?)?"
    r"(?:(?P<room>[0-9]{2,5}[A-Z]?)(?:室|号|户|房)?)?"
)


class Room(NamedTuple):
    """Building (栋), entrance (单元) and room (室), each "" where it was not said."""

    building: str
    entrance: str
    room: str


def read_room(typed: str) -> Room | None:
    """The room that was typed; None where it is none. A number alone is a room of any building."""
    found = _TYPED.fullmatch(_plain(typed))
    if found is None or not (found["building"] or found["room"]):
        return None
    return Room(found["building"] or "", found["entrance"] or "", found["room"] or "")


def building_name(text: str) -> str:
    """``3`` for 3栋, 三幢, 3#; what is no such name stays as it is written."""
    return _name(_BUILDING, text)


def entrance_name(text: str) -> str:
    """``2`` for 2单元."""
    return _name(_ENTRANCE, text)


def room_name(text: str) -> str:
    """``1201`` for 1201室."""
    return _name(_ROOM, text)


def _name(pattern: re.Pattern[str], text: str) -> str:
    plain = _plain(text)
    found = pattern.fullmatch(plain)
    return found["name"] if found else plain


def _plain(text: str) -> str:
    written = "".join(unicodedata.normalize("NFKC", text).split()).upper()
    written = re.sub(r"[–—―−－_/]", "-", written)
    return _CHINESE_NUMBER.sub(lambda found: str(_number(found[0])), written)


def _number(numeral: str) -> int:
    tens, ten, ones = numeral.rpartition("十")
    if not ten:
        return _NUMERALS[numeral]
    return _NUMERALS.get(tens, 1) * 10 + _NUMERALS.get(ones, 0)
