"""Real input: rows become matters with duties, as history; nothing twice, nothing lost."""

from collections import Counter
from pathlib import Path

import pytest
from django.utils.translation import gettext as _
from tests.imports.files import MAPPING, bring, csv_file, mapping_file, reasons
from tests.journal.world import World, at

from shouwen.customers.models import Contact, Customer
from shouwen.imports import run
from shouwen.journal import clock
from shouwen.journal.models import Content, Duty, Entry, Outbox, Subject
from shouwen.organisation.models import Unit

ROWS = "7,2026/3/2 9:00,2026/3/3 8:00,漏水\n8,2026/3/2 9:00,2026/3/4 9:00,电梯\n9,2026/3/2 9:00,,噪声\n"
TOO_LONG = "The text has %(length)d characters; at most %(limit)d are kept. Please attach it as a file."
NOW = at("2026-03-20 09:00")


def test_rows_become_matters_with_their_duties_and_nobody_is_told(world: World, tmp_path: Path) -> None:
    with clock.at(NOW):
        outcome = bring(csv_file(tmp_path, ROWS), mapping_file(tmp_path))
    assert (outcome.rows, outcome.total.added, reasons(outcome)) == (3, 3, [])
    assert outcome.total.entries == {"received": 3, "verified": 2}
    assert outcome.total.units == {"云栖一期": 3}
    assert outcome.total.axes == {("nature", ""): 3}
    verified = {state: n for (clause, title, state), n in outcome.total.duties.items() if title == "核实"}
    # Due 2026-03-03 09:00 each: 7 was verified an hour before, 8 a day after, 9 never.
    assert verified == {"kept": 1, "late": 1, "overdue": 1}
    stored = Duty.objects.filter(event="verified").order_by("subject__number")
    assert list(stored.values_list("state", "due_at")) == [
        (state, at("2026-03-03 09:00")) for state in ("kept", "late", "overdue")
    ]
    assert all("history" in entry.marks for entry in Entry.objects.all())
    assert Outbox.objects.count() == 0
    assert not Entry.objects.filter(type="overdue").exists()
    assert Counter(Subject.objects.values_list("owner_post__name", flat=True)) == {"前台": 3}


def test_words_are_sealed(world: World, tmp_path: Path) -> None:
    bring(csv_file(tmp_path, ROWS), mapping_file(tmp_path))
    received = Entry.objects.filter(type="received").order_by("subject__number").first()
    assert received is not None
    assert "text" not in received.data
    assert Content.objects.get(entry=received).body == '{"text":"漏水"}'


def test_the_same_file_again_adds_nothing(world: World, tmp_path: Path) -> None:
    file, mapping = csv_file(tmp_path, ROWS), mapping_file(tmp_path)
    bring(file, mapping)
    before = list(Entry.objects.order_by("pk").values_list("hash"))
    outcome = bring(file, mapping)
    assert (outcome.total.added, outcome.total.continued, outcome.total.known) == (0, 0, 3)
    assert list(Entry.objects.order_by("pk").values_list("hash")) == before


def test_a_later_file_goes_on_with_what_is_there(world: World, tmp_path: Path) -> None:
    mapping = mapping_file(tmp_path)
    bring(csv_file(tmp_path, ROWS), mapping)
    later = ROWS.replace("9,2026/3/2 9:00,,噪声", "9,2026/3/2 9:00,2026/3/3 7:00,噪声") + "10,2026/3/5 9:00,,门锁\n"
    outcome = bring(csv_file(tmp_path, later), mapping)
    assert (outcome.total.added, outcome.total.continued, outcome.total.known) == (1, 1, 2)
    assert Subject.objects.count() == 4
    assert Counter(Duty.objects.filter(event="verified").values_list("state", flat=True)) == {
        "kept": 2, "late": 1, "overdue": 1,
    }  # fmt: skip


def test_without_a_key_the_cells_name_the_row_and_twins_are_two(world: World, tmp_path: Path) -> None:
    mapping = mapping_file(tmp_path, MAPPING.replace("key: 编号\n", ""))
    file = csv_file(tmp_path, ROWS + ROWS)
    assert bring(file, mapping).total.added == 6
    assert bring(file, mapping).total.known == 6


