"""Whether a mapping fits the file's columns and the policy's events; all of it at once, by line."""

from collections import Counter
from collections.abc import Collection, Iterator, Sequence

from shouwen.engine import Program
from shouwen.imports.mapping import TO, EntrySpec, Mapping, Source
from shouwen.imports.problems import MappingErrors
from shouwen.journal.fields import form_fields
from shouwen.policy.model import EventType, Field
from shouwen.policy.problems import Problem, one_of
from shouwen.policy.vocabulary import shared_events

MADE_ELSEWHERE = ("customer",)
"""Fields that another part of the mapping fills."""


def check_fit(mapping: Mapping, columns: Sequence[str] | None, program: Program | None) -> None:
    """Raises MappingErrors. `columns` None: without a file; `program` None: no policy is in force."""
    problems = list(_columns(mapping, columns) if columns is not None else ())
    events = program.policy.events if program else shared_events()
    if program is not None and mapping.kind not in program.policy.kinds:
        expected = one_of(mapping.kind, program.policy.kinds, "规章的对象种类")
        problems.append(_problem(mapping, mapping.lines.get("kind", 1), f"规章没有对象种类“{mapping.kind}”", expected))
    for entry in mapping.entries:
        event = events.get(entry.event)
        if event is None:
            problems.append(
                _problem(mapping, entry.line, f"没有事件“{entry.event}”", one_of(entry.event, events, "事件"))
            )
        elif event.implied:
            problems.append(_problem(mapping, entry.line, f"“{event.title}”（{entry.event}）由系统自己记，不能导入"))
        else:
            problems += _fields(mapping, entry, event, program)
        if program is not None and entry.post and entry.post not in program.policy.roles:
            expected = one_of(entry.post, program.policy.roles, "规章的角色")
            problems.append(_problem(mapping, entry.line, f"规章没有角色“{entry.post}”", expected))
    if problems:
        raise MappingErrors(problems)


def _problem(mapping: Mapping, line: int, message: str, expected: str = "") -> Problem:
    return Problem(mapping.file, line, "", message, expected)


def _columns(mapping: Mapping, columns: Sequence[str]) -> Iterator[Problem]:
    count = Counter(columns)
    named = [(source.line, column) for source in mapping.sources for column in source.columns]
    named += [(test.line, test.column) for test in mapping.tests]
    named += [(mapping.lines.get("key", 1), column) for column in mapping.key]
    for line, column in named:
        if column not in count:
            yield _problem(mapping, line, f"文件没有列“{column}”", one_of(column, columns, "文件的列"))
        elif count[column] > 1:
            yield _problem(mapping, line, f"文件有 {count[column]} 列都叫“{column}”", "先给列改名")


def _fields(mapping: Mapping, entry: EntrySpec, event: EventType, program: Program | None) -> Iterator[Problem]:
    fields = form_fields(program, event)
    for name, source in entry.data.items():
        if name not in fields:
            yield _problem(mapping, source.line, f"{entry.event} 没有字段“{name}”", one_of(name, fields, "字段"))
        elif fields[name].values:
            yield from _values(mapping, source, fields[name])
    made = {*entry.data, *(MADE_ELSEWHERE if mapping.customer else ())}
    for name, one in fields.items():
        if one.required and name not in made:
            yield _problem(mapping, entry.line, f"{entry.event} 缺必填字段 {name}（{one.title}）")


def _values(mapping: Mapping, source: Source, field: Field) -> Iterator[Problem]:
    """What a closed list of values is given must be on it."""
    given: Collection[object] = [
        *source.values.values(),
        *([source.to] if source.otherwise == TO else []),
        *([source.constant] if not source.columns and not source.values else []),
    ]
    for value in given:
        if value is not None and str(value) not in field.values:
            yield _problem(
                mapping, source.line, f"“{value}”不是{field.title}", one_of(value, field.values, field.title)
            )
