"""Every act upon a file leaves a line of history; two officers at once are told (issue: with history)."""

from datetime import date

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests.customers.test_registry import TODAY, Estate
from tests.organisation.house import NOW, person

from shouwen.customers import actions, merging
from shouwen.customers.changes import Stale, last_of
from shouwen.customers.models import Change, Contact, Customer, Holding
from shouwen.journal import clock

pytestmark = pytest.mark.django_db


def lines(customer: Customer) -> list[tuple[object, ...]]:
    return list(Change.objects.filter(customer=customer).order_by("pk").values_list("act", "before", "after"))


def test_who_when_before_and_after() -> None:
    estate = Estate()
    wang = person("wang")
    with clock.at(NOW):
        customer = actions.register(estate.project, "李四", NOW, phones=["13700000001"], by=wang)
        actions.rename(customer, "李思", by=wang)
        email = actions.add_contact(customer, "li@example.com", kind="email", since=date(2026, 1, 1), by=wang)
        actions.end_contact(email, TODAY, by=wang)
        holding = actions.hold(customer, estate.home, role="tenant", by=wang)
        actions.end_holding(holding, TODAY, by=wang)
    phone = Contact.objects.get(customer=customer, kind="phone")
    reached = {"contact": phone.pk, "kind": "phone", "value": "13700000001", "since": None, "until": None}
    mail = {"contact": email.pk, "kind": "email", "value": "li@example.com", "since": "2026-01-01", "until": None}
    held = {"holding": holding.pk, "asset": estate.home.pk, "role": "tenant", "since": None, "until": None}
    assert lines(customer) == [
        ("registered", {}, {"name": "李四", "kind": "person", "contacts": [reached]}),
        ("renamed", {"name": "李四", "kind": "person"}, {"name": "李思", "kind": "person"}),
        ("contact_added", {}, mail),
        ("contact_ended", mail, {**mail, "until": "2026-03-02"}),
        ("held", {}, held),
        ("released", held, {**held, "until": "2026-03-02"}),
    ]
    assert set(Change.objects.filter(customer=customer).values_list("by", "at")) == {(wang.pk, NOW)}


def test_what_changes_nothing_leaves_no_line() -> None:
    estate = Estate()
    before = Change.objects.count()
    actions.rename(estate.shan, " 单晓雨 ")
    actions.add_contact(estate.shan, "138 1234 5678")
    actions.hold(estate.shan, estate.home)
    assert Change.objects.count() == before


def test_what_is_refused_leaves_no_line() -> None:
    estate = Estate()
    before = Change.objects.count()
    holding = Holding.objects.get(customer=estate.shan)
    for refused in (
        lambda: actions.rename(estate.shan, " "),
        lambda: actions.rename(estate.shan, "单", kind="robot"),
        lambda: actions.add_contact(estate.shan, "不详"),
        lambda: actions.end_holding(holding, date(2020, 4, 30)),
    ):
        with pytest.raises(ValidationError):
            refused()
    assert Change.objects.count() == before
    holding.refresh_from_db()
    assert holding.until is None


def test_two_officers_at_once_the_second_is_told_what_the_first_did() -> None:
    estate = Estate()
    seen = last_of(estate.shan)
    actions.rename(estate.shan, "单晓宇", seen=seen)
    with pytest.raises(Stale) as stale:
        actions.add_contact(estate.shan, "13700000001", seen=seen)
    assert [(change.act, change.after["name"]) for change in stale.value.since] == [("renamed", "单晓宇")]  # type: ignore[index]
    assert not Contact.objects.filter(value="13700000001").exists()
    actions.add_contact(estate.shan, "13700000001", seen=last_of(estate.shan))


def test_a_merged_file_counts_for_the_one_that_goes_on() -> None:
    estate = Estate()
    seen = last_of(estate.shan)
    merging.merge(estate.elsewhere, estate.shan)
    with pytest.raises(Stale):
        actions.rename(estate.shan, "单", seen=seen)
    seen, other = last_of(estate.shan), last_of(estate.zeng)
    actions.end_contact(Contact.objects.get(customer=estate.elsewhere), TODAY)
    with pytest.raises(Stale):
        merging.merge(estate.shan, estate.zeng, seen=seen, seen_into=other)


def test_the_database_refuses_to_change_or_delete_a_line_but_lets_it_be_blanked() -> None:
    estate = Estate()
    row = Change.objects.filter(customer=estate.shan).first()
    assert row is not None
    for refused in (
        lambda: Change.objects.filter(pk=row.pk).delete(),
        lambda: Change.objects.filter(pk=row.pk).update(act="renamed"),
        lambda: Change.objects.filter(pk=row.pk).update(before=None),
        lambda: Change.objects.filter(pk=row.pk).update(before=None, after=None, reason="", at=row.at.replace(day=1)),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            refused()
    Change.objects.filter(pk=row.pk).update(before=None, after=None, reason="")
    assert Change.objects.filter(pk=row.pk).values_list("before", "after").get() == (None, None)
