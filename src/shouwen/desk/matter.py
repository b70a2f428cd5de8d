"""What a matter's page shows, put together from its journal, its standing and the rows of its duties."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any

from django.db.models import Q, QuerySet

from shouwen.calendars.periods import Period
from shouwen.customers.masking import mask_customer, mask_text
from shouwen.customers.models import Asset, Customer
from shouwen.desk.around import Near
from shouwen.desk.clocks import Clock, by_urgency
from shouwen.desk.entries import entries_of, sealed_in, steps_in
from shouwen.desk.hints import spoken_of, surely
from shouwen.desk.mended import as_it_stands
from shouwen.desk.timeline import Paper, Teller, Told, papers
from shouwen.desk.words import Names, each, in_chinese, period_of, references, worded
from shouwen.engine import STANDING, Next, Owed, Proposed, Shut, Standing, Why, effective
from shouwen.insight.period_figures import Figure, figures_of
from shouwen.journal.acting import Acting, open_journal
from shouwen.journal.models import Attachment, Entry, Subject, SubjectState
from shouwen.journal.pen import OpenJournal
from shouwen.matters.actions import UNDOES
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person
from shouwen.organisation.seats import selves
from shouwen.policy.model import Axis, EventType, Kind

COMMON = (
    "noted", "handover_offered", "assigned", "reassigned", "urged", "suspended", "resumed", "extended", "waived",
    "excused", "joined", "left", "linked", "merged", "unmerged", "restricted", "unrestricted", "retracted", "closed",
    "reopened", "withdrawn",
)  # fmt: skip
"""Acts that every matter knows, whether its policy speaks of them or not."""
PICTURES = frozenset({"image/jpeg", "image/png", "image/gif", "image/webp"})
"""Types that a browser shows."""
ONLY_OF_MATTERS = frozenset({"handover_offered", "assigned", "reassigned", "joined", "left", "merged", "unmerged"})
"""Of those, what only a matter knows, which somebody brought and somebody owns."""
NOT_OF_PERIODS = frozenset({"suspended", "resumed", "closed", "reopened", "withdrawn"})
"""Nor these for a period: the calendar begins it and ends it."""
FIRST = ("received", "opened")
BELOW = 20
"""Subjects below it that its page names."""
OWN_PAGES = frozenset({"received", "handover_accepted", "corrected", "opened", "ended"})
AFTER_THE_END = frozenset(
    {"reopened", "noted", "archived", "unmerged", "left", "restricted", "unrestricted", "retracted"}
)
DONE = frozenset({"kept", "late", "waived", "excused"})


@dataclass(frozen=True)
class Step:
    """Something that may be written: one button."""

    event: str
    title: str
    act: bool
    shut: tuple[Shut, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A duty as what to do about it: the acts that keep it, or whom it waits for."""

    owed: Owed
    title: str
    roles: tuple[str, ...]
    events: tuple[str, ...]
    shut: tuple[Shut, ...]


@dataclass(frozen=True)
class Category:
    axis: Axis
    value: Any
    presumed: Any


