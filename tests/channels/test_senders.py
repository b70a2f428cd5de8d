"""SMS and WeCom through one interface: retried, given up, once; nothing personal in them (issue: Notices)."""

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from pytest_django import Settings
from tests.channels.apiserver import Api, api_server
from tests.journal.world import MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.channels import sms
from shouwen.channels.models import Preferences, Sample
from shouwen.channels.senders import Door, Message, NotSent
from shouwen.channels.wecom import WeCom, cut
from shouwen.journal import clock
from shouwen.journal.models import Delivery, Outbox
from shouwen.journal.outbox import deliver_due

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> World:
    return lay()


@pytest.fixture
def api() -> Iterator[Api]:
    cache.clear()
    with api_server() as made:
        yield made


@pytest.fixture
def wecom(api: Api) -> WeCom:
    return WeCom(Door.at(f"http://corp:s%2Fe%3Ac@{api.url}/?agent=7"))


def told(world: World, **given: object) -> Outbox:
    """A new duty, told to the second clerk by WeCom and SMS and in no other way."""
    world.second.email, world.second.phone = "", "13800138000"
    world.second.save()
    ways = {"duty": {"wecom": "now", "sms": "now"}}
    Preferences.objects.create(person=world.second, wecom="jixiang", ways=ways, **given)
    world.intake(text="张三家飘窗渗水，电话13900139000")
    return Outbox.objects.get(channel="wecom") if Outbox.objects.filter(channel="wecom") else Outbox.objects.get()


def deliver(when: str) -> int:
    with clock.at(at(when)):
        return deliver_due()


MESSAGE = Message("k", "jixiang", "待办：核实", "投诉-1", "https://desk.example.org/matters/1/")

# --- WeCom -------------------------------------------------------------------------------


def test_a_card_goes_to_its_account_and_the_token_is_kept(api: Api, wecom: WeCom) -> None:
    assert [wecom.send(MESSAGE), wecom.send(MESSAGE)] == ["m1", "m1"]
    assert api.tokens == 1
    body = api.sent[0]
    assert (body["touser"], body["agentid"], body["msgtype"], body["enable_duplicate_check"]) == (
        "jixiang",
        7,
        "textcard",
        1,
    )
    card = {"title": "待办：核实", "description": "投诉-1", "url": MESSAGE.link, "btntxt": "查看"}
    assert body["textcard"] == card


def test_without_an_address_of_the_site_it_is_plain_text(api: Api, wecom: WeCom) -> None:
    wecom.send(Message("k", "jixiang", "待办：核实", "投诉-1"))
    assert (api.sent[0]["msgtype"], api.sent[0]["text"]) == ("text", {"content": "待办：核实\n投诉-1"})


def test_a_stale_token_is_renewed_once(api: Api, wecom: WeCom) -> None:
    wecom.send(MESSAGE)
    api.tokens = 5
    assert wecom.send(MESSAGE) == "m1"
    assert (api.tokens, len(api.sent)) == (6, 2)


@pytest.mark.parametrize(
    ("status", "answer", "final"),
    [
        (200, {"errcode": 45009, "errmsg": "api freq out of limit"}, False),
        (200, {"errcode": 45033, "errmsg": "api concurrent out of limit"}, False),
        (200, {"errcode": -1, "errmsg": "system busy"}, False),
        (200, {"errcode": 60020, "errmsg": "not allow to access from your ip"}, False),
        (200, {"errcode": 81013, "errmsg": "user & party & tag all invalid"}, True),
        (200, {"errcode": 0, "errmsg": "ok", "invaliduser": "jixiang"}, True),
        (200, {"errcode": 45002, "errmsg": "content size out of limit"}, True),
        (200, "<html>", False),
        (200, ["errcode"], False),
        (429, {}, False),
        (500, {}, False),
        (404, {}, True),
    ],
)
def test_what_is_tried_again_and_what_is_not(api: Api, wecom: WeCom, status: int, answer: object, final: bool) -> None:
    api.answers = [(status, answer)]
    with pytest.raises(NotSent) as reason:
        wecom.send(MESSAGE)
    assert reason.value.final == final
    assert wecom.send(MESSAGE) == "m1"


def test_a_wrong_secret_gives_nothing_up_and_is_never_said(api: Api, wecom: WeCom) -> None:
    api.secret = "another"
    with pytest.raises(NotSent) as reason:
        wecom.send(MESSAGE)
    assert (reason.value.final, str(reason.value)) == (False, "gettoken 40001 invalid credential")


def test_nobody_there_is_tried_again() -> None:
    with api_server() as gone:
        url = gone.url
    with pytest.raises(NotSent) as reason:
        WeCom(Door.at(f"http://corp:secret@{url}/?agent=7")).send(MESSAGE)
    assert reason.value.final is False


def test_through_the_outbox_a_limit_is_waited_for_and_nobody_is_given_up(
    api: Api, world: World, settings: Settings
) -> None:
    settings.SHOUWEN_WECOM = f"http://corp:s%2Fe%3Ac@{api.url}/?agent=7"
    row = told(world)
    api.answers = [(200, {"errcode": 45009, "errmsg": "freq"})]
    assert (deliver("2026-03-02 09:01"), deliver("2026-03-02 09:02")) == (0, 1)
    assert [one.delivered for one in Delivery.objects.filter(outbox=row).order_by("at")] == [False, True]
    Outbox.objects.filter(pk=row.pk).update(sent_at=None, try_at=MONDAY)
    api.answers = [(200, {"errcode": 81013, "errmsg": "invalid"})]
    assert deliver("2026-03-02 09:03") == 0
    row.refresh_from_db()
    assert (row.sent_at, row.try_at, row.on_desk) == (None, None, True)


