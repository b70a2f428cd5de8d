"""The printable edition: the text, the sentences beside it, and marks for what is ours, a reading, or waiting."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from shouwen.policy import load
from shouwen.policy.edition import content, html, pdf
from shouwen.policy.model import Policy


@pytest.fixture(scope="module")
def policy() -> Policy:
    return load(Path(__file__).with_name("sample.md"))


def test_marks_beside_the_rules(policy: Policy) -> None:
    clauses = [part for part in content(policy)["body"] if part["sort"] == "clause"]
    marked = [(rule["tag"], rule["marks"]) for part in clauses for rule in part["rules"] if rule["marks"]]
    assert marked == [
        ("义务", ["读法"]),
        ("义务", ["未采用"]),
        ("义务", ["本单位约定"]),
        ("待执行", ["待执行"]),
    ]


def test_order_of_headings_clauses_and_lists(policy: Policy) -> None:
    said = content(policy)
    assert [part.get("id") or part["text"] for part in said["body"]] == [
        "示例投诉办法",
        "第三条",
        "sample/3.1",
        "sample/3.2",
    ]
    assert [part["title"] for part in said["sections"]] == [
        "条款未写明时的规则", "词语的时限", "读法", "角色", "类别", "条件所用的事实",
    ]  # fmt: skip
    assert said["lists"] == [
        {"title": "附：各角色的职责", "lines": ["客户服务分部：代表公司处理投诉（sample/3.2）。"]},
        {"title": "附：检查表", "lines": ["□ 力求满意（sample/3.2）"]},
        {"title": "附：尚待执行的规则", "lines": ["考核：月度考评（sample/3.2）"]},
        {"title": "附：无须规则的内容", "lines": ["sample/3.2：说明"]},
    ]


class Text(HTMLParser):
    """What a reader sees, and every tag."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.tags: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.words.append(data.strip())


def test_page_has_every_sentence_and_loads_nothing(policy: Policy) -> None:
    page = Text()
    page.feed(html(policy))
    for part in content(policy)["body"]:
        for rule in part.get("rules", []):
            assert page.words.count(rule["text"]) == 1
    assert {"script", "link", "img", "iframe"} & set(page.tags) == set()
    assert re.findall(r"https?://|@import|url\(", html(policy)) == []


def test_page_escapes_the_text(tmp_path: Path) -> None:
    text = Path(__file__).with_name("sample.md").read_text(encoding="utf-8").replace("重大投诉。每月", "<b>&重大。每月")
    (tmp_path / "sample.md").write_text(text, encoding="utf-8")
    assert html(load(tmp_path / "sample.md")).count("&lt;b&gt;&amp;重大") == 1


def test_paper_is_a4(policy: Policy) -> None:
    made = pdf(policy)
    assert made[:5] == b"%PDF-"
    sizes = {tuple(round(float(n)) for n in box.split()) for box in re.findall(rb"/MediaBox ?\[([^\]]*)\]", made)}
    assert sizes == {(0, 0, 595, 842)}
