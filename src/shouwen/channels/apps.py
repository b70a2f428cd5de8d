from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "shouwen.channels"
    label = "channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouwen.channels import webhooks
        from shouwen.channels.mail import deliver
        from shouwen.journal import projectors
        from shouwen.journal.notices import MAIL
        from shouwen.journal.outbox import register

        register(MAIL, deliver)
        register(webhooks.CHANNEL, webhooks.deliver)
        projectors.follow(webhooks.follow)
