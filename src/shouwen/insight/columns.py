"""Columns of the ledger, on the page and in a file alike (列)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.insight.catalogue import Catalogue
from shouwen.insight.models import Line

AXIS = "axis:"


@dataclass(frozen=True)
class Column:
    """``name`` as it stands in addresses and saved views; ``sort`` names what it is sorted by, "" not at all."""

    name: str
    title: str | Promise
    sort: str = ""


def owner(line: Line) -> str:
    """Whose the matter is: the person, else the post that holds it."""
    holder = line.owner_person or line.owner_post
    return holder.name if holder is not None else ""


def local(instant: datetime | None, line: Line) -> datetime | None:
    """An instant on the wall of the matter's unit, as a file takes it: without a zone."""
    return instant.astimezone(ZoneInfo(line.unit.zone)).replace(tzinfo=None) if instant else None


_OWN: Mapping[str, tuple[str | Promise, Callable[[Line, Catalogue], Any]]] = {
    "number": (gettext_lazy("Number"), lambda line, words: line.number),
    "nature": (gettext_lazy("Category"), lambda line, words: line.nature),
    "customer": (gettext_lazy("Customer"), lambda line, words: line.customer_name),
    "unit": (gettext_lazy("Unit"), lambda line, words: line.unit.name),
    "owner": (gettext_lazy("Owner"), lambda line, words: owner(line)),
    "due": (gettext_lazy("Next due"), lambda line, words: local(line.next_due, line)),
    "state": (gettext_lazy("State"), lambda line, words: line.get_state_display()),
    "opened": (gettext_lazy("Received at"), lambda line, words: local(line.opened_at, line)),
    "ended": (gettext_lazy("Closed at"), lambda line, words: local(line.ended_at, line)),
    "channel": (gettext_lazy("Channel"), lambda line, words: line.channel),
    "source": (gettext_lazy("Source"), lambda line, words: line.source),
    "kind": (gettext_lazy("Kind"), lambda line, words: words.title_of(line.kind)),
    "owed": (gettext_lazy("Duties"), lambda line, words: line.owed),
    "stuck": (gettext_lazy("Stuck since"), lambda line, words: local(line.stuck_since, line)),
    "recorded": (gettext_lazy("Last entry"), lambda line, words: local(line.recorded_at, line)),
}
DEFAULT = ("number", "nature", "customer", "unit", "owner", "due", "state", "opened")
OF_OTHERS = ("number", "unit", "due", "owed", "state", "opened", "ended")
"""The usual ones of subjects that no customer brings."""


def all_columns(words: Catalogue) -> list[Column]:
    """Every column there is: the line's own, and one for each axis of the policies."""
    own = [Column(name, title, name) for name, (title, _value) in _OWN.items()]
    return own + [Column(f"{AXIS}{name}", axis.title) for name, axis in words.axes.items()]


def columns(names: Sequence[str], words: Catalogue) -> list[Column]:
    """Those named that there are, the number always the first; the usual ones where none is."""
    known = {column.name: column for column in all_columns(words)}
    chosen = [name for name in dict.fromkeys(names) if name in known]
    return [known[name] for name in dict.fromkeys(("number", *(chosen or DEFAULT)))]


def value(line: Line, column: Column, words: Catalogue) -> Any:
    """What stands in the cell: text, a number, or a time on the wall of the unit; None for nothing."""
    if not column.name.startswith(AXIS):
        return _OWN[column.name][1](line, words)
    return said(line, column.name.removeprefix(AXIS))


def said(line: Line, axis: str) -> str:
    """The value of an axis in words; "" where it is not known."""
    found = next((one for one in line.categories.split("\n") if one.startswith(f"{axis}=")), "")
    known = found.partition("=")[2]
    return {"true": _("Yes"), "false": _("No")}.get(known, known)
