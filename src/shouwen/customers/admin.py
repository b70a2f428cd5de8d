from django.contrib import admin

from shouwen.customers.models import Asset, Contact, Customer, Holding


class ContactInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Contact
    extra = 0


class HoldingInline(admin.TabularInline):  # type: ignore[type-arg]
    model = Holding
    raw_id_fields = ["asset"]
    extra = 0


@admin.register(Customer)
class CustomerAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["pk", "kind", "unit", "registered_at"]
    list_select_related = ["unit"]
    raw_id_fields = ["unit"]
    inlines = [ContactInline, HoldingInline]


@admin.register(Asset)
class AssetAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    list_display = ["pk", "unit", "building", "entrance", "room"]
    list_select_related = ["unit"]
    raw_id_fields = ["unit"]
