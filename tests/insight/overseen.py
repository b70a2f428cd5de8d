"""A branch with two projects after eight days: overdue, stuck, kept, late, offered, extended, excused, breached."""

from dataclasses import dataclass
from datetime import datetime

from tests.journal.world import POLICY, World, at
from tests.journal.world import world as lay

from shouwen.governance.actions import publish, put_in_force
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft, NewSubject
from shouwen.journal.models import Subject
from shouwen.journal.record import record
from shouwen.journal.sweep import sweep
from shouwen.organisation.models import Person, Unit

FINISH = "- {id: finish, who: 前台, after: received, do: closed, within: 10d, title: 办结}\n"
"""Closing is owed, and a gate (验收) stands before it: whatever is open is stuck."""
NOW = at("2026-03-10 09:00")


@dataclass
class Overseen:
    world: World
    silent: Subject
    """Nothing was done about it since 2 March, 09:00."""
    planned: Subject
    """Verified and planned in time."""
    tardy: Subject
    """Of the other project: verified two days late."""
    secret: Subject
    """Only the clerk may know of it."""
    closed: Subject
    """Closed as a fact while the gate was shut; its plan was excused."""

    @property
    def now(self) -> datetime:
        return NOW


def take(world: World, unit: Unit, by: Person, when: str, **data: str) -> Subject:
    draft = Draft(NewSubject("complaint", unit), "received", {"channel": "电话", "text": "外墙渗水", **data})
    return record(draft, actor=Actor(by, "", unit), now=at(when)).subject


def oversee() -> Overseen:
    world = lay()
    text = POLICY.read_text(encoding="utf-8").replace("- {who: 首问人", FINISH + "- {who: 首问人", 1)
    text = text.replace('version: "2026-01-01"', 'version: "2026-02-01"')
    version = publish(text, name="desk", by=None, at=at("2026-02-01 00:00"))
    put_in_force(world.group, "complaint", version, at("2026-02-01 00:00"))

    silent = take(world, world.project, world.clerk, "2026-03-02 09:00")
    planned = take(world, world.project, world.clerk, "2026-03-02 10:00")
    tardy = take(world, world.other, world.outsider, "2026-03-02 09:30")
    secret = take(world, world.project, world.clerk, "2026-03-02 11:00")
    closed = take(world, world.project, world.second, "2026-03-02 12:00")
    world.take(Draft(planned, "verified"), now=at("2026-03-02 15:00"))
    world.take(Draft(planned, "plan_made"), now=at("2026-03-03 10:00"))
    world.take(Draft(planned, "handover_offered", {"to": str(world.second.pk)}), now=at("2026-03-09 10:00"))
    restriction = {"people": [str(world.clerk.pk)], "reason": "保密"}
    world.take(Draft(secret, "restricted", restriction, as_fact=True), now=at("2026-03-02 11:30"))
    world.take(Draft(secret, "verified"), now=at("2026-03-02 14:00"))
    record(Draft(tardy, "verified"), actor=Actor(world.outsider, "", world.other), now=at("2026-03-05 09:00"))
    world.take(Draft(closed, "verified"), now=at("2026-03-02 13:00"))
    excuse = {"duties": ["desk/1:plan_made"], "reason": "业主出国"}
    world.take(Draft(closed, "excused", excuse), now=at("2026-03-03 11:00"), by=world.boss)
    world.take(Draft(closed, "closed", {"result": "办完"}, as_fact=True), now=at("2026-03-04 09:00"), by=world.boss)
    longer = {"duties": ["desk/1:verified"], "until": "2026-03-04T09:00:00+08:00", "reason": "停电"}
    world.take(Draft(silent, "extended", longer), now=at("2026-03-02 16:00"), by=world.boss)
    with clock.at(NOW):
        sweep()
    for one in (silent, planned, tardy, secret, closed):
        one.refresh_from_db()
    return Overseen(world, silent, planned, tardy, secret, closed)
