from typing import Any

from django.apps import AppConfig
from django.apps import apps as registry
from django.apps.registry import Apps
from django.db.models.signals import post_migrate
from django.utils.translation import gettext_lazy as _


class GovernanceConfig(AppConfig):
    name = "shouwen.governance"
    label = "governance"
    verbose_name = _("Governance")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        post_migrate.connect(_seed, sender=self)


def _seed(apps: Apps = registry, **_signal: Any) -> None:
    try:
        apps.get_model("governance", "CalendarTable")
    except LookupError:
        # Migrations stopped before this room's.
        return
    # Only here: the library of holidays is read for the seed alone, not at every start.
    from shouwen.governance.calendar_actions import seed_statutory_table

    seed_statutory_table()
