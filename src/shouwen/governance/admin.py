from django.contrib import admin
from django.http import HttpRequest

from shouwen.governance.models import (
    CalendarDay,
    CalendarTable,
    CalendarVersion,
    CalendarYear,
    Escalation,
    InForce,
    PolicyVersion,
)


class Unchanging(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looked at here, changed only by the acts of this room."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


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
