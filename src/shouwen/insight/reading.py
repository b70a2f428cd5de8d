"""What a line and its text say of a subject: read from its journal and from the customer's file."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from shouwen.customers.masking import mask_name
from shouwen.customers.models import CustomerKind
from shouwen.customers.phones import digits_of
from shouwen.engine import Entry as Step
from shouwen.engine import effective
from shouwen.insight.words import folded
from shouwen.journal.checks import is_id
from shouwen.journal.models import Entry
from shouwen.journal.statements import prepared
from shouwen.policy.model import EventType

TOLD = frozenset({"text", "longtext", "list", "party", "order"})
"""Types of fields that hold words, not references."""
NATURE = "nature"


def said_in(entry: Entry, sealed: Mapping[str, Any], events: Mapping[str, EventType]) -> str:
    """What an entry says, folded, with a line feed at its end; "" where it says nothing, or the house wrote it."""
    event = events.get(entry.type)
    if event is None or event.implied:
        return ""
    open_part = [
        text for name, one in event.fields.items() if one.type in TOLD for text in _strings(entry.data.get(name))
    ]
    words = [text for text in (*open_part, *_strings(sealed)) if text and not is_id(text)]
    return folded("\n".join(words)) + "\n" if words else ""


def _strings(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for one in value.values():
            yield from _strings(one)
    elif isinstance(value, (list, tuple)):
        for one in value:
            yield from _strings(one)


@dataclass(frozen=True)
class Intake:
    """What the standing ``received`` says of where a matter comes from; ids as text, "" for none."""

    channel: str = ""
    source: str = ""
    customer: str = ""
    asset: str = ""


def intake_of(steps: Sequence[Step]) -> Intake:
    """As corrected, where it was."""
    data = next((step.data for step in effective(steps) if step.type == "received"), None)
    if data is None:
        return Intake()
    return Intake(
        str(data.get("channel") or "")[:100],
        str(data.get("source") or "")[:200],
        str(data.get("customer") or ""),
        str(data.get("asset") or ""),
    )


def nature_of(axes: Mapping[str, Any]) -> str:
    value = axes.get(NATURE)
    return value[:200] if isinstance(value, str) else ""


def category(axis: str, value: Any) -> str:
    """One category as ``Line.categories`` has it."""
    return f"{axis}={str(value).lower() if isinstance(value, bool) else value}"


def categories_of(axes: Mapping[str, Any]) -> str:
    """Every axis that is known, a line each, so that one is found with its line feeds around it."""
    known = [category(axis, value) for axis, value in sorted(axes.items()) if value is not None]
    return "\n".join(("", *known, "")) if known else ""


def about(number: str, axes: Mapping[str, Any]) -> str:
    values = [value for _axis, value in sorted(axes.items()) if isinstance(value, str)]
    return folded("\n".join((number, *values))) + "\n"


@dataclass
class File:
    """What the registry knows of a customer, as far as one searches by it; merged files count as the one they are."""

    name: str = ""
    kind: str = ""
    pinyin: str = ""
    initials: str = ""
    phones: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)


def whose(file: File | None, rooms: Iterable[str]) -> str:
    """Name, pinyin, initials, phones and rooms, folded, each between line feeds; "" where nothing is known."""
    said = [*rooms]
    if file is not None:
        said += [file.name, file.pinyin, file.initials, *file.phones, *file.rooms]
    known = [one for one in dict.fromkeys(said) if one]
    return folded("\n".join(("", *known, ""))) if known else ""


def room_names(building: str, entrance: str, room: str) -> tuple[str, ...]:
    """A room as it is typed with its entrance and without: ``3-2-1201``, ``3-1201``."""
    whole = "-".join(part for part in (building, entrance, room) if part)
    short = "-".join(part for part in (building, room) if part)
    return (whole,) if whole == short else (whole, short)


def masked(file: File | None) -> str:
    """As ``mask_customer`` has it: a company's name stays."""
    if file is None:
        return ""
    return (file.name if file.kind == CustomerKind.COMPANY else mask_name(file.name))[:100]


def files_of(customers: Iterable[str], assets: Iterable[str]) -> tuple[dict[str, File], dict[str, tuple[str, ...]]]:
    """The files of these customers and the names of these rooms, by their ids as text; one query.

    Written by hand: it runs within the act that takes a complaint in.
    """
    whom, which = _ids(customers), _ids(assets)
    files: dict[str, File] = defaultdict(File)
    rooms: dict[str, tuple[str, ...]] = {}
    head, parts, parameters = "", [], []
    if whom:
        head = OWN_FILES.format(marks=", ".join(["%s"] * len(whom)))
        parts.append(OF_FILES)
        parameters += whom
    if which:
        parts.append(OF_ROOMS.format(marks=", ".join(["%s"] * len(which))))
        parameters += which
    if not parts:
        return files, rooms
    with prepared() as cursor:
        cursor.execute(head + " UNION ALL ".join(parts) + " ORDER BY 1, 2, 3, 4, 5, 6", parameters)
        for pk, what, *said in cursor.fetchall():
            if what == "asset":
                rooms[str(pk)] = room_names(*said[:3])
            else:
                _take(files[str(pk)], what, *said)
    return files, rooms


# A file that was merged is read as the one that goes on, with the phones and rooms of all that it is made of. Each join
# is by one equal column: for joins by either of two PostgreSQL may read whole tables, until its statistics know better.
OWN_FILES = """
    WITH asked AS (SELECT id, coalesce(survivor_id, id) AS file FROM customers_customer WHERE id IN ({marks})),
    own AS (
        SELECT id, file AS part FROM asked
        UNION ALL SELECT asked.id, c.id FROM asked JOIN customers_customer c ON c.survivor_id = asked.file
    )
"""
OF_FILES = """
    SELECT asked.id, 'name', g.name, g.pinyin, g.initials, g.kind
    FROM asked JOIN customers_customer g ON g.id = asked.file
    UNION ALL SELECT own.id, 'phone', t.value, '', '', ''
    FROM own JOIN customers_contact t ON t.customer_id = own.part WHERE t.kind = 'phone'
    UNION ALL SELECT own.id, 'room', a.building, a.entrance, a.room, ''
    FROM own JOIN customers_holding h ON h.customer_id = own.part JOIN customers_asset a ON a.id = h.asset_id
"""
OF_ROOMS = "SELECT id, 'asset', building, entrance, room, '' FROM customers_asset WHERE id IN ({marks})"


def _take(file: File, what: str, first: str, second: str, third: str, kind: str) -> None:
    if what == "name":
        file.name, file.pinyin, file.initials, file.kind = first, second, third, kind
    elif what == "phone":
        file.phones.append(digits_of(first) or first)
    else:
        file.rooms += room_names(first, second, third)


def _ids(texts: Iterable[str]) -> list[int]:
    return sorted({int(one) for one in texts if one.isdecimal()})
