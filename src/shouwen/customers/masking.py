"""What is shown of personal data where the whole is not needed (脱敏)."""

import re

from shouwen.organisation.pinyin import surname


def mask_phone(number: str) -> str:
    """``138****8000``, ``010-****5678``: what lies before the last four digits is hidden, at most four of them."""
    digits = [match.start() for match in re.finditer(r"\d", number)]
    kept = 4 if len(digits) > 6 else 1
    hidden = digits[:-kept][-4:]
    return "".join("*" if place in hidden else character for place, character in enumerate(number))


def mask_name(name: str) -> str:
    """``王**`` for 王小明, ``欧阳*`` for 欧阳锋: the family name stays."""
    name = name.strip()
    if len(name) < 2:
        return "*" * len(name)
    shown = surname(name)
    return shown + "*" * (len(name) - len(shown))
