"""Attachments (附件): typed by what is in them, kept under their hash, looked at only by who may see.

Files lie in MEDIA_ROOT as ``ab/cd/<sha256>``: the same content is kept once. Office files are ZIP archives
(ECMA-376, ISO/IEC 26300): their directory is read before anything is unpacked, and a bomb is refused.
"""

import hashlib
import os
import secrets
import tempfile
import zipfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from functools import partial
from itertools import pairwise
from pathlib import Path, PurePosixPath
from typing import IO
from unicodedata import category
from uuid import UUID

import orjson
import puremagic
from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.journal import chain, clock, pixels
from shouwen.journal.errors import Invalid, room
from shouwen.journal.models import Attachment, Content, Subject
from shouwen.journal.pen import OpenJournal
from shouwen.organisation.models import Person
from shouwen.policy.model import EventType

SIZE_LIMIT = 20 * 1024 * 1024
"""Bytes of one file."""
EXPANDED_LIMIT = 200 * 1024 * 1024
RATIO_LIMIT = 100
PIXEL_LIMIT = 120_000_000
"""Pixels that a picture may declare: what telephones take fits, what fills a reader's memory does not."""
MEMBER_LIMIT = 5_000
HEAD = 64 * 1024
NONCE = 4

OOXML = "application/vnd.openxmlformats-officedocument"
ZIPPED: Mapping[str, str] = {
    "word/": f"{OOXML}.wordprocessingml.document",
    "xl/": f"{OOXML}.spreadsheetml.sheet",
    "ppt/": f"{OOXML}.presentationml.presentation",
}
"""Folder inside an office file → its type."""
ALLOWED: Mapping[str, tuple[str, ...]] = {
    "application/pdf": (".pdf",),
    "image/jpeg": (".jpg", ".jpeg"),
    "image/png": (".png",),
    "image/gif": (".gif",),
    "image/webp": (".webp",),
    "image/heic": (".heic", ".heif"),
    "audio/mpeg": (".mp3",),
    "audio/wav": (".wav",),
    "video/mp4": (".mp4",),
    ZIPPED["word/"]: (".docx",),
    ZIPPED["xl/"]: (".xlsx",),
    ZIPPED["ppt/"]: (".pptx",),
    "text/plain": (".txt", ".csv"),
}
"""Types that are taken in, with the endings that their names may have."""
_NO_TEXT = frozenset(("Cc", "Cs"))
"""Unicode categories that no text has: control characters, halves of characters."""
_SAME: Mapping[str, str] = {
    "image/jpg": "image/jpeg",
    "image/heif": "image/heic",
    "audio/x-wav": "audio/wav",
    "audio/wave": "audio/wav",
}


def keep(upload: IO[bytes], name: str, person: Person | None) -> Attachment:
    """Take a file in. Raises Invalid (key ``file``) for what is not allowed, NoRoom where the disk is full.

    It belongs to no subject until an entry names it by its id. ``person`` None: it came by mail.
    """
    name = PurePosixPath(name.replace("\\", "/")).name[:255]
    with room():
        sha256, media_type, size = _store(upload, name)
        made = Attachment(
            sha256=sha256, name=name, media_type=media_type, size=size, uploaded_by=person, uploaded_at=clock.now()
        )
        made.pk = bound_id(made, secrets.token_bytes(NONCE))
        made.save(force_insert=True)
    return made


def again(attachment: Attachment) -> Attachment:
    """The same file for another subject: a row of its own, the bytes kept once."""
    made = Attachment(
        sha256=attachment.sha256,
        name=attachment.name,
        media_type=attachment.media_type,
        size=attachment.size,
        uploaded_by=attachment.uploaded_by,
        uploaded_at=attachment.uploaded_at,
    )
    made.pk = bound_id(made, secrets.token_bytes(NONCE))
    made.save(force_insert=True)
    return made


