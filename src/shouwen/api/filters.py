"""What lists of matters and duties are narrowed by."""

import re
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from ninja import Schema
from pydantic import AwareDatetime, Field

from shouwen.api.cursors import LARGEST, PAGE
from shouwen.api.problems import wrong
from shouwen.api.schemas import DutyState, Key, State
from shouwen.insight.models import Line
from shouwen.insight.reading import category
from shouwen.journal.models import Duty
from shouwen.journal.models import DutyState as Of
from shouwen.organisation.models import Unit

AXIS = re.compile(r"([a-z][a-z0-9_]{0,63}):(.{1,100})", re.DOTALL)
STANDING = (Of.OPEN, Of.OVERDUE, Of.PAUSED)


class Paging(Schema):
    cursor: str = Field("", max_length=400, description="`next` of the page before")
    limit: int = Field(PAGE, ge=1, le=LARGEST, description="Rows of a page at most")


class MatterFilter(Schema):
    q: str = Field("", max_length=100, description="Words, two characters at least; number, phone tail, pinyin, room")
    unit: Key | None = Field(None, description="This unit and all below")
    kind: str | None = Field(None, max_length=64, description="Kind of subject, as `complaint`")
    matter: bool | None = Field(None, description="True: only what a customer brought")
    state: State | None = Field(None, description="ended: closed or withdrawn; merged: it goes on in another")
    number: str | None = Field(None, max_length=100, description="Exactly this 编号")
    owner_person: Key | None = Field(None, description="Person who owns it")
    owner_post: Key | None = Field(None, description="Post that owns it")
    axis: list[Annotated[str, Field(max_length=200)]] = Field(
        default_factory=list, max_length=8, description="A category as `nature:一般投诉`; several must all hold"
    )
    overdue: bool | None = Field(None, description="Something that the house owes in it is overdue now; or nothing is")
    opened_from: AwareDatetime | None = Field(None, description="Opened at or after")
    opened_before: AwareDatetime | None = Field(None, description="Opened before")
    updated_since: AwareDatetime | None = Field(None, description="Last recorded at or after; for keeping in step")


class DutyFilter(Schema):
    matter: UUID | None = Field(None, description="Of this matter")
    person: Key | None = Field(None, description="Who owes it")
    post: Key | None = Field(None, description="Post that owes it")
    unit: Key | None = Field(None, description="Unit that owes it, and all below")
    clause: str | None = Field(None, max_length=100, description="Id of the clause, as `jinke/3.2.B.1`")
    state: DutyState | None = Field(None, description="Without it: what stands (open, overdue, paused)")
    overdue: bool | None = Field(None, description="Its due time has passed and nobody has kept it; or not")
    due_from: AwareDatetime | None = Field(None, description="Due at or after")
    due_before: AwareDatetime | None = Field(None, description="Due before")


def in_unit(lookup: str, pk: int) -> Q:
    """Rows of the unit and all below; none where there is no such unit."""
    found = Unit.objects.filter(pk=pk).values_list("path", flat=True).first()
    return Q(pk__in=[]) if found is None else Q((f"{lookup}path__prefix", found))


def narrowed_matters(rows: QuerySet[Line], by: MatterFilter, now: datetime) -> QuerySet[Line]:
    wanted = Q()
    same = {
        "kind": by.kind,
        "matter": by.matter,
        "state": by.state,
        "number": by.number,
        "owner_person": by.owner_person,
        "owner_post": by.owner_post,
        "opened_at__gte": by.opened_from,
        "opened_at__lt": by.opened_before,
        "recorded_at__gte": by.updated_since,
    }
    for lookup, value in same.items():
        if value is not None:
            wanted &= Q((lookup, without_nul(value)))
    if by.unit is not None:
        wanted &= in_unit("", by.unit)
    for axis in by.axis:
        wanted &= Q(categories__contains=f"\n{_category(axis)}\n")
    if by.overdue is not None:
        late = Q(next_due__lte=now)
        wanted &= late if by.overdue else Q(next_due__isnull=True) | ~late
    return rows.filter(wanted)


def narrowed_duties(rows: QuerySet[Duty], by: DutyFilter, now: datetime) -> QuerySet[Duty]:
    wanted = _in_state(by.state, now)
    same = {
        "subject": by.matter,
        "person": by.person,
        "post": by.post,
        "clause": by.clause,
        "due_at__gte": by.due_from,
        "due_at__lt": by.due_before,
    }
    for lookup, value in same.items():
        if value is not None:
            wanted &= Q((lookup, without_nul(value)))
    if by.unit is not None:
        wanted &= in_unit("unit__", by.unit)
    if by.overdue is not None:
        wanted &= overdue_at(now) if by.overdue else ~overdue_at(now)
    return rows.filter(wanted)


def overdue_at(now: datetime) -> Q:
    """Duties whose due time has passed and that nobody has kept, whether or not the house has noticed yet."""
    return Q(state__in=(Of.OPEN, Of.OVERDUE), due_at__lte=now)


def _in_state(state: str | None, now: datetime) -> Q:
    if state is None:
        return Q(state__in=STANDING)
    if state == Of.OVERDUE:
        return overdue_at(now)
    if state == Of.OPEN:
        return Q(state=Of.OPEN) & (Q(due_at__isnull=True) | Q(due_at__gt=now))
    return Q(state=state)


def _category(text: str) -> str:
    """``nature:一般投诉`` as the ledger's lines have it."""
    found = AXIS.fullmatch(text)
    if found is None:
        raise wrong(_("A category is written as its name, a colon and its value."), parameter="axis")
    return category(found[1], without_nul(found[2]))


def without_nul(value: Any) -> Any:
    """PostgreSQL takes no text that holds a NUL; nothing that is stored has one."""
    return value.replace("\0", "\ufffd") if isinstance(value, str) else value
