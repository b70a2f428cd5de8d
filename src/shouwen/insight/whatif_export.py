"""A kept what-if as a workbook: its figures, and each duty of the matters that its asker may see (导出)."""

import time
from datetime import datetime
from pathlib import Path

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from shouwen.engine import Compared
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.insight.export import KEPT, folder, zone_of
from shouwen.insight.models import WhatIf
from shouwen.insight.whatif import Progress, compare
from shouwen.insight.whatif_book import Book
from shouwen.insight.whatif_kept import rows_of, tried
from shouwen.insight.whatif_words import row_of
from shouwen.journal import clock
from shouwen.journal.models import Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person


def path_of(pk: object) -> Path:
    """Where the file of an export is kept for a day."""
    return folder() / f"whatif-{pk}.xlsx"


def write(asked: WhatIf, person: Person, pk: object, reason: str, progress: Progress) -> Path:
    """Write the file ``pk``; the duties are counted again, as of the what-if's own moment."""
    _clear_away()
    folder().mkdir(parents=True, exist_ok=True)
    path, to = path_of(pk), tried(asked)
    book = Book(path)
    try:
        rows = rows_for(person, asked, clock.now())
        policies = {one.pk: policy_of(one) for one in PolicyVersion.objects.filter(subjects__in=rows).distinct()}

        def each(subject: Subject, compared: Compared) -> None:
            assert subject.policy_version_id is not None
            before = policies[subject.policy_version_id]
            said = "；".join(f"{axis}：{value}" for axis, value in compared.categories)
            for pair in compared.duties:
                number, journal = subject.number or str(subject.pk), compared.journal
                book.duty(number, journal.kind, journal.unit, said, row_of(pair, before, to))

        compare(rows, to, asked.moment, progress=progress, each=each)
        book.close(_told(asked, person, reason), asked.summary)
    except Exception:
        book.abandon()
        raise
    return path


def rows_for(person: Person, asked: WhatIf, at: datetime) -> QuerySet[Subject]:
    """The subjects whose duties stand in the person's file."""
    return visible(person, rows_of(asked), at)


def _told(asked: WhatIf, person: Person, reason: str) -> list[tuple[str, str]]:
    zone = zone_of(person, clock.now())
    return [
        (_("What-if"), asked.name),
        (_("Exported by"), person.name),
        (_("Reason"), reason),
        (_("As of"), f"{asked.moment.astimezone(zone):%Y-%m-%d %H:%M} {zone.key}"),
        (_("Unit"), asked.unit.name if asked.unit else _("the whole house")),
        *((_("Under until now"), f"{one['title']} · {one['subjects']}") for one in asked.from_versions),
        *((where, f"{before} → {after}") for where, before, after in asked.said),
    ]


def _clear_away() -> None:
    """Files are kept for a day."""
    for old in folder().glob("whatif-*.xlsx"):
        if time.time() - old.stat().st_mtime > KEPT.total_seconds():
            old.unlink(missing_ok=True)