def bound_id(attachment: Attachment, nonce: bytes) -> UUID:
    """An id that covers the file's hash and what is kept about it, but for its name (RFC 9562, version 8).

    Entries name files by id: through it their chain covers the file too. Four bytes of nonce, 90 bits of SHA-256.
    """
    covered = {
        "sha256": attachment.sha256,
        "type": attachment.media_type,
        "size": attachment.size,
        "by": attachment.uploaded_by_id,
        "at": chain.instant(attachment.uploaded_at),
    }
    made = bytearray(nonce + hashlib.sha256(nonce + chain.canonical(covered)).digest()[: 16 - NONCE])
    made[6] = made[6] & 0x0F | 0x80
    made[8] = made[8] & 0x3F | 0x80
    return UUID(bytes=bytes(made))


def is_bound(attachment: Attachment) -> bool:
    """Whether the row is what its id covers; ids of version 4 cover nothing and are taken as they are."""
    return attachment.pk.version != 8 or attachment.pk == bound_id(attachment, attachment.pk.bytes[:NONCE])


def _store(upload: IO[bytes], name: str) -> tuple[str, str, int]:
    """Hash, type and size of the file, which lies in its place now."""
    root = Path(settings.MEDIA_ROOT)
    root.mkdir(parents=True, exist_ok=True)
    handle, path = tempfile.mkstemp(prefix="incoming-", dir=root)
    incoming = Path(path)
    try:
        with os.fdopen(handle, "wb") as file:
            sha256, size = _copy(upload, file)
        media_type = _media_type(incoming, name)
        place = stored_at(sha256)
        place.parent.mkdir(parents=True, exist_ok=True)
        incoming.replace(place)
    finally:
        incoming.unlink(missing_ok=True)
    return sha256, media_type, size


def stored_at(sha256: str) -> Path:
    return Path(settings.MEDIA_ROOT) / sha256[:2] / sha256[2:4] / sha256


def opened(attachment: Attachment) -> "File[bytes]":
    """The file, to read. Raises FileNotFoundError once it was erased."""
    return File(stored_at(attachment.sha256).open("rb"), name=attachment.name)


def _copy(upload: IO[bytes], to: IO[bytes]) -> tuple[str, int]:
    digest, size = hashlib.sha256(), 0
    while block := upload.read(1 << 20):
        size += len(block)
        if size > SIZE_LIMIT:
            raise _refused(_("The file is larger than %(limit)d MB.") % {"limit": SIZE_LIMIT >> 20})
        digest.update(block)
        to.write(block)
    if size == 0:
        raise _refused(_("The file is empty."))
    return digest.hexdigest(), size


def _refused(message: str) -> Invalid:
    return Invalid({"file": message})


def _media_type(path: Path, name: str) -> str:
    """The type by content; the name's ending must agree with it."""
    with path.open("rb") as file:
        head = file.read(HEAD)
    found = _zipped(path) if head.startswith(b"PK") else _by_magic(head) or _text_type(path)
    if found not in ALLOWED:
        raise _refused(_("Files of this type are not taken in: %(name)s.") % {"name": name})
    if PurePosixPath(name).suffix.lower() not in ALLOWED[found]:
        raise _refused(
            _("The file's name does not fit its content: %(name)s is %(type)s.") % {"name": name, "type": found}
        )
    if found.startswith("image/"):
        _check_pixels(path, found)
    return found


def _by_magic(head: bytes) -> str:
    with suppress(puremagic.PureError, ValueError):
        for match in puremagic.magic_string(head):
            mime: str = _SAME.get(match.mime_type, match.mime_type)
            if mime in ALLOWED and mime != "text/plain":
                return mime
    return ""


def _check_pixels(path: Path, media_type: str) -> None:
    size = pixels.declared(path.read_bytes(), media_type)
    if size is not None and size[0] * size[1] > PIXEL_LIMIT:
        raise _refused(
            _("The picture has %(width)d × %(height)d pixels: more than 120 million are not taken in.")
            % {"width": size[0], "height": size[1]}
        )


