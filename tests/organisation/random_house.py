"""Random houses: what they are in plain words (``Plan``), the same in the database, and who sees what by the rules."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from io import BytesIO
from uuid import UUID

from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import strategies as st
from tests.journal.world import FOUNDED, POLICY, at

from shouwen.customers.actions import register
from shouwen.customers.models import Customer
from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.models import PolicyVersion
from shouwen.journal import attachments, clock
from shouwen.journal.drafts import HOUSE, Actor, Draft, NewSubject
from shouwen.journal.models import Duty, Involved, Subject
from shouwen.journal.record import record
from shouwen.organisation import actions
from shouwen.organisation.models import Person, Post, Unit

NOW = at("2026-03-02 10:00")
LONG_AGO = at("2021-01-01 00:00")
KINDS = ("region", "branch", "project", "department", "property")
POSTS = ("前台", "领导", "工程部", "客服")


@dataclass(frozen=True)
class Sitting:
    """``person`` in post ``post``; ``past``: not any more."""

    person: int
    post: int
    past: bool


@dataclass(frozen=True)
class Standing:
    """``deputy`` for ``person``, in all (``post`` None) or in one post; ``past``: not any more."""

    person: int
    deputy: int
    post: int | None
    past: bool


@dataclass(frozen=True)
class Case:
    """A matter: where, who was first asked (None: nobody), to whom it was offered, to which role it was sent, and
    who may know of it (None: it is not confidential)."""

    unit: int
    owner: int | None
    offered: int | None
    sent: str
    knowing: tuple[int, ...] | None
    lifted: bool


@dataclass(frozen=True)
class Plan:
    """``above``: the superior of each unit but the first. ``posts``: unit and name."""

    above: tuple[int, ...]
    kinds: tuple[str, ...]
    posts: tuple[tuple[int, str], ...]
    marks: tuple[str, ...]
    sittings: tuple[Sitting, ...]
    standings: tuple[Standing, ...]
    away: tuple[int, ...]
    cases: tuple[Case, ...]


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    units = draw(st.integers(2, 6))
    above = tuple(draw(st.integers(0, unit - 1)) for unit in range(1, units))
    kinds = tuple(draw(st.sampled_from(KINDS)) for _ in above)
    posts = tuple(
        draw(
            st.lists(st.tuples(st.integers(0, units - 1), st.sampled_from(POSTS)), min_size=1, max_size=6, unique=True)
        )
    )
    people = draw(st.integers(2, 5))
    someone, post = st.integers(0, people - 1), st.integers(0, len(posts) - 1)
    marks = tuple(draw(st.sampled_from(("", "", "", "auditor", "superuser", "gone"))) for _ in range(people))
    seldom = st.sampled_from((False, False, False, True))
    sittings = draw(
        st.lists(
            st.builds(Sitting, someone, post, seldom),
            min_size=1,
            max_size=8,
            unique_by=lambda one: (one.person, one.post),
        )
    )
    standings = draw(st.lists(st.builds(Standing, someone, someone, st.none() | post, seldom), max_size=5))
    cases = draw(
        st.lists(
            st.builds(
                Case,
                st.integers(0, units - 1),
                st.none() | someone,
                st.none() | someone,
                st.sampled_from(("", "领导", "工程部", "客户")),
                st.none() | st.lists(someone, max_size=2).map(tuple),
                seldom,
            ),
            min_size=1,
            max_size=4,
        )
    )
    return Plan(
        above,
        kinds,
        posts,
        marks,
        tuple(sittings),
        tuple(standings),
        tuple(draw(st.lists(someone, max_size=2))),
        tuple(cases),
    )


@contextmanager
def undone() -> Iterator[None]:
    """What happens inside leaves nothing behind."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def regulation() -> PolicyVersion:
    return publish(POLICY.read_text(encoding="utf-8"), name="desk", by=None, at=FOUNDED)


