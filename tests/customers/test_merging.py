"""Files of one customer: merged, read as one, and parted as if nothing had happened (issue: merged and unmerged)."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.db import transaction
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.customers.test_registry import TODAY, Estate, served
from tests.organisation.house import NOW, person

from shouwen.customers import actions, merging
from shouwen.customers.duplicates import ALIKE, SAME_NAME, SAME_PHONE, duplicates
from shouwen.customers.models import Act, Asset, Change, Contact, Customer, Holding
from shouwen.customers.queries import contacts_of, described, find, holdings_of, ids_of, named, resolve, with_phone
from shouwen.organisation.access import visible

pytestmark = pytest.mark.django_db
Rows = dict[str, list[tuple[Any, ...]]]


def rows() -> Rows:
    """Everything that stands in the registry, but its history."""
    return {model.__name__: list(model.objects.order_by("pk").values_list()) for model in (Customer, Contact, Holding)}


class TestReadAsOne:
    def test_whatever_stands_on_either_file_finds_the_one_that_goes_on(self) -> None:
        estate = Estate()
        merging.merge(estate.elsewhere, estate.shan)
        for typed in ("单晓峰", "shanxiaofeng", "sxf", "单晓雨", "3-1201", "13812345678"):
            assert estate.found(typed)[0] == estate.shan, typed
        assert estate.elsewhere not in estate.found("单")

    def test_contacts_and_homes_of_both_each_once(self) -> None:
        estate = Estate()
        actions.hold(estate.elsewhere, estate.home)
        actions.hold(estate.elsewhere, actions.add_asset(estate.other, "5", "301"))
        merging.merge(estate.elsewhere, estate.shan)
        (found,) = described([estate.shan], TODAY)
        assert [contact.value for contact in found.contacts] == ["138 1234 5678"]
        assert [holding.asset.label for holding in found.holdings] == ["3-1201", "5-301"]
        assert (len(contacts_of(estate.shan)), len(holdings_of(estate.shan))) == (2, 3)

    def test_a_journals_id_leads_to_the_file_that_goes_on(self) -> None:
        estate = Estate()
        merging.merge(estate.elsewhere, estate.zeng)
        merging.merge(estate.zeng, estate.shan)
        three = [estate.elsewhere, estate.zeng, estate.shan]
        assert resolve(str(one.pk) for one in three) == {str(one.pk): estate.shan for one in three}
        estate.zeng.refresh_from_db()
        assert ids_of(estate.zeng) == [str(one.pk) for one in (estate.shan, estate.zeng, estate.elsewhere)]
        assert resolve(["0", "x", ""]) == {}

    def test_whoever_sees_one_file_sees_the_one_that_goes_on(self) -> None:
        estate = Estate()
        clerk = person("clerk")
        estate.post(estate.other, "前台", clerk)
        merging.merge(estate.elsewhere, estate.zeng)
        assert list(visible(clerk, Customer.objects.standing(), NOW)) == [estate.zeng]
        assert [hit.customer for hit in find("13900005678", served(estate.other), TODAY)] == [estate.zeng]

    def test_by_whole_number_and_whole_name(self) -> None:
        estate = Estate()
        merging.merge(estate.elsewhere, estate.shan)
        everybody = Customer.objects.all()
        assert list(with_phone("13812345678", everybody, TODAY)) == [estate.shan]
        assert list(with_phone("不详", everybody, TODAY)) == []
        assert list(named("单晓峰", everybody)) == [estate.shan]

    def test_an_act_upon_a_merged_file_is_one_upon_the_other(self) -> None:
        estate = Estate()
        merging.merge(estate.elsewhere, estate.shan)
        assert actions.add_contact(estate.elsewhere, "13700000001").customer == estate.shan
        assert actions.add_contact(estate.shan, "13812345678").customer == estate.elsewhere


class TestMerging:
    def test_not_into_itself_nor_twice(self) -> None:
        estate = Estate()
        with pytest.raises(ValidationError):
            merging.merge(estate.shan, estate.shan)
        merging.merge(estate.shan, estate.zeng)
        for one, other in ((estate.shan, estate.zeng), (estate.zeng, estate.shan), (estate.shan, estate.elsewhere)):
            with pytest.raises(ValidationError):
                merging.merge(one, other)
        with pytest.raises(ValidationError):
            merging.unmerge(estate.elsewhere)

    def test_the_middle_of_a_chain_takes_its_own_along(self) -> None:
        estate = Estate()
        merging.merge(estate.elsewhere, estate.zeng)
        merging.merge(estate.zeng, estate.shan)
        merging.unmerge(estate.zeng)
        assert resolve([str(estate.elsewhere.pk)]) == {str(estate.elsewhere.pk): estate.zeng}
        assert ids_of(estate.shan) == [str(estate.shan.pk)]

    def test_both_files_say_so(self) -> None:
        estate = Estate()
        clerk = person("clerk")
        merging.merge(estate.elsewhere, estate.shan, by=clerk, reason="同一人，电话13812345678")
        merging.unmerge(estate.elsewhere, by=clerk)
        lines = Change.objects.exclude(act__in=[Act.REGISTERED, Act.HELD]).order_by("pk")
        far, near = estate.elsewhere.pk, estate.shan.pk
        assert list(lines.values_list("customer", "act", "before", "after", "by", "reason")) == [
            (far, "merged", {}, {"other": near}, clerk.pk, "同一人，电话138****5678"),
            (near, "took_in", {}, {"other": far}, clerk.pk, "同一人，电话138****5678"),
            (far, "unmerged", {"other": near}, {}, clerk.pk, ""),
            (near, "gave_back", {"other": far}, {}, clerk.pk, ""),
        ]

    def test_what_is_changed_in_between_stays_with_the_file_whose_row_it_is(self) -> None:
        estate = Estate()
        before = rows()
        merging.merge(estate.elsewhere, estate.shan)
        added = actions.add_contact(estate.shan, "13700000001")
        ended = actions.end_contact(Contact.objects.get(customer=estate.elsewhere), TODAY)
        merging.unmerge(estate.elsewhere)
        after = rows()
        assert after["Customer"] == before["Customer"]
        assert after["Holding"] == before["Holding"]
        assert contacts_of(estate.shan)[-1] == added
        assert [(one.pk, one.until) for one in contacts_of(estate.elsewhere)] == [(ended.pk, TODAY)]


ACTS: dict[str, Callable[[Customer, Customer, int], object]] = {
    "merge": lambda one, other, _n: merging.merge(one, other),
    "unmerge": lambda one, _other, _n: merging.unmerge(one),
    "contact": lambda one, _other, n: actions.add_contact(one, f"1370000000{n}"),
    "end": lambda one, _other, n: actions.end_contact(contacts_of(_goes_on(one))[0], date(2026, 3, 1 + n)),
    "hold": lambda one, _other, n: actions.hold(one, _assets()[n % 2]),
    "release": lambda one, _other, n: actions.end_holding(holdings_of(_goes_on(one))[0], date(2026, 3, 1 + n)),
    "rename": lambda one, _other, n: actions.rename(one, f"单{'一二三四五六七八九十'[n]}"),
}
STEPS = st.tuples(st.sampled_from(sorted(ACTS)), st.integers(0, 3), st.integers(0, 3), st.integers(0, 9))


def _goes_on(customer: Customer) -> Customer:
    return resolve([str(customer.pk)])[str(customer.pk)]


def _assets() -> list[Asset]:
    return list(Asset.objects.order_by("pk"))


def _play(files: list[Customer], steps: list[tuple[str, int, int, int]]) -> None:
    for act, one, other, n in steps:
        try:
            with transaction.atomic():
                ACTS[act](files[one], files[other], n)
        except (ValidationError, IndexError):
            pass  # merged already, nothing to end: the step does nothing


def _chains() -> list[tuple[int, int | None]]:
    """Each file with the one at which following merges one by one ends."""
    into = dict(Customer.objects.values_list("pk", "merged_into"))

    def end(pk: int) -> int:
        above = into[pk]
        return pk if above is None else end(above)

    return [(pk, None if into[pk] is None else end(pk)) for pk in sorted(into)]


@settings(max_examples=60)
@given(before=st.lists(STEPS, max_size=8), pair=st.permutations(range(4)), between=st.lists(STEPS, max_size=6))
def test_merge_then_unmerge_is_as_if_nothing_had_happened(
    before: list[Any], pair: list[int], between: list[Any]
) -> None:
    """Whatever was done before: rows are the same after; what is done between is what it would have been alone."""
    with transaction.atomic():
        estate = Estate()
        files = [estate.shan, estate.zeng, estate.shanghai, estate.elsewhere]
        _play(files, before)
        assert sorted(Customer.objects.values_list("pk", "survivor")) == _chains()
        one, other = _goes_on(files[pair[0]]), _goes_on(files[pair[1]])
        stood = rows()
        if one != other:
            merging.merge(one, other)
            assert rows()["Contact"] == stood["Contact"]
            merging.unmerge(one)
            assert rows() == stood
            merging.merge(one, other)
            _play(files, [step for step in between if step[0] not in ("merge", "unmerge")])
            merging.unmerge(one)
            _the_rows_that_stood(stood)
        transaction.set_rollback(True)


def _the_rows_that_stood(stood: Rows) -> None:
    """Each row stands on the file that it stood on; each file is merged into what it was merged into."""
    own = {"Contact": "customer_id", "Holding": "customer_id"}
    for model in (Contact, Holding):
        columns = [field.attname for field in model._meta.concrete_fields]
        place = columns.index(own[model.__name__])
        now = dict(model.objects.values_list("pk", "customer"))
        assert {row[0]: row[place] for row in stood[model.__name__]}.items() <= now.items()
    columns = [field.attname for field in Customer._meta.concrete_fields]
    merged = [columns.index("merged_into_id"), columns.index("survivor_id")]
    assert [tuple(row[at] for at in merged) for row in stood["Customer"]] == list(
        Customer.objects.order_by("pk").values_list("merged_into", "survivor")
    )


class TestDuplicates:
    def pairs(self) -> list[tuple[int, int, tuple[str, ...]]]:
        return [(pair.one, pair.other, pair.reasons) for pair in duplicates(Customer.objects.all())]

    def test_the_same_telephone_however_it_is_written(self) -> None:
        estate = Estate()
        assert self.pairs() == [(estate.shan.pk, estate.elsewhere.pk, (SAME_PHONE,))]

    def test_names_alike_in_one_home(self) -> None:
        estate = Estate()
        alike = actions.register(estate.project, "曽国华", NOW)
        same = actions.register(estate.project, "曾国华", NOW)
        neighbour = actions.register(estate.project, "曾国华", NOW)
        actions.hold(same, estate.flat)
        actions.hold(alike, estate.flat)
        actions.hold(neighbour, estate.home)
        assert alike.pinyin != ""
        found = [pair for pair in self.pairs() if SAME_PHONE not in pair[2]]
        expected = [(estate.zeng.pk, same.pk, (SAME_NAME,))]
        if alike.pinyin == same.pinyin:
            expected += [(estate.zeng.pk, alike.pk, (ALIKE,)), (alike.pk, same.pk, (ALIKE,))]
        assert sorted(found) == sorted(expected)

    def test_sounding_alike(self) -> None:
        estate = Estate()
        other = actions.register(estate.project, "曾国桦", NOW)
        actions.hold(other, estate.flat)
        assert (estate.zeng.pk, other.pk, (ALIKE,)) in self.pairs()

    def test_more_reasons_come_first(self) -> None:
        estate = Estate()
        again = actions.register(estate.project, "曾国华", NOW, phones=["13900005678"])
        actions.hold(again, estate.flat)
        assert self.pairs()[0] == (estate.zeng.pk, again.pk, (SAME_PHONE, SAME_NAME))

    def test_neither_merged_ones_nor_former_numbers_nor_those_kept_apart(self) -> None:
        estate = Estate()
        merging.merge(estate.elsewhere, estate.shan)
        assert self.pairs() == []
        merging.unmerge(estate.elsewhere)
        assert len(self.pairs()) == 1
        merging.keep_apart(estate.elsewhere, estate.shan)
        merging.keep_apart(estate.shan, estate.elsewhere)
        assert self.pairs() == []
        assert Change.objects.filter(act=Act.KEPT_APART).count() == 2
        Contact.objects.filter(value="13900005678").update(until=TODAY)
        assert self.pairs() == []

    def test_one_number_of_a_whole_house_is_nobodys(self) -> None:
        estate = Estate()
        for number in range(6):
            actions.register(estate.project, f"住户{number}", NOW, phones=["02312345678"])
        assert self.pairs() == [(estate.shan.pk, estate.elsewhere.pk, (SAME_PHONE,))]

    def test_only_among_those_that_one_sees(self) -> None:
        estate = Estate()
        assert duplicates(Customer.objects.filter(unit=estate.project)) == []
