"""What goes in and out, as OpenAPI says it. Instants carry an offset and stand in the unit's zone; sums are strings of
yuan with two decimals; ids of subjects and files are UUIDs, all other ids whole numbers."""

from datetime import date, datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from ninja import Path, Schema
from pydantic import AwareDatetime, ConfigDict, Field

Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
Pk = Annotated[int, Path(ge=1, le=2**63 - 1)]
Zoned = Annotated[datetime, Field(description="Instant with offset, in the unit's zone (RFC 3339).")]
State = Literal["open", "ended", "merged"]
DutyState = Literal["open", "paused", "kept", "late", "overdue", "waived", "excused", "void"]


class Given(Schema):
    """What callers send: a field that is not declared is an error."""

    model_config = ConfigDict(extra="forbid")


class Problem(Schema):
    """RFC 9457. `type` leads to a page that explains it; further members are named there."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(examples=["/problems/gate-shut"])
    title: str
    status: int
    detail: str = ""
    instance: str = ""
    errors: list["Fault"] = Field(default_factory=list)


class Fault(Schema):
    """One fault: `pointer` into the body (RFC 6901, as a fragment), or the name of a `parameter` or `header`."""

    detail: str
    pointer: str | None = None
    parameter: str | None = None
    header: str | None = None


class Count(Schema):
    count: int


# --- matters ----------------------------------------------------------------------------


class Matter(Schema):
    """对象: a matter or another subject; its columns are what its journal says."""

    id: UUID
    number: str = Field(description="编号 by the regulation's numbering; may be empty")
    kind: str = Field(description="Kind of subject that the policy declares, as `complaint`")
    unit: int
    unit_name: str
    zone: str = Field(description="IANA zone of the unit; all its instants stand in it", examples=["Asia/Shanghai"])
    state: State
    confidential: bool
    axes: dict[str, Any] = Field(description="类别: value of each axis; null is unknown")
    owner_person: int | None = Field(description="首问责任人: exactly one of owner_person and owner_post owns a matter")
    owner_post: int | None
    owned_since: Zoned | None
    offered_to: int | None
    parent: UUID | None
    policy_version: int | None
    calendar_version: str | None
    opened_at: Zoned
    ended_at: Zoned | None
    updated_at: Zoned = Field(description="When its last entry was recorded")
    seq: int = Field(description="Number of its last entry; send it back as `If-Match` or `seq` when recording")


class Matters(Schema):
    items: list[Matter]
    next: str | None = Field(description="Cursor of the next page; null on the last")


class Entry(Schema):
    """记录: the envelope. Personal content is sealed apart; `content` is there only where it was asked for."""

    seq: int
    type: str
    at: Zoned = Field(description="When it happened")
    recorded_at: Zoned
    by: int | None = Field(description="Person who wrote it; null is the house itself")
    post: str = Field(description="Role whose act it is, in the regulation's words")
    unit: int | None
    data: dict[str, Any]
    marks: list[str] = Field(description="late, history, clock_set_back")
    sealed: bool
    hash: str
    content: dict[str, Any] | None = None


class Entries(Schema):
    items: list[Entry]
    next: str | None


class Duty(Schema):
    """义务: what somebody owes, with its clock and its clause."""

    id: int
    matter: UUID
    number: str
    key: str
    rule: str
    event: str = Field(description="The event that keeps it")
    title: str
    instance: str
    clause: str
    also: list[str]
    role: str
    outside: bool
    unit: int | None
    post: int | None
    person: int | None
    opened_at: Zoned
    due_at: Zoned | None = Field(description="null: no limit, or paused")
    warn_at: Zoned | None
    state: DutyState = Field(description="overdue from the due instant on")
    kept_at: Zoned | None
    missing: list[Any]
    stuck: list[Any] = Field(description="Gates that shut what would keep it")
    stuck_since: Zoned | None
    triggered_by: int | None
    kept_by: int | None
    provisional: bool = Field(description="The due time rests on a year without an official calendar")
    policy_version: int | None
    calendar_version: str


class Duties(Schema):
    items: list[Duty]
    next: str | None


class OwnDuties(Schema):
    items: list[Duty]


class ArithmeticStep(Schema):
    kind: str
    first: Zoned | date | None
    last: Zoned | date | None


class Arithmetic(Schema):
    """算法: how a due instant came about."""

    duty: int
    clause: str
    due_at: Zoned | None
    form: Literal["counted", "extended", "agreed", "dated", "none"]
    said: str
    lines: list[str] = Field(description="One line a step, in the caller's language")
    steps: list[ArithmeticStep]
    calendar: str
    provisional: bool


class Shut(Schema):
    """关口: a gate that shuts an act now."""

    gate: str
    clause: str
    instance: str | None
    reason: str
    missing: list[str]
    opens: list[str] = Field(description="Roles whose act would open it")
    event: str | None = Field(description="Event that would open it")


class NextAct(Schema):
    event: str
    title: str
    act: bool = Field(description="False: a fact, which is always written")
    roles: list[str] = Field(description="Roles whose act it is; empty: any post of the unit")
    may: bool = Field(description="Whether this integration may do it")
    duty: str | None = Field(description="Key of the duty that it keeps")
    instance: str | None
    due_at: Zoned | None
    shut: list[Shut]
    form: dict[str, Any] = Field(description="JSON Schema (2020-12) of `data`")


class Next(Schema):
    seq: int
    items: list[NextAct]


class EventForm(Schema):
    """One event with the JSON Schema of its `data`, from the vocabulary and the policy in force."""

    event: str
    title: str
    act: bool
    form: dict[str, Any]


class Link(Schema):
    role: str = Field(examples=["part_of", "repeat_of", "continued_as", "about", "merged"])
    direction: Literal["to", "from"]
    other: UUID
    number: str
    since: Zoned


class Links(Schema):
    items: list[Link]


class Attachment(Schema):
    id: UUID
    matter: UUID | None = Field(description="null until an entry names the file")
    name: str
    media_type: str
    size: int = Field(description="Bytes")
    sha256: str
    uploaded_by: int | None
    uploaded_at: Zoned


class Attachments(Schema):
    items: list[Attachment]


# --- recording ----------------------------------------------------------------------------

Data = Annotated[dict[str, Any], Field(description="Fields that the event declares: see the form of the event")]
At = Annotated[AwareDatetime | None, Field(description="When it happened; without it, now. Needs an offset.")]
EventName = Annotated[str, Field(min_length=1, max_length=64)]
Reason = Annotated[str, Field(max_length=2000, description="Why it is recorded late, where it is")]


class Intake(Given):
    """接诉: a matter that a customer brings."""

    unit: Key = Field(description="Unit that it is taken in for, within the reach of the integration's posts")
    kind: str = Field("complaint", min_length=1, max_length=64)
    data: Data
    at: At = None
    reason: Reason = ""
    repeat_of: UUID | None = Field(None, description="The earlier matter that it repeats")


class Act(Given):
    """An act or a fact of one matter."""

    type: EventName
    data: Data = Field(default_factory=dict)
    at: At = None
    post: str = Field("", max_length=100, description="Role whose act it is; without it, the one that fits")
    reason: Reason = ""
    seq: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="Last entry that the caller knows; others' entries since are a 409 `stale`"
    )


class BatchAct(Act):
    matter: UUID


class Batch(Given):
    items: Annotated[list[BatchAct], Field(min_length=1, max_length=100)]


class Recorded(Schema):
    """What was written: the call's own entries first, what follows from them after; and what is owed now."""

    matter: Matter
    entries: list[Entry]
    duties: list[Duty] = Field(description="Duties that stand now")
    dry_run: bool = Field(False, description="True: nothing was written")


