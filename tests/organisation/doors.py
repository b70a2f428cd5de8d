"""The doors through which somebody learns of matters (门). A new list, count, search or report adds its line here.

``find`` gives what the person is shown at ``at``: ids of the matters, or for a count how many. ``filtered_in`` names
what keeps the others out: ``visible`` in the door's module, or what the search index is asked for.
"""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any, Literal, cast
from uuid import UUID
from zoneinfo import ZoneInfo

import orjson
from click.testing import CliRunner
from django.test import Client

from shouwen.api.filters import DutyFilter, MatterFilter
from shouwen.api.models import Token
from shouwen.api.problems import ProblemError
from shouwen.api.routes.duties import visible_duties
from shouwen.api.routes.matters import visible_matters
from shouwen.api.seeing import seen
from shouwen.api.tokens import Caller
from shouwen.channels import webhooks
from shouwen.channels.models import Webhook
from shouwen.cli.export import export
from shouwen.customers.models import Customer
from shouwen.desk.customers import CustomerPage, listed
from shouwen.desk.matter import MatterPage
from shouwen.desk.workbench import bench
from shouwen.imports.workbooks import all_rows
from shouwen.insight import export as exporting
from shouwen.insight import ledger, search, whatif_export, whatif_kept
from shouwen.insight.models import WhatIf
from shouwen.insight.seen_by import EVERYTHING
from shouwen.insight.supervision import Scope
from shouwen.journal.errors import Invalid
from shouwen.journal.models import Attachment, Outbox, Subject
from shouwen.organisation.models import Person

ZONE = ZoneInfo("Asia/Shanghai")
WORD = "渗水"
"""Stands in what was said in every matter, and in no cause."""
FOUND_BY = "投诉"
"""Stands in the number of every matter, and in no cause's."""
Find = Callable[[Person, datetime], Any]


def in_address(word: str, content: str) -> set[UUID]:
    return {UUID(one) for one in re.findall(rf"{word}/([0-9a-f]{{8}}-[0-9a-f-]{{27}})/", content)}


def client_of(person: Person) -> Client:
    client = Client(headers={"accept-language": "zh-hans"})
    client.force_login(person)
    return client


def page(person: Person, address: str) -> str:
    """A page as the person reads it; nothing for who may not sign in."""
    answer = client_of(person).get(address, follow=True)
    return answer.content.decode() if answer.status_code == 200 else ""


def _list(person: Person, at: datetime) -> set[UUID]:
    return in_address("/matters", page(person, "/matters/?state=all"))


def _searched_list(person: Person, at: datetime) -> set[UUID]:
    return in_address("/matters", page(person, f"/matters/?q={FOUND_BY}"))


def _pages(person: Person, at: datetime) -> set[UUID]:
    client = client_of(person)
    ids = Subject.objects.filter(matter=True).values_list("pk", flat=True)
    return {pk for pk in ids if client.get(f"/matters/{pk}/").status_code == 200}


def _picked(person: Person, at: datetime) -> set[UUID]:
    found = re.findall(r'data-value="([0-9a-f-]{36})"', page(person, f"/find/matters/?q={FOUND_BY}"))
    return {UUID(one) for one in found}


def _files(person: Person, at: datetime) -> set[UUID]:
    client = client_of(person)
    files = Attachment.objects.values_list("pk", "subject")
    return {of for pk, of in files if of and client.get(f"/journal/attachments/{pk}/").status_code == 200}


def _exported(person: Person, at: datetime) -> set[UUID]:
    done = CliRunner().invoke(export, ["--all", "--by", person.username])
    lines = [orjson.loads(line) for line in done.stdout.splitlines()]
    return {UUID(line["matter"]) for line in lines if "matter" in line}


def _causes(person: Person, at: datetime) -> set[UUID]:
    return in_address("/matters/causes", page(person, "/matters/causes/"))


