"""Takes out of a misshapen mapping what cannot be read, so that the rest can still be checked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shouwen.policy.yamltext import Map, Seq

_STAND_INS: dict[str, Any] = {"language": 1, "title": "", "issuer": "", "version": "", "effective": ""}
_DECLARING = {"categories": "axis", "lists": "name", "rows": "list"}
"""Rules that declare something for others, and the key that names it."""


def sound_front(front: Map, paths: Iterable[tuple[str | int, ...]], name: str) -> set[str] | None:
    """Leave only readable entries; the names of those taken out, or None where too little is left."""
    broken: set[str] = set()
    for path in paths:
        section = path[0] if path else None
        entries = front.get(str(section))
        if len(path) > 1 and isinstance(entries, Map):
            broken |= _dropped(entries.pop(str(path[1]), None), str(path[1]))
        elif section is not None:
            front.pop(str(section), None)
    for key, value in {**_STAND_INS, "name": name}.items():
        front.setdefault(key, value)
    return broken if "roles" in front and "kinds" in front else None


def _dropped(entry: Any, name: str) -> set[str]:
    """The entry's own name, and the labels of a reading's choices."""
    choices = entry.get("choices") if isinstance(entry, Map) else None
    return {name, *(choices if isinstance(choices, Map) else ())}


def sound_rules(block: Map, paths: Iterable[tuple[str | int, ...]]) -> set[str]:
    """Leave only readable rules; the names that those taken out would have declared."""
    broken: set[str] = set()
    items: set[tuple[str, int]] = set()
    for path in paths:
        key = str(path[0]) if path else ""
        if len(path) > 1 and isinstance(path[1], int) and isinstance(block.get(key), Seq):
            items.add((key, path[1]))
        else:
            block.pop(key, None)
    for key, number in sorted(items, reverse=True):
        if key in block:
            item = block[key].pop(number)
            named = item.get(_DECLARING.get(key, "")) if isinstance(item, Map) else None
            broken |= {named} if isinstance(named, str) else set()
    return broken
