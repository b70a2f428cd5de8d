"""Issue: the organisation is imported from Excel: idempotent, all faults at once, nothing half done, a dry run."""

from decimal import Decimal
from pathlib import Path

import pytest
import xlsxwriter
from click.testing import CliRunner
from tests.organisation.house import at

from shouwen.cli.organisation import organisation
from shouwen.imports.organisation import import_organisation, write_template
from shouwen.imports.organisation_sheets import SHEETS
from shouwen.imports.problems import FileRefused
from shouwen.imports.workbooks import all_rows
from shouwen.organisation.models import Appointment, Authority, Person, Post, Unit

pytestmark = pytest.mark.django_db

NOW = at("2026-03-02 09:00")
Sheets = dict[str, list[list[object]]]
UNITS: list[list[object]] = [
    ["名称", "上级单位", "种类", "时区", "起", "止"],
    ["云栖一期", "明澄集团/江州公司", "项目", "", "2024/5/1", ""],
    ["明澄集团", "", "集团", "", "2020-01-01", ""],
    ["江州公司", "明澄集团", "公司", "", "", ""],
    ["工程部", "明澄集团/江州公司", "部门", "", "", ""],
]
POSTS: list[list[object]] = [
    ["单位*", "岗位*", "值班岗"],
    ["明澄集团/江州公司", "客户服务分部", "是"],
    ["明澄集团/江州公司/工程部", "工程部", ""],
    ["明澄集团/江州公司", "公司分管领导", "否"],
]
PEOPLE: list[list[object]] = [
    ["用户名", "姓名", "电话", "邮箱", "停用"],
    ["wang", "王小明", 13900020001, "wang@example.org", ""],
    ["han", "韩立诚", "", "", ""],
]
APPOINTMENTS: list[list[object]] = [
    ["用户名", "单位", "岗位", "起", "止"],
    ["wang", "明澄集团/江州公司", "客户服务分部", "2026-01-01", "2026-12-31"],
    ["wang", "明澄集团/江州公司/工程部", "工程部", "", ""],
    ["han", "明澄集团/江州公司", "公司分管领导", "", ""],
]
AUTHORITIES: list[list[object]] = [
    ["单位", "岗位", "权限", "限额", "类别", "起", "止"],
    ["明澄集团/江州公司", "客户服务分部", "费用审批", 5000, "", "", ""],
    ["明澄集团/江州公司", "公司分管领导", "费用审批", "不限", "", "", ""],
]


