"""Reads a mapping file (YAML 1.2): all of its mistakes at once, each with its line."""

from collections.abc import Callable, Collection
from datetime import time
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shouwen.imports.mapping import CREATE, KEEP, LEAVE, REFUSE, TO, CustomerSpec, EntrySpec, Mapping, Source, Test
from shouwen.imports.mapping import UnitSpec as Unit
from shouwen.imports.moments import NAMED, is_format
from shouwen.imports.problems import MappingErrors
from shouwen.imports.tables import DELIMITERS, Layout
from shouwen.organisation.models import UnitKind
from shouwen.policy.problems import Problem, one_of
from shouwen.policy.yamltext import Map, read_yaml

T = TypeVar("T")
LANGUAGE = 1
SOURCE_LIMIT = 60
SIZE_LIMIT = 1_000_000
TOP = (
    "language", "source", "title", "kind", "zone", "entries", "unit", "key", "number", "customer", "file", "dates",
    "bare_date", "empty", "skip",
)  # fmt: skip
OTHERWISE = (REFUSE, LEAVE, KEEP)


def read_mapping(path: Path) -> Mapping:
    """The mapping in the file. Raises MappingErrors."""
    reader = _Reader(str(path))
    try:
        text = path.read_bytes()[: SIZE_LIMIT + 1].decode("utf-8-sig")
    except UnicodeDecodeError:
        raise MappingErrors([Problem(str(path), 1, "", "映射文件不是 UTF-8")]) from None
    if len(text) > SIZE_LIMIT:
        raise MappingErrors([Problem(str(path), 1, "", f"映射文件超过 {SIZE_LIMIT} 字节")])
    value, unreadable = read_yaml(text)
    for one in unreadable:
        reader.say(one.line, one.message, one.expected)
    mapping = reader.whole(value) if isinstance(value, Map) else None
    if not unreadable and not isinstance(value, Map):
        reader.say(1, "映射文件里没有内容", "例如 language: 1")
    if reader.problems or mapping is None:
        raise MappingErrors(reader.problems)
    return mapping