class BatchResult(Schema):
    status: int = Field(description="201, or the status of the problem")
    matter: UUID
    seq: int | None = Field(None, description="Number of the entry written")
    problem: dict[str, Any] | None = Field(None, description="As `Problem`")


class BatchRecorded(Schema):
    items: list[BatchResult]
    dry_run: bool = False


# --- customers ----------------------------------------------------------------------------


class Contact(Schema):
    id: int
    kind: Literal["phone", "email", "wechat", "address"]
    value: str
    since: date | None
    until: date | None


class HeldAsset(Schema):
    asset: int
    role: Literal["owner", "tenant", "occupier"]
    since: date | None
    until: date | None


class Customer(Schema):
    """客户: masked unless the token may reveal and a reason was given."""

    id: int
    unit: int
    kind: Literal["person", "company"]
    name: str
    masked: bool
    registered_at: Zoned
    contacts: list[Contact]
    holdings: list[HeldAsset]


class Customers(Schema):
    items: list[Customer]
    next: str | None


class NewCustomer(Given):
    unit: Key
    name: str = Field(min_length=1, max_length=100)
    kind: Literal["person", "company"] = "person"
    phones: list[Annotated[str, Field(max_length=40)]] = Field(default_factory=list, max_length=10)


class ChangedCustomer(Given):
    name: str = Field(min_length=1, max_length=100)


class NewContact(Given):
    kind: Literal["phone", "email", "wechat", "address"] = "phone"
    value: str = Field(min_length=1, max_length=200)


class Asset(Schema):
    """房产."""

    id: int
    unit: int
    unit_name: str
    building: str
    entrance: str
    room: str
    masked: bool = Field(description="True: only the building is told")
    handed_over_on: date | None


class Assets(Schema):
    items: list[Asset]
    next: str | None


