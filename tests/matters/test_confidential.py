"""Issue: a matter can be confidential (named roles only) or anonymous."""

from typing import Any

import pytest
from django.test import Client
from tests.journal.world import World, at
from tests.journal.world import world as lay

from shouwen.journal import clock
from shouwen.journal.drafts import HOUSE, Draft
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Duty, Entry, Involved, Outbox, Subject
from shouwen.journal.record import record
from shouwen.journal.verify import verify
from shouwen.matters.actions import join_cause, open_cause
from shouwen.organisation import actions
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person

pytestmark = pytest.mark.django_db

TEN = at("2026-03-02 10:00")
NAMING = "匿名事项：不保存任何能看出是谁反映的内容（客户、联系方式、房产）。"


@pytest.fixture
def world(db: None) -> World:
    return lay()


def knows(subject: Subject, *people: Person) -> list[bool]:
    return [visible(who, Subject.objects.filter(pk=subject.pk), TEN).exists() for who in people]


@pytest.fixture
def centre(world: World) -> Person:
    """集团督办：自己的岗位看得到全集团。"""
    who = actions.create_person("centre", "督办")
    actions.appoint(who, actions.create_post(world.group, "督办"), at("2020-01-01 00:00"))
    return who


class TestConfidential:
    def restricted(self, world: World, **data: object) -> Subject:
        subject = world.intake()
        world.take(Draft(subject, "restricted", {"reason": "涉及员工", **data}), by=world.boss, now=TEN)
        subject.refresh_from_db()
        return subject

    def test_those_named_who_own_or_handle_it_and_whoever_restricted_it(self, world: World, centre: Person) -> None:
        superuser = actions.create_person("root", "超级")
        superuser.is_superuser = True
        superuser.save()
        subject = world.intake()
        everybody = (world.clerk, world.second, world.boss, world.outsider, centre, superuser)
        assert knows(subject, *everybody) == [True, True, True, False, True, True]
        subject = self.restricted(world, people=[str(world.outsider.pk)])
        assert subject.confidential is True
        # 单晓雨 owns it, 前台 (second) owes “verified”, 欧阳明 restricted it, 路人 was named.
        assert knows(subject, *everybody) == [True, True, True, True, False, False]
        assert list(verify()) == []

    def test_a_post_named(self, world: World, centre: Person) -> None:
        subject = self.restricted(world, to=["领导"])
        assert Involved.objects.filter(subject=subject, post__name="领导").count() == 1
        assert knows(subject, centre) == [False]

    def test_the_restriction_is_lifted_by_an_act_or_by_retracting_it(self, world: World, centre: Person) -> None:
        for lift in (Draft, None):
            subject = self.restricted(world)
            assert knows(subject, centre) == [False]
            draft = (
                Draft(subject, "unrestricted", {"reason": "已查明"})
                if lift
                else Draft(subject, "retracted", {"entry": "2", "reason": "误点"})
            )
            world.take(draft, by=world.boss, now=TEN)
            assert (Subject.objects.get(pk=subject.pk).confidential, knows(subject, centre)) == (False, [True])
        assert list(verify()) == []

    def test_who_does_not_know_of_it_does_nothing_to_it(self, world: World) -> None:
        other = actions.create_person("other", "另一位")
        actions.appoint(other, actions.create_post(world.branch, "客服"), at("2020-01-01 00:00"))
        subject = self.restricted(world)
        for event, data in (("acknowledged", {}), ("unrestricted", {}), ("noted", {"text": "看看"})):
            with pytest.raises(NotAllowed):
                world.take(Draft(subject, event, data), by=other, now=TEN)
        assert Entry.objects.filter(subject=subject).count() == 2

    def test_nor_names_it(self, world: World) -> None:
        other = actions.create_person("other", "另一位")
        actions.appoint(other, actions.create_post(world.branch, "客服"), at("2020-01-01 00:00"))
        hidden, open_one = self.restricted(world), world.intake()
        with pytest.raises(Invalid) as error:
            world.take(Draft(open_one, "linked", {"other": str(hidden.pk)}), by=other, now=TEN)
        assert list(error.value.errors) == ["other"]

    def test_verify_finds_the_mark_taken_off_behind_our_back(self, world: World) -> None:
        subject = self.restricted(world)
        Subject.objects.filter(pk=subject.pk).update(confidential=False)
        found = [finding.what for finding in verify()]
        assert "whether it is confidential is not what the journal says" in found
        # What is owed in it has kept the mark: it is not what the journal gives under a matter that is open to all.
        assert {what for what in found if "confidential" not in what} == set()

    def test_its_number_and_words_stand_on_no_page_of_others(self, world: World, centre: Person) -> None:
        """Links, timelines, causes with their counts, repeats, pickers, lists, the workbench."""
        hidden, open_one = world.intake(text="绝密内容外墙渗水", households=3), world.intake(text="外墙渗水")
        cause = open_cause(world.project, [hidden, open_one], actor=world.actor())
        record(Draft(open_one, "linked", {"other": str(hidden.pk), "role": "repeat_of"}, as_fact=True), actor=HOUSE)
        record(Draft(hidden, "restricted", {"reason": "绝密缘由"}, as_fact=True), actor=HOUSE)
        client = Client(headers={"accept-language": "zh-hans"})
        client.force_login(centre)
        pages = [
            *("/", "/?tab=unit", "/?tab=supervised", "/matters/?state=all", "/matters/?state=all&q=0001"),
            *(f"/matters/{one.pk}/" for one in (open_one, cause)),
            *(f"/matters/{open_one.pk}/do/{event}/" for event in ("linked", "merged", "joined", "unlinked", "left")),
            *("/matters/causes/", f"/matters/causes/{cause.pk}/", f"/find/matters/?q={hidden.number}"),
            f"/matters/causes/new/?matter={hidden.pk}&matter={open_one.pk}",
        ]
        with clock.at(TEN):
            for page in pages:
                said = client.get(page, follow=True).content.decode()
                assert hidden.number not in said.replace(f'value="{hidden.number}"', ""), page
                assert "绝密" not in said, page
            typed = client.post("/matters/new/repeats/", {"d-text": "绝密内容外墙渗水"}).content.decode()
            joined = {"matter": str(hidden.pk), "key": "k"}
            refused = client.post(f"/matters/causes/{cause.pk}/join/", joined).content.decode()
            gone = [client.get(f"/matters/{hidden.pk}/{page}").status_code for page in ("", "why/", "do/noted/")]
            causes = client.get("/matters/causes/").context["page"].object_list
            hidden_here = client.get(f"/matters/causes/{cause.pk}/").context["hidden"]
        assert (hidden.number in typed, hidden.number in refused) == (False, False)
        assert gone == [404, 404, 404]
        # One of the two that are joined: not even the count tells of the other.
        assert [(one.matters, one.open_matters) for one in causes] == [(1, 1)]
        assert hidden_here == 0

    def test_what_others_were_told_of_it_is_taken_back(self, world: World) -> None:
        """陈 held the desk when it was taken in, and does no more: his notices go, those of who handles it stay."""
        chen = actions.create_person("chen", "陈")
        chen.email = "chen@example.org"
        chen.save()
        sat = actions.appoint(chen, world.desk, at("2020-01-01 00:00"))
        subject = world.intake()
        told = Outbox.objects.filter(subject=subject, on_desk=True)
        assert set(told.values_list("person__username", flat=True)) == {"second", "chen"}
        actions.end_appointment(sat, at("2026-03-02 09:30"))
        world.take(Draft(subject, "restricted", {"reason": "保密"}), by=world.boss, now=TEN)
        assert set(told.values_list("person__username", flat=True)) == {"second"}
        assert set(Outbox.objects.filter(subject=subject, person=chen).values_list("try_at", flat=True)) == {None}
        waiting = Outbox.objects.filter(subject=subject, sent_at__isnull=True)
        assert set(waiting.values_list("person__username", flat=True)) == {"second"}

    def test_joining_it_to_a_cause_needs_to_know_of_it(self, world: World, centre: Person) -> None:
        cause = open_cause(world.project, [world.intake()], actor=world.actor())
        with pytest.raises((NotAllowed, Invalid)):
            join_cause(cause, [self.restricted(world)], actor=world.actor(centre))