def _in_a_cause(person: Person, at: datetime) -> set[UUID]:
    """The matters of the causes whose pages the person reads."""
    pages = [page(person, f"/matters/causes/{pk}/") for pk in _causes(person, at)]
    return {pk for one in pages for pk in in_address('href="/matters', one)}


def _supervised(person: Person, at: datetime) -> set[UUID]:
    found: set[UUID] = set()
    number = 1
    while True:
        one = bench(person, "supervised", "all", "", number, at)
        found |= {row.duty.subject_id for row in one.rows if row.duty.subject.matter}
        if not one.page.has_next():
            return found
        number += 1


def _of(rows: Iterable[Any]) -> set[UUID]:
    return {row.subject_id for row in rows}


def _line_ids(rows: Any) -> set[UUID]:
    return set(rows.filter(matter=True).values_list("subject", flat=True))


def _ledger(text: str) -> Find:
    return lambda person, at: _line_ids(ledger.ledger(person, ledger.Filter(q=text), at, ZONE).rows)


def _ledger_total(person: Person, at: datetime) -> int:
    return ledger.totals(ledger.ledger(person, ledger.Filter(), at, ZONE).counted, at).count


def _categories(person: Person, at: datetime) -> int:
    rows = ledger.ledger(person, ledger.Filter(), at, ZONE).counted
    return sum(count for _nature, count, _late in ledger.by_category(rows, at))


def _ledger_file(person: Person, at: datetime) -> int:
    """Lines of the workbook, without its heading."""
    try:
        job = exporting.ask(person, ledger.Filter(), ["number"], "opened", reason="核对")
    except Invalid:
        return 0
    return len(next(iter(all_rows(exporting.path_of(job)).values()))) - 1


def _searched(person: Person, at: datetime) -> set[UUID]:
    sought = search.read(WORD)
    assert sought is not None
    return _line_ids(search.found(person, sought, at))


def _caller(person: Person, at: datetime) -> Any:
    return SimpleNamespace(person=person, now=at)


def _api(text: str) -> Find:
    return lambda person, at: _line_ids(visible_matters(_caller(person, at), MatterFilter(q=text)))


def _api_count(person: Person, at: datetime) -> int:
    return visible_matters(_caller(person, at), MatterFilter(matter=True)).count()


def _api_duties(person: Person, at: datetime) -> set[UUID]:
    return _of(visible_duties(_caller(person, at), DutyFilter()).filter(subject__matter=True))


def _report(person: Person, at: datetime) -> set[UUID]:
    return set(Scope(person, at).subjects.filter(matter=True).values_list("pk", flat=True))


def _report_duties(person: Person, at: datetime) -> set[UUID]:
    return _of(Scope(person, at).duties.filter(subject__matter=True))


def _report_entries(person: Person, at: datetime) -> set[UUID]:
    return _of(Scope(person, at).entries.filter(subject__matter=True))


def _hooked(person: Person, at: datetime) -> set[UUID]:
    """The matters of which another system that acts as the person is told."""
    hook = Webhook(pk=1, person=person, url="https://example.org/", secret="whsec_AAAA")
    told = set()
    for pk in Subject.objects.filter(matter=True).values_list("pk", flat=True):
        row = Outbox(key=f"webhook:1:{pk}:1", kind="entry", subject_id=pk, data={"seq": 1}, made_at=at)
        if webhooks.body_of(hook, row, at) is not None:
            told.add(pk)
    return told


def _customers_matters(person: Person, at: datetime) -> set[UUID]:
    return {one.pk for one in CustomerPage(Customer.objects.get(), person, at).matters}


def _customers_count(person: Person, at: datetime) -> int:
    return listed([Customer.objects.get()], person, at)[0].matters


def _related(person: Person, at: datetime) -> set[UUID]:
    """What the pages of the causes say that they comprise."""
    pages = [MatterPage(cause, person, at) for cause in Subject.objects.filter(kind="cause").select_related("unit")]
    return {other.pk for one in pages for _relation, other in one.near.links}


