"""Reads a policy file: every mistake of it at once, or the policy."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import lru_cache
from pathlib import Path

from shouwen.calendars import DayRules, Limit
from shouwen.policy.checks import check_whole
from shouwen.policy.clauses import clause_links, clause_rules, declare_lists
from shouwen.policy.document import Block, Document, Section, read_document
from shouwen.policy.front import day_rules, declare, declare_readings, is_date, known_faults
from shouwen.policy.links import link_problems, names_linked
from shouwen.policy.model import Clause, Duty, Heading, ListLimit, ListRow, Policy, Rule
from shouwen.policy.problems import PolicyErrors, Problem
from shouwen.policy.repair import make_sound, unreadable
from shouwen.policy.scope import Scope
from shouwen.policy.shape import schema
from shouwen.policy.yamltext import Hole, Map, read_yaml

KEPT = 96
"""Texts whose policies are kept: reading a regulation of a hundred clauses takes seconds of processor time."""


def load(path: str | Path) -> Policy:
    """The policy in the Markdown file at `path`.

    Raises PolicyErrors with every problem of the file, OSError where it cannot be read.
    """
    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise PolicyErrors([Problem(str(path), line, "", "不是 UTF-8 文字", "另存为 UTF-8")]) from None
    return load_text(text, str(path), file.stem)


@lru_cache(maxsize=KEPT)
def load_text(text: str, file: str, name: str) -> Policy:
    """The policy in `text`; `file` stands in messages, `name` is what the policy must be called.

    Raises PolicyErrors with every problem of the text.
    """
    document = read_document(file, text)
    scope = Scope(file=file, name=name, problems=document.problems)
    front = _mapping(document.front, "front", scope)
    _check_front(front, scope)
    declare(front, scope)
    days = day_rules(front, scope)
    sections = [section for section in document.sections if section.id]
    _check_ids(sections, scope)
    scope.clauses = frozenset(section.id for section in sections)
    scope.clause = ""
    declare_readings(front.get("readings", Map()), scope)
    clauses = _clauses(sections, document.stray, scope)
    scope.clause = ""
    axes = front.get("axes", Map())
    rules = tuple(rule for clause in clauses for rule in clause.rules)
    check_whole(rules, scope, {axis: axes.line_of(axis) for axis in axes})
    known = known_faults(front.get("known", []), clauses, scope)
    scope.problems += link_problems(clauses)
    if scope.problems:
        raise PolicyErrors(scope.problems)
    return replace(_policy(front, days, document, clauses, scope), known=known)


def _mapping(block: Block | None, part: str, scope: Scope) -> Map:
    """The mapping of a block in the shape of the schema's `part`; holes stand for what cannot be read."""
    if block is None:
        return unreadable(part)
    value, unread = read_yaml(block.text, block.line)
    for problem in unread:
        scope.say(problem.line, problem.message, problem.expected)
    if not isinstance(value, Map):
        if not unread:
            scope.say(block.line, "内容不是“键: 值”的对照", "应为“键: 值”")
        return unreadable(part)
    for one in make_sound(part, value, block.line):
        scope.say(one.line, one.message, one.expected)
    return value


def _check_front(front: Map, scope: Scope) -> None:
    named, effective = front["name"], front["effective"]
    if named != scope.name and not isinstance(named, Hole):
        scope.say(front.line_of("name"), f"规章短名写作“{named}”", f"应与文件名相同：{scope.name}")
    if not is_date(effective) and not isinstance(effective, Hole):
        scope.say(front.line_of("effective"), f"日历上没有“{effective}”这一天", "应为日期，如 2005-05-28")


def _check_ids(sections: list[Section], scope: Scope) -> None:
    seen: dict[str, int] = {}
    for section in sections:
        scope.clause = section.id
        if not section.id.startswith(f"{scope.name}/"):
            scope.say(section.line, "条款编号不属于本规章", f"应以 {scope.name}/ 开头")
        if section.id in seen:
            scope.say(section.line, f"条款编号重复（另见第 {seen[section.id]} 行）", "每个条款的编号只用一次")
        if not section.text:
            scope.say(section.line, "条款没有正文", "标题之下写条款原文")
        seen.setdefault(section.id, section.line)