def sheets() -> Sheets:
    parts = {"单位": UNITS, "岗位": POSTS, "人员": PEOPLE, "任职": APPOINTMENTS, "权限": AUTHORITIES}
    return {name: [list(row) for row in rows] for name, rows in parts.items()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def written(folder: Path, said: Sheets) -> Path:
    path = folder / "house.xlsx"
    with xlsxwriter.Workbook(str(path)) as book:
        for name, rows in said.items():
            page = book.add_worksheet(name)
            for line, row in enumerate(rows):
                page.write_row(line, 0, row)
    return path


def stored() -> list[object]:
    return [
        *Unit.objects.values_list("pk", "name", "path", "kind", "since", "until"),
        *Post.objects.values_list("pk", "unit", "name", "is_duty_post"),
        *Person.objects.values_list("pk", "username", "name", "phone", "email", "is_active", "password"),
        *Appointment.objects.values_list("pk", "person", "post", "since", "until"),
        *Authority.objects.values_list("pk", "post", "kind", "limit", "since", "until"),
    ]


def faults(folder: Path, said: Sheets) -> list[str]:
    before = stored()
    outcome = import_organisation(written(folder, said), NOW)
    assert outcome.changes == ()
    assert stored() == before
    return [str(one) for one in outcome.faults]


def test_the_whole_house_from_one_file(folder: Path) -> None:
    outcome = import_organisation(written(folder, sheets()), NOW)
    assert (outcome.faults, outcome.count("created")) == ((), 14)
    project = Unit.objects.get(name="云栖一期")
    assert [unit.name for unit in Unit.objects.filter(pk__in=project.line).order_by("path")] == [
        "明澄集团",
        "江州公司",
        "云栖一期",
    ]
    assert (project.kind, project.zone, project.since) == ("project", "Asia/Shanghai", at("2024-05-01 00:00"))
    assert Unit.objects.get(name="江州公司").since == NOW
    wang = Person.objects.get(username="wang")
    assert (wang.phone, wang.initials, wang.has_usable_password()) == ("13900020001", "wxm", False)
    first, second = wang.appointments.order_by("since")
    # 止 2026-12-31 是最后一天：到次日零时为止。
    assert (first.post.name, first.since, first.until) == (
        "客户服务分部",
        at("2026-01-01 00:00"),
        at("2027-01-01 00:00"),
    )
    assert (second.post.name, second.since, second.until) == ("工程部", NOW, None)
    assert Post.objects.get(is_duty_post=True).name == "客户服务分部"
    assert list(Authority.objects.order_by("pk").values_list("post__name", "kind", "limit")) == [
        ("客户服务分部", "费用审批", Decimal("5000.00")),
        ("公司分管领导", "费用审批", None),
    ]


def test_a_second_import_changes_nothing(folder: Path) -> None:
    path = written(folder, sheets())
    import_organisation(path, NOW)
    before = stored()
    again = import_organisation(path, at("2026-04-01 10:00"))
    assert (again.count("same"), len(again.changes), stored()) == (14, 14, before)


def test_a_dry_run_says_what_it_would_do_and_does_nothing(folder: Path) -> None:
    outcome = import_organisation(written(folder, sheets()), NOW, dry_run=True)
    assert (outcome.count("created"), outcome.dry, stored()) == (14, True, [])


def test_what_differs_is_changed_or_ended(folder: Path) -> None:
    said = sheets()
    import_organisation(written(folder, said), NOW)
    said["单位"][1][5] = "2026-06-30"
    said["岗位"][2][2] = "否"
    said["人员"][1][2], said["人员"][2][4] = "13900020009", "是"
    said["任职"][2][4] = "2026-03-31"
    said["权限"][1][3] = 8000
    later = at("2026-03-10 09:00")
    outcome = import_organisation(written(folder, said), later)
    told = {(one.sheet, one.line): (one.what, one.details) for one in outcome.changes if one.what != "same"}
    assert {place: what for place, (what, _details) in told.items()} == {
        ("单位", 2): "ended",
        ("人员", 2): "changed",
        ("人员", 3): "ended",
        ("任职", 3): "ended",
        ("权限", 2): "changed",
    }
    assert told["人员", 2][1] == ("电话: 13900020001 → 13900020009",)
    assert told["权限", 2][1] == ("限额（元）: 5000.00 → 8000",)
    assert Unit.objects.get(name="云栖一期").until == at("2026-07-01 00:00")
    assert Person.objects.get(username="han").until == later
    assert Appointment.objects.get(post__name="工程部").until == at("2026-04-01 00:00")
    # The earlier limit held until now and stays known.
    limits = Authority.objects.filter(post__name="客户服务分部").order_by("since")
    assert list(limits.values_list("limit", "since", "until")) == [
        (Decimal("5000.00"), NOW, later),
        (Decimal("8000.00"), later, None),
    ]
    before = stored()
    assert import_organisation(written(folder, said), at("2026-03-11 09:00")).count("same") == 14
    assert stored() == before


def test_every_fault_at_once_by_sheet_and_line_and_nothing_done(folder: Path) -> None:
    said = sheets()
    said["单位"] += [
        ["南湖公司", "明澄集团", "子公司?", "", "", ""],
        ["江州公司", "明澄集团", "公司", "火星", "昨天", ""],
    ]
    said["岗位"] += [["明澄集团/没有", "前台", ""], ["明澄集团/江州公司", "前台", "是"], ["", "前台", ""]]
    said["人员"] += [["wang", "王二", "", "", ""], ["li", "李四", "", "不是邮箱", "也许"]]
    said["任职"] += [["nobody", "明澄集团", "前台", "", ""], ["zhao", "明澄集团/江州公司", "客户服务分部", "", ""]]
    said["权限"] += [["明澄集团/江州公司", "客户服务分部", "费用审批", "很多", "", "", ""]]
    assert faults(folder, said) == [
        "单位，第 6 行：种类：“子公司?”不是单位种类，应为：集团、区域、公司、项目、部门、物业、施工单位。",
        "单位，第 7 行：时区：“火星”不是时区，应如 Asia/Shanghai。",
        "单位，第 7 行：起：“昨天”不是日期，应如 2026-03-02。",
        "岗位，第 5 行：没有单位“明澄集团/没有”。",
        "岗位，第 6 行：该单位已有值班岗。",
        "岗位，第 7 行：“单位”没有填。",
        "人员，第 4 行：与第 2 行重复。",
        "人员，第 5 行：停用：“也许”应为“是”或“否”。",
        "任职，第 5 行：“明澄集团”没有岗位“前台”。",
        "任职，第 6 行：没有人员“zhao”。",
        "权限，第 4 行：限额：“很多”不是金额（元）；没有上限请写“不限”。",
    ]


def test_what_rests_on_a_line_at_fault_is_not_told_twice(folder: Path) -> None:
    said = sheets()
    said["人员"][1][3] = "不是邮箱"
    assert [one.partition("：")[0] for one in faults(folder, said)] == ["人员，第 2 行"]


def test_a_unit_with_units_below_does_not_end(folder: Path) -> None:
    said = sheets()
    said["单位"][3][5] = "2026-06-30"
    assert faults(folder, said) == ["单位，第 4 行：此单位之下还有单位。"]
    for line in (1, 4):
        said["单位"][line][5] = "2026-06-30"
    outcome = import_organisation(written(folder, said), NOW)
    assert outcome.faults == ()
    assert list(Unit.objects.filter(until=at("2026-07-01 00:00")).order_by("path").values_list("name", flat=True)) == [
        "江州公司",
        "云栖一期",
        "工程部",
    ]


def test_a_unit_moves_with_what_is_below_it_or_is_refused_clearly(folder: Path) -> None:
    """隶属调整：写明原上级单位的，整棵迁过去；没写明的不另建同名单位，整份不导入。"""
    import_organisation(written(folder, sheets()), NOW)
    branch, project = Unit.objects.get(name="江州公司"), Unit.objects.get(name="云栖一期")
    columns = ["名称", "上级单位", "种类", "原上级单位"]
    region = ["华东区", "明澄集团", "区域", ""]
    there = ["江州公司", "明澄集团/华东区", "公司", ""]
    refused = (
        "单位，第 3 行：已有单位“明澄集团/江州公司”。若要调整隶属，请在“原上级单位”栏写它现在的上级；"
        "若确是另一单位，请把原有的那个也单列一行。"
    )
    assert faults(folder, {"单位": [columns, region, there]}) == [refused]
    bad = ["云栖一期", "明澄集团/华东区", "项目", "明澄集团"]
    assert faults(folder, {"单位": [columns, region, bad]}) == ["单位，第 3 行：“明澄集团”之下没有这个名称的单位。"]
    below = ["云栖一期", "明澄集团/华东区/江州公司", "项目", ""]
    said: Sheets = {
        "单位": [columns, below, [*there[:3], "明澄集团"], region],
        "岗位": [
            ["单位", "岗位", "起", "止"],
            ["明澄集团/华东区/江州公司", "公司分管领导", "", "2026-03-31"],
            ["明澄集团/华东区/江州公司", "品质部", "2026-04-01", ""],
        ],
    }
    outcome = import_organisation(written(folder, said), NOW)
    told = [(one.line, one.what, one.details) for one in outcome.changes if one.sheet == "单位"]
    moved = ("上级单位: 明澄集团 → 明澄集团/华东区",)
    assert told == [(2, "same", ()), (3, "changed", moved), (4, "created", ())]
    project.refresh_from_db()
    assert [Unit.objects.get(pk=pk).name for pk in project.line] == ["明澄集团", "华东区", "江州公司", "云栖一期"]
    assert Unit.objects.get(name="江州公司").pk == branch.pk
    end = at("2026-04-01 00:00")
    posts = {name: Post.objects.get(unit=branch, name=name) for name in ("公司分管领导", "品质部")}
    assert (posts["公司分管领导"].until, posts["品质部"].since) == (end, end)
    assert Appointment.objects.get(post=posts["公司分管领导"]).until == end
    before = stored()
    again = import_organisation(written(folder, said), at("2026-03-11 09:00"))
    assert (again.count("same"), stored()) == (5, before)


def test_english_headings_and_a_missing_column(folder: Path) -> None:
    said: Sheets = {"Units": [["Name", "Kind"], ["Mingcheng", "group"]]}
    assert import_organisation(written(folder, said), NOW).count("created") == 1
    assert faults(folder, {"单位": [["名称"], ["明澄集团"]]}) == ["单位，第 1 行：没有“种类”一栏。"]


def test_a_workbook_about_something_else(folder: Path) -> None:
    with pytest.raises(FileRefused, match="没有这些工作表：单位、岗位、人员、任职、权限"):
        import_organisation(written(folder, {"投诉": [["编号"]]}), NOW)
    path = folder / "not.xlsx"
    path.write_bytes(b"PK\x03\x04 not")
    with pytest.raises(FileRefused):
        import_organisation(path, NOW)


def test_the_template_is_read_as_an_empty_house(folder: Path) -> None:
    path = folder / "template.xlsx"
    write_template(path)
    assert list(all_rows(path)) == ["单位", "岗位", "人员", "任职", "权限"]
    heading = all_rows(path)["任职"][0]
    assert heading == ["用户名*", "单位*", "岗位*", "起", "止"]
    assert import_organisation(path, NOW).changes == ()
    assert len(SHEETS) == 5


def test_the_command(folder: Path) -> None:
    run = CliRunner()
    path = written(folder, sheets())
    dry = run.invoke(organisation, ["import", str(path), "--dry-run"])
    assert (dry.exit_code, Unit.objects.count()) == (0, 0)
    assert "单位 3: 新建 明澄集团" in dry.stdout
    assert dry.stdout.endswith("试运行，什么也没有改：新建 14，变更 0，终止 0，不变 0\n")
    done = run.invoke(organisation, ["import", str(path)])
    assert (done.exit_code, done.stdout.splitlines()[-2]) == (0, "新建 14，变更 0，终止 0，不变 0")
    said = sheets()
    said["岗位"][1][0] = "没有"
    bad = run.invoke(organisation, ["import", str(written(folder, said))])
    assert (bad.exit_code, bad.stderr.splitlines()) == (
        1,
        ["岗位，第 2 行：没有单位“没有”。", "1 处有误，什么也没有改"],
    )
    empty = run.invoke(organisation, ["template", str(folder / "t.xlsx")])
    assert (empty.exit_code, (folder / "t.xlsx").is_file()) == (0, True)
