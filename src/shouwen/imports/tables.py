"""Rows of a file (表格): CSV, gzipped CSV or XLSX, told apart by content, not by name.

A row that cannot be read is given as a BadRow with its line; what follows it is read all the same.
"""

import csv
import gzip
import io
from collections import deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO, TextIO, cast

from shouwen.imports.encodings import encoding_of
from shouwen.imports.problems import BadRow, FileRefused
from shouwen.imports.workbooks import Cell, as_text, sheet_rows

ROW_LIMIT = 8_000_000
"""Characters of one row."""
ROW_LINES = 10_000
"""Lines that one quoted row may span: beyond, a quote was never closed."""
UNPACKED_FREELY = 200_000_000
RATIO = 200
"""Bytes that a gzip file may unpack to without more ado, and beyond them for each of its own."""
DELIMITERS = ",\t;|"
GZIP, ZIP = b"\x1f\x8b", b"PK\x03\x04"
UTF16 = (b"\xff\xfe", b"\xfe\xff")

csv.field_size_limit(ROW_LIMIT)


@dataclass(frozen=True)
class Layout:
    """How the mapping says that the file is laid out; "" is found out from the file."""

    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    header: int = 1
    columns: tuple[str, ...] = ()
    fill_short: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row: the line on which it begins (from 1) and its cells, as many as the header has."""

    line: int
    cells: Sequence[Cell]


@dataclass
class Table:
    """An open file: its columns, its rows once through, and how far it is read (`done` of `total`)."""

    columns: tuple[str, ...]
    rows: Iterator[Row | BadRow]
    total: int
    encoding: str
    _position: Any = field(repr=False, default=None)

    @property
    def done(self) -> int:
        return int(self._position())


@contextmanager
def open_table(path: Path, layout: Layout | None = None) -> Iterator[Table]:
    """The table in the file. Raises FileRefused where there is none."""
    layout = layout or Layout()
    with path.open("rb") as raw:
        start = raw.read(4096)
    if not start:
        raise FileRefused("文件是空的")
    if start.startswith(ZIP):
        yield _workbook(path, layout)
        return
    packed = start.startswith(GZIP)
    if packed:
        start = _first_unpacked(path)
    if b"\0" in start and not start.startswith(UTF16):
        raise FileRefused("文件不是 CSV、gzip 压缩的 CSV 或 XLSX")
    with _text(path, packed, layout) as (stream, encoding, position):
        lines = Lines(stream)
        columns = _header(lines, layout)
        delimiter = layout.delimiter or _delimiter(columns)
        names = layout.columns or _names(columns, delimiter)
        rows = _csv_rows(lines, names, delimiter, layout)
        yield Table(names, rows, path.stat().st_size, encoding, position)


# --- text files ------------------------------------------------------------------------


class _Unpacked(io.RawIOBase):
    """The bytes of a gzip file; refuses to go on where they are out of all proportion to the file (压缩炸弹)."""

    def __init__(self, path: Path) -> None:
        self._limit = max(UNPACKED_FREELY, path.stat().st_size * RATIO)
        self.packed = path.open("rb")
        self._stream = gzip.GzipFile(fileobj=self.packed)
        self._given = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            chunk = self._stream.read1(len(buffer))
        except (OSError, EOFError) as error:
            raise FileRefused(f"gzip 文件已损坏或不完整：{error}") from None
        self._given += len(chunk)
        if self._given > self._limit:
            raise FileRefused(f"解压后超过 {self._limit // 1_000_000} MB，与文件大小不相称")
        buffer[: len(chunk)] = chunk
        return len(chunk)

    def close(self) -> None:
        self.packed.close()
        super().close()


def _opened(path: Path, packed: bool) -> BinaryIO:
    return cast("BinaryIO", io.BufferedReader(_Unpacked(path), 1 << 16)) if packed else path.open("rb")


def _first_unpacked(path: Path) -> bytes:
    with _opened(path, packed=True) as stream:
        return stream.read(4096)


@contextmanager
def _text(path: Path, packed: bool, layout: Layout) -> Iterator[tuple[TextIO, str, Any]]:
    encoding = layout.encoding or encoding_of(lambda: _opened(path, packed))
    raw = _opened(path, packed)
    stream = io.TextIOWrapper(raw, encoding, errors="surrogateescape", newline="")
    position = raw.raw.packed.tell if packed else raw.tell  # type: ignore[attr-defined]
    with stream:
        yield stream, encoding, position


class Lines:
    """The lines of a stream, with those of the present row kept: a row that goes wrong costs its first line alone."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._back: deque[str] = deque()
        self.taken: list[str] = []
        self.number = 0

    def __iter__(self) -> "Lines":
        return self

    def __next__(self) -> str:
        line = self._back.popleft() if self._back else self._stream.readline(ROW_LIMIT + 1)
        if not line:
            raise StopIteration
        self.number += 1
        self.taken.append(line)
        if len(line) > ROW_LIMIT:
            self._skip_line(line)
            raise csv.Error(f"一行超过 {ROW_LIMIT} 个字符")
        if len(self.taken) > ROW_LINES:
            raise csv.Error("引号没有闭合")
        return line

    def _skip_line(self, line: str) -> None:
        while line and not line.endswith(("\n", "\r")):
            line = self._stream.readline(ROW_LIMIT)

    def begin(self) -> int:
        """The line on which the next row begins."""
        self.taken.clear()
        return self.number + 1

    def give_back(self) -> None:
        """All lines of the present row but its first are read again."""
        self._back.extendleft(reversed(self.taken[1:]))
        self.number -= len(self.taken) - 1
        self.taken.clear()


