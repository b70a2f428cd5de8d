"""Urging (催办): who may, who is told, what has come of it."""

import pytest
from tests.journal.world import MONDAY, SHANGHAI, World, at

from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Duty, Entry, Outbox, Subject
from shouwen.journal.record import record, record_batch
from shouwen.journal.urging import covers, urgings
from shouwen.organisation import actions
from shouwen.organisation.models import Person

TUESDAY = at("2026-03-03 10:00")


def urge(world: World, subject: Subject, by: Person, duty: str = "verified", **data: str) -> Entry:
    return world.take(Draft(subject, "urged", {"duty": duty, **data}), now=TUESDAY, by=by).entries[0]


def told(kind: str) -> list[tuple[str, str]]:
    return [
        (row.person.username, row.duty)
        for row in Outbox.objects.filter(kind=kind).select_related("person")
        if row.person
    ]


def test_who_stands_above_urges_and_the_holders_are_told_each_time(world: World) -> None:
    subject = world.intake()
    first = urge(world, subject, world.boss, text="请今天核实")
    assert (first.post, first.data, first.content_digest != "") == ("领导", {"duty": "verified"}, True)
    urge(world, subject, world.boss)
    # 前台由两人担任，各得一次；第二次催办是另一条通知。
    assert sorted(told("urged")) == [(name, "desk/1:verified") for name in ("clerk", "clerk", "second", "second")]
    assert len({row.key for row in Outbox.objects.filter(kind="urged")}) == 4


def test_the_owner_urges_what_others_owe(world: World) -> None:
    """首问负责：首问人可催办别人欠的事。"""
    lead = actions.create_post(world.branch, "工程部")
    actions.appoint(world.second, lead, MONDAY)
    subject = world.intake()
    order = {"order": "O1", "item": "漏水"}
    world.take(Draft(subject, "rectification_ordered", order, as_fact=True), now=MONDAY)
    key = Duty.objects.get(subject=subject, rule="desk/1:works").key
    assert urge(world, subject, world.clerk, key).data == {"duty": key}


def test_nobody_urges_from_beside_or_below(world: World) -> None:
    subject = world.intake()
    with pytest.raises(NotAllowed) as refused:
        urge(world, subject, world.outsider)
    assert str(refused.value) == "只有欠办单位的上级、事项的首问人，或规章指明的人可以催办。"
    with pytest.raises(NotAllowed):
        urge(world, subject, world.second, "desk/1:answered")
    assert Entry.objects.filter(type="urged").count() == 0


def test_a_leader_presses_in_his_own_unit_and_below_never_above(world: World) -> None:
    inside, above = [world.branch, world.project], [world.group, world.project]
    assert (covers(world.branch, inside), covers(world.branch, above)) == (True, False)


def test_nobody_urges_himself(world: World) -> None:
    subject = world.intake()
    with pytest.raises(NotAllowed) as refused:
        urge(world, subject, world.clerk)
    assert str(refused.value) == "这是您自己欠的。"


def test_what_is_done_is_not_urged(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "verified"), now=MONDAY)
    with pytest.raises(Invalid) as invalid:
        urge(world, subject, world.boss)
    assert invalid.value.errors == {"duty": "这项义务已经不在了。"}


def test_many_at_once_with_a_result_each(world: World) -> None:
    one, two = world.intake(), world.intake()
    world.take(Draft(two, "verified"), now=MONDAY)
    calls = [[Draft(subject, "urged", {"duty": "desk/1:verified"})] for subject in (one, two)]
    written, refused = record_batch(calls, actor=Actor(world.boss, "领导", world.branch), now=TUESDAY)
    assert next(entry.type for entry in written.entries) == "urged"  # type: ignore[union-attr]
    assert isinstance(refused, Invalid)
    assert list(Entry.objects.filter(type="urged").values_list("subject", flat=True)) == [one.pk]


def test_what_has_come_of_it(world: World) -> None:
    subject = world.intake()
    duty = Duty.objects.get(subject=subject, event="verified")
    assert urgings([duty]) == {}
    urge(world, subject, world.boss)
    last = urge(world, subject, world.boss, "desk/1:verified")
    urged = urgings([duty])[duty.pk]
    assert (urged.n, urged.by, urged.seq, urged.answered_at) == (2, "欧阳明", last.seq, None)
    answer = Draft(subject, "noted", {"entry": str(last.seq), "duty": duty.key, "text": "明早去现场"})
    record(answer, actor=world.actor(), now=at("2026-03-03 11:00"))
    answered = urgings([duty])[duty.pk].answered_at
    assert answered is not None
    assert f"{answered.astimezone(SHANGHAI):%H:%M}" == "11:00"
    retraction = Draft(subject, "retracted", {"entry": str(last.seq), "reason": "误催"})
    record(retraction, actor=world.actor(world.boss), now=at("2026-03-03 12:00"))
    assert urgings([duty])[duty.pk].n == 1
