"""Customers, how they are reached, and what they hold."""

from datetime import date
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from shouwen.api.schemas.common import Given, Key, Next, UnitId, UnitName, Zoned

Way = Literal["phone", "email", "wechat", "address"]
Role = Literal["owner", "tenant", "occupier"]
Kind = Literal["person", "company"]
Since = Annotated[date | None, Field(description="First day; null: always")]
Until = Annotated[date | None, Field(description="First day on which it holds no more; null: it holds")]


class Contact(BaseModel):
    id: int = Field(description="Id of the contact")
    kind: Way = Field(description="What it is")
    value: str = Field(description="Number or address; masked unless revealed")
    since: Since
    until: Until


class HeldAsset(BaseModel):
    asset: int = Field(description="Id of the home")
    role: Role = Field(description="As what the customer holds it")
    since: Since
    until: Until


class Customer(BaseModel):
    """客户: masked unless the token may reveal and a reason was given."""

    id: int = Field(description="Id of the customer")
    unit: int = Field(description="Unit that keeps the file")
    kind: Kind = Field(description="A person or a company")
    name: str = Field(description="Name; masked unless revealed")
    masked: bool = Field(description="True: name and contacts are not shown in full")
    registered_at: Zoned = Field(description="When the file was opened")
    contacts: list[Contact] = Field(description="How to reach them, former ways too")
    holdings: list[HeldAsset] = Field(description="What they hold or held")


class Customers(BaseModel):
    items: list[Customer] = Field(description="One page of them")
    next: Next


class NewCustomer(Given):
    unit: Key = Field(description="Unit that keeps the file")
    name: str = Field(min_length=1, max_length=100, description="Name of the person or company")
    kind: Kind = Field("person", description="A person or a company")
    phones: list[Annotated[str, Field(max_length=40)]] = Field(
        default_factory=list, max_length=10, description="Telephone numbers"
    )


class ChangedCustomer(Given):
    name: str = Field(min_length=1, max_length=100, description="The name from now on")


class NewContact(Given):
    kind: Way = Field("phone", description="What it is")
    value: str = Field(min_length=1, max_length=200, description="Number or address")


class Asset(BaseModel):
    """房产."""

    id: int = Field(description="Id of the home")
    unit: int = Field(description="Id of its project")
    unit_name: UnitName
    building: str = Field(description="Building (栋)")
    entrance: str = Field(description="Entrance (单元); empty where masked")
    room: str = Field(description="Room; hidden where masked")
    masked: bool = Field(description="True: only the building is told")
    handed_over_on: date | None = Field(description="Day of handover (交付)")


class Assets(BaseModel):
    items: list[Asset] = Field(description="One page of them")
    next: Next


class NewAsset(Given):
    unit: UnitId = Field(ge=1, le=2**63 - 1, description="Id of its project")
    building: str = Field("", max_length=30, description="Building (栋)")
    entrance: str = Field("", max_length=30, description="Entrance (单元)")
    room: str = Field(min_length=1, max_length=30, description="Room")
    handed_over_on: date | None = Field(None, description="Day of handover (交付)")


class NewHolding(Given):
    asset: Key = Field(description="Id of the home")
    role: Role = Field("owner", description="As what the customer holds it")
    since: date | None = Field(None, description="First day; without it, always")
