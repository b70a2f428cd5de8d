"""Who there is to act (岗位): without an organisation, somebody for every post; with one, whoever holds one."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from shouwen.policy import model


@dataclass(frozen=True)
class Posts:
    """The posts that somebody holds anywhere in an organisation, and the authorities that somebody has."""

    held: Collection[str]
    authorities: Collection[str]

    def fills(self, policy: model.Policy, name: str) -> bool:
        """Whether somebody can act in this role, himself or as its fallback."""
        seen: set[str] = set()
        while name not in seen:
            seen.add(name)
            role = policy.roles.get(name)
            if role is None or self._found(role):
                return True
            if role.fallback is None:
                return False
            name = role.fallback
        return False

    def _found(self, role: model.Role) -> bool:
        names = {role.of, *role.also}
        if role.form == "post":
            return not names.isdisjoint(self.held)
        return not names.isdisjoint(self.authorities) if role.form == "authority" else True


class _Everybody(Posts):
    def fills(self, policy: model.Policy, name: str) -> bool:
        return True


everybody = _Everybody((), ())
