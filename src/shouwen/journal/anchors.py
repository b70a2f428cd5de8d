"""Anchors (锚): a hash over the heads of all journals at one instant, kept outside the house.

A journal's own chain shows what was changed without care. Who rewrites a journal with all its hashes, or removes it
whole, is only found by what the house no longer holds: the anchor.
"""

import gzip
import hashlib
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, cast
from uuid import UUID

import orjson
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Max, Q
from django.utils import timezone

from shouwen.journal import clock
from shouwen.journal.chain import instant
from shouwen.journal.models import Anchor, Entry, Outbox
from shouwen.journal.notices import MAIL
from shouwen.organisation.models import Person

FORMAT = 1


class UnreadableAnchor(ValueError):  # noqa: N818  said as what it is
    """The file is no anchor."""


@dataclass(frozen=True)
class Head:
    """Where one journal stood."""

    subject: UUID
    seq: int
    hash: str


@dataclass(frozen=True)
class KeptAnchor:
    """An anchor as it lies in a file; `heads` is empty where only its first line was kept."""

    at: str
    cut: int
    subjects: int
    entries: int
    root: str
    heads: dict[UUID, Head] = field(default_factory=dict)


def heads(cut: int) -> Iterator[Head]:
    """The last entry of every journal among entries up to `cut`, by subject; streamed."""
    rows = Entry.objects.filter(pk__lte=cut).order_by("subject_id", "seq").values_list("subject_id", "seq", "hash")
    for subject, journal in groupby(rows.iterator(chunk_size=5_000), key=itemgetter(0)):
        *_before, (_subject, seq, digest) = journal
        yield Head(subject, seq, digest)


def root_of(journals: Iterable[Head]) -> str:
    """The hash over all heads, sorted by subject."""
    digest = hashlib.sha256()
    for head in journals:
        digest.update(_line(head))
    return digest.hexdigest()


def _line(head: Head) -> bytes:
    return f"{head.subject} {head.seq} {head.hash}\n".encode()


def cut_now() -> int:
    """An entry id up to which everything is written: writers under way are waited for, none gets a lower id later."""
    with transaction.atomic():
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"LOCK TABLE {Entry._meta.db_table} IN SHARE MODE")
        return Entry.objects.aggregate(last=Max("pk"))["last"] or 0


def write_anchor(path: Path) -> KeptAnchor:
    """Write an anchor over all journals as JSON Lines (gzip where the name ends in ``.gz``): a first line that can be
    kept alone, then every journal's head. The file appears whole or not at all."""
    cut, at = cut_now(), clock.now()
    digest, subjects = hashlib.sha256(), 0
    body = path.with_name(f"{path.name}.heads-{os.getpid()}")
    whole = path.with_name(f"{path.name}.new-{os.getpid()}")
    try:
        with body.open("wb") as lines:
            for head in heads(cut):
                digest.update(_line(head))
                subjects += 1
                row = {"subject": str(head.subject), "seq": head.seq, "hash": head.hash}
                lines.write(orjson.dumps(row) + b"\n")
        entries = Entry.objects.filter(pk__lte=cut).count()
        made = KeptAnchor(instant(at), cut, subjects, entries, digest.hexdigest())
        first = {"anchor": FORMAT, "at": made.at, "cut": cut, "subjects": subjects, "entries": entries}
        with _open(whole, path.suffix, "wb") as file, body.open("rb") as lines:
            file.write(orjson.dumps({**first, "root": made.root}) + b"\n")
            for line in lines:
                file.write(line)
        whole.replace(path)
    finally:
        body.unlink(missing_ok=True)
        whole.unlink(missing_ok=True)
    return made


def read_anchor(path: Path) -> KeptAnchor:
    """Raises UnreadableAnchor for a file that is none, OSError for one that cannot be read."""
    try:
        with _open(path, path.suffix, "rb") as file:
            first = orjson.loads(file.readline())
            if first["anchor"] != FORMAT:
                raise UnreadableAnchor(str(path))
            kept = {}
            for line in file:
                row = orjson.loads(line)
                head = Head(UUID(row["subject"]), int(row["seq"]), str(row["hash"]))
                kept[head.subject] = head
            anchor = KeptAnchor(
                first["at"], int(first["cut"]), int(first["subjects"]), int(first["entries"]), first["root"], kept
            )
    except (ValueError, KeyError, TypeError, EOFError) as error:
        raise UnreadableAnchor(str(path)) from error
    if kept and root_of(kept[subject] for subject in sorted(kept)) != anchor.root:
        raise UnreadableAnchor(str(path))
    return anchor


def _open(path: Path, suffix: str, mode: str) -> IO[bytes]:
    return cast("IO[bytes]", gzip.open(path, mode) if suffix == ".gz" else path.open(mode))


def daily_anchor() -> int:
    """Once a day: an anchor into the house's folder, and by mail to auditors and superusers; 1 when it was made.

    The mail is what counts: it is out of the house when somebody inside means to change the past.
    """
    now = clock.now()
    day = timezone.localdate(now)
    if Anchor.objects.filter(day=day).exists():
        return 0
    folder = Path(settings.MEDIA_ROOT).parent / "anchors"
    folder.mkdir(parents=True, exist_ok=True)
    made = write_anchor(folder / f"{day}.jsonl.gz")
    with transaction.atomic():
        counted = {"cut": made.cut, "subjects": made.subjects, "entries": made.entries, "root": made.root}
        _anchor, created = Anchor.objects.get_or_create(day=day, defaults={"at": now, **counted})
        if created:
            _mail(day.isoformat(), {"at": made.at, **counted}, now)
    return int(created)


def _mail(day: str, data: dict[str, object], now: datetime) -> None:
    told = Person.objects.filter(Q(auditor=True) | Q(is_superuser=True), is_active=True).exclude(email="")
    Outbox.objects.bulk_create(
        Outbox(
            key=f"anchor:{day}:{person.pk}",
            kind="anchor",
            channel=MAIL,
            person=person,
            address=person.email,
            data=data,
            made_at=now,
            try_at=now,
        )
        for person in told
    )
