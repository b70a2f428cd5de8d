"""The ledger as an Excel file (导出): exactly the rows of the page, in constant memory, written down as a look."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import orjson
import xlsxwriter
from django.conf import settings
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from shouwen.customers.models import Customer
from shouwen.customers.queries import kept_by, resolve
from shouwen.governance.models import PolicyVersion
from shouwen.insight import ledger
from shouwen.insight.catalogue import catalogue
from shouwen.insight.columns import Column, columns, value
from shouwen.insight.models import ExportJob, JobState, Line
from shouwen.journal import clock, queue
from shouwen.journal.access_log import looked
from shouwen.journal.errors import Invalid, room
from shouwen.journal.models import AccessKind, Content
from shouwen.organisation.models import Person
from shouwen.organisation.seats import seats

AT_ONCE = 2_000
"""Rows up to which the file is made while one waits; more by the worker."""
KEPT = timedelta(days=1)
CHUNK = 500
LONGEST_CELL = 32_000
WHAT = "ledger"
# What somebody once typed stays a text: no formula, no link.
_BOOK = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_TIME = "yyyy-mm-dd hh:mm"


def zone_of(person: Person, at: datetime) -> ZoneInfo:
    """The zone of the person's first post: in it days are meant that he types."""
    held = seats(person, at)
    return ZoneInfo(held[0].unit.zone if held else "Asia/Shanghai")


def ask(
    person: Person,
    chosen: ledger.Filter,
    names: Sequence[str],
    sort: str,
    *,
    reason: str,
    whole: bool = False,
) -> ExportJob:
    """Ask for the ledger as a file; made at once where it is small, else by the worker.

    `whole`: names, telephones and what was said in full, where the person's posts keep the customer's file. Raises
    Invalid without a reason or without a row, NoRoom where the disk is full.
    """
    if not reason.strip():
        raise Invalid({"reason": _("Say why: it is written down with the look.")})
    now = clock.now()
    count = ledger.ledger(person, chosen, now, zone_of(person, now)).rows.count()
    if not count:
        raise Invalid({"rows": _("There is nothing to export.")})
    with room():
        job = ExportJob.objects.create(
            person=person,
            query=str(chosen),
            columns=list(names),
            sort=sort,
            language=translation.get_language() or settings.LANGUAGE_CODE,
            whole=whole,
            reason=reason.strip()[:200],
            rows=count,
            asked_at=now,
        )
    if count <= AT_ONCE:
        make(job)
    else:
        transaction.on_commit(lambda: queue.enqueue("insight.export", str(job.pk)), robust=True)
    return job


@queue.job("insight.export")
def make_asked(pk: str) -> None:
    job = ExportJob.objects.filter(pk=pk, state=JobState.RUNNING).select_related("person").first()
    if job is not None:
        make(job)


def make(job: ExportJob) -> None:
    """Write the file and the looks; the rows are those that its asker sees now."""
    clear_away()
    try:
        with room(), translation.override(job.language):
            _write(job)
    except Exception:
        path_of(job).unlink(missing_ok=True)
        ExportJob.objects.filter(pk=job.pk).update(state=JobState.FAILED, done_at=clock.now())
        raise
    job.state, job.done_at = JobState.DONE, clock.now()
    job.save(update_fields=["state", "done_at", "rows"])


def path_of(job: ExportJob) -> Path:
    return folder() / f"{job.pk}.xlsx"


def folder() -> Path:
    return Path(settings.MEDIA_ROOT).parent / "exports"


def clear_away() -> None:
    """Files are kept for a day."""
    for old in ExportJob.objects.filter(asked_at__lt=clock.now() - KEPT, state=JobState.DONE):
        path_of(old).unlink(missing_ok=True)


# --- writing --------------------------------------------------------------------------------


