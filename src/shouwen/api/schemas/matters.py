"""Matters, their entries, duties, gates and files."""

from datetime import date
from typing import Any, Literal
from uuid import UUID

from pydantic import BaseModel, Field

from shouwen.api.schemas.common import DutyState, Next, State, UnitId, UnitName, Zoned


class Matter(BaseModel):
    """对象: a matter or another subject; its columns are what its journal says."""

    id: UUID = Field(description="Id of the matter, in all addresses")
    number: str = Field(description="编号 by the regulation's numbering; may be empty")
    kind: str = Field(description="Kind of subject that the policy declares, as `complaint`")
    unit: UnitId
    unit_name: UnitName
    zone: str = Field(description="IANA zone of the unit; all its instants stand in it", examples=["Asia/Shanghai"])
    state: State = Field(description="ended: closed or withdrawn; merged: it goes on in another")
    confidential: bool = Field(description="保密: seen only by who owns, handles or is named in it")
    axes: dict[str, Any] = Field(description="类别: value of each axis; null is unknown")
    owner_person: int | None = Field(description="首问责任人: exactly one of owner_person and owner_post owns a matter")
    owner_post: int | None = Field(description="Post that owns it while nobody has taken it over")
    owned_since: Zoned | None = Field(description="Since when that owner owns it")
    offered_to: int | None = Field(description="Person to whom it is handed over, who has not accepted yet")
    parent: UUID | None = Field(description="The matter that it is part of")
    policy_version: int | None = Field(description="Version of the policy that it goes by; null: none is in force")
    calendar_version: str | None = Field(description="Version of the calendar that its clocks run on")
    opened_at: Zoned = Field(description="When it began: at intake, when the customer brought it")
    ended_at: Zoned | None = Field(description="When it ended; null while it is open")
    updated_at: Zoned = Field(description="When its last entry was recorded")
    seq: int = Field(description="Number of its last entry; send it back as `If-Match` or `seq` when recording")


class Matters(BaseModel):
    items: list[Matter] = Field(description="One page of them")
    next: Next


class Entry(BaseModel):
    """记录: the envelope. Personal content is sealed apart; `content` is there only where it was asked for."""

    seq: int = Field(description="Its number in the journal, from 1 on without a gap")
    type: str = Field(description="Event, as the vocabulary or the policy names it")
    at: Zoned = Field(description="When it happened")
    recorded_at: Zoned = Field(description="When it was written")
    by: int | None = Field(description="Person who wrote it; null is the house itself")
    post: str = Field(description="Role whose act it is, in the regulation's words")
    unit: int | None = Field(description="Unit of the post from which it was written")
    data: dict[str, Any] = Field(description="Fields of the event that are not personal")
    marks: list[str] = Field(description="late, history, clock_set_back")
    sealed: bool = Field(description="There is, or was, personal content beside it")
    hash: str = Field(description="SHA-256 over envelope, digest of the content and the hash before it")
    content: dict[str, Any] | None = Field(None, description="The sealed content, where it was asked for; {}: erased")


class Entries(BaseModel):
    items: list[Entry] = Field(description="One page of them")
    next: Next


class Stuck(BaseModel):
    """A gate in the way of a duty."""

    gate: str = Field(description="Id of the gate")
    clause: str = Field(description="Id of its clause")
    reason: str = Field(description="Why it is shut, in Chinese")
    opens: list[str] = Field(description="Roles whose act would open it")


class Duty(BaseModel):
    """义务: what somebody owes, with its clock and its clause."""

    id: int = Field(description="Id of the duty, in all addresses")
    matter: UUID = Field(description="Id of its matter")
    number: str = Field(description="编号 of its matter")
    key: str = Field(description="Its name within the matter, the same for ever")
    rule: str = Field(description="Id of the rule that it comes from")
    event: str = Field(description="The event that keeps it")
    title: str = Field(description="What is owed, in the regulation's words")
    instance: str = Field(description="Which of several, as the number of an order; empty where there is one")
    clause: str = Field(description="Id of the clause, as `jinke/3.2.B.1`")
    also: list[str] = Field(description="Further clauses that ask the same")
    role: str = Field(description="Who owes it, in the regulation's words")
    outside: bool = Field(description="Owed by an outside party, as a contractor")
    unit: int | None = Field(description="Unit that owes it")
    post: int | None = Field(description="Post that owes it")
    person: int | None = Field(description="Person who owes it, where it is one person's")
    opened_at: Zoned = Field(description="When it began to be owed")
    due_at: Zoned | None = Field(description="null: no limit, or paused")
    warn_at: Zoned | None = Field(description="When the regulation has somebody warned")
    state: DutyState = Field(description="overdue from the due instant on; late: kept, but late")
    kept_at: Zoned | None = Field(description="When it was kept")
    missing: list[str] = Field(description="Of several who must act: roles who have not yet")
    stuck: list[Stuck] = Field(description="Gates that shut what would keep it")
    stuck_since: Zoned | None = Field(description="Since when they do")
    triggered_by: int | None = Field(description="Number of the entry that opened it")
    kept_by: int | None = Field(description="Number of the entry that kept it")
    provisional: bool = Field(description="The due time rests on a year without an official calendar")
    policy_version: int | None = Field(description="Version of the policy that it was counted by")
    calendar_version: str = Field(description="Version of the calendar that it was counted on")


