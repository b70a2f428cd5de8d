"""How far each clause is carried out (落实程度), as the policy and its cases say themselves, without a ledger."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from shouwen.policy.coverage import PRINTED, serving
from shouwen.policy.model import Policy, Waiting


@dataclass(frozen=True)
class Level:
    """Demands of a clause that rules serve: of them carried out, only listed (职责、检查项、说明), waiting for a room;
    ``cases`` how many scenarios are about the clause."""

    demands: int = 0
    carried: int = 0
    listed: int = 0
    waiting: int = 0
    cases: int = 0


def levels(policy: Policy, cases: Mapping[str, tuple[str, ...]]) -> Mapping[str, Level]:
    """By clause id, under the readings taken; ``cases`` are names of cases by clause id."""
    counts: dict[str, list[int]] = {clause.id: [0, 0, 0, 0] for clause in policy.clauses}
    for demand, rules in serving(policy).items():
        if demand.clause not in counts:
            continue
        carried = any(not isinstance(rule, (*PRINTED, Waiting)) for rule in rules)
        sort = 1 if carried else 3 if any(isinstance(rule, Waiting) for rule in rules) else 2
        counts[demand.clause][0] += 1
        counts[demand.clause][sort] += 1
    return {
        clause: Level(demands, carried, listed, waiting, len(cases.get(clause, ())))
        for clause, (demands, carried, listed, waiting) in counts.items()
    }