@dataclass
class MatterPage:
    """Everything of one subject for one person at one instant."""

    subject: Subject
    person: Person
    now: datetime
    journal: OpenJournal = field(init=False)

    def __post_init__(self) -> None:
        self.journal = open_journal(self.subject, steps_in(self.subject, self.entries))
        self.acting = Acting(self.journal, self.person, self.now)

    @property
    def moment(self) -> datetime:
        """The engine is asked at or after the last entry."""
        return max(self.now, self.journal.steps[-1].recorded_at) if self.journal.steps else self.now

    @property
    def zone(self) -> str:
        return self.subject.unit.zone

    @cached_property
    def kind(self) -> Kind | None:
        return self.journal.program.policy.kinds.get(self.subject.kind) if self.journal.program else None

    @cached_property
    def period(self) -> Period | None:
        """Which time it is of, where it is a period."""
        if self.kind is None or self.kind.period is None:
            return None
        return period_of(self.kind.period, self.subject)

    @property
    def time(self) -> str:
        """The period's time in the page's language."""
        return "" if self.period is None else self.period.sentence() if in_chinese() else self.period.key

    @cached_property
    def owed(self) -> list[Owed]:
        return [owed for owed, _standing in self._owed]

    @cached_property
    def _owed(self) -> list[tuple[Owed, Standing]]:
        """Each duty with the standing that says so: under the calendar that it was last counted under."""
        found = self.journal.owed(self.moment)
        return sorted(found, key=lambda one: (one[0].opened_at, one[0].clause, one[0].key))

    def explained(self, key: str) -> Why | None:
        """How the due time of the duty with this key came about."""
        standing = next((standing for owed, standing in self._owed if owed.key == key), None)
        return None if standing is None else standing.explain(key, self.moment)

    def event(self, name: str) -> EventType:
        """An event under the names that this page's language gives it."""
        return worded(self.journal.events[name])

    def title_of(self, owed: Owed) -> str:
        return owed.rule.title or self.event(owed.rule.act.event).title

    # --- clocks ------------------------------------------------------------

    @cached_property
    def clocks(self) -> list[Clock]:
        """Standing duties first, by due time; then what was done; what became void last."""
        rows = self.journal.duties
        found = []
        for owed in self.owed:
            need = owed.rule.need
            want = (len(need.all) or need.count) if need else 0
            found.append(Clock(owed, rows.get(owed.key), want - len(owed.missing), want))
        return sorted(found, key=by_urgency)

    @property
    def running(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.owed.state in STANDING]

    @property
    def done(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.owed.state in DONE]

    @property
    def void(self) -> list[Clock]:
        return [clock for clock in self.clocks if clock.owed.state == "void"]

    # --- what to do next ------------------------------------------------------

    @cached_property
    def _next(self) -> list[Next]:
        return self.journal.standing.next_acts(self.moment) if self.journal.standing else []

    @cached_property
    def asked(self) -> list[Asked]:
        """What is owed, each as what to do about it; ``events`` are those that the person may write."""
        found = []
        for one in self._next:
            if one.owed is None:
                continue
            keeping = dict.fromkeys(happening.event for happening in one.owed.rule.act.happenings)
            mine = tuple(name for name in keeping if not self.journal.events[name].implied and self.acting.may(name))
            found.append(Asked(one.owed, self.title_of(one.owed), one.roles, mine, surely(one.shut, one.event)))
        return found

    @cached_property
    def others(self) -> list[Step]:
        """Further acts and facts that the regulation speaks of and the person may write now."""
        owed = {name for asked in self.asked for name in asked.events}
        program = self.journal.program
        spoken = spoken_of(program, self.subject.kind) if program else frozenset()
        names = [name for name in self.journal.events if name in spoken and name not in (*COMMON, *owed)]
        return [step for name in names if (step := self._step(name)) is not None]

    @property
    def other_acts(self) -> list[Step]:
        return [step for step in self.others if step.act]

    @property
    def other_facts(self) -> list[Step]:
        return [step for step in self.others if not step.act]

    @cached_property
    def common(self) -> list[Step]:
        if self.journal.program is None:
            return []
        without = frozenset[str]() if self.subject.matter else ONLY_OF_MATTERS
        without |= NOT_OF_PERIODS if self.period else frozenset[str]()
        names = [name for name in COMMON if name in self.journal.events and name not in without]
        return [step for name in names if (step := self._step(name)) is not None]

    def _step(self, name: str) -> Step | None:
        event = self.event(name)
        if event.implied or name in OWN_PAGES or not self.acting.may(name):
            return None
        if self.subject.state != SubjectState.OPEN and name not in AFTER_THE_END:
            return None
        if name in UNDOES and not self.near.undone_by(name):
            return None
        if name == "unrestricted" and not self.subject.confidential:
            return None
        shut = surely(self.journal.standing.shut(name, {}), name) if self.journal.standing else ()
        return Step(name, event.title, event.act, shut)

    @cached_property
    def gates(self) -> list[tuple[str, Shut]]:
        """Acts that are shut now, each gate once: (what it shuts, the gate)."""
        found: dict[tuple[str, str | None], tuple[str, Shut]] = {}
        for one in self._next:
            for shut in one.shut:
                found.setdefault((shut.gate.id, shut.instance), (self.event(one.event).title, shut))
        return list(found.values())

    @property
    def own_gates(self) -> list[tuple[str, Shut]]:
        """Those of this category that shut their act whatever it says: what stands in the way now."""
        return [one for one in self.gates if self._in_the_way(one[1])]

    @property
    def further_gates(self) -> list[tuple[str, Shut]]:
        return [one for one in self.gates if not self._in_the_way(one[1])]

    def _in_the_way(self, shut: Shut) -> bool:
        return shut.gate.when is not None and all(each.unconditional for each in shut.gate.shuts)

    @cached_property
    def proposals(self) -> list[tuple[str, Proposed]]:
        """(what is proposed, the proposal), as the engine sees them now."""
        found = self.journal.standing.proposals(self.moment) if self.journal.standing else []
        return [(self.event(one.propose).title, one) for one in found]

    @property
    def provisional(self) -> bool:
        return any(clock.provisional for clock in self.running)

    @property
    def offered_here(self) -> bool:
        """Whether it is offered to the person, or to somebody for whom he stands in."""
        return self.subject.offered_to_id in selves(self.person, self.acting.seats)

    @property
    def accept_key(self) -> str:
        """One acceptance an offer: a second click gives the first result."""
        return f"accept:{self.subject.pk}:{self.subject.offered_at}:{self.person.pk}"

    @cached_property
    def categories(self) -> list[Category]:
        if self.journal.standing is None or self.journal.program is None:
            return []
        values = self.journal.standing.values
        return [
            Category(axis, values.get(name), axis.presumed) for name, axis in self.journal.program.policy.axes.items()
        ]

    # --- the journal -----------------------------------------------------------

    @cached_property
    def entries(self) -> list[Entry]:
        return entries_of(self.subject)

    @cached_property
    def sealed(self) -> Mapping[int, Mapping[str, Any]]:
        """Sealed content by the entry's number; erased ones are empty."""
        return sealed_in(self.entries)

    @cached_property
    def _references(self) -> list[tuple[str, Any]]:
        """(type, id or ids) of what the entries name, the customer and the home as they stand too."""
        found: list[tuple[str, Any]] = [(name, self.received.get(name) or []) for name in ("customer", "asset")]
        for entry in self.entries:
            fields = self.journal.events[entry.type].fields
            found += references(fields, {**entry.data, **self.sealed.get(entry.seq, {})})
        return found

    @cached_property
    def _read(self) -> tuple[Names, Near]:
        """Names of everything that the page names, and the subjects around it."""
        names = Names(self._references, files=self._files)
        customer, asset = (str(self.received.get(name) or "") for name in ("customer", "asset"))
        file = names.customer(customer)
        near = Near(self.subject, self.seen, names.named, names.files_of(file) if file else [], asset)
        names.know(near.subjects)
        return names, near

    @property
    def names(self) -> Names:
        return self._read[0]

    @property
    def near(self) -> Near:
        return self._read[1]

    @cached_property
    def titles(self) -> dict[tuple[str, str], str]:
        """Words for duties and entries of this journal."""
        found = {("duty", owed.key): self.title_of(owed) for owed in self.owed}
        for owed in self.owed:
            found.setdefault(("duty", owed.rule.id), self.title_of(owed))
        if self.kind is not None:
            found["kind", self.kind.name] = self.kind.title
        for entry in self.entries:
            found["entry", str(entry.seq)] = f"#{entry.seq} {self.event(entry.type).title}"
        return found

    @cached_property
    def timeline(self) -> list[Told]:
        """The whole journal, latest first; what was retracted stays, struck."""
        journal = self.journal
        teller = Teller(journal.steps, self.sealed, self.event, self.names, journal.zone, self.titles)
        return teller.timeline(self.entries)

    @cached_property
    def figures(self) -> list[Figure]:
        """The figures of the period's time."""
        if self.period is None:
            return []
        holder = self.received.get("person")
        return figures_of(self.person, self.subject, self.period, self.now, int(holder) if holder else None)

    @cached_property
    def parent(self) -> Subject | None:
        """What it belongs to, if the person sees it."""
        if self.subject.parent_id is None:
            return None
        return self.seen.filter(pk=self.subject.parent_id).select_related("unit").first()

    @cached_property
    def below(self) -> list[Subject]:
        """Subjects that belong to this one, the newest first."""
        rows = self.seen.filter(parent=self.subject).select_related("unit").order_by("-opened_at")
        return list(rows[:BELOW])

    @property
    def papers(self) -> list[Paper]:
        """The papers that the journal speaks of."""
        return papers(self.timeline)

    @property
    def talks(self) -> list[Told]:
        """Calls and other talks with the customer, latest first."""
        return [told for told in self.timeline if told.talk]

    @property
    def may_correct(self) -> bool:
        return self.acting.may("corrected")

    def told_since(self, seqs: set[int]) -> list[Told]:
        return [told for told in self.timeline if told.entry.seq in seqs]

    @cached_property
    def seen(self) -> QuerySet[Subject]:
        """All subjects that the person may see: of no other is a number said here."""
        return visible(self.person, Subject.objects.all(), self.now)

    # --- around it -----------------------------------------------------------------

    @cached_property
    def received(self) -> Mapping[str, Any]:
        """What the entry that opened it says as it stands, sealed content with it."""
        first = next((entry for entry in self.entries if entry.type in FIRST), None)
        return as_it_stands(first, self.journal.steps, self.sealed) if first else {}

    @property
    def customer_ids(self) -> list[str]:
        """Whom the journal names, from its envelopes, in what was corrected too: the timeline shows both."""
        said = [step.data for step in self.journal.steps if step.type in FIRST]
        said += [step.data.get("data") or {} for step in self.journal.steps if step.type == "corrected"]
        return list(dict.fromkeys(str(one["customer"]) for one in said if one.get("customer")))

    @property
    def customer(self) -> Customer | None:
        """As the file goes on, where it was merged."""
        return self.names.customer(str(self.received.get("customer", "")))

    @property
    def asset(self) -> Asset | None:
        return self.names.asset(str(self.received.get("asset", "")))

    @property
    def words(self) -> str:
        """What the customer says, without telephone and citizens' numbers."""
        return mask_text(str(self.received.get("text") or ""))

    @property
    def hides(self) -> bool:
        """Whether a look for a reason shows more than the page does."""
        hidden = self.words != (self.received.get("text") or "")
        return self.customer is not None or bool(self.received.get("contact")) or hidden

    @property
    def masked(self) -> str:
        return mask_customer(self.customer) if self.customer else ""

    @property
    def pictures(self) -> list[Attachment]:
        return [one for one in self.attachments if one.media_type in PICTURES]

    @cached_property
    def attachments(self) -> list[Attachment]:
        return [one for one in self._files if one.subject_id == self.subject.pk and one.erased_at is None]

    @cached_property
    def _files(self) -> list[Attachment]:
        """Those of the subject, and any other that an entry names."""
        named = [str(one) for kind, value in self._references if kind == "file" for one in each(value)]
        rows = Attachment.objects.filter(Q(subject=self.subject) | Q(pk__in=named))
        return list(rows.order_by("uploaded_at"))

    @cached_property
    def orders(self) -> tuple[str, ...]:
        """Numbers of orders in the journal, without those that later ones replace."""
        policy = self.journal.program.policy if self.journal.program else None
        found: dict[str, None] = {}
        replaced: set[str] = set()
        for step in effective(self.journal.steps):
            for name, one in (policy.events[step.type].fields if policy else {}).items():
                value = step.data.get(name)
                if one.type == "order" and value:
                    if name == "replaces":
                        replaced.add(str(value))
                    else:
                        found[str(value)] = None
        return tuple(order for order in found if order not in replaced)