def _write(job: ExportJob) -> None:
    now = clock.now()
    words = catalogue()
    chosen = ledger.read_text(job.query)
    shown = columns(job.columns, words)
    rows = ledger.ledger(job.person, chosen, now, zone_of(job.person, now)).rows
    folder().mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(str(path_of(job)), {**_BOOK, "tmpdir": str(folder())})
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": _TIME})
    page = book.add_worksheet(_("Ledger"))
    more = [_("Name in full"), _("Phones"), _("What was said")] if job.whole else []
    for place, title in enumerate([*(str(column.title) for column in shown), *more]):
        page.set_column(place, place, 18)
        page.write_string(0, place, title, bold)
    page.freeze_panes(1, 1)
    customers: set[str] = set()
    versions: dict[int, int] = {}
    count = 0
    for lines in ledger.in_chunks(rows, job.sort, CHUNK):
        known = _whole(job.person, lines, now) if job.whole else {}
        for line in lines:
            count += 1
            _cells(page, count, [value(line, column, words) for column in shown], moment)
            for place, text in enumerate(known.get(line.pk, ()), len(shown)):
                page.write_string(count, place, text[:LONGEST_CELL])
        customers.update(line.customer for line in lines if line.customer)
        _count_versions(versions, lines)
    job.rows = count
    _about(book.add_worksheet(_("About this file")), job, chosen, shown, versions, now)
    book.close()
    looked(job.person, None, WHAT, kind=AccessKind.EXPORTED, customers=sorted(customers), reason=job.reason)


def _cells(page: Any, row: int, values: Sequence[Any], moment: Any) -> None:
    for place, one in enumerate(values):
        if isinstance(one, datetime):
            page.write_datetime(row, place, one, moment)
        elif isinstance(one, int):
            page.write_number(row, place, one)
        elif one:
            page.write_string(row, place, str(one)[:LONGEST_CELL])


def _count_versions(versions: dict[int, int], lines: Sequence[Line]) -> None:
    for line in lines:
        version = line.subject.policy_version_id
        if version is not None:
            versions[version] = versions.get(version, 0) + 1


def _whole(person: Person, lines: Sequence[Line], now: datetime) -> Mapping[int, tuple[str, str, str]]:
    """Name, telephones and what was said at first, for the lines whose customer's file the person's posts keep."""
    files = resolve(line.customer for line in lines)
    asked = Customer.objects.filter(pk__in={file.pk for file in files.values()})
    kept = {row.pk: row for row in kept_by(person, asked, now).prefetch_related("contacts")}
    own = {line.pk: kept.get(files[line.customer].pk) for line in lines if line.customer in files}
    said = _said([line for line in lines if own.get(line.pk) is not None])
    return {
        pk: (file.name, "、".join(one.value for one in file.contacts.all() if one.kind == "phone"), said.get(pk, ""))
        for pk, file in own.items()
        if file is not None
    }


def _said(lines: Sequence[Line]) -> dict[int, str]:
    by_subject = {line.subject_id: line.pk for line in lines}
    rows = Content.objects.filter(entry__subject__in=list(by_subject), entry__seq=1, body__isnull=False)
    return {
        by_subject[subject]: orjson.loads(body or "{}").get("text", "")
        for subject, body in rows.values_list("entry__subject", "body")
    }


def _about(
    page: Any,
    job: ExportJob,
    chosen: ledger.Filter,
    shown: Sequence[Column],
    versions: Mapping[int, int],
    now: datetime,
) -> None:
    """The second sheet: who asked for what, when and why, and by which regulations the rows were counted."""
    zone = zone_of(job.person, now)
    for row, (title, text) in enumerate(_told(job, chosen, shown, versions, now.astimezone(zone), zone)):
        page.write_string(row, 0, title)
        page.write_string(row, 1, text)
    page.set_column(0, 0, 22)
    page.set_column(1, 1, 80)


def _told(
    job: ExportJob,
    chosen: ledger.Filter,
    shown: Sequence[Column],
    versions: Mapping[int, int],
    at: datetime,
    zone: ZoneInfo,
) -> Iterator[tuple[str, str]]:
    yield _("Exported by"), job.person.name
    yield _("At"), f"{at:%Y-%m-%d %H:%M} {zone.key}"
    yield _("Reason"), job.reason
    yield _("Rows"), str(job.rows)
    yield _("Personal data"), _("in full") if job.whole else _("masked")
    yield _("Filter"), "；".join(f"{name}={said}" for name, said in chosen.query().items()) or _("none")
    yield _("Columns"), "、".join(str(column.title) for column in shown)
    yield _("Sorted by"), job.sort or ledger.NEWEST
    for version in PolicyVersion.objects.filter(pk__in=versions).defer("text").order_by("name", "pk"):
        yield _("Regulation"), f"{version} · {versions[version.pk]}"
