"""Issue: what the absent one owes shows with his deputy, who may keep it; the entry says on whose behalf."""

from decimal import Decimal

import pytest
from django.utils import translation
from tests.journal.world import FOUNDED, MONDAY, POLICY, World, at

from shouwen.desk.workbench import bench
from shouwen.governance.actions import publish, put_in_force
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Duty, Entry, Outbox, Subject
from shouwen.journal.pen import principal
from shouwen.journal.verify import verify
from shouwen.matters.actions import accept_hand_over
from shouwen.organisation import actions
from shouwen.organisation.models import Person

pytestmark = pytest.mark.django_db

TEN = at("2026-03-02 10:00")


def mine(person: Person, now: object = TEN) -> set[str]:
    """Events of the duties under “mine” that the person is offered to do."""
    return {row.duty.event for row in bench(person, "mine", "all", "", 1, now).rows if row.mine}  # type: ignore[arg-type]


def marks(subject: Subject, event: str) -> list[object]:
    return Entry.objects.get(subject=subject, type=event).marks


@pytest.fixture
def away(world: World) -> World:
    """单晓雨、𠮷祥（云栖一期前台）不在，路人（云栖二期前台）代单晓雨。"""
    for who in (world.clerk, world.second):
        actions.enter_absence(who, FOUNDED, at("2026-03-03 00:00"), "出差")
    actions.delegate(world.clerk, world.outsider, FOUNDED, at("2026-03-03 00:00"))
    return world


def test_what_the_absent_one_owes_is_his_deputys_to_keep(world: World) -> None:
    subject = world.intake()
    assert mine(world.outsider) == set()
    actions.enter_absence(world.clerk, TEN, reason="年假")
    before = (Subject.objects.get().owner_person, Entry.objects.count())
    assert mine(world.outsider) == set()
    actions.delegate(world.clerk, world.outsider, MONDAY)
    # By name: answered (首问人), by post: verified (前台).
    assert mine(world.outsider) == {"answered", "verified"}
    assert (Subject.objects.get().owner_person, Entry.objects.count()) == before
    world.take(Draft(subject, "verified", {"findings": "属实"}), by=world.outsider, now=TEN)
    world.take(Draft(subject, "answered"), by=world.outsider, now=TEN)
    assert set(Duty.objects.filter(kept_at=TEN).values_list("event", "state")) == {
        ("verified", "kept"),
        ("answered", "kept"),
    }
    of = {"mark": "on_behalf", "of": world.clerk.pk}
    assert (marks(subject, "verified"), marks(subject, "answered"), marks(subject, "received")) == ([of], [of], [])
    assert [principal(entry) for entry in Entry.objects.order_by("seq")] == [None, world.clerk.pk, world.clerk.pk]
    assert list(verify()) == []


def test_the_mark_is_part_of_the_chain(world: World) -> None:
    subject = world.intake()
    actions.delegate(world.clerk, world.outsider, MONDAY)
    entry = world.take(Draft(subject, "verified"), by=world.outsider, now=TEN).entries[0]
    from shouwen.journal.chain import entry_hash

    entry.marks = []
    assert entry_hash(entry) != entry.hash


def test_what_opens_meanwhile_goes_to_the_deputy_and_is_his_own_again_when_he_is_back(away: World) -> None:
    subject = away.take(
        Draft(away.new(), "received", {"channel": "电话", "text": "渗水", "first_asked": str(away.clerk.pk)}),
        by=away.boss,
    ).subject
    verified = Duty.objects.get(subject=subject, event="verified")
    answered = Duty.objects.get(subject=subject, event="answered")
    assert (verified.post, verified.person, answered.person) == (away.desk, None, away.clerk)
    assert mine(away.outsider) == {"answered", "verified"}
    # 到期前两小时的提醒、任务通知都给代理人。
    told = set(Outbox.objects.filter(kind="duty").values_list("person__username", flat=True))
    assert told == {"outsider", "second"}
    back = at("2026-03-03 08:00")
    assert (mine(away.outsider, back), mine(away.clerk, back)) == (set(), {"answered", "verified"})


