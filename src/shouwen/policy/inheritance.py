"""What a policy takes over from the one that it extends (沿用): declarations, parameters, clauses with their rules."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from shouwen.policy.bundle import split
from shouwen.policy.document import Document, Section, read_document
from shouwen.policy.model import Demand, Rule
from shouwen.policy.yamltext import Map, Seq, read_yaml

_SECTIONS = (
    *("defaults", "parameters", "words", "roles", "kinds", "axes", "facts"),
    *("events", "papers", "optional", "readings"),
)
_ALSO = ("language", "zone", "trade")


@dataclass(frozen=True)
class Heir:
    """A section of a policy's text: its own, or one that it takes over from the policy ``origin``."""

    section: Section
    origin: str
    file: str


@dataclass(frozen=True)
class Estate:
    """What the policies that are extended leave behind: their front matter, one over the other, and their sections."""

    front: Map
    heirs: tuple[Heir, ...]


def estate(bases: tuple[tuple[str, str], ...]) -> Estate:
    """All of these policies, the nearest first, each sound by itself."""
    front = Map()
    heirs: list[Heir] = []
    for name, text in bases:
        document = read_document(f"{name}.md", split(text)[0])
        overlay(front, _front(document))
        title = f"沿用《{_front(document).get('title', name)}》"
        heirs.append(Heir(Section(2, title, 0), name, f"{name}.md"))
        heirs += [Heir(one, name, f"{name}.md") for one in document.sections if one.id or one.level > 1]
    return Estate(front, tuple(heirs))


def _front(document: Document) -> Map:
    assert document.front is not None
    value, _unread = read_yaml(document.front.text, document.front.line)
    assert isinstance(value, Map)
    return value


def overlay(own: Map, base: Map) -> None:
    """Gives `own` front matter what `base` declares and it does not: each name of each section by itself."""
    line = own.line_of("extends")
    for key in _ALSO:
        if key in base and not own.wrote(key):
            own[key], own.lines[key] = base[key], line
    for key in _SECTIONS:
        given, here = base.get(key), own.get(key)
        if not isinstance(given, Map):
            continue
        if here is None:
            here = own[key] = Map(line)
            own.lines[key] = line
        if isinstance(here, Map):
            _overlay_section(key, here, given, line)


def _overlay_section(key: str, own: Map, base: Map, line: int) -> None:
    mine = {name: (own[name], own.line_of(name)) for name in own}
    own.clear()
    for name, value in base.items():
        own[name], own.lines[name] = value, line
    for name, (value, at) in mine.items():
        own[name], own.lines[name] = _over(key, value, base.get(name)), at


def _over(key: str, own: Any, base: Any) -> Any:
    """A name that both declare: its own counts; of a parameter it may be the value alone, of an event more fields."""
    if key == "parameters" and isinstance(base, Map) and not isinstance(own, (Map, Seq)) and own is not None:
        return _with(base, value=own)
    if key == "events" and isinstance(own, Map) and isinstance(base, Map) and isinstance(base.get("data"), Map):
        data = own.get("data")
        if data is None or isinstance(data, Map):
            fields = Map(own.line)
            for one in (base["data"], data or Map()):
                fields.update(one)
                fields.lines |= one.lines
            return _with(_with(base, **own), data=fields)
    return own


def _with(base: Map, **changes: Any) -> Map:
    made = Map(base.line)
    made.update({**base, **changes})
    made.lines = dict(base.lines)
    return made


def replaced_by(blocks: Iterable[tuple[str, Map]], names: frozenset[str]) -> dict[str, str]:
    """What the blocks of own clauses say they replace of the policies `names`: clause or demand → the own clause."""
    found: dict[str, str] = {}
    for clause, block in blocks:
        for cited in block.get("replaces", ()):
            if str(cited).partition("/")[0] in names:
                found[str(cited)] = clause
    return found


def taken_over(own: Iterable[Rule], replaced: dict[str, str], names: frozenset[str]) -> dict[Demand, str]:
    """Demands of the policies `names` for which the policy has rules of its own: demand → the own clause."""
    found = {demand: rule.clause for rule in own for demand in rule.meets if demand.clause.partition("/")[0] in names}
    for cited, clause in replaced.items():
        where, sign, number = cited.partition("#")
        if sign:
            found[Demand(where, int(number))] = clause
    return found


def kept(rules: Iterable[Rule], taken: Mapping[Demand, str]) -> Iterator[Rule]:
    """Those that still hold: a rule goes where every demand that it serves has a rule of the policy's own."""
    for rule in rules:
        if not rule.meets or not all(demand in taken for demand in rule.meets):
            yield rule
