"""How a model says whose its rows are (归属)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db.models import Q


@dataclass(frozen=True)
class Reach:
    """How a model says whose its rows are, as its attribute ``reach``.

    ``unit``: lookup of the unit ("" for units themselves), or the condition for a unit's path and all below.
    ``people``, ``posts``: lookups of the people and posts that own or handle a row. ``also``: what else is seen,
    given the ids of the people (the person, and those for whom he stands in wholly) and of the posts held.
    ``confidential``: lookup of the boolean of a confidential row (保密), which only those people and posts see.
    """

    unit: str | Callable[[str], Q] = "unit"
    people: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    also: Callable[[Sequence[int], Sequence[int]], Q] | None = None
    confidential: str = ""

    @property
    def open(self) -> Q:
        """The rows that are not confidential."""
        return Q((self.confidential, False)) if self.confidential else Q()

    def within(self, path: str) -> Q:
        """The rows of the unit with this path and of all below it."""
        if callable(self.unit):
            return self.unit(path)
        return Q((f"{self.unit}__path__prefix" if self.unit else "path__prefix", path))
