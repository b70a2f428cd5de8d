from django.contrib import admin
from django.http import HttpRequest

from shouwen.organisation.models import Absence, Appointment, Authority, Delegation, Person, Post, Unit


class Unchanging(admin.ModelAdmin):  # type: ignore[type-arg]
    """Looked at here, changed only by acts, which leave an entry."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: object | None = None) -> bool:
        return False


@admin.register(Unit)
class UnitAdmin(Unchanging):
    list_display = ["name", "kind", "path", "since", "until"]
    list_filter = ["kind"]
    search_fields = ["name"]


@admin.register(Person)
class PersonAdmin(Unchanging):
    list_display = ["username", "name", "is_active", "auditor"]
    search_fields = ["username", "name", "pinyin"]
    exclude = ["password"]


@admin.register(Post)
class PostAdmin(Unchanging):
    list_display = ["name", "unit", "is_duty_post", "since", "until"]
    list_select_related = ["unit"]
    search_fields = ["name", "unit__name"]


@admin.register(Appointment)
class AppointmentAdmin(Unchanging):
    list_display = ["person", "post", "since", "until"]
    list_select_related = ["person", "post"]
    raw_id_fields = ["person", "post"]


@admin.register(Absence)
class AbsenceAdmin(Unchanging):
    list_display = ["person", "since", "until", "reason"]
    list_select_related = ["person"]
    raw_id_fields = ["person"]


@admin.register(Delegation)
class DelegationAdmin(Unchanging):
    list_display = ["person", "post", "deputy", "since", "until", "reason"]
    list_select_related = ["person", "post", "deputy"]
    raw_id_fields = ["person", "post", "deputy"]


@admin.register(Authority)
class AuthorityAdmin(Unchanging):
    list_display = ["post", "kind", "limit", "category", "since", "until"]
    list_select_related = ["post"]
    raw_id_fields = ["post"]
