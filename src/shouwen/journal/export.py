"""Journals as files (导出): JSON Lines as `shouwen replay` reads them, one entry a line (``docs/engine.md``)."""

from collections.abc import Iterator
from typing import Any
from zoneinfo import ZoneInfo

import orjson
from django.db.models import QuerySet

from shouwen.journal.models import Entry, Subject
from shouwen.organisation.models import Unit

CHUNK = 1000
"""Entries read at once."""


def entries_of(subjects: QuerySet[Subject]) -> QuerySet[Entry]:
    """The entries of these subjects, subject by subject in the order of recording."""
    return Entry.objects.filter(subject__in=subjects).order_by("subject_id", "seq")


def lines(subjects: QuerySet[Subject], *, sealed: bool = False) -> Iterator[dict[str, Any]]:
    """The entries of these subjects, read as they are asked for; instants in the zone of the subject's unit.

    `sealed`: with the sealed content (personal, the customer's words), as far as it was not erased; else the
    envelope alone, from which the standing follows just the same.
    """
    found = entries_of(subjects).select_related("subject__unit", *(["content"] if sealed else []))
    names = unit_paths()
    for entry in found.iterator(CHUNK):
        yield _line(entry, names, _sealed(entry) if sealed else {})


def _line(entry: Entry, names: dict[int | None, str], sealed: dict[str, Any]) -> dict[str, Any]:
    subject = entry.subject
    zone = ZoneInfo(subject.unit.zone)
    at, recorded_at = entry.at.astimezone(zone).isoformat(), entry.recorded_at.astimezone(zone).isoformat()
    return {
        "id": str(entry.seq),
        "matter" if subject.matter else "subject": str(subject.pk),
        "kind": subject.kind,
        "type": entry.type,
        "at": at,
        **({} if recorded_at == at else {"recorded_at": recorded_at}),
        "by": "" if entry.by_id is None else str(entry.by_id),
        "post": entry.post,
        "unit": names[entry.unit_id],
        "data": _merged(entry.data, sealed),
    }


def _merged(data: dict[str, Any], sealed: dict[str, Any]) -> dict[str, Any]:
    """Envelope and content in one; a correction has both parts below its ``data`` too."""
    merged = {**data, **sealed}
    if isinstance(data.get("data"), dict) and isinstance(sealed.get("data"), dict):
        merged["data"] = data["data"] | sealed["data"]
    return merged


def _sealed(entry: Entry) -> dict[str, Any]:
    content = getattr(entry, "content", None)
    found: dict[str, Any] = orjson.loads(content.body) if content is not None and content.body else {}
    return found


def unit_paths() -> dict[int | None, str]:
    """Each unit by the names from the root down to it: ``重庆/江北/一期``."""
    names = dict(Unit.objects.values_list("pk", "name"))
    paths: dict[int | None, str] = {None: ""}
    for pk, path in Unit.objects.values_list("pk", "path"):
        paths[pk] = "/".join(names[int(one)] for one in path.strip("/").split("/"))
    return paths
