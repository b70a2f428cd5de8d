"""Why ``record()`` writes nothing. Whatever is raised, nothing of the call is kept."""

import errno
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING

from django.db import OperationalError
from django.utils.translation import gettext as _

from shouwen.engine import Shut

if TYPE_CHECKING:
    from shouwen.journal.models import Entry


class NotRecorded(Exception):  # noqa: N818  said as what it is
    """The family of all reasons."""


class Refused(NotRecorded):
    """Gates (关口) shut the act; each says its clause, what is missing and who can open it."""

    def __init__(self, shut: Sequence[Shut]) -> None:
        super().__init__("; ".join(one.reason for one in shut))
        self.shut = tuple(shut)


class Stale(NotRecorded):
    """The form was made before others wrote; ``since`` are their entries, oldest first."""

    def __init__(self, since: "Sequence[Entry]") -> None:
        super().__init__(_("Others have written to this journal since the form was opened."))
        self.since = tuple(since)


class Invalid(NotRecorded):
    """The data does not fit the event: a message for each field, in the user's language.

    Keys are field names, or ``type``, ``at``, ``subject``, ``unit`` for the entry itself.
    """

    def __init__(self, errors: Mapping[str, str]) -> None:
        super().__init__("; ".join(f"{name}: {message}" for name, message in errors.items()))
        self.errors = dict(errors)


class NotAllowed(NotRecorded):
    """The actor has not the power; ``roles`` are those who have."""

    def __init__(self, message: str, roles: Sequence[str] = ()) -> None:
        super().__init__(message)
        self.roles = tuple(roles)


class NoRoom(NotRecorded):
    """The disk is full. Nothing half done is left behind."""

    def __init__(self) -> None:
        super().__init__(_("The disk is full: nothing was saved. Please tell the administrator."))


_FULL_DATABASE = ("database or disk is full", "disk I/O error", "No space left on device")
_FULL_FOLDER = (errno.ENOSPC, errno.EFBIG, errno.EDQUOT)


def is_full(error: Exception) -> bool:
    """Whether the disk is full, of the database or of a folder."""
    if isinstance(error, OperationalError):
        return any(sign in str(error) for sign in _FULL_DATABASE)
    return isinstance(error, OSError) and error.errno in _FULL_FOLDER


@contextmanager
def room() -> Iterator[None]:
    """A full disk is NoRoom.

    Goes around the outermost ``transaction.atomic()``: SQLite may find the disk full as late as at its COMMIT.
    """
    try:
        yield
    except (OperationalError, OSError) as error:
        if is_full(error):
            raise NoRoom from error
        raise