def _api_pages(person: Person, at: datetime) -> set[UUID]:
    asked: Any = SimpleNamespace(api_caller=Caller(cast("Token", None), person, at, 0))
    found = set()
    for pk in Subject.objects.filter(matter=True).values_list("pk", flat=True):
        try:
            found.add(seen(asked, pk).pk)
        except ProblemError:
            continue
    return found


@dataclass(frozen=True)
class Door:
    """``shows``: the set of matters, how many they are, or the causes."""

    find: Find
    filtered_in: str
    shows: Literal["matters", "count", "causes"] = "matters"


def everything(person: Person, queryset: Any, at: datetime) -> Any:
    """``visible()`` with the filter taken out."""
    return queryset


def every_word(person: Person, at: datetime) -> tuple[str, ...]:
    """The same for the search index."""
    return (EVERYTHING,)


TAKEN_OUT: Mapping[str, Any] = {"visible": everything, "words_of": every_word}


def _behind_a_what_if(person: Person, at: datetime) -> set[UUID]:
    ids = [str(pk) for pk in Subject.objects.filter(matter=True).values_list("pk", flat=True)]
    return {one.pk for one in whatif_kept.matters_behind(person, ids, at)}


def _what_if_file(person: Person, at: datetime) -> set[UUID]:
    rows = whatif_export.rows_for(person, WhatIf(own=False), at)
    return set(rows.filter(matter=True).values_list("pk", flat=True))


DOORS: Mapping[str, Door] = {
    "list": Door(_list, "shouwen.insight.ledger:visible"),
    "list, searched": Door(_searched_list, "shouwen.insight.ledger:words_of"),
    "list's categories": Door(_categories, "shouwen.insight.ledger:visible", "count"),
    "matter page": Door(_pages, "shouwen.desk.views.matter:visible"),
    "picker": Door(_picked, "shouwen.insight.search:words_of"),
    "attachments": Door(_files, "shouwen.journal.views:visible"),
    "export": Door(_exported, "shouwen.organisation.access:visible"),
    "causes": Door(_causes, "shouwen.desk.views.causes:visible", "causes"),
    "workbench": Door(_supervised, "shouwen.desk.workbench:visible"),
    "ledger": Door(_ledger(""), "shouwen.insight.ledger:visible"),
    "ledger, searched": Door(_ledger(WORD), "shouwen.insight.ledger:words_of"),
    "ledger's file": Door(_ledger_file, "shouwen.insight.ledger:visible", "count"),
    "ledger's total": Door(_ledger_total, "shouwen.insight.ledger:visible", "count"),
    "search": Door(_searched, "shouwen.insight.search:words_of"),
    "API list": Door(_api(""), "shouwen.api.routes.matters:visible"),
    "API search": Door(_api(WORD), "shouwen.insight.search:words_of"),
    "API count": Door(_api_count, "shouwen.api.routes.matters:visible", "count"),
    "API duties": Door(_api_duties, "shouwen.api.routes.duties:visible"),
    "report": Door(_report, "shouwen.insight.supervision:visible"),
    "report, duties": Door(_report_duties, "shouwen.insight.supervision:visible"),
    "report, entries": Door(_report_entries, "shouwen.insight.supervision:visible"),
    "customer's matters": Door(_customers_matters, "shouwen.desk.customers:visible"),
    "customers' list": Door(_customers_count, "shouwen.desk.customers:visible", "count"),
    "related": Door(_related, "shouwen.desk.matter:visible"),
    "API pages": Door(_api_pages, "shouwen.api.seeing:visible"),
    "behind a what-if": Door(_behind_a_what_if, "shouwen.insight.whatif_kept:visible"),
    "what-if's file": Door(_what_if_file, "shouwen.insight.whatif_export:visible"),
    "webhooks": Door(_hooked, "shouwen.channels.webhooks:visible"),
}
