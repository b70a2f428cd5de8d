"""Mass complaints, merging and repeats (matters)."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journal.world import INTAKE, MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.customers.models import Customer
from shouwen.governance.models import InForce
from shouwen.journal import clock
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Duty, Entry, Link, Subject
from shouwen.journal.verify import verify
from shouwen.matters import actions
from shouwen.matters.models import Brought
from shouwen.matters.queries import likeness, repeats

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return lay()


def links() -> set[tuple[object, object, str]]:
    return set(Link.objects.values_list("subject", "other", "role"))


def duties(matter: Subject) -> dict[str, str]:
    return dict(Duty.objects.filter(subject=matter).values_list("event", "state"))


def test_matters_join_a_cause_all_or_none(world: World) -> None:
    one, other = world.intake(), world.intake()
    with clock.at(at("2026-03-02 10:00")):
        cause = actions.open_cause(world.project, actor=world.actor())
        actions.join_cause(cause, [one, other], actor=world.actor(), households=5)
        assert cause.number == "群诉-云栖一期-2026-001"
        assert links() == {
            (one.pk, cause.pk, "part_of"), (cause.pk, one.pk, "about"),
            (other.pk, cause.pk, "part_of"), (cause.pk, other.pk, "about"),
        }  # fmt: skip
        actions.leave_cause(cause, other, actor=world.actor())
    assert links() == {(one.pk, cause.pk, "part_of"), (cause.pk, one.pk, "about")}
    assert list(verify()) == []


def test_merge_and_unmerge_leave_everything_as_it_was(world: World) -> None:
    matter, into = world.intake(), world.intake()
    before = duties(matter)
    with clock.at(at("2026-03-02 10:00")):
        actions.merge(matter, into, actor=world.actor())
        assert duties(matter) == {"verified": "void", "answered": "void"}
        assert Subject.objects.get(pk=matter.pk).state == "merged"
        assert links() == {(matter.pk, into.pk, "merged"), (into.pk, matter.pk, "about")}
        actions.unmerge(matter, into, actor=world.actor())
    assert duties(matter) == before
    assert (Subject.objects.get(pk=matter.pk).state, links()) == ("open", set())


def test_a_cause_opened_with_its_matters_is_written_whole_or_not_at_all(world: World) -> None:
    one, other = world.intake(), world.intake()
    with clock.at(at("2026-03-02 10:00")):
        with pytest.raises(NotAllowed):
            actions.open_cause(world.project, [one, other], actor=world.actor(world.outsider))
        assert Subject.objects.filter(kind="cause").count() == 0
        cause, again = (
            actions.open_cause(world.project, [one, other], actor=world.actor(), households=7, key="k") for _ in "12"
        )
    assert (cause.pk, Link.objects.filter(role="part_of").count()) == (again.pk, 2)
    joined = Entry.objects.filter(type="joined").values_list("data__households", flat=True)
    assert list(joined) == [7, 7, 7, 7]


def test_causes_are_numbered_without_a_policy_of_their_own(world: World) -> None:
    with clock.at(at("2026-03-02 10:00")):
        numbers = [actions.open_cause(world.other, actor=world.actor(world.outsider), kind="cause").number]
        InForce.objects.filter(kind="cause").delete()
        numbers += [actions.open_cause(world.other, actor=world.actor(world.outsider)).number for _ in "12"]
    assert numbers == [f"群诉-云栖二期-2026-00{n}" for n in (1, 2, 3)]


def test_an_intake_names_what_it_repeats(world: World) -> None:
    first = world.intake()
    again = actions.take_in(
        world.project, INTAKE, actor=world.actor(), repeat_of=first, now=at("2026-03-05 09:00"), key="form-7"
    )
    assert links() == {(again.pk, first.pk, "repeat_of")}


class TestRepeats:
    def customer(self, world: World) -> Customer:
        return Customer.objects.create(unit=world.project, name="单女士", registered_at=MONDAY)

    def test_customer_first_then_text_and_nothing_that_is_unlike(self, world: World) -> None:
        who = self.customer(world)
        same = world.intake(customer=who.pk, text="电梯停运")
        alike = world.intake(text="卫生间天花板漏水严重")
        world.intake(text="车位收费不合理")
        found = repeats(who, None, "卫生间天花板漏水", world.project, at("2026-03-03 09:00"))
        assert [(one.subject.pk, one.same_customer, one.likeness) for one in found] == [
            (same.pk, True, 0.0),
            # 八字七对，十字九对，共有七对：2×7÷(7+9) = 0.875
            (alike.pk, False, 0.875),
        ]

    def test_one_query_however_many_there_are(self, world: World) -> None:
        for _ in range(30):
            world.intake(text="卫生间天花板漏水")
        with CaptureQueriesContext(connection) as queries:
            found = repeats(None, None, "卫生间天花板漏水", world.project, at("2026-03-03 09:00"))
        assert (len(queries), len(found)) == (1, 10)

    def test_an_erased_text_is_compared_no_more(self, world: World) -> None:
        matter = world.intake(text="卫生间天花板漏水")
        world.take(Draft(matter, "erased", {"entry": "1", "reason": "客户要求"}), now=at("2026-03-02 10:00"))
        assert repeats(None, None, "卫生间天花板漏水", world.project, at("2026-03-03 09:00")) == []

    def test_another_units_matters_count_for_the_same_customer_alone(self, world: World) -> None:
        who = self.customer(world)
        elsewhere = actions.take_in(world.other, {**INTAKE, "customer": who.pk}, actor=world.actor(), now=MONDAY)
        actions.take_in(world.other, INTAKE, actor=world.actor(), now=MONDAY)
        found = repeats(who, None, INTAKE["text"], world.project, at("2026-03-03 09:00"))
        assert [one.subject.pk for one in found] == [elsewhere.pk]

    def test_likeness_by_pairs_of_characters(self) -> None:
        assert likeness("漏水", "漏水。") == 1.0
        assert likeness("漏水", "水漏") == 0.0
        assert likeness("", "") == 0.0


def test_what_was_brought_is_kept_for_looking_up(world: World) -> None:
    matter = world.intake()
    row = Brought.objects.get(subject=matter)
    assert (row.unit, row.customer, row.asset, row.received_at) == (world.project, "", "", MONDAY)