class TestAnonymous:
    def errors(self, world: World, **data: Any) -> dict[str, str]:
        from django.utils import translation

        with translation.override("zh-hans"), pytest.raises(Invalid) as error:
            world.intake(anonymous=True, **data)
        return dict(error.value.errors)

    def test_nothing_that_names_is_taken_in(self, world: World) -> None:
        from shouwen.customers import actions as registry

        customer = registry.register(world.project, "张明远", TEN, phones=["13900010001"])
        asset = registry.add_asset(world.project, "3", "1201")
        registry.hold(customer, asset)
        before = Subject.objects.count()
        found = self.errors(world, customer=str(customer.pk), asset=str(asset.pk), contact="13900010001")
        assert found == dict.fromkeys(("customer", "asset", "contact"), NAMING)
        assert Subject.objects.count() == before
        assert world.intake(anonymous=True, households=5).brought.customer == ""

    def test_nor_brought_in_by_a_correction(self, world: World) -> None:
        subject = world.intake(anonymous=True)
        given = {"entry": "1", "reason": "补", "data": {"contact": "13900010001"}}
        with pytest.raises(Invalid) as error:
            world.take(Draft(subject, "corrected", given), now=TEN)
        assert list(error.value.errors) == ["data.contact"]

    def test_what_names_somebody_is_erased_before_it_is_made_anonymous(self, world: World) -> None:
        subject = world.intake(contact="13900010001")
        made_so = Draft(subject, "corrected", {"entry": "1", "reason": "改", "data": {"anonymous": True}})
        with pytest.raises(Invalid) as error:
            world.take(made_so, now=TEN)
        assert list(error.value.errors) == ["data.contact"]
        world.take(Draft(subject, "erased", {"entry": "1", "reason": "本人要求"}), now=TEN)
        world.take(made_so, now=TEN)

    def test_it_owes_and_is_owed_as_any_other(self, world: World) -> None:
        subject = world.intake(anonymous=True)
        assert Duty.objects.filter(subject=subject).count() == 2
