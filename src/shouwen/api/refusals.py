"""What the rooms above refuse, as problems: gates, powers, staleness, fields, room."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.utils.translation import gettext as _

from shouwen.api.problems import ProblemError
from shouwen.api.told import entry_told, shut_told
from shouwen.journal.errors import Invalid, NoRoom, NotAllowed, NotRecorded, Refused, Stale

OF_ENTRY = frozenset({"type", "at", "key", "reason", "unit", "subject"})
"""What ``record()`` says of the entry itself, not of its data."""


def refusal(reason: NotRecorded, data: Collection[str] = (), at: str = "") -> ProblemError:
    """The problem for a reason of ``record()``. ``data``: names of the fields that were sent; ``at``: a JSON pointer
    to the item of a batch."""
    if isinstance(reason, Refused):
        return ProblemError("gate-shut", str(reason), gates=[shut_told(one) for one in reason.shut])
    if isinstance(reason, Stale):
        since = [entry_told(entry, entry.subject.unit) for entry in reason.since]
        return ProblemError("stale", str(reason), since=since, seq=reason.since[-1].seq)
    if isinstance(reason, Invalid):
        return ProblemError("invalid", errors=list(_fields(reason.errors, data, at)))
    if isinstance(reason, NotAllowed):
        return ProblemError("not-allowed", str(reason), roles=list(reason.roles))
    if isinstance(reason, NoRoom):
        return ProblemError("no-room", str(reason))
    return ProblemError("conflict", str(reason))


def _fields(errors: Mapping[str, str], data: Collection[str], at: str) -> Iterable[dict[str, str]]:
    for name, detail in errors.items():
        if name in OF_ENTRY and name not in data:
            pointer = f"#{at}/{name}"
        else:
            pointer = f"#{at}/data/" + "/".join(_escaped(part) for part in name.split("."))
        yield {"detail": detail, "pointer": pointer}


def _escaped(name: str) -> str:
    """RFC 6901."""
    return name.replace("~", "~0").replace("/", "~1")


def from_models(error: DjangoValidationError) -> ProblemError:
    """The problem for what a room's act says of its fields."""
    if hasattr(error, "error_dict"):
        found = [
            {"detail": message, "pointer": f"#/{_escaped(name)}" if name != "__all__" else "#"}
            for name, messages in error.message_dict.items()
            for message in messages
        ]
    else:
        found = [{"detail": message, "pointer": "#"} for message in error.messages]
    return ProblemError("invalid", errors=found)


def from_schema(errors: Sequence[Mapping[str, Any]]) -> ProblemError:
    """The problem for what the schema of the operation says."""
    return ProblemError("invalid", errors=[_of_schema(one) for one in errors])


def _of_schema(error: Mapping[str, Any]) -> dict[str, str]:
    source, *path = [str(part) for part in error["loc"]]
    detail = _words(error["type"], error.get("ctx") or {})
    if source == "body" or source in ("file", "form"):
        # The first step is the name that the parameter has in our code.
        steps = path[1:] if source == "body" else path
        return {"detail": detail, "pointer": "#" + "".join(f"/{_escaped(step)}" for step in steps)}
    return {"detail": detail, "header" if source == "header" else "parameter": path[-1] if path else source}


def _words(sort: str, context: Mapping[str, Any]) -> str:
    """A schema's complaint in the caller's language."""
    if sort in ("literal_error", "enum"):
        return _("Must be one of: %(values)s.") % {"values": str(context.get("expected", "")).replace(" or ", ", ")}
    if sort == "missing":
        return _("This is required.")
    if sort == "extra_forbidden":
        return _("There is no such field.")
    bounds = {
        "greater_than_equal": _("Must be at least %(bound)s."),
        "less_than_equal": _("Must be at most %(bound)s."),
        "string_too_long": _("Must have at most %(bound)s characters."),
        "string_too_short": _("Must have at least %(bound)s characters."),
        "too_long": _("Must have at most %(bound)s items."),
        "too_short": _("Must have at least %(bound)s items."),
        "string_pattern_mismatch": _("Must be written as %(bound)s."),
    }
    if sort in bounds:
        bound = next(
            (context[name] for name in ("ge", "le", "max_length", "min_length", "pattern") if name in context), ""
        )
        return bounds[sort] % {"bound": bound}
    kinds = {
        "int": _("A whole number is expected."),
        "float": _("A number is expected."),
        "bool": _("Yes or no is expected."),
        "string": _("Text is expected."),
        "uuid": _("An id (UUID) is expected."),
        "datetime": _("A date and time is expected, as 2026-03-02T09:00:00+08:00."),
        "timezone": _("The time has no time zone."),
        "date": _("A date is expected, as 2026-03-02."),
        "list": _("A list is expected."),
        "dict": _("An object is expected."),
        "model": _("An object is expected."),
    }
    return next((words for kind, words in kinds.items() if sort.startswith(kind)), _("This does not fit."))
