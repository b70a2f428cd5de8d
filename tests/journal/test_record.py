"""One transaction writes an entry and all that follows from it."""

import pytest
from tests.journal.world import INTAKE, MONDAY, World, at

from shouwen.journal.drafts import Draft
from shouwen.journal.models import Duty, Entry, Outbox, Subject

pytestmark = pytest.mark.django_db


def test_an_intake_opens_duties_owner_number_and_notices(world: World) -> None:
    subject = world.intake()
    subject = Subject.objects.get(pk=subject.pk)
    assert (subject.number, subject.owner_person, subject.owner_post) == ("投诉-云栖一期-2026-0001", world.clerk, None)
    assert (subject.head_seq, subject.state, subject.axes) == (1, "open", {"nature": None})
    duties = Duty.objects.filter(subject=subject).order_by("event")
    # 3月2日9:00 + 24小时 = 3月3日9:00；答复没有时限。
    assert [(d.event, d.state, d.due_at, d.post, d.person) for d in duties] == [
        ("answered", "open", None, world.desk, world.clerk),
        ("verified", "open", at("2026-03-03 09:00"), world.desk, None),
    ]
    assert subject.wakes_at == at("2026-03-03 07:00")
    assert [(o.kind, o.person, o.channel) for o in Outbox.objects.all()] == [("duty", world.second, "mail")]


def test_a_second_intake_has_the_next_number(world: World) -> None:
    assert [world.intake().number[-4:], world.intake().number[-4:]] == ["0001", "0002"]


def test_the_next_act_keeps_its_duty_and_opens_the_next(world: World) -> None:
    subject = world.intake()
    world.take(Draft(subject, "verified", {"result": "属实"}), now=at("2026-03-02 10:00"))
    assert list(Duty.objects.filter(subject=subject).order_by("opened_at", "event").values_list("event", "state")) == [
        ("answered", "open"), ("verified", "kept"), ("plan_made", "open"),
    ]  # fmt: skip
    assert Entry.objects.filter(subject=subject).count() == 2
