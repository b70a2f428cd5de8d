"""Lists as Excel files (导出)."""

from collections.abc import Iterable, Sequence
from io import BytesIO
from urllib.parse import quote

import xlsxwriter
from django.http import HttpResponse

MEDIA_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
WIDEST = 40
# What somebody once typed stays a text: no formula, no link.
_TEXT = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def sheet(title: str, headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """One sheet with a frozen first line; every cell is a text."""
    stream = BytesIO()
    book = xlsxwriter.Workbook(stream, _TEXT)
    page = book.add_worksheet(title[:31])
    bold = book.add_format({"bold": True})
    widths = [2 * len(header) for header in headers]
    for column, header in enumerate(headers):
        page.write_string(0, column, header, bold)
    for number, row in enumerate(rows, 1):
        for column, value in enumerate(row):
            page.write_string(number, column, value)
            widths[column] = max(widths[column], 2 * len(value))
    for column, width in enumerate(widths):
        page.set_column(column, column, min(width + 2, WIDEST))
    page.freeze_panes(1, 0)
    book.close()
    return stream.getvalue()


def as_file(content: bytes, name: str) -> HttpResponse:
    """An answer that the browser saves as ``name``."""
    response = HttpResponse(content, content_type=MEDIA_TYPE)
    response["Content-Disposition"] = f"attachment; filename=list.xlsx; filename*=UTF-8''{quote(name)}"
    response["Cache-Control"] = "private, no-store"
    return response
