"""Calendars (日历): working time, statutory holidays and make-up workdays, day rules, dates and recurrences.

Pure: no Django, no database, no clock of its own. Instants are aware datetimes, results are in the calendar's zone.
Two instants of one zone around a change of clocks are compared and subtracted in UTC, as Python compares wall times.
"""

from shouwen.calendars.arithmetic import Arithmetic, explain
from shouwen.calendars.calendar import Calendar
from shouwen.calendars.clock import before, due, extend
from shouwen.calendars.content import content_of, from_content
from shouwen.calendars.dates import DateRule
from shouwen.calendars.days import Day, DayKind, SpecialDay
from shouwen.calendars.errors import CalendarError, CalendarErrors, NaiveTimeError, NoWorkingTimeError
from shouwen.calendars.hours import Interval, Intervals, day_hours
from shouwen.calendars.pauses import Pause
from shouwen.calendars.periods import Period, PeriodKind
from shouwen.calendars.recurrence import Occurrence, Recurrence
from shouwen.calendars.rules import STATUTE, DayRules, Roll
from shouwen.calendars.statutory import official_years, statutory_calendar
from shouwen.calendars.steps import Step, StepKind
from shouwen.calendars.table import Table
from shouwen.calendars.units import Limit, Unit

__all__ = [
    "STATUTE",
    "Arithmetic",
    "Calendar",
    "CalendarError",
    "CalendarErrors",
    "DateRule",
    "Day",
    "DayKind",
    "DayRules",
    "Interval",
    "Intervals",
    "Limit",
    "NaiveTimeError",
    "NoWorkingTimeError",
    "Occurrence",
    "Pause",
    "Period",
    "PeriodKind",
    "Recurrence",
    "Roll",
    "SpecialDay",
    "Step",
    "StepKind",
    "Table",
    "Unit",
    "before",
    "content_of",
    "day_hours",
    "due",
    "explain",
    "extend",
    "from_content",
    "official_years",
    "statutory_calendar",
]
