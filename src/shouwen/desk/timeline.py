"""A journal as a page tells it: entry by entry, the latest first; the papers (文书) and talks (往来) out of it."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.desk.words import Names, Said, said
from shouwen.engine import Entry as Step
from shouwen.engine import effective
from shouwen.engine.entry import MENDING
from shouwen.journal.models import Entry
from shouwen.journal.pen import LATE, principal
from shouwen.policy.model import EventType, Field

TALKS = frozenset(
    {"contacted", "called_back", "answered", "progress_told", "explained", "visited", "met", "promised", "negotiated"}
)
"""Events that are talks with the customer."""
PAPER = "paper"
"""The field of the shared vocabulary that names a paper."""
ORDER = "order"
"""The type of fields that hold a paper's number."""
SORTS: tuple[tuple[str, str | Promise], ...] = (
    ("", _("All")),
    ("act", _("Acts")),
    ("fact", _("Facts")),
    ("talk", _("Talks with the customer")),
    ("files", _("With files")),
    ("house", _("By the house")),
)
"""The filters of the timeline."""


@dataclass(frozen=True)
class Told:
    """One entry of the timeline."""

    entry: Entry
    title: str
    act: bool
    house: bool
    bad: bool
    lines: Sequence[Said]
    late: bool
    acted_for: str
    """Name of the person on whose behalf a deputy wrote it."""
    struck: bool
    corrected: bool
    files: bool
    paper: str
    """The paper that it is about; "" for none."""

    @property
    def talk(self) -> bool:
        """Whether it is a talk with the customer that took place."""
        return self.entry.type in TALKS and not self.struck

    @property
    def sorts(self) -> str:
        """What the filters of the timeline find it by, with spaces."""
        names = {"act": self.act and not self.house, "fact": not self.act and not self.house, "house": self.house}
        names |= {"talk": self.entry.type in TALKS, "files": self.files}
        return " ".join(name for name, holds in names.items() if holds)

    @property
    def rest(self) -> str:
        """What else is said, in a line: all but the name of the paper."""
        return "；".join(
            f"{line.title}：{line.text}" for line in self.lines if line.text and line.text not in self.paper
        )


@dataclass(frozen=True)
class Paper:
    """One paper (文书) with everything that the journal tells of it, the earliest first."""

    title: str
    told: Sequence[Told]


@dataclass(frozen=True)
class Teller:
    """What turns entries into what is told of them."""

    steps: Sequence[Step]
    sealed: Mapping[int, Mapping[str, Any]]
    event: Callable[[str], EventType]
    names: Names
    zone: ZoneInfo
    titles: Mapping[tuple[str, str], str]

    def timeline(self, entries: Iterable[Entry]) -> list[Told]:
        """The whole journal, latest first; what was retracted stays, struck."""
        standing = {step.id for step in effective(self.steps)}
        mended, breached = ({str(step.data.get("entry")) for step in self.steps if step.type == name} for name in MARKS)
        told = [self._told(entry, standing, mended, breached) for entry in entries]
        return list(reversed(told))

    def _told(self, entry: Entry, standing: set[str], corrected: set[str], breached: set[str]) -> Told:
        event = self.event(entry.type)
        data = {**entry.data, **self.sealed.get(entry.seq, {})}
        name, of = str(entry.seq), principal(entry)
        return Told(
            entry=entry,
            title=event.title,
            act=event.act,
            house=entry.by_id is None,
            bad=entry.type in ("overdue", "breached") or name in breached,
            lines=said(event, data, self.names, self.zone, self.titles),
            late=LATE in entry.marks,
            acted_for="" if of is None else self.names.name("person", str(of)),
            struck=name not in standing and entry.type not in MENDING,
            corrected=name in corrected,
            files=any(one.type == "file" and data.get(key) for key, one in event.fields.items()),
            paper=_paper(event.fields, data),
        )


MARKS = ("corrected", "breached")
"""Events that say something of another entry."""


def _paper(fields: Mapping[str, Field], data: Mapping[str, Any]) -> str:
    """The name of the paper with its number, or what the number is called where the paper has no name."""
    number = next((data.get(name) for name, one in fields.items() if one.type == ORDER), None)
    if PAPER in fields and data.get(PAPER):
        return f"{data[PAPER]} {number}" if number else str(data[PAPER])
    title = next((one.title for one in fields.values() if one.type == ORDER), "")
    return f"{title} {number}" if number else ""


def papers(timeline: Iterable[Told]) -> list[Paper]:
    """Every paper that standing entries name, in the order in which they came up."""
    found: dict[str, list[Told]] = {}
    for told in reversed(list(timeline)):
        if told.paper and not told.struck:
            found.setdefault(told.paper, []).append(told)
    return [Paper(title, of_it) for title, of_it in found.items()]
