"""An invented house that tests are played in: a group, a branch with a department, two projects."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shouwen.organisation import actions
from shouwen.organisation.models import Person, Post, Unit

SHANGHAI = ZoneInfo("Asia/Shanghai")


def at(text: str) -> datetime:
    """An instant in Shanghai, as ``2026-03-02 09:00``."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


FOUNDED = at("2020-01-01 00:00")
NOW = at("2026-03-02 09:00")


class House:
    """Units by their short names; posts and people by the names that the regulation gives."""

    def __init__(self) -> None:
        self.group = actions.create_unit("明澄集团", "group", None, FOUNDED)
        self.branch = actions.create_unit("江州公司", "branch", self.group, FOUNDED)
        self.works = actions.create_unit("工程部", "department", self.branch, FOUNDED)
        self.project = actions.create_unit("云栖一期", "project", self.branch, FOUNDED)
        self.other = actions.create_unit("云栖二期", "project", self.branch, FOUNDED)

    def post(self, unit: Unit, name: str, *people: Person, duty: bool = False) -> Post:
        post = actions.create_post(unit, name, is_duty_post=duty)
        for person in people:
            actions.appoint(person, post, FOUNDED)
        return post


def person(username: str, name: str = "") -> Person:
    return actions.create_person(username, name or username)
