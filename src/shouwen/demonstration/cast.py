"""Who of the house plays which role of a regulation at a place, as the regulation's own resolving says."""

from dataclasses import dataclass, field
from datetime import datetime

from shouwen.governance.programs import program_for
from shouwen.journal.drafts import Actor
from shouwen.organisation.models import Appointment, Person, Unit
from shouwen.organisation.resolve import Directory
from shouwen.policy.model import Policy, Role


@dataclass
class Cast:
    """People by unit and role, looked up once."""

    at: datetime
    kind: str = "complaint"
    _directories: dict[int, Directory] = field(default_factory=dict)
    _found: dict[tuple[int, str], list[Actor]] = field(default_factory=dict)
    _policies: dict[tuple[int, str], Policy] = field(default_factory=dict)

    def policy(self, unit: Unit, kind: str) -> Policy:
        if (unit.pk, kind) not in self._policies:
            self._policies[unit.pk, kind] = program_for(unit, kind, self.at).policy
        return self._policies[unit.pk, kind]

    def of(self, role: str, unit: Unit, kind: str) -> list[Actor]:
        """Everybody who may act in this role for the unit; nobody for an outside party or who did something."""
        if (unit.pk, role) not in self._found:
            self._found[unit.pk, role] = self._look_up(role, unit, self.policy(unit, kind))
        return self._found[unit.pk, role]

    def _look_up(self, role: str, unit: Unit, policy: Policy) -> list[Actor]:
        known = policy.roles.get(role)
        if known is None:
            # No role of the regulation: a post of the house, by its own name.
            known = Role(role, "post", role, at="up")
        if known.outside or known.form == "actor":
            return []
        if unit.pk not in self._directories:
            self._directories[unit.pk] = Directory(unit, self.at, policy.roles)
        post = self._directories[unit.pk].holder(known).post
        if post is None:
            return []
        held = Appointment.objects.holding(self.at).filter(post=post).select_related("person", "post__unit")
        return [Actor(one.person, post.name, one.post.unit) for one in held.order_by("pk")]

    @staticmethod
    def person(actor: Actor) -> Person:
        assert actor.person is not None
        return actor.person
