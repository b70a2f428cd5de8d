"""How far each demand is carried out and proven (落实、执行、证明): from what came about, never from a list.

*Placed*: a rule meets it (``policy.coverage``). *Carried out*: each rule that acts upon it brought something about in a
house: a duty that stood, was due and was chased, an act refused, a value or consequence stored. *Proven*: besides, the
cases notice every change of each of those rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import Any

from shouwen.calendars import Limit
from shouwen.policy import model
from shouwen.policy.conditions import Call, Condition, ListOf, Literal, Tree
from shouwen.policy.coverage import Coverage, Line
from shouwen.trial.evidence import Evidence

ABOUT_MATTERS = frozenset(
    ("deadline", "step", "escalate", "notify", "definition", "role", "numbering", "calendar", "approval", "signature")
)
"""Kinds of demand that must be carried out and proven where they are about a matter; a schedule about anything."""
SCHEDULE = "schedule"
LISTED = (model.Responsibility, model.ChecklistItem, model.Reference, model.Waiting)
ROOM_OF = {model.Responsibility: "organisation", model.ChecklistItem: "routines", model.Reference: "desk"}
"""Where a rule that nothing carries out yet waits: posts describe duties of office, checklists belong to rounds."""


@dataclass(frozen=True)
class Reached:
    """One demand: whether it must be carried out now, and how far it is; `lacking` names rules that nothing shows."""

    line: Line
    required: bool
    carried: bool
    proven: bool
    lacking: tuple[str, ...]
    rooms: tuple[str, ...]


class Levels:
    """Of one policy under the readings taken. `killed`: rules of which every change is noticed by a case."""

    def __init__(self, policy: model.Policy, evidence: Evidence, killed: frozenset[str]) -> None:
        self._policy = policy
        self._evidence = evidence
        self._killed = killed
        self._matters = frozenset(kind.name for kind in policy.kinds.values() if kind.matter)
        self._mentions = {rule.id: frozenset(_words(rule)) for rule in policy.rules if not isinstance(rule, LISTED)}
        self._by_id = {rule.id: rule for rule in policy.rules}

    def of(self, report: Coverage) -> list[Reached]:
        """Every demand, in the ledger's order."""
        return [self._reached(line) for line in report.lines]

    def _reached(self, line: Line) -> Reached:
        acting = [rule for rule in line.rules if not isinstance(rule, LISTED)]
        carried = bool(acting) and all(map(self.carried, acting))
        proven = carried and all(map(self.proven, acting))
        lacking = tuple(rule.id for rule in acting if not self.proven(rule) or not self.carried(rule))
        rooms = tuple(dict.fromkeys(_room(rule) for rule in line.rules if isinstance(rule, LISTED)))
        return Reached(line, self._required(line), carried, proven, lacking, () if carried else rooms)

    def _required(self, line: Line) -> bool:
        if line.asked.kind == SCHEDULE:
            return True
        kinds = {kind for rule in line.rules if not isinstance(rule, model.Reference) for kind in rule.kinds}
        return line.asked.kind in ABOUT_MATTERS and bool(kinds & self._matters)

    # --- carried out -------------------------------------------------------------------

    def carried(self, rule: model.Rule) -> bool:
        """Whether what the rule says came about in the house."""
        test = _CARRIED.get(type(rule))
        return test is not None and test(self, rule)

    def _duty(self, rule: model.Duty) -> bool:
        seen = self._evidence
        return rule.id in seen.opened and (rule.id not in seen.due or rule.id in seen.chased)

    def _gate(self, rule: model.Gate) -> bool:
        return rule.id in self._evidence.refused | self._evidence.breached | (
            self._evidence.opened if rule.follow else frozenset()
        )

    def _table(self, rule: model.Table) -> bool:
        rows = [row for row in rule.rows if row.reading is None or row.reading in self._policy.taken]
        return all((rule.axis, row.value) in self._evidence.values for row in rows)

    def _power(self, rule: model.Power) -> bool:
        seen = self._evidence
        kinds = rule.kinds
        return any(
            (kind, event, rule.who) in seen.acted or (kind, event) in seen.withheld
            for kind in kinds
            for event in rule.may
        )

    def _record(self, rule: model.RecordRule) -> bool:
        return all(
            any((kind, rule.event, field) in self._evidence.demanded for kind in rule.kinds) for field in rule.require
        )

    def _definition(self, rule: model.Definition) -> bool:
        seen = self._evidence
        own = {
            "axis": (rule.name, rule.value) in seen.values,
            "event": rule.name in seen.recorded,
            "kind": rule.name in seen.kinds,
            "role": rule.name in seen.owners,
            "paper": rule.name in seen.papers,
        }
        return own.get(rule.sort, False) or any(self.carried(user) for user in self.users(rule))

    # --- proven ----------------------------------------------------------------------------

    def proven(self, rule: model.Rule) -> bool:
        """Whether the cases notice each change of the rule; of a definition, of a rule that uses it."""
        if isinstance(rule, (model.Definition, model.LimitList)):
            return any(self.carried(user) and self.proven(user) for user in self.users(rule))
        return rule.id in self._killed

    def users(self, rule: model.Definition | model.LimitList) -> Iterator[model.Rule]:
        """The rules that use what is defined."""
        if isinstance(rule, model.Definition) and rule.sort == "parameter":
            wanted = rule.name
            for user in self._policy.all_of(model.Duty):
                worded = isinstance(user.within, model.WordLimit) and user.within.word == wanted
                if worded or (wanted not in self._policy.words and isinstance(user.within, Limit)):
                    yield user
            return
        word = str(rule.value) if isinstance(rule, model.Definition) and rule.value is not None else rule.name
        role = self._policy.roles.get(word)
        # A value that no rule names is told apart by the rules that name the axis.
        yield from list(self._mentioning({word, *(role.also if role else ())})) or self._mentioning({rule.name})

    def _mentioning(self, words: set[str]) -> Iterator[model.Rule]:
        for name, mentioned in self._mentions.items():
            found = self._by_id[name]
            if words & mentioned and not isinstance(found, (model.Definition, model.LimitList)):
                yield found


def _words(part: Any) -> Iterator[str]:
    """Every name and value that a rule mentions."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, Condition):
        yield from part.names
        yield from _literals(part.tree)
    elif isinstance(part, (tuple, list)):
        for one in part:
            yield from _words(one)
    elif isinstance(part, Mapping):
        for key, value in part.items():
            yield from _words(key)
            yield from _words(value)
    elif is_dataclass(part) and not isinstance(part, (type, model.Place, model.Demand)):
        for own in fields(part):
            yield from _words(getattr(part, own.name))


def _literals(tree: Tree) -> Iterator[str]:
    if isinstance(tree, Literal):
        yield str(tree.value)
    for inner in tree.items if isinstance(tree, ListOf) else tree.args if isinstance(tree, Call) else ():
        yield from _literals(inner)


def _room(rule: model.Rule) -> str:
    return rule.room if isinstance(rule, model.Waiting) else ROOM_OF[type(rule)]


_CARRIED: Mapping[type[model.Rule], Callable[[Levels, Any], bool]] = {
    model.Duty: Levels._duty,
    model.Gate: Levels._gate,
    model.Table: Levels._table,
    model.ListRow: lambda levels, rule: (rule.list, rule.item) in levels._evidence.rows,
    model.LimitList: lambda levels, rule: any(name == rule.name for name, _item in levels._evidence.rows),
    model.Power: Levels._power,
    model.RecordRule: Levels._record,
    model.Proposal: lambda levels, rule: rule.id in levels._evidence.proposed,
    model.Definition: Levels._definition,
}