def test_bad_rows_are_said_by_line_and_nothing_else_is_lost(world: World, tmp_path: Path) -> None:
    rows = (
        "1,2026/3/2 9:00,,好\n"
        "2,昨天,,时间读不出\n"
        "3,,,没有时间\n"
        "4,2026/3/2 9:00,2026/3/1 9:00,核实早于来电\n"
        "5,2999/3/2 9:00,,年份\n"
        "6,2026/3/21 9:00,,将来\n"
        "7,2026/3/2 9:00,,\n"
        f"8,2026/3/2 9:00,,{'长' * 5_000_000}\n"
        "1,2026/3/2 9:00,,同一编号\n"
        ",2026/3/2 9:00,,没有编号\n"
        "9,2026/3/2 9:00,,NUL\0\n"
        "10,2026/3/2 9:00,,也好\n"
    )
    with clock.at(NOW):
        outcome = bring(csv_file(tmp_path, rows), mapping_file(tmp_path))
    assert reasons(outcome) == [
        (3, "来电时间：日期时间读不出（昨天）"),
        (4, "来电时间：没有时间，第一条记录不成立"),
        (5, f"at: {_('The time lies before the subject was opened.')}"),
        (6, "来电时间：年份不可能是 2999（2999/3/2 9:00）"),
        (7, f"at: {_('The time lies in the future.')}"),
        (8, f"text: {_('This is required.')}"),
        (9, "text: " + _(TOO_LONG) % {"length": 5_000_000, "limit": 20_000}),
        (10, "与第 2 行的 编号 相同"),
        (11, "编号：没有值，认不出是哪一行"),
        (12, f"text: {_('Null characters are not allowed.')}"),
    ]
    assert (outcome.rows, outcome.total.added) == (12, 2)


def test_a_dry_run_shows_everything_and_keeps_nothing(world: World, tmp_path: Path) -> None:
    text = MAPPING.replace("unit: {path: 明澄集团/江州公司/云栖一期}", UNITS.format(unknown="create"))
    mapping = mapping_file(tmp_path, text)
    file = csv_file(tmp_path, UNIT_ROWS, UNIT_HEADER)
    with clock.at(NOW):
        dry = bring(file, mapping, dry=True)
        assert (Subject.objects.count(), Entry.objects.count(), Unit.objects.filter(name="云栖三期").count()) == (
            0,
            0,
            0,
        )
        real = bring(file, mapping)
    assert dry.total == real.total
    assert (dry.made_units, real.made_units) == ({"云栖三期"}, {"云栖三期"})


UNITS = "unit: {{column: 项目, under: 明澄集团/江州公司, as: project, unknown: {unknown}, values: {{一期: 云栖一期}}}}"
UNIT_HEADER = "编号,来电时间,核实时间,内容,项目\n"
UNIT_ROWS = "".join(
    f"{i},2026/3/2 9:00,,漏水,{unit}\n" for i, unit in enumerate(["一期", "云栖二期", "云栖三期", "云栖三期", ""])
)


def with_units(unknown: str) -> str:
    return MAPPING.replace("unit: {path: 明澄集团/江州公司/云栖一期}", UNITS.format(unknown=unknown))


def test_unknown_units_are_refused(world: World, tmp_path: Path) -> None:
    outcome = bring(csv_file(tmp_path, UNIT_ROWS, UNIT_HEADER), mapping_file(tmp_path, with_units("refuse")))
    assert outcome.total.units == {"云栖一期": 1, "云栖二期": 1}
    assert reasons(outcome) == [(4, "没有单位“云栖三期”"), (5, "没有单位“云栖三期”"), (6, "没有写单位")]


def test_unknown_units_are_made_under_a_node(world: World, tmp_path: Path) -> None:
    outcome = bring(csv_file(tmp_path, UNIT_ROWS, UNIT_HEADER), mapping_file(tmp_path, with_units("create")))
    assert outcome.total.units == {"云栖一期": 1, "云栖二期": 1, "云栖三期": 2}
    made = Unit.objects.get(name="云栖三期")
    assert (made.parent, made.kind, made.since) == (world.branch, "project", world.branch.since)
    # Nobody holds a post there: its superior's post takes the matter.
    assert set(made.subjects.values_list("owner_post__unit__name", flat=True)) == {"江州公司"}


