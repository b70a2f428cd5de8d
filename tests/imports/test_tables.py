"""Real input: CSV, gzip, XLSX; encodings; what cannot be read is said by line and the rest is read (Bad input)."""

import gzip
import io
import zipfile
from datetime import datetime
from pathlib import Path

import pytest
import xlsxwriter
from tests.imports.files import rows_of

from shouwen.imports.problems import FileRefused
from shouwen.imports.tables import Layout, open_table

TEXT = '编号,内容\n1,𠮷祥电梯😀\n2,"两行\n的内容"\n3,漏水\n'
ROWS = [(2, ["1", "𠮷祥电梯😀"]), (3, ["2", "两行\n的内容"]), (5, ["3", "漏水"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_the_encoding_is_found_out(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(TEXT.encode(encoding))
    assert rows_of(path) == ROWS


def test_gzip_is_told_by_content_not_by_name(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(gzip.compress(TEXT.encode("gb18030")))
    assert rows_of(path) == ROWS


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_the_delimiter_is_found_out(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"甲{delimiter}乙\n1{delimiter}2\n", encoding="utf-8")
    assert rows_of(path) == [(2, ["1", "2"])]


def test_titles_above_the_header_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("投诉台账\n制表人\n甲,乙\n1,2\n", encoding="utf-8")
    assert rows_of(path, Layout(header=3)) == [(4, ["1", "2"])]


def test_a_file_without_header_is_given_names(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1,2\n", encoding="utf-8")
    assert rows_of(path, Layout(columns=("甲", "乙"))) == [(1, ["1", "2"])]


def test_a_workbook_keeps_lines_and_types(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with xlsxwriter.Workbook(path) as book:
        sheet = book.add_worksheet("台账")
        day = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        sheet.write_row(0, 0, ["编号", "时间"])
        sheet.write_number(1, 0, 13800000000)
        sheet.write_datetime(1, 1, datetime(2026, 3, 2, 9, 0), day)  # noqa: DTZ001
        sheet.write_row(3, 0, ["甲", "2026/3/2"])
        sheet.write_row(4, 0, ["乙", "", "多出一格"])
    assert rows_of(path) == [
        (2, [13800000000.0, datetime(2026, 3, 2, 9, 0)]),  # noqa: DTZ001
        (4, ["甲", "2026/3/2"]),
        (5, "应有 2 格，有 3 格"),
    ]
    with pytest.raises(FileRefused, match="没有工作表“别的”，有：台账"), open_table(path, Layout(sheet="别的")):
        pass


def test_short_and_long_rows_are_refused_or_filled(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1\n1,2\n1,2,3\n", encoding="utf-8")
    assert rows_of(path) == [(2, "应有 2 格，有 1 格"), (3, ["1", "2"]), (4, "应有 2 格，有 3 格")]
    assert rows_of(path, Layout(fill_short=True))[0] == (2, ["1", ""])


def test_an_open_quote_costs_its_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('甲,乙\n1,2\n3,"没有闭合\n5,6\n7,8\n', encoding="utf-8")
    assert rows_of(path) == [(2, ["1", "2"]), (3, "引号没有闭合"), (4, ["5", "6"]), (5, ["7", "8"])]


def test_words_after_a_quote_cost_their_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('甲,乙\n"1"x,2\n3,4\n', encoding="utf-8")
    assert rows_of(path) == [(2, "引号之后还有文字"), (3, ["3", "4"])]


def test_broken_bytes_cost_their_own_line_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes("甲,乙\n1,漏水\n2,".encode() + b"\xff\xfe" + "坏\n3,好\n".encode())
    assert rows_of(path) == [(2, ["1", "漏水"]), (3, "有读不出的字节：编码不对或已损坏"), (4, ["3", "好"])]


def test_an_endless_line_costs_itself_alone(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("甲,乙\n1," + "a" * 8_000_001 + "\n3,4\n", encoding="utf-8")
    assert rows_of(path) == [(2, "一行超过 8000000 个字符"), (3, ["3", "4"])]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "文件是空的"),
        (b"\n\n", "没有表头"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "文件不是 CSV、gzip 压缩的 CSV 或 XLSX"),
        (b"PK\x03\x04 cut short", "不是 XLSX 工作簿，或已损坏"),
        (gzip.compress(b"a,b\n1,2\n", mtime=0)[:-6], "gzip 文件已损坏或不完整"),
    ],
)
def test_wrong_files_are_refused_whole(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    with pytest.raises(FileRefused, match=said):
        rows_of(path)


def zipped(parts: dict[str, bytes]) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
        for name, content in parts.items():
            book.writestr(name, content)
    return target.getvalue()


def test_a_document_that_is_no_workbook_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped({"word/document.xml": b"<w/>"}))
    with pytest.raises(FileRefused, match="压缩文件里没有 XLSX 工作簿"):
        rows_of(path)


def test_zip_bombs_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    path.write_bytes(zipped({"xl/workbook.xml": b"<x/>", "xl/media/a": b"\0" * 500_000_001}))
    with pytest.raises(FileRefused, match="解压后超过 500 MB"):
        rows_of(path)
    spread = b'<worksheet><c r="A1"/><c r="XFD1048576"/></worksheet>'
    path.write_bytes(zipped({"xl/workbook.xml": b"<x/>", "xl/worksheets/sheet1.xml": spread}))
    with pytest.raises(FileRefused, match="工作表铺开超过"):
        rows_of(path)
    with gzip.open(path, "wb") as stream:
        stream.write(b"a,b\n" + b"1,2\n" * 50_000_001)
    with pytest.raises(FileRefused, match="解压后超过 200 MB"):
        rows_of(path)
