"""The chain of a journal: each entry's hash covers its envelope and the hash before it.

SHA-256 (FIPS 180-4) over canonical JSON: UTF-8, keys sorted, no white space, instants in UTC with six decimals.
The sealed content enters by its digest alone, so the chain outlives the content's erasure.
"""

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Protocol
from uuid import UUID

import orjson


class Envelope(Protocol):
    """The columns that a hash covers."""

    subject_id: Any
    seq: int
    type: str
    at: datetime
    recorded_at: datetime
    by_id: int | None
    post: str
    unit_id: int | None
    data: Any
    marks: Any
    content_digest: str
    key: str | None
    call: Any
    previous_hash: str


def canonical(value: Any) -> bytes:
    return orjson.dumps(value, option=orjson.OPT_SORT_KEYS)


@lru_cache(maxsize=4096)
def instant(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds")[:-6] + "Z"


def entry_hash(entry: Envelope) -> str:
    """Hexadecimal, 64 characters. Ids are written as RFC 9562 has them: 36 characters, small letters."""
    covered: Mapping[str, Any] = {
        "subject": entry.subject_id,
        "seq": entry.seq,
        "type": entry.type,
        "at": instant(entry.at),
        "recorded_at": instant(entry.recorded_at),
        "by": entry.by_id,
        "post": entry.post,
        "unit": entry.unit_id,
        "data": entry.data,
        "marks": entry.marks,
        "content": entry.content_digest,
        "key": entry.key,
        "call": entry.call if isinstance(entry.call, UUID) else UUID(str(entry.call)),
        "previous": entry.previous_hash,
    }
    return hashlib.sha256(canonical(covered)).hexdigest()


def content_digest(body: str, salt: str) -> str:
    """Digest of sealed content; the salt keeps a telephone number from being guessed back from it."""
    return hashlib.sha256(f"{salt}\n{body}".encode()).hexdigest()
