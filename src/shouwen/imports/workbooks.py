"""Sheets of a workbook (XLSX), read by calamine after a look at how large they are."""

import re
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

from python_calamine import CalamineError, CalamineWorkbook

from shouwen.imports.problems import FileRefused

Cell = str | int | float | bool | datetime | date | time | timedelta

UNPACKED_LIMIT = 500_000_000
"""Bytes that a workbook may unpack to."""
CELL_LIMIT = 30_000_000
"""Cells of the rectangle that a sheet spans: the reader holds all of it."""
_PLACE = re.compile(rb'<c\b[^>]*?\br="([A-Z]{1,3})([0-9]{1,7})"')
_OVERLAP = 200
CHUNK = 1 << 20


def sheet_rows(path: Path, sheet: str = "") -> list[list[Cell]]:
    """All rows of the sheet (default: the first) from line 1 on, empty cells as "". Raises FileRefused."""
    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(path)
        if sheet and sheet not in book.sheet_names:
            raise FileRefused(f"没有工作表“{sheet}”，有：{'、'.join(book.sheet_names)}")
        if not book.sheet_names:
            raise FileRefused("没有工作表")
        return book.get_sheet_by_name(sheet or book.sheet_names[0]).to_python(skip_empty_area=False)
    except CalamineError as error:
        raise FileRefused(f"不是 XLSX 工作簿，或已损坏：{error}") from None


def all_rows(path: Path) -> dict[str, list[list[Cell]]]:
    """All rows of every sheet, by its name. Raises FileRefused."""
    _check_size(path)
    try:
        book = CalamineWorkbook.from_path(path)
        return {name: book.get_sheet_by_name(name).to_python(skip_empty_area=False) for name in book.sheet_names}
    except CalamineError as error:
        raise FileRefused(f"不是 XLSX 工作簿，或已损坏：{error}") from None


def _check_size(path: Path) -> None:
    """Refuses what would fill the memory: parts that unpack to too much, cells spread too far apart."""
    try:
        with zipfile.ZipFile(path) as book:
            if "xl/workbook.xml" not in book.namelist():
                raise FileRefused("压缩文件里没有 XLSX 工作簿")
            unpacked = 0
            for part in book.infolist():
                is_sheet = part.filename.startswith("xl/worksheets/")
                unpacked += _walk(book, part, UNPACKED_LIMIT - unpacked, is_sheet)
    except (zipfile.BadZipFile, NotImplementedError, RuntimeError, EOFError, OSError) as error:
        raise FileRefused(f"不是 XLSX 工作簿，或已损坏：{error}") from None


def _walk(book: zipfile.ZipFile, part: zipfile.ZipInfo, allowed: int, is_sheet: bool) -> int:
    """Bytes that the part really unpacks to; what it says of itself may be untrue."""
    size = width = height = 0
    tail = b""
    with book.open(part) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > allowed:
                raise FileRefused(f"解压后超过 {UNPACKED_LIMIT // 1_000_000} MB")
            if is_sheet:
                for letters, digits in _PLACE.findall(tail + chunk):
                    width, height = max(width, _column(letters)), max(height, int(digits))
                tail = chunk[-_OVERLAP:]
                if width * height > CELL_LIMIT:
                    raise FileRefused(f"工作表铺开超过 {CELL_LIMIT} 格")
    return size


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - ord("A") + 1
    return number


def as_text(cell: Cell) -> str:
    """A cell as it is written: whole numbers without ``.0``, times as ISO."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, (datetime, date, time)):
        return cell.isoformat()
    return str(cell)
