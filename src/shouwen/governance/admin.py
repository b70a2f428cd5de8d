from django.contrib import admin

from shouwen.governance.models import (
    CalendarDay,
    CalendarTable,
    CalendarVersion,
    CalendarYear,
    Escalation,
    InForce,
    PolicyVersion,
)
from shouwen.organisation.admin import Unchanging


@admin.register(PolicyVersion)
class PolicyVersionAdmin(Unchanging):
    list_display = ["title", "name", "version", "published_at"]


@admin.register(InForce)
class InForceAdmin(Unchanging):
    list_display = ["unit", "kind", "policy_version", "since", "until"]
    list_select_related = ["unit", "policy_version"]


@admin.register(CalendarTable)
class CalendarTableAdmin(Unchanging):
    list_display = ["name", "unit"]
    list_select_related = ["unit"]


@admin.register(CalendarYear)
class CalendarYearAdmin(Unchanging):
    list_display = ["table", "year", "source", "imported_at"]
    list_select_related = ["table"]


@admin.register(CalendarDay)
class CalendarDayAdmin(Unchanging):
    list_display = ["date", "kind", "name", "table"]
    list_select_related = ["table"]
    list_filter = ["kind"]


@admin.register(CalendarVersion)
class CalendarVersionAdmin(Unchanging):
    list_display = ["version"]


@admin.register(Escalation)
class EscalationAdmin(Unchanging):
    list_display = ["unit", "kind", "level", "hours", "post", "since", "until"]
    list_select_related = ["unit"]
