from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ChannelsConfig(AppConfig):
    name = "shouwen.channels"
    label = "channels"
    verbose_name = _("Channels")
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from shouwen.channels import imap, kinds, reminders, routing, senders, settled, sms, webhooks, wecom, wording
        from shouwen.channels.mail import deliver
        from shouwen.journal import projectors, ways, worker
        from shouwen.journal.notices import MAIL
        from shouwen.journal.outbox import register

        ways.register(routing.route)
        register(MAIL, deliver)
        register(kinds.SMS, senders.deliverer(sms.sender, wording.for_sms))
        register(kinds.WECOM, senders.deliverer(wecom.sender, wording.for_wecom))
        projectors.follow(settled.follow)
        worker.each_round(reminders.remind)
        worker.each_round(imap.poll_due)
        register(webhooks.CHANNEL, webhooks.deliver)
        projectors.follow(webhooks.follow)
