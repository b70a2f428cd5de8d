"""How many pixels a picture declares (图像尺寸), read from its header: nothing is decoded.

A few kilobytes can declare a picture that fills a reader's memory (像素炸弹). PNG: RFC 2083, IHDR; GIF: GIF89a;
WebP: RFC 9649; JPEG: ITU-T T.81, frame headers; HEIC: ISO/IEC 23008-12, ``ispe``.
"""

from collections.abc import Callable, Iterator, Mapping

Size = tuple[int, int]
"""Width and height in pixels."""

_ALONE = frozenset((0x01, *range(0xD0, 0xD8)))
"""JPEG markers without a segment."""
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


def declared(content: bytes, media_type: str) -> Size | None:
    """The largest picture that the file declares; None for what is no picture, or declares none."""
    read = _READERS.get(media_type)
    sizes = list(read(content)) if read else []
    return max(sizes, key=lambda size: size[0] * size[1], default=None)


def _png(content: bytes) -> Iterator[Size]:
    if content[12:16] == b"IHDR" and len(content) >= 24:
        yield _big(content[16:20]), _big(content[20:24])


def _gif(content: bytes) -> Iterator[Size]:
    if len(content) >= 10:
        yield _little(content[6:8]), _little(content[8:10])


def _webp(content: bytes) -> Iterator[Size]:
    kind, body = content[12:16], content[20:30]
    if len(body) < 10:
        return
    if kind == b"VP8X":
        yield _little(body[4:7]) + 1, _little(body[7:10]) + 1
    elif kind == b"VP8L":
        bits = _little(body[1:5])
        yield (bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1
    elif kind == b"VP8 ":
        yield _little(body[6:8]) & 0x3FFF, _little(body[8:10]) & 0x3FFF


def _jpeg(content: bytes) -> Iterator[Size]:
    at = 2
    while at + 9 <= len(content) and content[at] == 0xFF:
        marker = content[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _ALONE:
            at += 2
        elif marker in _FRAMES:
            yield _big(content[at + 7 : at + 9]), _big(content[at + 5 : at + 7])
            return
        else:
            at += 2 + _big(content[at + 2 : at + 4])


def _heic(content: bytes) -> Iterator[Size]:
    at = content.find(b"ispe")
    while at >= 0 and at + 16 <= len(content):
        if _big(content[at - 4 : at]) == 20:
            yield _big(content[at + 8 : at + 12]), _big(content[at + 12 : at + 16])
        at = content.find(b"ispe", at + 4)


def _big(part: bytes) -> int:
    return int.from_bytes(part, "big")


def _little(part: bytes) -> int:
    return int.from_bytes(part, "little")


_READERS: Mapping[str, Callable[[bytes], Iterator[Size]]] = {
    "image/png": _png,
    "image/gif": _gif,
    "image/webp": _webp,
    "image/jpeg": _jpeg,
    "image/heic": _heic,
}
