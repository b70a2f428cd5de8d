"""What a duty itself says of the act that keeps it: filled into its form, and said outright where several are kept."""

from collections.abc import Mapping
from typing import Any

from shouwen.calendars import CalendarError
from shouwen.calendars.periods import Period
from shouwen.engine import Owed
from shouwen.policy.asked import asked
from shouwen.policy.model import Duty, Every, Field


def of_duty(rule: Duty, owed: Owed) -> dict[str, Any]:
    """By field: what the rule says outright, whom it is done to, its instance, and of what recurs its time."""
    found: dict[str, Any] = dict(asked(rule.act.happenings[0]))
    if rule.to:
        found["to"] = list(rule.to)
    if rule.need and rule.need.all and owed.missing:
        found[rule.need.of] = list(owed.missing)
    if isinstance(rule.trigger, Every) and owed.instance:
        found["period"] = _period(owed.instance)
    if rule.per and owed.instance:
        found[rule.act.same or rule.per] = owed.instance.partition("/")[0]
    return found


def _period(instance: str) -> str | None:
    """The time in an instance's name: ``2026-03-05``, ``2026-W10/2``, ``O1/2026-W10``."""
    for part in instance.split("/"):
        try:
            return Period.parse(part).key
        except CalendarError:
            continue
    return None


def single(fields: Mapping[str, Field], found: Mapping[str, Any]) -> dict[str, Any]:
    """What these fields take: of several values the first where a field takes one, in a list where it takes several."""
    fitting = {}
    for name, value in found.items():
        one = fields.get(name)
        if one is None or value is None:
            continue
        listed = one.many or one.type == "list"
        if isinstance(value, list):
            fitting[name] = value if listed else value[0]
        else:
            fitting[name] = [value] if one.many else value
    return fitting
