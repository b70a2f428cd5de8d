"""Ids that nobody has to give out (UUID version 7, RFC 9562, 5.7 and 6.2): what is made later comes later by index.

By random ids, what is written together would be strewn all over the indexes: half of what writing took.
"""

from os import urandom
from time import time_ns
from uuid import UUID

_MILLISECOND = 1_000_000


def new_id() -> UUID:
    """The time by the machine's clock to a quarter of a microsecond, and 62 random bits."""
    milliseconds, rest = divmod(time_ns(), _MILLISECOND)
    fraction = rest * 4096 // _MILLISECOND
    return UUID(int=milliseconds << 80 | 7 << 76 | fraction << 64 | 2 << 62 | int.from_bytes(urandom(8)) >> 2)