def test_a_deputy_neither_lightens_what_he_owes_for_another(world: World) -> None:
    subject = world.intake()
    actions.delegate(world.clerk, world.boss, MONDAY)
    with translation.override("zh-hans"), pytest.raises(NotAllowed, match="由您自己承担"):
        world.take(Draft(subject, "waived", {"duties": ["verified"], "reason": "停电"}), by=world.boss, now=TEN)


def test_hand_over_by_and_to_a_deputy(world: World) -> None:
    subject = world.intake()
    actions.delegate(world.clerk, world.outsider, MONDAY)
    actions.delegate(world.second, world.boss, MONDAY)
    world.take(Draft(subject, "handover_offered", {"to": str(world.second.pk)}), by=world.outsider, now=TEN)
    assert marks(subject, "handover_offered") == [{"mark": "on_behalf", "of": world.clerk.pk}]
    subject.refresh_from_db()
    with pytest.raises(NotAllowed):
        accept_hand_over(subject, actor=world.actor(world.outsider))
    accept_hand_over(subject, actor=world.actor(world.boss))
    subject.refresh_from_db()
    assert (subject.owner_person, subject.offered_to) == (world.second, None)
    assert marks(subject, "handover_accepted") == [{"mark": "on_behalf", "of": world.second.pk}]


def test_from_his_own_post_it_is_his_own_act(world: World) -> None:
    subject = world.intake()
    actions.delegate(world.clerk, world.second, MONDAY)
    world.take(Draft(subject, "verified"), by=world.second, now=TEN)
    assert marks(subject, "verified") == []


def test_a_power_ends_at_its_limit(world: World) -> None:
    """Design, Meaning 7: an authority over an amount, resolved when the duty opens and asked when the act is done."""
    text = POLICY.read_text(encoding="utf-8").replace(
        "  客户: {party: customer}\n", "  客户: {party: customer}\n  审批人: {authority: 费用审批}\n"
    )
    text = text.replace("powers:\n", "powers:\n- {who: 审批人, may: [approval_decided]}\n", 1).replace(
        "duties:\n",
        "duties:\n- {id: approve, who: 审批人, each: approval_requested, do: approval_decided, within: 24h}\n",
        1,
    )
    version = publish(text.replace('version: "2026-01-01"', 'version: "2026-02-01"'), name="desk", by=None, at=FOUNDED)
    put_in_force(world.group, "complaint", version, at("2026-02-01 00:00"))
    lead = world.boss.appointments.get().post
    chair = actions.create_post(world.group, "董事长")
    rich = actions.create_person("rich", "董事")
    actions.appoint(rich, chair, FOUNDED)
    for post, limit in ((world.desk, Decimal(1000)), (lead, Decimal(5000)), (chair, None)):
        actions.grant(post, "费用审批", limit, FOUNDED)
    subject = world.intake()
    for amount, owes in (("800.00", world.desk), ("4000.00", lead), ("6000.00", chair)):
        world.take(Draft(subject, "approval_requested", {"request": amount, "amount": amount}), by=world.boss, now=TEN)
        assert Duty.objects.filter(subject=subject, event="approval_decided").latest("pk").post == owes
    # Each answers the request that it names; without one it is about what was named last.
    assert [may(world, subject, who, "800.00") for who in (world.clerk, world.boss, rich)] == [True, True, True]
    assert [may(world, subject, who, "4000.00") for who in (world.clerk, world.boss, rich)] == [False, True, True]
    assert [may(world, subject, who, "6000.00") for who in (world.clerk, world.boss, rich)] == [False, False, True]
    assert [may(world, subject, who, "") for who in (world.clerk, world.boss, rich)] == [False, False, True]


def may(world: World, subject: Subject, who: Person, request: str) -> bool:
    decided = {"approved": True} | ({"request": request} if request else {})
    try:
        world.take(Draft(subject, "approval_decided", decided), by=who, now=TEN)
    except NotAllowed:
        return False
    return True
