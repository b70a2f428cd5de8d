"""The one clock of the rooms with a database (时钟). Tests and demonstrations set it; nothing else reads the time."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

_source: Callable[[], datetime] = lambda: datetime.now(UTC)  # noqa: E731


def now() -> datetime:
    """The present instant, aware."""
    return _source()


@contextmanager
def at(instant: datetime) -> Iterator[None]:
    """Inside it is always `instant` (aware), in all threads of this process."""
    global _source  # noqa: PLW0603  one clock is the point
    before = _source
    _source = lambda: instant  # noqa: E731
    try:
        yield
    finally:
        _source = before