@dataclass
class House:
    """The plan in the database."""

    plan: Plan
    units: list[Unit] = field(default_factory=list)
    posts: list[Post] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    standings: list[Standing] = field(default_factory=list)
    """Those of the plan that were allowed."""
    matters: list[Subject] = field(default_factory=list)
    causes: list[Subject] = field(default_factory=list)
    customer: Customer = field(init=False)
    """Whose all the matters are."""

    def lay(self, version: PolicyVersion) -> "House":
        self._organisation()
        for kind in ("complaint", "cause"):
            put_in_force(self.units[0], kind, version, FOUNDED)
        with clock.at(NOW):
            self.customer = register(self.units[0], "张明远", NOW)
            self.matters = [self._matter(number, case) for number, case in enumerate(self.plan.cases)]
            self.causes = [self._cause(unit) for unit in self.units[:3]]
        return self

    def _organisation(self) -> None:
        plan = self.plan
        self.units.append(actions.create_unit("集团", "group", None, FOUNDED))
        for number, (above, kind) in enumerate(zip(plan.above, plan.kinds, strict=True), 1):
            self.units.append(actions.create_unit(f"单位{number}", kind, self.units[above], FOUNDED))
        self.posts = [actions.create_post(self.units[unit], name) for unit, name in plan.posts]
        for number, mark in enumerate(plan.marks):
            person = actions.create_person(f"p{number}", f"人{number}")
            person.auditor, person.is_superuser = mark == "auditor", mark == "superuser"
            person.save()
            self.people.append(person)
        for sitting in plan.sittings:
            until = LONG_AGO if sitting.past else None
            actions.appoint(self.people[sitting.person], self.posts[sitting.post], FOUNDED, until)
        for standing in plan.standings:
            post = None if standing.post is None else self.posts[standing.post]
            until = LONG_AGO if standing.past else None
            try:
                with transaction.atomic():
                    actions.delegate(
                        self.people[standing.person], self.people[standing.deputy], FOUNDED, until, post=post
                    )
            except ValidationError:
                continue
            self.standings.append(standing)
        for number in dict.fromkeys(plan.away):
            actions.enter_absence(self.people[number], FOUNDED)
        for person, mark in zip(self.people, plan.marks, strict=True):
            if mark == "gone":
                person.is_active = False
                person.save()

    def _matter(self, number: int, case: Case) -> Subject:
        said = {"channel": "电话", "text": f"第{number}件：外墙渗水", "customer": str(self.customer.pk)}
        # Where nobody holds a post somebody must have been asked.
        asked = case.owner if case.owner is not None or self._anybody(case.unit) else 0
        first = {} if asked is None else {"first_asked": str(self.people[asked].pk)}
        new = NewSubject("complaint", self.units[case.unit])
        subject = record(Draft(new, "received", {**said, **first}), actor=HOUSE).subject
        file = attachments.keep(BytesIO(f"附件{number}".encode()), "说明.txt", self.people[0])
        drafts = [Draft(subject, "noted", {"text": "附件", "files": [str(file.pk)]}, as_fact=True)]
        if case.offered is not None:
            drafts.append(Draft(subject, "handover_offered", {"to": str(self.people[case.offered].pk)}, as_fact=True))
        if case.sent:
            drafts.append(Draft(subject, "forwarded", {"to": [case.sent]}, as_fact=True))
        if case.knowing is not None:
            named = [str(self.people[one].pk) for one in case.knowing]
            drafts.append(Draft(subject, "restricted", {"people": named, "reason": "保密"}, as_fact=True))
            if case.lifted:
                drafts.append(Draft(subject, "unrestricted", {"reason": "解除"}, as_fact=True))
        return record(*drafts, actor=HOUSE).subject

    def _anybody(self, unit: int) -> bool:
        line = set(self.line(unit))
        held = {self.plan.posts[one.post][0] for one in self._sitting() if self.plan.marks[one.person] != "gone"}
        departments = {
            number
            for number in held
            if number and self.plan.kinds[number - 1] == "department" and self.plan.above[number - 1] in line
        }
        return bool(held & line or departments)

    def _cause(self, unit: Unit) -> Subject:
        opened = Actor(self.people[0], "", unit, system=True)
        new = NewSubject("cause", unit, number=f"群诉-{unit.name}")
        cause = record(Draft(new, "opened", {"kind": "cause"}), actor=opened).subject
        for matter in self.matters:
            link = {"other": str(cause.pk), "role": "part_of"}
            record(Draft(matter, "joined", link, as_fact=True), actor=HOUSE)
        return cause

    # --- who sees what, in the words of the rules -------------------------------------------

    def line(self, unit: int) -> list[int]:
        """A unit and all above it."""
        return [unit] if unit == 0 else [unit, *self.line(self.plan.above[unit - 1])]

    def _sitting(self) -> list[Sitting]:
        return [one for one in self.plan.sittings if not one.past]

    def _given(self, deputy: int) -> list[Standing]:
        """Delegations to somebody that hold now, from people who may sign in."""
        return [
            one
            for one in self.standings
            if one.deputy == deputy and not one.past and self.plan.marks[one.person] != "gone"
        ]

    def stands_in(self, person: int) -> list[Standing]:
        """For whom: those who delegated to him, and those who delegated to who wholly delegated to him; no further."""
        own = self._given(person)
        return [*own, *(further for one in own if one.post is None for further in self._given(one.person))]

    def seats_of(self, person: int) -> set[int]:
        """His own posts, and of those for whom he stands in the delegated one, or all."""
        found = {one.post for one in self._sitting() if one.person == person}
        for standing in self.stands_in(person):
            for one in self._sitting():
                if one.person == standing.person and standing.post in (None, one.post):
                    found.add(one.post)
        return found

    def selves_of(self, person: int) -> set[int]:
        """Himself, and who delegated everything to him, whether or not he holds a post."""
        return {person, *(one.person for one in self.stands_in(person) if one.post is None)}

    def sees(self, person: int, subject: Subject) -> bool:
        """集团内谁看得见一件事项，照规则的字面：

        who cannot sign in sees nothing; who owns it, was offered it, owes something in it or was named, himself, by his
        post or as a deputy, sees it; of a confidential one that is all; else superusers and auditors see everything,
        and a post sees its unit and all below.
        """
        if self.plan.marks[person] == "gone":
            return False
        subject = Subject.objects.get(pk=subject.pk)
        people = {self.people[one].pk for one in self.selves_of(person)}
        posts = {self.posts[one].pk for one in self.seats_of(person)}
        named = {(subject.owner_person_id, subject.owner_post_id), (subject.offered_to_id, None)}
        named |= set(Duty.objects.filter(subject=subject).values_list("person", "post"))
        named |= set(Involved.objects.filter(subject=subject).values_list("person", "post"))
        if any(one in people or post in posts for one, post in named):
            return True
        if subject.confidential:
            return False
        if self.plan.marks[person] in ("auditor", "superuser"):
            return True
        units = {self.plan.posts[one][0] for one in self.seats_of(person)}
        where = next(number for number, unit in enumerate(self.units) if unit.pk == subject.unit_id)
        return bool(units & set(self.line(where)))

    def seen(self, person: int, among: list[Subject]) -> set[UUID]:
        return {subject.pk for subject in among if self.sees(person, subject)}


def in_a_minute(now: datetime) -> datetime:
    return now + timedelta(minutes=1)
