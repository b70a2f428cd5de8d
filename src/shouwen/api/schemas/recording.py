"""What is recorded, and what comes of it."""

from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, Field

from shouwen.api.schemas.common import EventName, Given, Key
from shouwen.api.schemas.matters import Duty, Entry, Matter

Data = Annotated[dict[str, Any], Field(description="Fields that the event declares: see the form of the event")]
At = Annotated[AwareDatetime | None, Field(description="When it happened; without it, now. Needs an offset.")]
Reason = Annotated[str, Field(max_length=2000, description="Why it is recorded late, where it is")]


class Intake(Given):
    """接诉: a matter that a customer brings."""

    unit: Key = Field(description="Unit that it is taken in for, within the reach of the integration's posts")
    kind: str = Field("complaint", min_length=1, max_length=64, description="Kind of subject that the policy declares")
    data: Data
    at: At = None
    reason: Reason = ""
    repeat_of: UUID | None = Field(None, description="The earlier matter that it repeats")


class Act(Given):
    """An act or a fact of one matter."""

    type: EventName = Field(description="Event, as the next acts and the forms name it")
    data: Data = Field(default_factory=dict)
    at: At = None
    post: str = Field("", max_length=100, description="Role whose act it is; without it, the one that fits")
    reason: Reason = ""
    seq: Annotated[int, Field(ge=0, le=2**31 - 1)] | None = Field(
        None, description="Last entry that the caller knows; others' entries since are a 409 `stale`"
    )


class BatchAct(Act):
    matter: UUID = Field(description="Id of the matter that it is about")


class Batch(Given):
    items: Annotated[list[BatchAct], Field(min_length=1, max_length=100, description="Done in this order")]


class Recorded(BaseModel):
    """What was written: the call's own entries first, what follows from them after; and what is owed now."""

    matter: Matter = Field(description="As it stands now")
    entries: list[Entry] = Field(description="What was written")
    duties: list[Duty] = Field(description="Duties that stand now")
    dry_run: bool = Field(False, description="True: nothing was written")


class BatchResult(BaseModel):
    status: int = Field(description="201, or the status of the problem")
    matter: UUID = Field(description="Id of the matter")
    seq: int | None = Field(None, description="Number of the entry written")
    problem: dict[str, Any] | None = Field(None, description="As `Problem`")


class BatchRecorded(BaseModel):
    items: list[BatchResult] = Field(description="One result for each item, in the items' order")
    dry_run: bool = Field(False, description="True: nothing was written")
