"""Whether the files that entries name are what was taken in (核验附件)."""

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from uuid import UUID

import orjson

from shouwen.journal.attachments import files_in, is_bound, stored_at
from shouwen.journal.findings import Finding
from shouwen.journal.models import Attachment, Content, Entry, Subject
from shouwen.journal.pen import OpenJournal

BLOCK = 1 << 20


def own_files(subjects: Sequence[Subject]) -> dict[UUID, list[Attachment]]:
    """The attachments whose rows say that they are these subjects', by subject."""
    found: dict[UUID, list[Attachment]] = {}
    for row in Attachment.objects.filter(subject__in=subjects).order_by("pk"):
        assert row.subject_id is not None
        found.setdefault(row.subject_id, []).append(row)
    return found


def named_files(
    journal: OpenJournal, entries: Sequence[Entry], contents: Mapping[int, Content], own: Sequence[Attachment]
) -> Iterator[Finding]:
    """The rows of the files that a journal names, and those that say they are its own."""
    name = str(journal.subject.pk)
    data = {entry.seq: [entry.data, _body(contents.get(entry.pk))] for entry in entries}
    named = {
        ref: entry.seq
        for entry in entries
        for part in data[entry.seq]
        for ref in files_in(journal.events, entry.type, part)
    }
    there = {str(row.pk) for row in own} if own else set()
    if named.keys() - there:
        there |= {str(pk) for pk in Attachment.objects.filter(pk__in=named).values_list("pk", flat=True)}
    for ref, seq in named.items():
        if ref not in there:
            yield Finding(name, seq, f"the attachment {ref} was removed")
    texts = {text for parts in data.values() for part in parts for text in _texts(part)} if own else set()
    erased = any(entry.type == "erased" for entry in entries)
    for row in own:
        if row.erased_at is None and str(row.pk) not in texts:
            yield Finding(name, None, f"the attachment {row.pk} is not named by this journal")
        elif row.erased_at is not None and not erased:
            yield Finding(name, None, f"the attachment {row.pk} was erased without an erased entry")


def files() -> Iterator[Finding]:
    """Every file that was not erased: its row against its id, its bytes against its hash."""
    sha256, found = "", ""
    for row in Attachment.objects.filter(erased_at__isnull=True).order_by("sha256", "pk").iterator():
        name = str(row.subject_id or "-")
        if not is_bound(row):
            yield Finding(name, None, f"the row of the attachment {row.pk} was changed")
        if row.sha256 != sha256:
            sha256, found = row.sha256, _fault(row)
        if found:
            yield Finding(name, None, f"the file of the attachment {row.pk} {found}")


def _fault(row: Attachment) -> str:
    digest = hashlib.sha256()
    try:
        with stored_at(row.sha256).open("rb") as file:
            while block := file.read(BLOCK):
                digest.update(block)
    except OSError:
        return "cannot be read"
    return "" if digest.hexdigest() == row.sha256 else "was changed"


def _body(content: Content | None) -> dict[str, Any]:
    try:
        found = orjson.loads(content.body) if content is not None and content.body else {}
    except orjson.JSONDecodeError:
        # Changed content is a finding of its own.
        return {}
    return found if isinstance(found, dict) else {}


def _texts(value: Any) -> Iterator[str]:
    """Every text in the data, however deep: a correction names files below its ``data``."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