def _text_type(path: Path) -> str:
    """Text in UTF-8, else in GB18030 (GBK and GB2312 are parts of it), without control characters."""
    content = path.read_bytes()
    for codec in ("utf-8-sig", "gb18030"):
        with suppress(UnicodeDecodeError):
            text = content.decode(codec)
            binary = any(category(char) in _NO_TEXT for char in set(text) - set("\t\r\n\f"))
            return "" if binary else "text/plain"
    return ""


def _zipped(path: Path) -> str:
    """The type of an office file, from its directory alone. Other archives are not taken in."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OSError):
        return ""
    expanded = sum(member.file_size for member in members)
    packed = max(1, sum(member.compress_size for member in members))
    nested = any(member.filename.lower().endswith((".zip", ".gz", ".7z", ".rar")) for member in members)
    if len(members) > MEMBER_LIMIT or expanded > EXPANDED_LIMIT or expanded / packed > RATIO_LIMIT or nested:
        raise _refused(_("The file unpacks to far more than it is: it is not taken in."))
    _check_declared_sizes(path, members)
    names = {member.filename for member in members}
    if "[Content_Types].xml" not in names:
        return ""
    return next((kind for folder, kind in ZIPPED.items() if any(n.startswith(folder) for n in names)), "")


def _check_declared_sizes(path: Path, members: Sequence[zipfile.ZipInfo]) -> None:
    """A directory may lie about sizes: no member unpacks to more than it declares (zipfile stops there), and no
    two share their bytes."""
    starts = sorted((member.header_offset, member.compress_size) for member in members)
    for (start, size), (following, _size) in pairwise(starts):
        if start + size > following:
            raise _refused(_("The file unpacks to far more than it is: it is not taken in."))
    if starts and starts[-1][0] + starts[-1][1] > path.stat().st_size:
        raise _refused(_("The file is damaged."))


# --- with the journal ------------------------------------------------------------------


def existing(ids: Sequence[str]) -> set[str]:
    """Of these ids, those of files that are there."""
    known = Attachment.objects.filter(pk__in=[one for one in ids if _is_uuid(one)], erased_at__isnull=True)
    return {str(pk) for pk in known.values_list("pk", flat=True)}


def _is_uuid(value: str) -> bool:
    with suppress(ValueError):
        UUID(value)
        return True
    return False


def files_in(events: Mapping[str, EventType], event: str, data: Mapping[str, object]) -> list[str]:
    """Ids of the files that the fields of this event name."""
    found: list[str] = []
    for name, field in events[event].fields.items():
        value = data.get(name)
        if field.type == "file" and value:
            found += [str(item) for item in value] if isinstance(value, list) else [str(value)]
    return found


def adopt(journals: Sequence[OpenJournal]) -> None:
    """Files that new entries name belong to their subject from now on."""
    for journal in journals:
        ids = [
            one
            for entry in journal.added
            for data in (entry.data, journal.sealed.get(entry.seq, {}))
            for one in files_in(journal.events, entry.type, data)
        ]
        if ids:
            Attachment.objects.filter(pk__in=ids, subject__isnull=True).update(subject=journal.subject)


def erase_files(subject: Subject, content: Content, at: datetime) -> None:
    """Files that an erased content names go with it, unless another subject keeps the same bytes."""
    named = {str(item) for value in orjson.loads(content.body or "{}").values() for item in _flat(value)}
    gone = [one for one in Attachment.objects.filter(subject=subject, erased_at__isnull=True) if str(one.pk) in named]
    for attachment in gone:
        attachment.erased_at = at
        attachment.name = ""
        attachment.save(update_fields=["erased_at", "name"])
    for sha256 in {attachment.sha256 for attachment in gone}:
        if not Attachment.objects.filter(sha256=sha256, erased_at__isnull=True).exists():
            transaction.on_commit(partial(stored_at(sha256).unlink, missing_ok=True))


def _flat(value: object) -> list[object]:
    return list(value) if isinstance(value, list) else [value]
