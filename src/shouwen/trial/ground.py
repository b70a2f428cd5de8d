"""A house made from a policy's roles: a unit for each place, a post and a person for each role, the policy in force."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property

from shouwen.calendars import Unit as LimitUnit
from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.calendar_actions import set_hours
from shouwen.governance.models import PolicyVersion
from shouwen.journal.drafts import Actor
from shouwen.organisation import actions
from shouwen.organisation.models import Person, Unit
from shouwen.policy import Policy
from shouwen.trial.registry import Registry

DUTY_POST = "演练值班"
OFFICE_HOURS = {day: ["09:00-12:00", "13:00-18:00"] for day in range(1, 6)}
_KINDS = {"own": "project", "up": "branch", "group": "group", "department": "department"}


@dataclass
class Place:
    """One line of units from the project up, in which the policy holds under some readings."""

    units: Mapping[str, Unit]
    clerk: Actor
    people: Mapping[str, Actor]
    """Who plays a role of the house, by its name and its other spellings."""
    registry: Registry

    @property
    def own(self) -> Unit:
        return self.units["own"]

    def actor(self, role: str) -> Actor | None:
        """Who plays the role; None for outside parties and for who did something."""
        return self.people.get(role)


@dataclass
class Ground:
    """The house; a line of units for each set of readings, made when it is asked for."""

    policy: Policy
    text: str
    since: datetime
    _places: dict[tuple[tuple[str, str], ...], Place] = field(default_factory=dict)

    @cached_property
    def group(self) -> Unit:
        return actions.create_unit("演练集团", "group", None, self.since, zone=self.policy.zone)

    @cached_property
    def version(self) -> PolicyVersion:
        return publish(self.text, name=self.policy.name, by=None, at=self.since)

    def place(self, readings: Mapping[str, str]) -> Place:
        """Where the policy holds under these readings."""
        key = tuple(sorted(readings.items()))
        if key not in self._places:
            self._places[key] = self._lay(len(self._places) + 1, readings)
        return self._places[key]

    def _lay(self, number: int, readings: Mapping[str, str]) -> Place:
        branch = actions.create_unit(f"演练公司{number}", "branch", self.group, self.since)
        own = actions.create_unit(f"演练项目{number}", "project", branch, self.since)
        department = actions.create_unit(f"演练部门{number}", "department", own, self.since)
        units = {"own": own, "up": branch, "group": branch, "department": department}
        if any(limit.unit is LimitUnit.WORKING_HOURS for limit in self.policy.limits):
            set_hours(branch, OFFICE_HOURS)
        for kind in self.policy.kinds:
            put_in_force(branch, kind, self.version, self.since, readings)
        clerk = self._appointed(f"clerk{number}", DUTY_POST, own, duty_post=True)
        people: dict[str, Actor] = {}
        for count, role in enumerate(self.policy.roles.values(), start=1):
            if role.form in ("post", "authority"):
                at = self.group if role.at == "group" else units[role.at if role.form == "post" else "up"]
                actor = self._appointed(f"p{number}x{count}", role.of, at)
                people |= dict.fromkeys((role.name, role.of, *role.also), actor)
        return Place(units, clerk, people, Registry(own, self.since))

    def _appointed(self, username: str, post: str, unit: Unit, *, duty_post: bool = False) -> Actor:
        """A person of his own in a post of that name, which several roles may share."""
        held = unit.posts.filter(name=post).first()
        made = held or actions.create_post(unit, post, is_duty_post=duty_post, since=self.since)
        person: Person = actions.create_person(username, username)
        actions.appoint(person, made, self.since)
        return Actor(person, post, unit)