def test_unknown_units_go_to_another(world: World, tmp_path: Path) -> None:
    text = with_units("{to: 明澄集团/江州公司}").replace(
        "as: project", "as: project, empty: 明澄集团/江州公司/云栖二期"
    )
    outcome = bring(csv_file(tmp_path, UNIT_ROWS, UNIT_HEADER), mapping_file(tmp_path, text))
    assert outcome.total.units == {"云栖一期": 1, "云栖二期": 2, "江州公司": 2}


def test_nothing_is_made_for_a_refused_row(world: World, tmp_path: Path) -> None:
    text = with_units("create") + "customer: {name: 姓名, phone: 电话, unknown: create}\n"
    header = "编号,来电时间,核实时间,内容,项目,姓名,电话\n"
    rows = "1,2026/3/2 9:00,,,云栖四期,王芳,13800000001\n2,2026/3/2 9:00,,漏水,云栖五期,李强,13800000002\n"
    outcome = bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, text))
    assert reasons(outcome) == [(2, f"text: {_('This is required.')}")]
    assert outcome.made_units == {"云栖五期"}
    assert outcome.made_customers == 1
    assert not Unit.objects.filter(name="云栖四期").exists()
    assert [customer.name for customer in Customer.objects.all()] == ["李强"]


def test_customers_are_matched_by_telephone_made_or_left_out(world: World, tmp_path: Path) -> None:
    header = "编号,来电时间,核实时间,内容,姓名,电话\n"
    rows = (
        "1,2026/3/2 9:00,,漏水,王芳,13800000001\n"
        "2,2026/3/2 9:00,,漏水,王女士,+86 138-0000-0001\n"
        "3,2026/3/2 9:00,,漏水,李强,\n"
    )
    left = MAPPING + "customer: {name: 姓名, phone: 电话}\n"
    bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, left.replace("source: hotline", "source: other")))
    assert Customer.objects.count() == 0
    made = MAPPING + "customer: {name: 姓名, phone: 电话, unknown: create}\n"
    outcome = bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, made))
    assert outcome.made_customers == 1
    customer = Customer.objects.get()
    assert (customer.name, Contact.objects.get().value) == ("王芳", "13800000001")
    keyed = Entry.objects.filter(type="received", key__startswith="import:hotline:").order_by("key")
    assert [entry.data.get("customer") for entry in keyed] == [str(customer.pk), str(customer.pk), None]


def test_a_telephone_that_cannot_be_read_is_said_by_line_where_customers_are_made(world: World, tmp_path: Path) -> None:
    header = "编号,来电时间,核实时间,内容,姓名,电话\n"
    rows = "1,2026/3/2 9:00,,漏水,王芳,13800000001\n2,2026/3/2 9:00,,漏水,李强,见备注\n3,2026/3/2 9:00,,漏水,赵敏,\n"
    made = MAPPING + "customer: {name: 姓名, phone: 电话, unknown: create}\n"
    outcome = bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, made))
    assert reasons(outcome) == [(3, "电话读不出，建不了客户档案（见备注）")]
    assert (outcome.rows, outcome.total.added, outcome.made_customers) == (3, 2, 1)
    left = MAPPING.replace("source: hotline", "source: other") + "customer: {name: 姓名, phone: 电话}\n"
    assert reasons(bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, left))) == []


def test_customers_matched_by_name_only_where_it_is_one(world: World, tmp_path: Path) -> None:
    header = "编号,来电时间,核实时间,内容,姓名\n"
    rows = "1,2026/3/2 9:00,,漏水,王芳\n2,2026/3/2 9:00,,漏水,王芳\n"
    text = MAPPING + "customer: {name: 姓名, match: name, unknown: create}\n"
    outcome = bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, text))
    assert (outcome.made_customers, Customer.objects.count()) == (1, 1)


