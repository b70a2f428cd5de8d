"""The arithmetic of a due time in the reader's language: the calendars room says it in Chinese, here in others."""

from datetime import date, datetime

from django.utils import formats, timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from shouwen.calendars import Step, StepKind
from shouwen.engine import Why


def lines_of(why: Why) -> tuple[str, ...]:
    """One line a step; in Chinese as the engine gives them, with the articles of law that they rest on."""
    if (get_language() or "zh").startswith("zh"):
        return why.lines
    if why.form == "counted":
        return tuple(_step(step) for step in why.steps if step.first is not None)
    said = {
        "extended": _("Extended to %(said)s"),
        "agreed": _("By agreement or as written in the notice: %(said)s"),
        "dated": _("By a rule of dates, from %(said)s"),
        "none": _("The clause sets no limit: there is no due time, only its age is shown"),
    }[why.form]
    return (said % {"said": why.said},)


def _step(step: Step) -> str:
    title = {
        StepKind.START: _("Start"),
        StepKind.FIRST_DAY: _("Day of the trigger, not counted"),
        StepKind.COUNTED: _("Counted"),
        StepKind.SKIPPED: _("Skipped, day off"),
        StepKind.PAUSED: _("Suspended"),
        StepKind.END: _("End"),
        StepKind.ROLLED: _("Moved past days off"),
        StepKind.EXTENDED: _("Extended"),
        StepKind.CALENDAR: _("Calendar"),
    }[step.kind]
    moments = [_moment(one) for one in (step.first, step.last) if one is not None]
    return f"{title}: {' – '.join(dict.fromkeys(moments))}"


def _moment(moment: date) -> str:
    if isinstance(moment, datetime):
        return formats.date_format(timezone.localtime(moment, moment.tzinfo), "DATETIME_FORMAT")
    return formats.date_format(moment, "DATE_FORMAT")
