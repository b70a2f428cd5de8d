"""An invented house with its policy in force, for tests that write journals."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from shouwen.governance.actions import publish, put_in_force
from shouwen.journal.drafts import Actor, Draft, NewSubject, Recorded
from shouwen.journal.models import Subject
from shouwen.journal.record import record
from shouwen.organisation import actions
from shouwen.organisation.models import Person, Post, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")
POLICY = Path(__file__).parent / "desk.md"


def at(text: str) -> datetime:
    """An instant in Shanghai, as ``2026-03-02 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


FOUNDED = at("2020-01-01 00:00")
MONDAY = at("2026-03-02 09:00")
INTAKE = {"channel": "电话", "text": "外墙渗水"}


@dataclass
class World:
    group: Unit
    branch: Unit
    project: Unit
    other: Unit
    desk: Post
    clerk: Person
    second: Person
    boss: Person
    outsider: Person

    def actor(self, person: Person | None = None) -> Actor:
        return Actor(person or self.clerk, "", self.project)

    def new(self, kind: str = "complaint") -> NewSubject:
        return NewSubject(kind, self.project)

    def intake(self, now: datetime = MONDAY, **data: object) -> Subject:
        return self.take(Draft(self.new(), "received", {**INTAKE, **data}), now=now).subject

    def take(self, *drafts: Draft, now: datetime = MONDAY, by: Person | None = None) -> Recorded:
        return record(*drafts, actor=self.actor(by), now=now)


def person(username: str, name: str) -> Person:
    made = actions.create_person(username, name)
    made.email = f"{username}@example.org"
    made.save(update_fields=["email"])
    return made


def world() -> World:
    group = actions.create_unit("明澄集团", "group", None, FOUNDED)
    branch = actions.create_unit("江州公司", "branch", group, FOUNDED)
    project = actions.create_unit("云栖一期", "project", branch, FOUNDED)
    other = actions.create_unit("云栖二期", "project", branch, FOUNDED)
    clerk, second = person("clerk", "单晓雨"), person("second", "𠮷祥")
    boss, outsider = person("boss", "欧阳明"), person("outsider", "路人")
    desk = actions.create_post(project, "前台", is_duty_post=True)
    lead = actions.create_post(branch, "领导")
    elsewhere = actions.create_post(other, "前台")
    for who, post in ((clerk, desk), (second, desk), (boss, lead), (outsider, elsewhere)):
        actions.appoint(who, post, FOUNDED)
    version = publish(POLICY.read_text(encoding="utf-8"), name="desk", by=None, at=FOUNDED)
    for kind in ("complaint", "cause"):
        put_in_force(group, kind, version, FOUNDED)
    return World(group, branch, project, other, desk, clerk, second, boss, outsider)