class NewAsset(Given):
    unit: Key
    building: str = Field("", max_length=30)
    entrance: str = Field("", max_length=30)
    room: str = Field(min_length=1, max_length=30)
    handed_over_on: date | None = None


class NewHolding(Given):
    asset: Key
    role: Literal["owner", "tenant", "occupier"] = "owner"
    since: date | None = None


# --- organisation, policies, calendars -----------------------------------------------------


class Unit(Schema):
    id: int
    name: str
    kind: str
    parent: int | None
    path: str = Field(description="Ids from the root down, as /1/4/9/")
    zone: str
    since: Zoned
    until: Zoned | None


class Units(Schema):
    items: list[Unit]
    next: str | None


class PostHolder(Schema):
    person: int
    name: str


class Post(Schema):
    """岗位, with who holds it now."""

    id: int
    unit: int
    name: str
    is_duty_post: bool
    holders: list[PostHolder]


class Posts(Schema):
    items: list[Post]
    next: str | None


class InForce(Schema):
    """施行: a version that holds for a kind of subject in a unit and below."""

    unit: int
    kind: str
    since: Zoned
    until: Zoned | None
    readings: dict[str, str]
    version: int
    name: str
    title: str
    policy: str = Field(description="Version as the text says it")


class InForceList(Schema):
    items: list[InForce]


class PolicyVersion(Schema):
    id: int
    name: str
    title: str
    version: str
    effective: str
    digest: str = Field(description="SHA-256 of the text")
    published_at: datetime
    text: str = Field(description="The policy file: Markdown with rules")
    clauses: list[str]


class RuleTold(Schema):
    id: str
    sort: str
    sentence: str = Field(description="The rule in a Chinese sentence")
    reading: str | None
    taken: bool = Field(description="False: a reading that is not taken where it is in force now")
    rule: dict[str, Any]


class Clause(Schema):
    id: str
    ref: str
    text: str
    rules: list[RuleTold]


class Clauses(Schema):
    items: list[Clause]


class ClauseFigures(Schema):
    """How many duties of the clause opened in the days, and what became of them; `opened` is the sum of the rest."""

    clause: str
    opened: int
    kept: int
    late: int = Field(description="Kept late")
    running: int
    overdue: int
    let_off: int = Field(description="Waived or excused")
    void: int


class FiguresOfClauses(Schema):
    first: date = Field(description="First day counted, in Asia/Shanghai")
    last: date
    items: list[ClauseFigures]


class Day(Schema):
    date: date
    kind: str
    workday: bool
    name: str
    hours: list[str] = Field(description="Service hours in the unit's zone, as 09:00-12:00")


class CalendarYear(Schema):
    """年历 of a unit."""

    unit: int
    year: int
    zone: str
    version: str
    provisional: bool = Field(description="No official calendar of this year is known")
    workdays: int
    days: list[Day]


class Me(Schema):
    integration: str
    person: int
    prefix: str
    scopes: list[str]
    rate: int = Field(description="Calls a minute")
    left: int = Field(description="Calls left in this minute")
    until: datetime | None


# --- webhooks ------------------------------------------------------------------------------


class NewWebhook(Given):
    url: str = Field(min_length=8, max_length=500, examples=["https://example.org/shouwen"])
    events: list[EventName] = Field(default_factory=list, max_length=100, description="Events; empty: all")
    kinds: list[EventName] = Field(default_factory=list, max_length=20, description="Kinds of subject; empty: all")
    unit: Key | None = Field(None, description="This unit and all below; null: all that the integration sees")


class ChangedWebhook(Given):
    url: str | None = Field(None, min_length=8, max_length=500)
    events: list[EventName] | None = Field(None, max_length=100)
    kinds: list[EventName] | None = Field(None, max_length=20)
    active: bool | None = Field(None, description="True also ends a switching-off by the house: what waited goes out")


class Webhook(Schema):
    id: int
    url: str
    events: list[str]
    kinds: list[str]
    unit: int | None
    active: bool
    disabled_at: datetime | None = Field(description="When the house switched it off because nothing arrived any more")
    failing_since: datetime | None
    waiting: int = Field(description="Deliveries not yet accepted")


class NewSecret(Webhook):
    secret: str = Field(description="Shown this once")


class Webhooks(Schema):
    items: list[Webhook]


class WebhookDelivery(Schema):
    id: int
    message: str = Field(description="The `webhook-id`: the same each time that it is sent")
    at: datetime
    status: int | None = Field(description="HTTP status of the answer; null: none came")
    delivered: bool
    error: str
    answer: str = Field(description="First 2,000 characters of the answer")
    milliseconds: int


class WebhookDeliveries(Schema):
    items: list[WebhookDelivery]
    next: str | None


class Queued(Schema):
    message: str
