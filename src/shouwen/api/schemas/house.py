"""Units, posts, policies, calendars, and the token itself."""

from datetime import date, datetime
from typing import Annotated, Any

from pydantic import BaseModel, Field

from shouwen.api.schemas.common import Next, UnitId, Zoned


class Unit(BaseModel):
    """单位."""

    id: UnitId
    name: str = Field(description="Name")
    kind: str = Field(description="group, region, branch, project, department, property, contractor")
    parent: int | None = Field(description="The unit above; null for the topmost")
    path: str = Field(description="Ids from the root down, as /1/4/9/")
    zone: str = Field(description="IANA zone", examples=["Asia/Shanghai"])
    since: Zoned = Field(description="Since when it stands")
    until: Zoned | None = Field(description="Until when it stood")


class Units(BaseModel):
    items: list[Unit] = Field(description="One page of them")
    next: Next


class PostHolder(BaseModel):
    person: int = Field(description="Id of the person")
    name: str = Field(description="Name of the person")


class Post(BaseModel):
    """岗位, with who holds it now."""

    id: int = Field(description="Id of the post")
    unit: UnitId
    name: str = Field(description="Name, as the regulation's roles have it")
    is_duty_post: bool = Field(description="值班: takes what comes to the unit and is nobody's yet")
    holders: list[PostHolder] = Field(description="Who holds it now")


class Posts(BaseModel):
    items: list[Post] = Field(description="One page of them")
    next: Next


class InForce(BaseModel):
    """施行: a version that holds for a kind of subject in a unit and below."""

    unit: int = Field(description="Unit in which and below which it holds")
    kind: str = Field(description="Kind of subject")
    since: Zoned = Field(description="Since when it holds")
    until: Zoned | None = Field(description="Until when")
    readings: dict[str, str] = Field(description="参数: the readings taken, by name")
    version: int = Field(description="Id of the version, in all addresses")
    name: str = Field(description="Name of the policy, as `jinke`")
    title: str = Field(description="Title of the regulation")
    policy: str = Field(description="Version as the text says it")


class InForceList(BaseModel):
    items: list[InForce] = Field(description="All of them")


class PolicyVersion(BaseModel):
    """A published version of a policy."""

    id: int = Field(description="Id of the version")
    name: str = Field(description="Name of the policy")
    title: str = Field(description="Title of the regulation")
    version: str = Field(description="Version as the text says it")
    effective: str = Field(description="Day from which the text says that it holds")
    digest: str = Field(description="SHA-256 of the text")
    published_at: datetime = Field(description="When it was published here")
    text: str = Field(description="The policy file: Markdown with rules")
    clauses: list[str] = Field(description="Ids of its clauses, in the order of the text")


class RuleTold(BaseModel):
    """A rule, for people and for programs."""

    id: str = Field(description="Id of the rule")
    sort: str = Field(description="What it does, as `duty`, `gate`, `power`")
    sentence: str = Field(description="The rule in a Chinese sentence")
    reading: str | None = Field(description="The reading under which it holds; null: always")
    taken: bool = Field(description="False: a reading that is not taken where it is in force now")
    rule: dict[str, Any] = Field(description="The rule's members, by docs/policy-language.md")


class Clause(BaseModel):
    """条款."""

    id: str = Field(description="Id, as `jinke/3.2.B.1`")
    ref: str = Field(description="As the regulation cites it")
    text: str = Field(description="Its words")
    rules: list[RuleTold] = Field(description="What it demands, as rules")


class Clauses(BaseModel):
    items: list[Clause] = Field(description="All of them, in the order of the text")


class ClauseFigures(BaseModel):
    """How many duties of the clause opened in the days, and what became of them; `opened` is the sum of the rest."""

    clause: str = Field(description="Id of the clause")
    opened: int = Field(description="Opened in the days")
    kept: int = Field(description="Kept in time")
    late: int = Field(description="Kept late")
    running: int = Field(description="Not due yet, or paused")
    overdue: int = Field(description="Due and not kept")
    let_off: int = Field(description="Waived or excused")
    void: int = Field(description="Fallen away")


class FiguresOfClauses(BaseModel):
    first: date = Field(description="First day counted, in Asia/Shanghai")
    last: date = Field(description="Last day counted")
    items: list[ClauseFigures] = Field(description="Clauses of which duties opened")


class Day(BaseModel):
    date: Annotated[date, Field(description="The day")]
    kind: str = Field(description="workday, weekend, holiday, makeup_workday")
    workday: bool = Field(description="Whether it counts as a working day")
    name: str = Field(description="Name of the holiday")
    hours: list[str] = Field(description="Service hours in the unit's zone, as 09:00-12:00")


class CalendarYear(BaseModel):
    """年历 of a unit."""

    unit: UnitId
    year: int = Field(description="The year")
    zone: str = Field(description="IANA zone of the unit")
    version: str = Field(description="Version of the calendar")
    provisional: bool = Field(description="No official calendar of this year is known")
    workdays: int = Field(description="Working days in the year")
    days: list[Day] = Field(description="Every day of the year")


class Me(BaseModel):
    """The token and whom it acts as."""

    integration: str = Field(description="Name of the integration")
    person: int = Field(description="Person as whom it acts")
    prefix: str = Field(description="Public beginning of the token")
    scopes: list[str] = Field(description="What it may be used for")
    rate: int = Field(description="Calls a minute")
    left: int = Field(description="Calls left in this minute")
    until: datetime | None = Field(description="When it ends; null: when it is revoked")
