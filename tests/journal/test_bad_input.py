"""Bad input is refused with a message for each field, and nothing of it is kept (issue: Bad input)."""

from datetime import datetime
from uuid import uuid4

import orjson
import pytest
from django.utils import translation
from tests.journal.world import INTAKE, World, at

from shouwen.journal.drafts import Draft
from shouwen.journal.errors import Invalid
from shouwen.journal.fields import TEXT_LIMIT
from shouwen.journal.models import Content, Entry, Subject

pytestmark = pytest.mark.django_db


def errors(world: World, event: str, data: dict[str, object], **more: object) -> dict[str, str]:
    subject = world.intake()
    before = Entry.objects.count()
    with pytest.raises(Invalid) as invalid:
        world.take(Draft(subject, event, data, **more), now=at("2026-03-02 10:00"))  # type: ignore[arg-type]
    assert Entry.objects.count() == before
    return invalid.value.errors


def test_all_errors_come_at_once_by_field_in_the_users_language(world: World) -> None:
    data = {"amount": "很多", "households": True, "category": 7, "first_asked": "99", "colour": "红", "anonymous": "是"}
    with pytest.raises(Invalid) as invalid:
        world.take(Draft(world.new(), "received", data))
    assert invalid.value.errors == {
        "channel": "必填。",
        "text": "必填。",
        "amount": "应为数字。",
        "households": "应为数字。",
        "category": "应为文字。",
        "anonymous": "应为是或否。",
        "colour": "这个事件没有此字段。",
        "first_asked": "不存在：99。",
    }
    with translation.override("en"), pytest.raises(Invalid) as english:
        world.take(Draft(world.new(), "received", {"channel": "电话"}))
    assert english.value.errors == {"text": "This is required."}
    assert Subject.objects.count() == 0


@pytest.mark.parametrize(
    ("event", "data", "said"),
    [
        ("nonsense", {}, {"type": "没有这种事件：nonsense。"}),
        ("overdue", {"duty": "x"}, {"type": "这由系统自行记录。"}),
        ("classified", {"category": "特大"}, {"category": "应为其中之一：一般、重大。"}),
        ("negotiated", {"result": "差不多"}, {"result": "应为其中之一：一致、未一致。"}),
        ("retracted", {"entry": "9"}, {"entry": "记录中没有这一条。"}),
        ("retracted", {}, {"entry": "必填。"}),
        ("excused", {"reason": "台风"}, {"duties": "请指明是哪项义务。"}),
        ("excused", {"duties": ["nothing"]}, {"duties": "没有这项义务：nothing。"}),
        ("cost_estimated", {"amount": "1.234"}, {"amount": "金额最多两位小数。"}),
        ("cost_estimated", {"amount": "-1"}, {"amount": "金额应在 0 至 1000000000000 元之间。"}),
        ("cost_estimated", {"amount": "NaN"}, {"amount": "应为数字。"}),
        ("planned", {"planned_on": "2026-02-30"}, {"planned_on": "应为日期，如 2026-03-02。"}),
        ("contacted", {"appointment": "2026-03-02T09:00:00"}, {"appointment": "时间没有时区。"}),
        ("contacted", {"appointment": datetime(2026, 3, 2)}, {"appointment": "时间没有时区。"}),  # noqa: DTZ001
        ("contacted", {"appointment": "明天"}, {"appointment": "应为日期和时间，如 2026-03-02T09:00:00+08:00。"}),
        ("linked", {"other": str(uuid4())}, None),
        ("handover_offered", {"to": "张三"}, {"to": "不存在：张三。"}),
        ("forwarded", {"to": ["a"] * 1001}, {"to": "最多 1000 项。"}),
        ("noted", {"text": "a\0b"}, {"text": "不能含有空字符（NUL）。"}),
        ("noted", {"text": "\ud842"}, {"text": "文字中含有不完整的字符。"}),
    ],
)
def test_each_kind_of_wrong_value_says_what_is_wrong(
    world: World, event: str, data: dict[str, object], said: dict[str, str] | None
) -> None:
    assert errors(world, event, data) == (said or {"other": f"不存在：{data['other']}。"})


@pytest.mark.parametrize(
    ("when", "said"),
    [
        (datetime(2026, 3, 2, 9, 30), "时间没有时区。"),  # noqa: DTZ001
        (at("2026-03-02 10:01"), "时间在将来。"),
        (at("2026-03-02 08:59"), "时间早于立案。"),
    ],
)
def test_times_without_zone_in_the_future_or_before_the_subject(world: World, when: datetime, said: str) -> None:
    assert errors(world, "noted", {}, at=when) == {"at": said}


def test_a_text_is_kept_up_to_its_limit_and_refused_beyond_it(world: World) -> None:
    world.intake(text="漏" * TEXT_LIMIT)
    said = errors(world, "noted", {"text": "漏" * (TEXT_LIMIT + 1)})
    assert said == {"text": "文字有 20001 个字，最多 20000 个字。请作为附件上传。"}


def test_five_megabytes_of_text_are_refused_cleanly(world: World) -> None:
    with pytest.raises(Invalid) as invalid:
        world.take(Draft(world.new(), "received", {**INTAKE, "text": "a" * 5_000_000}))
    assert invalid.value.errors == {"text": "文字有 5000000 个字，最多 20000 个字。请作为附件上传。"}
    assert Subject.objects.count() == 0


def test_emoji_rare_characters_and_traditional_script_stay_as_they_were_written(world: World) -> None:
    text = "𠮷祥女士：電梯維修費用😡👨‍👩‍👧 第３次！\u200b\n\t末行"
    subject = world.intake(text=text, source="𠀀𪚥")
    entry = Entry.objects.get(subject=subject)
    body = Content.objects.get(entry=entry).body
    assert body is not None
    assert (orjson.loads(body), entry.data["source"]) == ({"text": text}, "𠀀𪚥")


def test_values_are_stored_in_one_form(world: World) -> None:
    subject = world.intake(amount=12000, households="3", items=["墙", "窗"])
    data = Entry.objects.get(subject=subject).data
    assert data == {
        "channel": "电话",
        "amount": "12000.00",
        "households": 3,
        "items": ["墙", "窗"],
        "first_asked": str(world.clerk.pk),
    }
    world.take(Draft(subject, "contacted", {"appointment": "2026-03-02T08:00:00Z"}), now=at("2026-03-02 10:00"))
    assert Entry.objects.get(subject=subject, seq=2).data == {"appointment": "2026-03-02T16:00:00+08:00"}


def test_an_unknown_subject_is_refused(world: World) -> None:
    ghost = Subject(unit=world.project, kind="complaint")
    with pytest.raises(Invalid) as invalid:
        world.take(Draft(ghost, "noted"))
    assert invalid.value.errors == {"subject": "没有这个对象。"}
