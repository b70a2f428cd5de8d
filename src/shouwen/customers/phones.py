"""Telephone numbers as officers type and hear them (电话)."""

import re
import unicodedata

TAIL = 4
"""Fewest last digits that a search takes."""
_EXTENSION = re.compile(r"转|分机|ext\.?|x|#", re.IGNORECASE)
_WRITTEN = re.compile(r"\+?[\d\s()./*-]+")


def digits_of(text: str) -> str:
    """The digits of a telephone number without signs, extension and the prefix of China; "" where it is none."""
    written = _EXTENSION.split(unicodedata.normalize("NFKC", text), maxsplit=1)[0].strip()
    if not _WRITTEN.fullmatch(written):
        return ""
    digits = re.sub(r"\D", "", written)
    abroad = re.match(r"(?:00)?86(?=1\d{10}$|0?\d{2,3}\d{7,8}$)", digits)
    international = written.startswith("+") or digits.startswith("0086") or len(digits) == 13
    return digits[abroad.end() :] if abroad and international else digits


def backwards(text: str) -> str:
    """The digits from the last to the first: so the end of a number is found by an index."""
    return digits_of(text)[::-1]
