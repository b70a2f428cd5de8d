"""What a condition surely asks of an event's data: the part of it that is said outright."""

from __future__ import annotations

from shouwen.policy.conditions import Call, Literal, Name, Tree
from shouwen.policy.model import Happening


def equalities(tree: Tree) -> dict[str, str | bool]:
    """What a condition surely asks: field → value, through ``&&`` only."""
    if isinstance(tree, Name):
        return {tree.name: True}
    if not isinstance(tree, Call):
        return {}
    if tree.op == "_&&_":
        return {key: value for part in tree.args for key, value in equalities(part).items()}
    if tree.op == "!_" and isinstance(tree.args[0], Name):
        return {tree.args[0].name: False}
    if tree.op == "_==_" and isinstance(tree.args[0], Name) and isinstance(tree.args[1], Literal):
        value = tree.args[1].value
        return {tree.args[0].name: value} if isinstance(value, (str, bool)) else {}
    return {}


def asked(happening: Happening) -> dict[str, str | bool]:
    """The data that an event must say so as to fit, as far as the rule says it outright."""
    return equalities(happening.where.tree) if happening.where else {}
