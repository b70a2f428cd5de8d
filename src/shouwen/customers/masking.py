"""What is shown of personal data where the whole is not needed (脱敏): the only place that decides it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from shouwen.organisation.pinyin import surname

if TYPE_CHECKING:
    from shouwen.customers.models import Asset, Contact, Customer

_ID_NUMBER = re.compile(r"(?<![0-9])[1-9][0-9]{16}[0-9Xx](?![0-9Xx])")
_PHONE = re.compile(r"(?<![0-9])(?:(?:\+?86[ -]?)?1[3-9][0-9](?:[ -]?[0-9]{4}){2}|0[0-9]{2,3}[ -]?[0-9]{7,8})(?![0-9])")
_DISTRICT = re.compile(r"^(?:.{2,8}?(?:省|自治区))?(?:.{2,8}?[市州])?(?:.{1,8}?[区县旗])?")
HIDDEN = "****"


def mask_phone(number: str) -> str:
    """``138****8000``, ``010-****5678``: what lies before the last four digits is hidden, at most four of them."""
    digits = [match.start() for match in re.finditer(r"\d", number)]
    kept = 4 if len(digits) > 6 else 1
    hidden = digits[:-kept][-4:]
    return "".join("*" if place in hidden else character for place, character in enumerate(number))


def mask_name(name: str) -> str:
    """``王**`` for 王小明, ``欧阳*`` for 欧阳锋: the family name stays. A remark in brackets is no name."""
    name = name.strip()
    if name.startswith("（"):
        return name
    if len(name) < 2:
        return "*" * len(name)
    shown = surname(name)
    return shown + "*" * (len(name) - len(shown))


def mask_id(number: str) -> str:
    """``110***********1234`` for a citizen's number: the first three and the last four stay."""
    return number[:3] + "*" * max(0, len(number) - 7) + number[-4:] if len(number) > 7 else "*" * len(number)


def mask_address(address: str) -> str:
    """``江城市江北区****``: province, town and district stay; where none is named, the first two characters."""
    address = address.strip()
    shown = _DISTRICT.match(address)
    kept = shown[0] if shown and shown[0] else address[:2]
    return kept + HIDDEN if address else ""


def mask_email(address: str) -> str:
    """``z***@example.com``."""
    name, at, host = address.partition("@")
    return f"{name[:1]}***{at}{host}" if at else mask_handle(address)


def mask_handle(handle: str) -> str:
    """``w***8`` for a name in a chat."""
    return f"{handle[:1]}***{handle[-1:]}" if len(handle) > 2 else "*" * len(handle)


def mask_text(text: str) -> str:
    """A running text without telephone and citizens' numbers."""
    return _PHONE.sub(lambda found: mask_phone(found[0]), _ID_NUMBER.sub(lambda found: mask_id(found[0]), text))


def mask_reached(text: str) -> str:
    """A way to reach somebody as it was typed: a number, an address of e-mail, a name in a chat."""
    if "@" in text:
        return mask_email(text)
    return mask_phone(text) if any(character.isdigit() for character in text) else mask_handle(text)


_CONTACTS = {"phone": mask_phone, "email": mask_email, "wechat": mask_handle, "address": mask_address}


def mask_value(kind: str, value: str) -> str:
    """A contact's value by its kind."""
    return _CONTACTS[kind](value)


def mask_contact(contact: Contact) -> str:
    return mask_value(contact.kind, contact.value)


def mask_customer(customer: Customer) -> str:
    """The name; a company's is not personal and stays."""
    return customer.name if customer.kind == "company" else mask_name(customer.name)


def mask_asset(asset: Asset) -> str:
    """``3-****``: the building stays. Give it ``asset.unit`` beside it."""
    return "-".join(filter(None, (asset.building, HIDDEN)))
