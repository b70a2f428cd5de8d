"""The printable edition (印刷版): the text clause by clause, what the machine understood beside it, on A4.

Marked for the reader: house parameters (ours, not the clause's), readings taken and not taken,
rules that wait for a later room.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from html import escape
from importlib.resources import as_file, files
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import typst

from shouwen.policy.model import (
    ChecklistItem,
    Clause,
    Duty,
    Policy,
    Reference,
    Responsibility,
    Rule,
    Table,
    Waiting,
    WordLimit,
)
from shouwen.policy.sentences import ROOM_TITLES, SORT_TITLES, Sentences, link_sentences

_FONT_PACKAGES = ("pylopdf_fonts_zh_cn", "manimgx_fonts_cjk")


def content(policy: Policy) -> dict[str, Any]:
    """What the edition says, for any layout: front (label and text), sections (title and lines), body, lists."""
    return {
        "title": policy.title,
        "front": [
            ["发文单位", policy.issuer],
            ["行业", policy.trade],
            ["版本", policy.version],
            ["施行日期", policy.effective],
            ["沿用", "、".join(policy.extends)],
        ],
        "sections": [{"title": title, "lines": lines} for title, lines in _declarations(policy) if lines],
        "body": list(_body(policy)),
        "lists": [{"title": title, "lines": lines} for title, lines in _lists(policy) if lines],
    }


def _declarations(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    say = Sentences(policy)
    yield "条款未写明时的规则", say.defaults()
    yield "参数", [say.parameter(one) for one in policy.parameters.values()]
    yield "词语的时限", [say.word(word) for word in policy.words.values()]
    yield "读法", [say.reading(reading) for reading in policy.readings.values()]
    yield "角色", [say.role(role) for role in policy.roles.values()]
    yield "类别", [say.axis(axis) for axis in policy.axes.values()]
    yield "条件所用的事实", [say.fact(fact) for fact in policy.facts.values()]


def _body(policy: Policy) -> Iterator[dict[str, Any]]:
    headings = list(policy.headings)
    for number, clause in enumerate(policy.clauses):
        while headings and headings[0].before <= number:
            heading = headings.pop(0)
            yield {"sort": "heading", "level": heading.level, "text": heading.text}
        yield _clause(policy, clause)
    for heading in headings:
        yield {"sort": "heading", "level": heading.level, "text": heading.text}


def _clause(policy: Policy, clause: Clause) -> dict[str, Any]:
    say = Sentences(policy)
    rules = [{"tag": tag, "text": text, "marks": []} for tag, text in link_sentences(policy, clause)]
    rules += [
        {"tag": SORT_TITLES[type(rule)], "text": say.rule(rule), "marks": _marks(policy, rule)} for rule in clause.rules
    ]
    return {"sort": "clause", "id": clause.id, "ref": clause.ref, "text": clause.text, "rules": rules}


def _marks(policy: Policy, rule: Rule) -> list[str]:
    """What a reader must not take for the clause's own word, or for something that already runs."""
    marks = []
    if policy.replacing(rule) is not None:
        marks.append("被取代")
    elif rule.id in policy.asked_once:
        marks.append("另条已落实")
    if isinstance(rule, Waiting):
        marks.append("待执行")
    if isinstance(rule, Duty) and isinstance(rule.within, WordLimit) and rule.within.limit:
        marks.append("本单位约定")
    rows = rule.rows if isinstance(rule, Table) else ()
    labels = {label for label in (rule.reading, *(row.reading for row in rows)) if label}
    if rule.reading and rule.reading not in policy.taken:
        marks.append("未采用")
    elif labels:
        marks.append("读法")
    return marks


def _lists(policy: Policy) -> Iterator[tuple[str, list[str]]]:
    owed: dict[str, list[str]] = {}
    for duty in policy.all_of(Responsibility):
        owed.setdefault(duty.who or "未写明", []).append(f"{duty.what}（{duty.clause}）")
    yield "附：各角色的职责", [f"{who}：{'；'.join(what)}。" for who, what in owed.items()]
    yield "附：检查表", [f"□ {item.item}（{item.clause}）" for item in policy.all_of(ChecklistItem)]
    yield (
        "附：尚待执行的规则",
        [f"{ROOM_TITLES[rule.room]}：{rule.what or rule.id}（{rule.clause}）" for rule in policy.all_of(Waiting)],
    )
    yield "附：无须规则的内容", [f"{rule.clause}：{rule.why}" for rule in policy.all_of(Reference)]


def pdf(policy: Policy) -> bytes:
    """The edition as an A4 PDF."""
    fonts = [str(Path(spec.origin).parent) for name in _FONT_PACKAGES if (spec := find_spec(name)) and spec.origin]
    data = json.dumps(content(policy), ensure_ascii=False)
    with as_file(files("shouwen.policy").joinpath("edition.typ")) as template:
        made = typst.compile(str(template), font_paths=fonts, ignore_system_fonts=True, sys_inputs={"data": data})
    assert isinstance(made, bytes)
    return made


def html(policy: Policy) -> str:
    """The edition as one HTML page that prints on A4; nothing is loaded from elsewhere."""
    said = content(policy)
    style = files("shouwen.policy").joinpath("edition.css").read_text(encoding="utf-8")
    front = "".join(f"<dt>{escape(label)}</dt><dd>{escape(text)}</dd>" for label, text in said["front"] if text)
    parts = [
        f"<h1>{escape(said['title'])}</h1><dl>{front}</dl>",
        *map(_section_html, said["sections"]),
        *map(_body_html, said["body"]),
        *map(_section_html, said["lists"]),
    ]
    title = escape(said["title"])
    head = f'<meta charset="utf-8"><title>{title}</title><style>{style}</style>'
    return (
        f'<!doctype html>\n<html lang="zh-Hans"><head>{head}</head>\n<body>\n' + "\n".join(parts) + "\n</body></html>\n"
    )


def _section_html(section: dict[str, Any]) -> str:
    lines = "".join(f"<li>{escape(line)}</li>" for line in section["lines"])
    return f"<section><h2>{escape(section['title'])}</h2><ul>{lines}</ul></section>"


def _body_html(part: dict[str, Any]) -> str:
    if part["sort"] == "heading":
        level = min(part["level"] + 1, 6)
        return f"<h{level}>{escape(part['text'])}</h{level}>"
    rules = "".join(
        f"<li><b>{escape(rule['tag'])}</b>{''.join(f'<i>{escape(mark)}</i>' for mark in rule['marks'])} "
        f"{escape(rule['text'])}</li>"
        for rule in part["rules"]
    )
    text = escape(part["text"]).replace("\n", "<br>")
    title = f"<h4 id='{escape(part['id'])}'><code>{escape(part['id'])}</code> {escape(part['ref'])}</h4>"
    return f"<article>{title}<div><p>{text}</p><ul>{rules}</ul></div></article>"
