"""How a text is cut into what the index holds: pairs of neighbouring characters (二元切分).

All characters count, also Latin letters, digits, punctuation and white space: what stands in sequence in the text
stands in sequence in the index, so a search finds exactly what LIKE would find in the folded text. No dictionary:
two characters are a word in Chinese, and 渗水 lies in 外墙渗水严重 wherever words are said to begin.
"""

WIDTH = 4
_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


class _Codes(dict[str, str]):
    """Each character in four digits of base 36, so that every index takes the pairs as words of plain letters.

    The last character of Unicode is ``nvnj``: a word that begins with o to z is no pair and free for other uses.
    """

    def __missing__(self, character: str) -> str:
        rest, code = ord(character), ""
        for _ in range(WIDTH):
            rest, digit = divmod(rest, 36)
            code = _DIGITS[digit] + code
        self[character] = code
        return code


_codes = _Codes()


def folded(text: str) -> str:
    """The text without differences of case; without NUL, which PostgreSQL does not store."""
    return text.replace("\0", "").casefold()


def pairs(text: str) -> list[str]:
    """The pairs of neighbouring characters, in sequence, each as one word of eight letters and digits."""
    codes = [_codes[character] for character in text]
    return list(map(str.__add__, codes, codes[1:]))


def beginning(character: str) -> str:
    """How every pair begins whose first character this is."""
    return _codes[character]