def _header(lines: Lines, layout: Layout) -> str:
    """The line of the header, whole; the lines before it are passed over."""
    if layout.columns:
        return ""
    for _number in range(layout.header - 1):
        next(lines, None)
    return next(lines, "")


def _delimiter(header: str) -> str:
    return max(DELIMITERS, key=header.count) if header else ","


def _names(header: str, delimiter: str) -> tuple[str, ...]:
    names = tuple(name.strip().lstrip("\ufeff") for name in next(csv.reader([header], delimiter=delimiter), []))
    if not any(names):
        raise FileRefused("没有表头")
    return names


_SAID = {"unexpected end of data": "引号没有闭合", "field larger than field limit": "一格过大"}


def _csv_rows(lines: Lines, names: Sequence[str], delimiter: str, layout: Layout) -> Iterator[Row | BadRow]:
    reader = csv.reader(lines, delimiter=delimiter, strict=True)
    while True:
        line = lines.begin()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            said = next((text for english, text in _SAID.items() if english in str(error)), None)
            yield BadRow(line, said or (str(error) if "expected" not in str(error) else "引号之后还有文字"))
            lines.give_back()
            reader = csv.reader(lines, delimiter=delimiter, strict=True)
            continue
        if cells:
            yield _whole(line, cells, len(names), layout)


def _whole(line: int, cells: list[str], width: int, layout: Layout) -> Row | BadRow:
    if len(cells) < width and layout.fill_short:
        cells += [""] * (width - len(cells))
    if len(cells) != width:
        return BadRow(line, f"应有 {width} 格，有 {len(cells)} 格", tuple(map(_shown, cells)))
    if any(not _clean(cell) for cell in cells):
        return BadRow(line, "有读不出的字节：编码不对或已损坏", tuple(map(_shown, cells)))
    return Row(line, cells)


def _clean(cell: str) -> bool:
    if cell.isascii():
        return True
    try:
        cell.encode()
    except UnicodeEncodeError:
        return False
    return True


def _shown(cell: str) -> str:
    return cell.encode("utf-8", "replace").decode()


# --- workbooks -------------------------------------------------------------------------


def _workbook(path: Path, layout: Layout) -> Table:
    rows = sheet_rows(path, layout.sheet)
    done = 0

    def numbered() -> Iterator[tuple[int, list[Cell]]]:
        nonlocal done
        for number, cells in enumerate(rows, 1):
            done = number
            yield number, cells

    walk = numbered()
    names = layout.columns
    if not names:
        head = next((cells for number, cells in walk if number == layout.header), [])
        titles = [as_text(cell).strip() for cell in head]
        while titles and not titles[-1]:
            titles.pop()
        if not titles:
            raise FileRefused("没有表头")
        names = tuple(titles)

    def read() -> Iterator[Row | BadRow]:
        for number, cells in walk:
            rest = cells[len(names) :]
            if any(cell != "" for cell in rest):
                reason = f"应有 {len(names)} 格，有 {len(cells)} 格"
                yield BadRow(number, reason, tuple(map(as_text, cells)))
            elif any(cell != "" for cell in cells):
                yield Row(number, [*cells[: len(names)], *[""] * (len(names) - len(cells))])

    return Table(names, read(), len(rows), "xlsx", lambda: done)
