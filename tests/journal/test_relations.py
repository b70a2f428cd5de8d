"""What a journal may refer to, mend and put off (engine.md §9; issue: Bad input)."""

from datetime import datetime

import pytest
from tests.journal.world import INTAKE, World, at

from shouwen.journal.drafts import HOUSE, Draft, NewSubject
from shouwen.journal.errors import Invalid
from shouwen.journal.models import Entry, Link, Subject
from shouwen.journal.record import record, record_batch

pytestmark = pytest.mark.django_db

TEN = at("2026-03-02 10:00")
RELATING = ["merged", "linked", "joined", "split"]


def refused(world: World, draft: Draft, now: datetime = TEN) -> dict[str, str]:
    before = Entry.objects.count()
    with pytest.raises(Invalid) as invalid:
        world.take(draft, now=now, by=world.boss)
    assert Entry.objects.count() == before
    return invalid.value.errors


def elsewhere(world: World) -> Subject:
    """A matter of the neighbouring project, which the clerk does not see."""
    new = NewSubject("complaint", world.other)
    return record(Draft(new, "received", INTAKE), actor=world.actor(world.outsider), now=TEN).subject


@pytest.mark.parametrize("event", RELATING)
def test_a_subject_is_not_related_to_itself(world: World, event: str) -> None:
    subject = world.intake()
    said = refused(world, Draft(subject, event, {"other": str(subject.pk)}))
    assert said == {"other": "对象不能引用自己。"}


def test_nor_by_way_of_a_correction(world: World) -> None:
    subject, other = world.intake(), world.intake()
    world.take(Draft(subject, "linked", {"other": str(other.pk)}), now=TEN)
    data = {"entry": "2", "reason": "记错", "data": {"other": str(subject.pk)}}
    assert refused(world, Draft(subject, "corrected", data)) == {"other": "对象不能引用自己。"}


@pytest.mark.parametrize("event", RELATING)
def test_what_a_person_does_not_see_is_for_him_as_if_there_were_none(world: World, event: str) -> None:
    subject, hidden = world.intake(), elsewhere(world)
    with pytest.raises(Invalid) as invalid:
        world.take(Draft(subject, event, {"other": str(hidden.pk)}, as_fact=True), now=TEN)
    assert invalid.value.errors == {"other": f"不存在：{hidden.pk}。"}
    assert Link.objects.count() == 0


def test_who_sees_both_relates_them_and_so_do_the_house_and_history(world: World) -> None:
    subject, hidden = world.intake(), elsewhere(world)
    link = Draft(subject, "linked", {"other": str(hidden.pk), "role": "about"})
    world.take(link, now=TEN, by=world.boss)
    record(link, actor=HOUSE, now=TEN)
    record_batch([[link]], actor=world.actor(), now=TEN, history=True)
    assert Entry.objects.filter(subject=subject, type="linked").count() == 3
    assert Link.objects.get().other == hidden


def test_the_first_entry_is_corrected_but_not_retracted(world: World) -> None:
    subject = world.intake()
    assert refused(world, Draft(subject, "retracted", {"entry": "1", "reason": "误记"})) == {
        "entry": "第一条记录不能撤销。有误请更正；不再办理请记录撤回或合并。"
    }
    world.take(Draft(subject, "corrected", {"entry": "1", "reason": "听错", "data": {"text": "内墙渗水"}}), now=TEN)
    assert list(Entry.objects.filter(subject=subject).values_list("type", flat=True)) == ["received", "corrected"]


@pytest.mark.parametrize("until", ["2026-03-02T09:59:00+08:00", "2026-03-02T10:00:00+08:00", "2026-03-01", TEN])
def test_an_extension_ends_after_it_is_granted(world: World, until: object) -> None:
    subject = world.intake()
    data = {"duties": ["verified"], "until": until, "reason": "台风"}
    assert refused(world, Draft(subject, "extended", data)) == {"until": "延期须晚于批准延期的时间。"}


@pytest.mark.parametrize("until", ["2026-03-02T10:00:01+08:00", "2026-03-02"])
def test_a_day_counts_to_its_end(world: World, until: str) -> None:
    subject = world.intake()
    data = {"duties": ["verified"], "until": until, "reason": "台风"}
    world.take(Draft(subject, "extended", data), now=TEN, by=world.boss)
    assert Entry.objects.filter(subject=subject, type="extended").count() == 1
