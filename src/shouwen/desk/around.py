"""What lies around a subject (关联、上报): read with the subject's own row, and what its page names in one query."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import F, JSONField, Q, QuerySet, Subquery
from django.db.models.functions import JSONArray
from django.utils.functional import Promise

from shouwen.desk.relations import RELATIONS_BACK
from shouwen.desk.words import RELATIONS
from shouwen.journal.ladder import ESCALATED
from shouwen.journal.models import Link, Outbox, Subject
from shouwen.journal.statements import together
from shouwen.matters.actions import UNDOES
from shouwen.matters.queries import SHOWN, of_files


class Listed(Subquery):
    """The column ``one`` of all rows as a JSON list, in no order."""

    template = "(SELECT JSON_GROUP_ARRAY(JSON(one)) FROM (%(subquery)s) AS listed)"
    output_field = JSONField()

    def as_postgresql(self, compiler: Any, connection: Any) -> Any:
        template = "(SELECT COALESCE(JSONB_AGG(one), '[]') FROM (%(subquery)s) AS listed)"
        return self.as_sql(compiler, connection, template=template)


@dataclass(frozen=True, order=True)
class Bond:
    """A link as one side sees it; ``back``: the other side states it."""

    back: bool
    pk: int
    role: str
    other: UUID

    @property
    def relation(self) -> str | Promise:
        return (RELATIONS_BACK if self.back else RELATIONS).get(self.role, self.role)


@dataclass(frozen=True)
class Told:
    """Who was told that a duty is overdue: its key, the ladder's level, the person."""

    duty: str
    level: str
    person: int | None


def with_around(rows: QuerySet[Subject], pk: UUID) -> QuerySet[Subject]:
    """The row of the subject ``pk`` with what ``bonds`` and ``told`` read of it; still one query."""
    links = Link.objects.filter(Q(subject=pk) | Q(other=pk)).order_by()
    told = Outbox.objects.filter(subject=pk, kind=ESCALATED).order_by()
    return rows.annotate(
        bonded=Listed(links.values(one=JSONArray("pk", "role", "subject_id", "other_id"))),
        escalated=Listed(told.values(one=JSONArray("pk", "duty", "data__level", "person_id"))),
    )


def _read(subject: Subject, name: str) -> list[list[Any]]:
    """A column of ``with_around``; asked for by itself where the row came without it."""
    if not hasattr(subject, name):
        rows = with_around(Subject.objects.filter(pk=subject.pk), subject.pk)
        setattr(subject, name, rows.values_list(name, flat=True).get())
    found: list[list[Any]] = getattr(subject, name)
    return found


def bonds(subject: Subject) -> list[Bond]:
    """Its links from both sides, those that it states itself first; whether one may see the others is not asked."""
    found = []
    for pk, role, one, other in _read(subject, "bonded"):
        if UUID(one) == subject.pk:
            found.append(Bond(False, pk, role, UUID(other)))
        if UUID(other) == subject.pk:
            found.append(Bond(True, pk, role, UUID(one)))
    return sorted(found)


def told(subject: Subject) -> Iterator[Told]:
    """Who was told of what is overdue, in the order of telling."""
    for _pk, duty, level, person in sorted(_read(subject, "escalated")):
        yield Told(duty, "" if level is None else str(level), person)


class Near:
    """The subjects that a page names: linked, named in entries, brought before; as far as the person sees them."""

    def __init__(
        self, subject: Subject, seen: QuerySet[Subject], named: Iterable[UUID], files: list[str], asset: str
    ) -> None:
        """``seen``: what ``visible()`` leaves. ``files``, ``asset``: whose matters were brought before; one query."""
        self._bonds = bonds(subject)
        others = seen.exclude(pk=subject.pk)
        before = of_files(files, asset, others)
        ids = {bond.other for bond in self._bonds} | set(named)
        rows = seen.filter(pk__in=together([Subject.objects.filter(pk__in=ids), before]))
        rows = rows.annotate(of_file=F("brought__customer"), of_asset=F("brought__asset"))
        self.subjects: Mapping[UUID, Subject] = {row.pk: row for row in rows}
        own = [row for row in self.subjects.values() if row.matter and row.pk != subject.pk]
        same = [
            row
            for row in own
            if row.of_file in files or (asset and row.of_asset == asset)  # type: ignore[attr-defined]
        ]
        self.before = sorted(same, key=lambda row: row.opened_at, reverse=True)[:SHOWN]

    @property
    def links(self) -> list[tuple[str | Promise, Subject]]:
        """(relation, the other subject), from both sides."""
        return [(bond.relation, self.subjects[bond.other]) for bond in self._bonds if bond.other in self.subjects]

    def undone_by(self, event: str) -> list[Subject]:
        """The other subjects of the relations that this event takes back; joining is taken back from either side."""
        role = UNDOES[event]
        fits = [bond for bond in self._bonds if bond.role == role and (not bond.back or role == "part_of")]
        return [self.subjects[bond.other] for bond in fits if bond.other in self.subjects]
