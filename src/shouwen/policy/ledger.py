"""The ledger (条款台账): what each clause of a regulation demands, against which a policy is measured."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from shouwen.policy.model import Demand
from shouwen.policy.yamltext import read_yaml


@dataclass(frozen=True)
class Asked:
    """One demand (诉求) as the ledger has it. `within` is an ISO 8601 duration, `days` natural, working or unstated."""

    demand: Demand
    kind: str
    holds: str
    what: str
    who: str | None
    within: str | None
    days: str | None


@dataclass(frozen=True)
class LedgerClause:
    id: str
    text: str
    asked: tuple[Asked, ...]


def read_ledger(folder: Path, name: str) -> Mapping[str, LedgerClause]:
    """Clauses of the ledger file ``folder/name.yaml`` by id.

    Raises OSError where it cannot be read, ValueError where it is not a ledger.
    """
    value, unread = read_yaml((folder / f"{name}.yaml").read_text(encoding="utf-8"))
    if unread:
        raise ValueError(f"{name}.yaml:{unread[0].line}: {unread[0].message}")
    try:
        return {clause["id"]: _clause(clause) for clause in value["clauses"]}
    except (KeyError, TypeError) as error:
        raise ValueError(f"{name}.yaml 不是台账：{error}") from None


def _clause(clause: Mapping[str, object]) -> LedgerClause:
    demands = clause["demands"]
    assert isinstance(demands, list)
    asked = tuple(
        Asked(
            demand=Demand(str(clause["id"]), number),
            kind=demand["kind"],
            holds=demand["holds"],
            what=demand["what"],
            who=demand.get("who"),
            within=demand.get("within"),
            days=demand.get("days"),
        )
        for number, demand in enumerate(demands, start=1)
    )
    return LedgerClause(str(clause["id"]), str(clause["text"]), asked)
