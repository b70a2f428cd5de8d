from django.contrib import admin
from django.http import HttpRequest

from shouwen.organisation.models import Absence, Appointment, Authority, Delegation, Person, Post, Unit


@admin.register(Unit)
class UnitAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "kind", "path", "since", "until"]
    list_filter = ["kind"]
    search_fields = ["name"]

    def get_readonly_fields(self, request: HttpRequest, obj: Unit | None = None) -> list[str]:
        """A unit that stands is moved by the action, which moves what is below it too."""
        return ["path", "parent"] if obj else ["path"]


@admin.register(Person)
class PersonAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["username", "name", "is_active", "auditor"]
    search_fields = ["username", "name", "pinyin"]
    exclude = ["password"]


@admin.register(Post)
class PostAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["name", "unit", "is_duty_post", "since", "until"]
    list_select_related = ["unit"]
    search_fields = ["name", "unit__name"]


@admin.register(Appointment)
class AppointmentAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["person", "post", "since", "until"]
    list_select_related = ["person", "post"]
    raw_id_fields = ["person", "post"]


@admin.register(Absence)
class AbsenceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["person", "since", "until", "reason"]
    list_select_related = ["person"]
    raw_id_fields = ["person"]


@admin.register(Delegation)
class DelegationAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["person", "post", "deputy", "since", "until", "reason"]
    list_select_related = ["person", "post", "deputy"]
    raw_id_fields = ["person", "post", "deputy"]


@admin.register(Authority)
class AuthorityAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["post", "kind", "limit", "category", "since", "until"]
    list_select_related = ["post"]
    raw_id_fields = ["post"]