def _clauses(sections: list[Section], stray: list[Block], scope: Scope) -> tuple[Clause, ...]:
    blocks = [_blocks(section.id, section.rules, scope) for section in sections]
    outside = _blocks("", stray, scope)
    clauses = []
    for section, rules in zip(sections, blocks, strict=True):
        text = "\n".join(section.text).strip()
        place = scope.place(section.line)
        scope.clause = section.id
        links = tuple(link for block in rules for link in clause_links(block, scope))
        clauses.append(Clause(section.id, section.ref, text, place, _rules(section.id, rules, scope), links))
    if outside:
        # They are nobody's, which is said, but what they bring is not missed elsewhere.
        clauses.append(Clause("", "", "", scope.place(0), _rules("", outside, scope)))
    return tuple(clauses)


def _blocks(clause: str, blocks: list[Block], scope: Scope) -> list[Map]:
    """What the blocks under a clause hold, once their lists of limits are declared."""
    scope.clause = clause
    read = [_mapping(block, "rules", scope) for block in blocks if block.marked or _looks_like_rules(block)]
    for block in read:
        declare_lists(block, scope)
    return read


def _looks_like_rules(block: Block) -> bool:
    keys = schema()["$defs"]["rules"]["properties"]
    return any(line.split(":")[0] in keys for line in block.text.splitlines() if ":" in line)


def _rules(clause: str, blocks: list[Map], scope: Scope) -> tuple[Rule, ...]:
    scope.clause = clause
    return tuple(rule for block in blocks for rule in clause_rules(block, scope))


def _policy(front: Map, days: DayRules, document: Document, clauses: tuple[Clause, ...], scope: Scope) -> Policy:
    _offer_items(clauses, scope)
    return Policy(
        name=scope.name,
        title=front["title"],
        issuer=front["issuer"],
        trade=front.get("trade", ""),
        version=front["version"],
        effective=front["effective"],
        zone=front.get("zone", "Asia/Shanghai"),
        days="working" if scope.days == "working" else "natural",
        day_rules=days,
        late_entry=Limit.parse(front.get("defaults", {}).get("late_entry", "24h")),
        roles=scope.roles,
        kinds=scope.kinds,
        axes=scope.axes,
        facts=scope.facts,
        events=scope.events,
        papers=scope.papers,
        words=scope.words,
        readings=scope.readings,
        clauses=clauses,
        headings=_headings(document),
        optional=dict(front.get("optional", {})),
    )


def _headings(document: Document) -> tuple[Heading, ...]:
    headings = []
    clauses = 0
    for section in document.sections:
        if section.id:
            clauses += 1
        else:
            headings.append(Heading(section.level, section.title, clauses))
    return tuple(headings)


def _offer_items(clauses: tuple[Clause, ...], scope: Scope) -> None:
    """The items of a list of limits are offered where an event names one of them."""
    rules = [rule for clause in clauses for rule in clause.rules]
    for duty in rules:
        limit = duty.within if isinstance(duty, Duty) else None
        if not isinstance(limit, ListLimit) or limit.event not in scope.events:
            continue
        items = dict.fromkeys(row.item for row in rules if isinstance(row, ListRow) and row.list == limit.list)
        event = scope.events[limit.event]
        if limit.key in event.fields:
            field = replace(event.fields[limit.key], offers=tuple(items))
            scope.events[limit.event] = replace(event, fields={**event.fields, limit.key: field})


def policies_folder() -> Path:
    """Where policies are kept: SHOUWEN_POLICIES, else the nearest `policies` upward from here, else beside the package.

    Raises FileNotFoundError where there is none.
    """
    named = os.environ.get("SHOUWEN_POLICIES")
    if named:
        return Path(named)
    here = Path.cwd()
    beside = Path(__file__).resolve().parents[3]
    for folder in (here, *here.parents, beside):
        if (folder / "policies").is_dir():
            return folder / "policies"
    raise FileNotFoundError("没有 policies 文件夹；用环境变量 SHOUWEN_POLICIES 指明")


def policy_names() -> list[str]:
    """Names of the policies in the folder."""
    return sorted(path.stem for path in policies_folder().glob("[a-z]*.md"))


def speaking_of(name: str) -> list[Policy]:
    """The other policies in the folder whose clauses say something of this one's.

    Raises PolicyErrors where one cannot be read.
    """
    paths = [policies_folder() / f"{other}.md" for other in policy_names() if other != name]
    naming = [path for path in paths if f"{name}/" in path.read_text(encoding="utf-8")]
    return [policy for policy in map(load, naming) if name in names_linked(policy)]


def load_named(name: str) -> Policy:
    """The policy of that name. Raises FileNotFoundError with the known names, PolicyErrors."""
    path = policies_folder() / f"{name}.md"
    if not path.is_file():
        raise FileNotFoundError(f"没有规章“{name}”；已有：{'、'.join(policy_names())}")
    return load(path)
