"""What all of them share: ids, instants, pages, problems."""

from datetime import datetime
from typing import Annotated, Literal

from ninja import Path
from pydantic import BaseModel, ConfigDict, Field

Key = Annotated[int, Field(ge=1, le=2**63 - 1)]
Pk = Annotated[int, Path(ge=1, le=2**63 - 1)]
Zoned = Annotated[datetime, Field(description="Instant with offset, in the unit's zone (RFC 3339).")]
State = Literal["open", "ended", "merged"]
DutyState = Literal["open", "paused", "kept", "late", "overdue", "waived", "excused", "void"]
EventName = Annotated[str, Field(min_length=1, max_length=64)]
Next = Annotated[str | None, Field(description="Cursor of the next page; null on the last")]
UnitId = Annotated[int, Field(description="Id of the unit")]
UnitName = Annotated[str, Field(description="Name of the unit")]


class Given(BaseModel):
    """What callers send: a field that is not declared is an error."""

    model_config = ConfigDict(extra="forbid")


class Problem(BaseModel):
    """RFC 9457. `type` leads to a page that explains it; further members are named there."""

    model_config = ConfigDict(extra="allow")
    type: str = Field(description="Names the kind of problem; a page of the house", examples=["/problems/gate-shut"])
    title: str = Field(description="The kind of problem in words, in the caller's language")
    status: int = Field(description="The HTTP status once more")
    detail: str = Field("", description="What is wrong with this call, or what to do about such problems")
    instance: str = Field("", description="Path that was called")
    errors: list["Fault"] = Field(default_factory=list, description="Each field that does not fit")


class Fault(BaseModel):
    """One fault: where it stands, and what is wrong there."""

    detail: str = Field(description="What is wrong, in the caller's language")
    pointer: str | None = Field(None, description="Into the body: JSON pointer (RFC 6901) as a fragment")
    parameter: str | None = Field(None, description="Name of the parameter")
    header: str | None = Field(None, description="Name of the header")


class Count(BaseModel):
    count: int = Field(description="Rows that the list with the same filters has")
