"""The desk as a Django app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class DeskConfig(AppConfig):
    name = "shouwen.desk"
    verbose_name = _("Desk")

    def ready(self) -> None:
        from shouwen.desk.administration import background

        background.register()
