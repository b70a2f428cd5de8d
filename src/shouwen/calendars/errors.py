"""What the calendars room refuses, and how it says so."""

from collections.abc import Iterable


class CalendarError(ValueError):
    """A limit, date rule, table or calendar that cannot be used; the message is Chinese and says what was expected."""


class NaiveTimeError(CalendarError):
    """A datetime without a time zone: the instant it means is not known."""


class NoWorkingTimeError(CalendarError):
    """Working time was asked of a calendar that has none (left) to give."""


class CalendarErrors(CalendarError):  # noqa: N818 - it holds several
    """Everything wrong with one piece of input at once. `problems` holds one Chinese line each."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems: tuple[str, ...] = tuple(problems)
        super().__init__("；".join(self.problems))
