"""How a file's bytes are to be read as text (编码): UTF-8, UTF-16 or GB18030."""

import codecs
from collections.abc import Callable
from typing import BinaryIO

CHUNK = 1 << 20
LINE = 1 << 16
"""Bytes of a line that are looked at."""


def encoding_of(opened: Callable[[], BinaryIO]) -> str:
    """The name of the codec; `opened` gives the file's bytes from the start, each time it is called.

    By its mark (BOM) where it has one; UTF-8 where all of it is; else by which reading more of the lines with
    other than ASCII characters survive. Lines that do not are refused one by one when they are read.
    """
    with opened() as raw:
        start = raw.read(4)
    if start.startswith(codecs.BOM_UTF8):
        return "utf-8-sig"
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    with opened() as raw:
        if _is_utf8(raw):
            return "utf-8"
    with opened() as raw:
        return _likelier(raw)


def _is_utf8(raw: BinaryIO) -> bool:
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        while chunk := raw.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _likelier(raw: BinaryIO) -> str:
    wide = utf8 = gb18030 = 0
    while line := raw.readline(LINE):
        if not line.isascii():
            wide += 1
            utf8 += _reads(line, "utf-8")
            gb18030 += _reads(line, "gb18030")
    return "utf-8" if utf8 * 2 >= wide or gb18030 == 0 else "gb18030"


def _reads(line: bytes, codec: str) -> bool:
    try:
        line.decode(codec)
    except UnicodeDecodeError:
        return False
    return True
