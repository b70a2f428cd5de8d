"""Dates and times as other systems write them (日期时间)."""

import re
import unicodedata
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from shouwen.imports.problems import RowRefused
from shouwen.imports.workbooks import Cell

ISO, EXCEL, UNIX = "iso", "excel", "unix"
NAMED = (ISO, EXCEL, UNIX)
USUAL = (
    ISO,
    "%Y/%m/%d %H:%M:%S",
    "%Y/%m/%d %H:%M",
    "%Y/%m/%d",
    "%Y-%m-%d %H:%M",
    "%Y.%m.%d %H:%M:%S",
    "%Y.%m.%d %H:%M",
    "%Y.%m.%d",
    "%Y年%m月%d日 %H:%M:%S",
    "%Y年%m月%d日 %H:%M",
    "%Y年%m月%d日%H时%M分%S秒",
    "%Y年%m月%d日%H时%M分",
    "%Y年%m月%d日%H时",
    "%Y年%m月%d日",
    EXCEL,
)
"""Tried in this order where the mapping names none; a month and a day that could be told either way are not in it."""

EARLIEST, LATEST = 1949, 2199
_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  Excel's day 0, in the zone of whoever typed it
_SERIAL = re.compile(r"[1-9][0-9]{4}(\.[0-9]+)?")
_SECONDS = re.compile(r"[0-9]{9,10}")
_BARE = re.compile(r"%[HIMSpcXf]")


def is_format(text: str) -> bool:
    """Whether it names a way to write a moment that can be read back."""
    if text in NAMED:
        return True
    sample = datetime(2018, 11, 25, 13, 7, 9)  # noqa: DTZ001
    try:
        return datetime.strptime(sample.strftime(text), text).date() == sample.date()  # noqa: DTZ007
    except ValueError:
        return False


class Moments:
    """Reads moments by the formats of a mapping, in its zone; the first format that fits counts."""

    def __init__(self, formats: Sequence[str], zone: ZoneInfo, bare: time | None = None) -> None:
        self._formats = tuple(formats or USUAL)
        self._zone = zone
        self._bare = bare

    def instant(self, cell: Cell) -> datetime:
        """Aware. A date alone is taken at the mapping's `bare_date`; raises RowRefused where it names none."""
        moment, whole = self._read(cell)
        if not whole:
            if self._bare is None:
                raise RowRefused("只有日期，没有时刻（映射可写 bare_date）")
            moment = datetime.combine(moment.date(), self._bare, moment.tzinfo)
        return moment if moment.tzinfo is not None else moment.replace(tzinfo=self._zone)

    def day(self, cell: Cell) -> date:
        """The date in the mapping's zone."""
        moment, _whole = self._read(cell)
        return moment.astimezone(self._zone).date() if moment.tzinfo else moment.date()

    def _read(self, cell: Cell) -> tuple[datetime, bool]:
        """The moment, and whether it says the time of day."""
        moment, whole = self._typed(cell) or self._written(cell)
        if not EARLIEST <= moment.year <= LATEST:
            raise RowRefused(f"年份不可能是 {moment.year}")
        return moment, whole

    def _typed(self, cell: Cell) -> tuple[datetime, bool] | None:
        if isinstance(cell, datetime):
            return cell, True
        if isinstance(cell, date):
            return datetime.combine(cell, time.min), False  # the zone is added by whoever asked
        return None

    def _written(self, cell: Cell) -> tuple[datetime, bool]:
        text = str(cell).strip()
        if not text.isascii():
            text = unicodedata.normalize("NFKC", text).replace("上午", "AM").replace("下午", "PM")
        for name in self._formats:
            found = _by_format(text, name)
            if found is not None:
                return found
        raise RowRefused("日期时间读不出")


def _by_format(text: str, name: str) -> tuple[datetime, bool] | None:
    if name == EXCEL:
        return _serial(text)
    if name == UNIX:
        moment = datetime.fromtimestamp(int(text), ZoneInfo("UTC")) if _SECONDS.fullmatch(text) else None
        return None if moment is None else (moment, True)
    try:
        if name == ISO:
            return datetime.fromisoformat(text), len(text) > len("2018-11-25")
        return datetime.strptime(text, name), bool(_BARE.search(name))  # noqa: DTZ007  the zone is the mapping's
    except ValueError:
        return None


def _serial(text: str) -> tuple[datetime, bool] | None:
    """Excel's days since 1899-12-30, to the second."""
    if not _SERIAL.fullmatch(text):
        return None
    days, _dot, part = text.partition(".")
    seconds = round(float(f"0.{part}") * 86400) if part else 0
    return _EPOCH + timedelta(days=int(days), seconds=seconds), bool(part)
