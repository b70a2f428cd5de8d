"""Promised (docs/performance.md): ledger, workbench, search and a matter's page ask the database at most ten times."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from shouwen.customers.merging import merge
from shouwen.customers.models import Customer
from shouwen.desk.context import STALLED
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import Attachment, Entry, Outbox, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import open_cause, relate, take_in
from shouwen.organisation.models import Person

PAPERS = ("整改方案", "验收单")
TRANSACTIONS = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE", "ROLLBACK")


def actor(username: str) -> Actor:
    person = Person.objects.get(username=username)
    post = person.appointments.get().post
    return Actor(person, post.name, post.unit)


@pytest.fixture
def crowded(matter: Subject, house: datetime) -> Subject:
    """A matter with links both ways, papers, talks, files, repeats, urgings, escalations and notices."""
    officer = actor("jingban")
    assert officer.person is not None
    said = dict(Entry.objects.get(subject=matter, seq=1).data)
    own = {name: said[name] for name in ("customer", "asset", "category")} | {"channel": "电话", "text": "又渗水了。"}
    again = [take_in(matter.unit, own, actor=officer) for _ in range(3)]
    merge(Customer.objects.exclude(pk=own["customer"]).first() or Customer(), Customer.objects.get(pk=own["customer"]))
    for other in again[:2]:
        relate(Draft(other, "merged", {"other": str(matter.pk)}), matter, actor=officer)
    for _ in range(2):
        cause = open_cause(matter.unit, actor=officer)
        relate(Draft(matter, "joined", {"other": str(cause.pk)}), cause, actor=officer)
    for number, paper in enumerate(PAPERS):
        file = Attachment.objects.create(
            subject=None, sha256=uuid4().hex * 2, name=f"{paper}.jpg", media_type="image/jpeg", size=9,
            uploaded_by=officer.person, uploaded_at=clock.now(),
        )  # fmt: skip
        signed = {"paper": paper, "order": str(number + 1), "party": "工程部现场代表", "form": "签字"}
        record(Draft(matter, "signed", signed), actor=officer)
        record(Draft(matter, "contacted", {"how": "电话", "reached": True}), actor=officer)
        record(Draft(matter, "noted", {"text": "见照片。", "files": [str(file.pk)]}), actor=officer)
    for duty in matter.duties.filter(state="open")[:2]:
        record(Draft(matter, "urged", {"duty": duty.key, "text": "请尽快。"}), actor=actor("zhongxin"))
        for kind, who in (("escalated", "zhongxin"), ("overdue", "jingban"), ("overdue", "zhongxin")):
            Outbox.objects.create(
                key=uuid4().hex, kind=kind, channel="desk", person=Person.objects.get(username=who), subject=matter,
                duty=duty.key, data={"level": 1}, on_desk=True, made_at=clock.now(),
            )  # fmt: skip
    return matter


def asked(client: Client, address: str) -> list[str]:
    """What a page asks of the database once the process knows the organisation."""
    client.get(address)
    cache.set(STALLED, False)
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return [query["sql"] for query in captured.captured_queries if not query["sql"].startswith(TRANSACTIONS)]


@pytest.mark.parametrize("who", ["jingban", "zhongxin"])
def test_a_page_asks_at_most_ten_times(
    signed_in: Callable[[str], Client], crowded: Subject, house: datetime, who: str
) -> None:
    client = signed_in(who)
    pages = {"workbench": "/", "ledger": "/ledger/", "search": "/ledger/?q=渗水", "matter": f"/matters/{crowded.pk}/"}
    with clock.at(house + timedelta(days=30)):
        counts = {name: len(asked(client, address)) for name, address in pages.items()}
        shown = client.get(pages["matter"]).content.decode()
    assert {name: count for name, count in counts.items() if count > 10} == {}
    others = Subject.objects.exclude(pk=crowded.pk)
    assert [other.number for other in others if f">{other.number}<" not in shown] == []
    assert [paper for paper in PAPERS if f"{paper}.jpg" not in shown] == []
