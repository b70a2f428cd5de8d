"""Real input: a mapping file's mistakes, all at once, each with its line and what was expected."""

from pathlib import Path

import pytest
from tests.imports.files import MAPPING, bring, csv_file, mapping_file
from tests.journal.world import World

from shouwen.imports.problems import MappingErrors
from shouwen.imports.reader import read_mapping

WRONG = """\
language: 2
source: a:b
kind: complaint
kinds: x
zone: Asia/Shanghia
dates: ["%Q"]
bare_date: 下午
file: {header: 0, delimiter: "#"}
skip:
- {column: 状态}
unit: {path: 甲, column: 乙}
customer: {name: 姓名, unknown: refuse}
entries:
- event: received
  at: {value: "2026-03-02"}
- event: verified
  at: 核实时间
  data:
    findings: {column: 甲, value: 乙}
    result: {column: 甲, values: {a: b}, else: perhaps}
- event: verified
  at: 核实时间
"""


def problems_of(text: str, folder: Path) -> list[tuple[int, str]]:
    with pytest.raises(MappingErrors) as errors:
        read_mapping(mapping_file(folder, text))
    return [(problem.line, problem.message) for problem in errors.value.problems]


def test_all_mistakes_of_a_mapping_at_once(tmp_path: Path) -> None:
    assert problems_of(WRONG, tmp_path) == [
        (1, "language 应为 1"),
        (2, "source 至多 60 字，不含冒号"),
        (4, "映射不认识“kinds”"),
        (5, "没有时区“Asia/Shanghia”"),
        (6, "日期格式“%Q”不对"),
        (7, "bare_date: 下午 不是时刻"),
        (8, "delimiter: # 不对"),
        (8, "header 应是表头所在的行号（1 起）"),
        (10, "条件要么写 is，要么写 not"),
        (11, "unit 要么写 path，要么写 column"),
        (12, "customer 缺 phone"),
        (12, "unknown: refuse 不对"),
        (15, "at 应是一列"),
        (19, "findings 要么写 column（或 columns），要么写 value"),
        (20, "else 不对"),
        (21, "两条记录同名“verified”"),
    ]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", (1, "映射文件里没有内容")),
        ("language: 1\nlanguage: 1\n", (2, "“language”写了两次")),
        ("- a\n", (1, "映射文件里没有内容")),
    ],
)
def test_files_that_are_no_mapping(tmp_path: Path, text: str, said: tuple[int, str]) -> None:
    assert said in problems_of(text, tmp_path)


def test_a_mapping_is_checked_against_the_file_and_the_policy(world: World, tmp_path: Path) -> None:
    text = (
        MAPPING.replace("kind: complaint", "kind: complain")
        .replace("    text: 内容\n", "    txt: 内容\n    source: 来源\n")
        .replace("event: verified", "event: verifed")
        .replace("  at: 来电时间", "  at: 来电时间\n  post: 前厅")
        + "- event: classified\n  at: 核实时间\n  data:\n    category: {column: 内容, values: {a: 严重}}\n"
        + "- event: overdue\n  at: 核实时间\n"
    )
    with pytest.raises(MappingErrors) as errors:
        bring(csv_file(tmp_path, ""), mapping_file(tmp_path, text))
    assert [(one.line, one.message, one.expected) for one in errors.value.problems] == [
        (4, "规章没有对象种类“complain”", "是不是“complaint”？"),
        (8, "received 缺必填字段 text（内容）", ""),
        (8, "规章没有角色“前厅”", "规章的角色有：前台、领导、工程部、首问人、客户"),
        (13, "received 没有字段“txt”", "是不是“text”？"),
        (14, "文件没有列“来源”", "文件的列有：编号、来电时间、核实时间、内容"),
        (15, "没有事件“verifed”", "是不是“verified”？"),
        (20, "“严重”不是类别", "类别有：一般、重大"),
        (21, "“逾期”（overdue）由系统自己记，不能导入", ""),
    ]


def test_a_unit_that_is_not_there_and_a_column_that_is_there_twice(world: World, tmp_path: Path) -> None:
    file = csv_file(tmp_path, "", "编号,来电时间,核实时间,内容,内容\n")
    with pytest.raises(MappingErrors, match="没有单位“明澄集团/江州公司/云栖三期”"):
        bring(file, mapping_file(tmp_path, MAPPING.replace("云栖一期", "云栖三期")))
    with pytest.raises(MappingErrors, match="文件有 2 列都叫“内容”"):
        bring(file, mapping_file(tmp_path))