def test_titles_are_cut_at_bytes_and_never_within_a_character() -> None:
    assert (cut("核实" * 21, 128), len(cut("核实" * 40, 128).encode())) == ("核实" * 21, 126)
    assert cut("核" * 43, 128) == "核" * 41 + "…"


# --- SMS ---------------------------------------------------------------------------------


def test_a_short_message_is_signed_and_fits_into_one(world: World, settings: Settings) -> None:
    settings.SHOUWEN_SMS = "loopback:"
    told(world)
    assert deliver("2026-03-02 09:01") == 1
    text = Sample.objects.get().text
    number = Outbox.objects.get().subject
    assert text == f"【首问】新的待办：核实，{number}，03-03 09:00到期"
    assert sms.parts(text) == 1


def test_nothing_of_the_complaint_and_nobodys_name_is_in_what_leaves(world: World, settings: Settings) -> None:
    settings.SHOUWEN_SMS = settings.SHOUWEN_WECOM = "loopback:"
    told(world)
    assert deliver("2026-03-02 09:01") == 2
    left = " ".join(sample.title + sample.text for sample in Sample.objects.all())
    assert [word for word in ("张三", "飘窗", "渗水", "139", "单晓雨", "𠮷祥") if word in left] == []


@pytest.mark.parametrize(("length", "parts"), [(70, 1), (71, 2), (134, 2), (135, 3)])
def test_a_message_is_seventy_characters_and_its_parts_sixty_seven(length: int, parts: int) -> None:
    assert sms.parts("首" * length) == parts


def test_a_character_beyond_the_basic_plane_counts_twice() -> None:
    assert (sms.length("𠮷"), sms.parts("𠮷" * 35), sms.parts("𠮷" * 36)) == (2, 1, 2)


@pytest.mark.parametrize("title", ["核实" * 60, "𠮷" * 60])
def test_a_long_title_is_cut_and_number_and_time_stay(title: str) -> None:
    text = sms.fitted("首问", title, "投诉-江州-2026-0001，03-03 09:00到期")
    assert (sms.length(text) <= 70, text.endswith("…，投诉-江州-2026-0001，03-03 09:00到期")) == (True, True)
    assert text.startswith("【首问】")


def test_with_a_rest_that_is_too_long_the_end_is_cut() -> None:
    text = sms.fitted("首问", "核实", "号" * 90)
    assert (sms.length(text), text[:8], text[-1]) == (70, "【首问】核实，号", "…")


def test_a_gateway_is_asked_as_it_is_documented(api: Api, settings: Settings) -> None:
    settings.SHOUWEN_SMS = f"http://:to%3Aken@{api.url}/send?sign=%E4%BA%91%E9%BA%93"
    assert sms.sender().send(Message("k", "13800138000", "", "【云麓】核实")) == "r1"
    assert api.sent == [{"id": "k", "to": "13800138000", "sign": "云麓", "text": "【云麓】核实"}]
    assert api.headers[0]["authorization"] == "Bearer to:ken"


@pytest.mark.parametrize(("code", "final"), [(400, True), (429, False), (500, False), (None, False)])
def test_a_gateways_code_says_whether_to_try_again(api: Api, settings: Settings, code: object, final: bool) -> None:
    settings.SHOUWEN_SMS = f"http://:token@{api.url}/send"
    api.answers = [(200, {"code": code, "message": "no"})]
    with pytest.raises(NotSent) as reason:
        sms.sender().send(Message("k", "1", "", "x"))
    assert reason.value.final == final


# --- the loopback ------------------------------------------------------------------------


def test_the_loopback_keeps_each_message_once(world: World, settings: Settings) -> None:
    settings.SHOUWEN_WECOM = "loopback:"
    settings.SHOUWEN_URL = "https://desk.example.org"
    row = told(world)
    deliver("2026-03-02 09:01")
    Outbox.objects.filter(pk=row.pk).update(sent_at=None, try_at=MONDAY)
    deliver("2026-03-02 09:02")
    sample = Sample.objects.get()
    assert (sample.channel, sample.address, sample.title) == ("wecom", "jixiang", "新的待办：核实")
    assert sample.text.splitlines() == [
        str(row.subject),
        "03-03 09:00到期",
        "条款 desk/1",
        f"https://desk.example.org/matters/{row.subject_id}/",
    ]


def test_a_digest_by_sms_is_one_message(world: World, settings: Settings) -> None:
    settings.SHOUWEN_SMS = "loopback:"
    world.second.email, world.second.phone = "", "13800138000"
    world.second.save()
    Preferences.objects.create(person=world.second, ways={"duty": {"sms": "digest"}})
    world.intake()
    world.intake(now=at("2026-03-02 09:30"))
    deliver("2026-03-03 08:30")
    assert Sample.objects.get().text == "【首问】2件待办，最早03-03 09:00到期：核实"
    assert Outbox.objects.filter(sent_at__isnull=True).count() == 0


def test_each_is_written_to_in_his_own_language(world: World, settings: Settings) -> None:
    settings.SHOUWEN_WECOM = "loopback:"
    told(world, language="en")
    deliver("2026-03-02 09:01")
    assert Sample.objects.get().title == "A new duty: 核实"