class _Reader:
    """Reads each part, noting what is wrong and going on with something harmless."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.problems: list[Problem] = []

    def say(self, line: int, message: str, expected: str = "") -> None:
        self.problems.append(Problem(self.file, line, "", message, expected))

    # --- small parts -------------------------------------------------------------------

    def keys(self, given: Map, known: Collection[str], title: str) -> None:
        for key in given:
            if key not in known:
                self.say(given.line_of(key), f"{title}不认识“{key}”", one_of(key, known, "可写的"))

    def text(self, given: Map, key: str, *, required: bool = False, default: str = "") -> str:
        value = given.get(key)
        if value is None:
            if required:
                self.say(given.line, f"缺 {key}")
            return default
        if isinstance(value, (dict, list)):
            self.say(given.line_of(key), f"{key} 应是文字")
            return default
        return str(value)

    def choice(self, given: Map, key: str, known: Collection[str], default: str) -> str:
        value = self.text(given, key, default=default)
        if value not in known:
            self.say(given.line_of(key), f"{key}: {value} 不对", one_of(value, known, "可写的"))
            return default
        return value

    def texts(self, given: Map, key: str) -> tuple[str, ...]:
        value = given.get(key)
        items = [] if value is None else value if isinstance(value, list) else [value]
        if any(isinstance(item, (dict, list)) for item in items):
            self.say(given.line_of(key), f"{key} 应是文字的列表")
            return ()
        return tuple("" if item is None else str(item) for item in items)

    def map_of(self, given: Map, key: str) -> Map | None:
        value = given.get(key)
        if value is None:
            return None
        if not isinstance(value, Map):
            self.say(given.line_of(key), f"{key} 应写成 键: 值")
            return None
        return value

    def each(self, given: Map, key: str, read: Callable[[Map], T | None]) -> tuple[T, ...]:
        value = given.get(key)
        if value is None:
            return ()
        if not isinstance(value, list) or not all(isinstance(item, Map) for item in value):
            self.say(given.line_of(key), f"{key} 应是列表，每项写成 键: 值")
            return ()
        return tuple(one for one in map(read, value) if one is not None)

    # --- the parts of a mapping --------------------------------------------------------

    def whole(self, given: Map) -> Mapping:
        self.keys(given, TOP, "映射")
        if given.get("language") != LANGUAGE:
            self.say(given.line_of("language"), "language 应为 1")
        source = self.text(given, "source", required=True)
        if ":" in source or len(source) > SOURCE_LIMIT:
            self.say(given.line_of("source"), f"source 至多 {SOURCE_LIMIT} 字，不含冒号")
        entries = self._entries(given)
        return Mapping(
            file=self.file,
            source=source,
            title=self.text(given, "title", default=source),
            kind=self.text(given, "kind", required=True),
            zone=self._zone(given, "Asia/Shanghai"),
            entries=entries,
            unit=self._unit(given),
            key=self.texts(given, "key"),
            number=self.source(given, "number") if "number" in given else None,
            customer=self._customer(given),
            layout=self._layout(given),
            dates=self._dates(given),
            bare_date=self._bare_date(given),
            blank=frozenset(self.texts(given, "empty")),
            skip=self.each(given, "skip", self.test),
            lines=dict(given.lines),
        )

    def _zone(self, given: Map, default: str) -> str:
        name = self.text(given, "zone", default=default)
        try:
            return ZoneInfo(name).key if name else name
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self.say(given.line_of("zone"), f"没有时区“{name}”", "例如 Asia/Shanghai")
            return default

    def _entries(self, given: Map) -> tuple[EntrySpec, ...]:
        entries = self.each(given, "entries", self._entry)
        if not entries and not self.problems:
            self.say(given.line_of("entries"), "缺 entries：每行至少成一条记录")
        named: dict[str, int] = {}
        for entry in entries:
            if entry.id in named:
                self.say(entry.line, f"两条记录同名“{entry.id}”", f"第 {named[entry.id]} 行已有；给其中一条写 id")
            named[entry.id] = entry.line
        if entries and entries[0].when:
            self.say(entries[0].line, "第一条记录不能带 when", "不要的行写在 skip 里")
        return entries

    def _entry(self, given: Map) -> EntrySpec | None:
        self.keys(given, ("id", "event", "at", "post", "when", "data"), "记录")
        event = self.text(given, "event", required=True)
        at = self.source(given, "at")
        if at is not None and len(at.columns) != 1:
            self.say(given.line_of("at"), "at 应是一列")
        data = self.map_of(given, "data") or Map(given.line)
        sources = {name: self.source(data, name) for name in data}
        if at is None:
            return None
        return EntrySpec(
            line=given.line,
            id=self.text(given, "id", default=event),
            event=event,
            at=at,
            post=self.text(given, "post"),
            when=self.each(given, "when", self.test),
            data={name: one for name, one in sources.items() if one is not None},
        )

    def source(self, given: Map, key: str) -> Source | None:
        """A column's name, or a mapping that says more."""
        value, line = given.get(key), given.line_of(key)
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            return Source(line, (str(value),))
        if not isinstance(value, Map):
            self.say(line, f"{key} 应是列名，或 {{column: …}}、{{value: …}}")
            return None
        self.keys(value, ("column", "columns", "value", "join", "split", "values", "else"), key)
        columns = self.texts(value, "columns") or self.texts(value, "column")
        if bool(columns) == ("value" in value):
            self.say(line, f"{key} 要么写 column（或 columns），要么写 value")
            return None
        values = self.map_of(value, "values") or Map(line)
        otherwise, to = self._otherwise(value, REFUSE if "values" in value else KEEP)
        return Source(
            line=line,
            columns=columns,
            constant=value.get("value"),
            join=self.text(value, "join", default=" "),
            split=self.text(value, "split"),
            values=dict(values),
            otherwise=otherwise,
            to=to,
        )

    def _otherwise(self, given: Map, default: str) -> tuple[str, object]:
        value = given.get("else")
        if isinstance(value, Map) and list(value) == [TO]:
            return TO, value[TO]
        if value is None:
            return default, None
        if value not in OTHERWISE:
            self.say(given.line_of("else"), "else 不对", f"可写 {'、'.join(OTHERWISE)} 或 {{to: 值}}")
            return default, None
        return str(value), None

    def test(self, given: Map) -> Test | None:
        self.keys(given, ("column", "is", "not", "why"), "条件")
        column = self.text(given, "column", required=True)
        if ("is" in given) == ("not" in given):
            self.say(given.line, "条件要么写 is，要么写 not")
            return None
        negated = "not" in given
        values = frozenset(self.texts(given, "not" if negated else "is"))
        return Test(given.line, column, values, negated, self.text(given, "why"))

    def _unit(self, given: Map) -> Unit:
        value = self.map_of(given, "unit")
        if value is None:
            self.say(given.line_of("unit"), "缺 unit：事项归哪个单位", "例如 unit: {path: 集团/公司}")
            return Unit(given.line)
        known = ("path", "column", "values", "under", "unknown", "empty", "as", "zone")
        self.keys(value, known, "unit")
        line = given.line_of("unit")
        if ("path" in value) == ("column" in value):
            self.say(line, "unit 要么写 path，要么写 column")
            return Unit(line)
        unknown: Any = value.get("unknown", REFUSE)
        to = ""
        if isinstance(unknown, Map) and list(unknown) == [TO]:
            unknown, to = TO, str(unknown[TO])
        elif unknown not in (REFUSE, CREATE):
            self.say(value.line_of("unknown"), "unknown 不对", "可写 refuse、create 或 {to: 单位路径}")
        if "column" in value and "under" not in value and (unknown == CREATE or not value.get("values")):
            self.say(line, "unit 缺 under：在哪个单位之下找或建")
        source = None
        if "column" in value:
            values = self.map_of(value, "values") or Map(line)
            source = Source(line, self.texts(value, "column"), values=dict(values))
        return Unit(
            line=line,
            path=self.text(value, "path"),
            source=source,
            under=self.text(value, "under"),
            unknown=str(unknown),
            to=to,
            empty=self.text(value, "empty"),
            kind=self.choice(value, "as", UnitKind.values, UnitKind.DEPARTMENT.value),
            zone=self._zone(value, ""),
        )

    def _customer(self, given: Map) -> CustomerSpec | None:
        value = self.map_of(given, "customer")
        if value is None:
            return None
        self.keys(value, ("name", "phone", "match", "unknown"), "customer")
        name = self.source(value, "name")
        match = self.choice(value, "match", ("phone", "name"), "phone")
        if match == "phone" and "phone" not in value:
            self.say(value.line, "customer 缺 phone", "没有电话列时写 match: name，按姓名认人")
        if name is None:
            return None
        return CustomerSpec(
            line=value.line,
            name=name,
            phone=self.source(value, "phone") if "phone" in value else None,
            match=match,
            unknown=self.choice(value, "unknown", (CREATE, LEAVE), LEAVE),
        )

    def _layout(self, given: Map) -> Layout:
        value = self.map_of(given, "file")
        if value is None:
            return Layout()
        self.keys(value, ("encoding", "delimiter", "sheet", "header", "columns", "short_rows"), "file")
        encoding = self.choice(value, "encoding", ("", "utf-8", "utf-16", "gb18030"), "")
        delimiter = self.choice(value, "delimiter", ("", *DELIMITERS), "")
        header = value.get("header", 1)
        if not isinstance(header, int) or isinstance(header, bool) or not 1 <= header <= 1000:
            self.say(value.line_of("header"), "header 应是表头所在的行号（1 起）")
            header = 1
        return Layout(
            encoding=encoding,
            delimiter=delimiter,
            sheet=self.text(value, "sheet"),
            header=header,
            columns=self.texts(value, "columns"),
            fill_short=self.choice(value, "short_rows", ("refuse", "fill"), "refuse") == "fill",
        )

    def _dates(self, given: Map) -> tuple[str, ...]:
        formats = self.texts(given, "dates")
        for one in formats:
            if not is_format(one):
                self.say(given.line_of("dates"), f"日期格式“{one}”不对", f"写 %Y/%m/%d 之类，或 {'、'.join(NAMED)}")
        return formats

    def _bare_date(self, given: Map) -> time | None:
        value = self.text(given, "bare_date")
        try:
            return time.fromisoformat(value) if value else None
        except ValueError:
            self.say(given.line_of("bare_date"), f"bare_date: {value} 不是时刻", '例如 "09:00"')
            return None