def test_values_are_mapped_left_out_kept_or_refused(world: World, tmp_path: Path) -> None:
    header = "编号,来电时间,核实时间,内容,类,来源,金额\n"
    rows = (
        '1,2026/3/2 9:00,,漏水,轻,来信,"￥1,234.50元"\n'
        "2,2026/3/2 9:00,,漏水,其他,来访,\n"
        "3,2026/3/2 9:00,,漏水,重,来电,很多\n"
        "4,2026/3/2 9:00,,漏水,重,传真,3\n"
    )
    text = MAPPING.replace(
        "    channel: {value: 电话}\n    text: 内容\n",
        "    text: 内容\n    amount: 金额\n"
        "    channel: {column: 来源, values: {来信: 信件, 来电: 电话}, else: keep}\n"
        "    source: {column: 来源, values: {来信: 甲, 来访: 乙, 来电: 丙}}\n",
    )
    text += "- event: classified\n  at: 来电时间\n"
    text += "  data: {category: {column: 类, values: {轻: 一般, 重: 重大}, else: leave}}\n"
    outcome = bring(csv_file(tmp_path, rows, header), mapping_file(tmp_path, text))
    assert reasons(outcome) == [(4, "金额：应是数（很多）"), (5, "来源：映射没有写“传真”对应什么")]
    assert outcome.total.axes == {("nature", "一般"): 1, ("nature", ""): 1}
    assert outcome.unmapped == {
        ("category", "其他"): 1,
        ("channel", "来访"): 1,
        ("channel", "传真"): 1,
        ("source", "传真"): 1,
    }
    data = [entry.data for entry in Entry.objects.filter(type="received").order_by("key")]
    assert [(one["channel"], one["source"], one.get("amount")) for one in data] == [
        ("信件", "甲", "1234.50"),
        ("来访", "乙", None),
    ]


def test_rows_may_be_skipped_and_entries_made_only_sometimes(world: World, tmp_path: Path) -> None:
    text = MAPPING.replace("  at: 核实时间", "  at: 核实时间\n  when: [{column: 内容, not: [电梯]}]")
    text += "skip: [{column: 内容, is: [噪声], why: 不受理}]\n"
    outcome = bring(csv_file(tmp_path, ROWS), mapping_file(tmp_path, text))
    assert outcome.skipped == {"不受理": 1}
    assert outcome.total.entries == {"received": 2, "verified": 1}


def test_numbers_of_the_other_system_are_kept_and_a_taken_one_is_refused(world: World, tmp_path: Path) -> None:
    text = MAPPING.replace("key: 编号", "key: 编号\nnumber: 内容")
    outcome = bring(csv_file(tmp_path, ROWS + "11,2026/3/2 9:00,,漏水\n"), mapping_file(tmp_path, text))
    assert reasons(outcome) == [(5, "编号“漏水”已被占用")]
    assert sorted(Subject.objects.values_list("number", flat=True)) == ["噪声", "漏水", "电梯"]


OVERDUE = ["2026-03-03T01:00:00.000000Z", "2026-03-04T00:00:00.000000Z"]


def test_live_rows_are_told_and_gates_hold(world: World, tmp_path: Path) -> None:
    text = MAPPING + "- event: closed\n  at: 核实时间\n  when: [{column: 内容, is: [电梯]}]\n"
    file, mapping = csv_file(tmp_path, ROWS), mapping_file(tmp_path, text)
    with clock.at(at("2026-03-04 10:00")):
        outcome = bring(file, mapping, live=True)
    assert [line for line, _reason in reasons(outcome)] == [3]
    assert outcome.total.added == 2
    assert Outbox.objects.count() > 0
    # 9 was never verified (due 03-03 09:00); 7 was on 03-03 08:00 and has no plan since (due 03-04 08:00).
    assert sorted(entry.data["due_at"] for entry in Entry.objects.filter(type="overdue")) == OVERDUE


def test_as_history_a_shut_gate_is_a_breach(world: World, tmp_path: Path) -> None:
    text = MAPPING + "- event: closed\n  at: 核实时间\n"
    outcome = bring(csv_file(tmp_path, ROWS), mapping_file(tmp_path, text))
    assert reasons(outcome) == []
    assert outcome.total.breaches == {"desk/2": 2}


def test_chunks_make_no_difference(world: World, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "CHUNK", 2)
    outcome = bring(csv_file(tmp_path, ROWS), mapping_file(tmp_path))
    assert (outcome.total.added, Subject.objects.count()) == (3, 3)