class Duties(BaseModel):
    items: list[Duty] = Field(description="One page of them")
    next: Next


class OwnDuties(BaseModel):
    items: list[Duty] = Field(description="All of them, in the order in which they opened")


class ArithmeticStep(BaseModel):
    kind: str = Field(description="What the step does, as `start`, `count`, `skip`")
    first: Zoned | date | None = Field(description="Its first day or instant")
    last: Zoned | date | None = Field(description="Its last day or instant")


class Arithmetic(BaseModel):
    """算法: how a due instant came about."""

    duty: int = Field(description="Id of the duty")
    clause: str = Field(description="Id of the clause")
    due_at: Zoned | None = Field(description="What came out; null: no limit")
    form: Literal["counted", "extended", "agreed", "dated", "none"] = Field(description="Where the instant comes from")
    said: str = Field(description="The limit in the regulation's words")
    lines: list[str] = Field(description="One line a step, in the caller's language")
    steps: list[ArithmeticStep] = Field(description="The same for programs")
    calendar: str = Field(description="Version of the calendar")
    provisional: bool = Field(description="It rests on a year without an official calendar")


class Shut(BaseModel):
    """关口: a gate that shuts an act now."""

    gate: str = Field(description="Id of the gate")
    clause: str = Field(description="Id of its clause")
    instance: str | None = Field(description="Which of several it is shut for, as the number of an order")
    reason: str = Field(description="Why it is shut, in Chinese")
    missing: list[str] = Field(description="What has yet to be recorded")
    opens: list[str] = Field(description="Roles whose act would open it")
    event: str | None = Field(description="Event that would open it")


class NextAct(BaseModel):
    """One act or fact that may come next."""

    event: str = Field(description="Event to record, as `type`")
    title: str = Field(description="Its title, in Chinese")
    act: bool = Field(description="False: a fact, which is always written")
    roles: list[str] = Field(description="Roles whose act it is; empty: any post of the unit")
    may: bool = Field(description="Whether this integration may do it")
    duty: str | None = Field(description="Key of the duty that it keeps")
    instance: str | None = Field(description="Which of several it is about")
    due_at: Zoned | None = Field(description="When the duty is due")
    shut: list[Shut] = Field(description="Gates that shut it now; empty: it may be done")
    form: dict[str, Any] = Field(description="JSON Schema (2020-12) of `data`")


class NextActs(BaseModel):
    seq: int = Field(description="Number of the matter's last entry, for `If-Match`")
    items: list[NextAct] = Field(description="Owed acts first, by due time; then what a power allows")


class EventForm(BaseModel):
    """One event with the JSON Schema of its `data`, from the vocabulary and the policy in force."""

    event: str = Field(description="Event, as `type`")
    title: str = Field(description="Its title, in Chinese")
    act: bool = Field(description="False: a fact, which is always written")
    form: dict[str, Any] = Field(description="JSON Schema (2020-12) of `data`")


class Link(BaseModel):
    """A relation to another subject."""

    role: str = Field(
        description="What the one is to the other",
        examples=["part_of", "repeat_of", "continued_as", "about", "merged"],
    )
    direction: Literal["to", "from"] = Field(description="from: the other names this one")
    other: UUID = Field(description="Id of the other")
    number: str = Field(description="编号 of the other")
    since: Zoned = Field(description="When it was linked")


class Links(BaseModel):
    items: list[Link] = Field(description="All that the integration sees")


class Attachment(BaseModel):
    """附件."""

    id: UUID = Field(description="Id of the file, for entries to name")
    matter: UUID | None = Field(description="null until an entry names the file")
    name: str = Field(description="Name of the file")
    media_type: str = Field(description="Type, read from its content")
    size: int = Field(description="Bytes")
    sha256: str = Field(description="Digest of the content, in hexadecimal")
    uploaded_by: int | None = Field(description="Person; null: it came by mail")
    uploaded_at: Zoned = Field(description="When it came")


class Attachments(BaseModel):
    items: list[Attachment] = Field(description="All of them, in the order in which they came")
