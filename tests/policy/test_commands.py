"""`shouwen policy …` as people call it: what it prints and how it exits."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from shouwen.cli.policy import policy

SAMPLE = Path(__file__).with_name("sample.md")


def call(*arguments: str) -> Result:
    return CliRunner().invoke(policy, list(arguments))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A policies folder with the sample in it."""
    (tmp_path / "sample.md").write_text(SAMPLE.read_text(encoding="utf-8"), encoding="utf-8")
    monkeypatch.setenv("SHOUWEN_POLICIES", str(tmp_path))
    return tmp_path


def test_check_all_policies_of_the_folder(folder: Path) -> None:
    result = call("check")
    assert (result.exit_code, result.output) == (0, "sample：2 条，23 条规则，没有错误\n")


def test_check_says_every_mistake_and_exits_with_1(folder: Path) -> None:
    bad = folder / "sample.md"
    text = bad.read_text(encoding="utf-8")
    bad.write_text(
        text.replace("do: plan_made", "do: plan_maid").replace("do: work_finished", "do: work_done"), "utf-8"
    )
    result = call("check", "sample")
    assert result.exit_code == 1
    assert result.stderr.splitlines() == [
        f"{bad}:48: sample/3.1：没有名为“plan_maid”的事件；是不是“plan_made”？",
        f"{bad}:52: sample/3.1：没有名为“work_done”的事件；是不是“work_finished”？",
        "sample：2 处错误",
    ]


def test_check_of_an_unknown_name(folder: Path) -> None:
    result = call("check", "smaple")
    assert (result.exit_code, result.stderr) == (1, "smaple：没有规章“smaple”；已有：sample\n")


def test_show_one_clause_under_another_reading(folder: Path) -> None:
    result = call("show", "sample", "--clause", "3.1", "--reading", "第三个24小时=两段共48小时")
    assert result.exit_code == 0
    assert result.output.splitlines()[:1] == ["sample/3.1 第三条 1"]
    assert [line for line in result.output.splitlines() if "未采用" in line] == [
        "  义务：类别为一般工程质量投诉时，拟定方案后，客户服务分部应向工程部发出限时整改通知书，限24小时内"
        "（读法：三段各24小时，未采用）。"
    ]


def test_show_refuses_unknown_clause_and_reading(folder: Path) -> None:
    assert call("show", "sample", "--clause", "9").output == "Error: 没有条款 sample/9\n"
    assert call("show", "sample", "--reading", "第三个24小时=三天").output == (
        "Error: 没有读法或选项“三天”；已有：第三个24小时=三段各24小时|两段共48小时\n"
    )


def test_diff_says_what_changed_and_exits_with_1(folder: Path) -> None:
    text = SAMPLE.read_text(encoding="utf-8").replace("do: plan_made, within: 24h", "do: plan_made, within: 3wd")
    (folder / "newer.md").write_text(text.replace("name: sample", "name: newer").replace("sample/", "newer/"), "utf-8")
    result = call("diff", "sample", "newer")
    assert result.exit_code == 1
    assert result.output.splitlines() == [
        "3.1:plan_made 义务",
        "  - 类别为一般工程质量投诉时，核实后，客户服务分部应拟定方案，限24小时内。",
        "  + 类别为一般工程质量投诉时，核实后，客户服务分部应拟定方案，限3个工作日内。",
    ]
    assert call("diff", "sample", "sample").exit_code == 0


def test_print_writes_pdf_and_html_and_refuses_others(folder: Path) -> None:
    for name in ("a.pdf", "a.html"):
        assert call("print", "sample", "--output", str(folder / name)).exit_code == 0
    assert (folder / "a.pdf").read_bytes()[:5] == b"%PDF-"
    assert (folder / "a.html").read_text(encoding="utf-8").startswith("<!doctype html>")
    assert call("print", "sample", "--output", str(folder / "a.docx")).exit_code == 2


def test_coverage_fails_for_a_demand_without_a_rule_unless_allowed(folder: Path) -> None:
    text = "客户服务分部接到投诉后24小时内核实，然后24小时内拟定方案，并在24小时内发出通知。"
    demand = "    - {kind: deadline, who: 客户服务分部, what: 核实, within: PT24H, days: natural, holds: enforced}\n"
    other = "    - {kind: deadline, who: 工程部, what: 拟定方案, within: PT24H, days: natural, holds: enforced}\n"
    many = "".join(f"    - {{kind: step, what: 其余{n}, holds: recorded}}\n" for n in range(3, 10))
    steps = ", ".join(f"{{kind: step, what: 第{n}, holds: recorded}}" for n in range(1, 10))
    second = f"- {{id: sample/3.2, text: 重大投诉。每月5日前上报。, demands: [{steps}]}}\n"
    (folder / "ledger").mkdir()
    (folder / "ledger" / "sample.yaml").write_text(
        f"clauses:\n- id: sample/3.1\n  text: {text}\n  demands:\n{demand}{other}{many}{second}", encoding="utf-8"
    )
    result = call("coverage", "sample", "--ledger", str(folder / "ledger"))
    assert result.exit_code == 1
    assert result.output.splitlines()[:2] == [
        "sample/3.1#1 时限 核实｜sample/3.1:verify｜已执行｜没有案例",
        "sample/3.1#2 时限 拟定方案｜sample/3.1:plan_made｜已执行｜没有案例｜未落实：没有由工程部承担的义务",
    ]
    assert call("coverage", "sample", "--ledger", str(folder / "ledger"), "--allow-unplaced").exit_code == 0
