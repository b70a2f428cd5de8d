"""Webhooks among the pages of administration (回调): who is told at which address, and what became of each delivery."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from shouwen.channels import hooks
from shouwen.channels.models import Webhook, WebhookDelivery
from shouwen.channels.webhooks import message_id
from shouwen.desk.administration.acts import Act, AdminForm, Done, run
from shouwen.desk.administration.asked import Admin, administrator, shown
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, asked_of, listing
from shouwen.desk.templatetags.desk import local

ANSWER = 200
"""Characters of an answer that the table shows."""


@administrator
def webhooks(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Every webhook, those taken away too."""
    admin.insist(None)
    filters = (Filter("state", _("State"), [("on", _("on")), ("off", _("switched off")), ("ended", _("ended"))]),)
    asked = asked_of(request, filters)
    rows = Webhook.objects.select_related("person", "contact")
    if asked.get("state") == "on":
        rows = rows.filter(ended_at=None, disabled_at=None, active=True)
    elif asked.get("state") == "off":
        rows = rows.filter(ended_at=None).exclude(disabled_at=None, active=True)
    elif asked.get("state") == "ended":
        rows = rows.filter(ended_at__isnull=False)

    def cells(page: Sequence[Webhook]) -> list[list[Cell]]:
        return [
            [
                Cell(one.url, _page(one)),
                Cell(one.person.name),
                Cell("、".join(one.events) or _("all")),
                Cell(str(hooks.waiting(one).count()), number=True),
                Cell(local(one.failing_since) or "—", number=True),
                _state(one),
            ]
            for one in page
        ]

    titles = (_("Address"), _("Acts as"), _("Events"), _("Waiting"), _("Failing since"), _("State"))
    empty = (_("No webhook yet"), _("A system subscribes by the API, with a token that has the scope for it."))
    columns = [Column(title) for title in titles]
    page = listing(
        request, _("Webhooks"), columns, filters, asked, rows, cells, {"made": ("-made_at", "pk")}, empty=empty
    )
    return render(request, "desk/admin/list.html", {"listing": page})


def _state(one: Webhook) -> Cell:
    if one.ended_at is not None:
        return Cell(_("ended"), chip="amber")
    if one.disabled_at is not None:
        return Cell(_("switched off by the house"), chip="red")
    return Cell(_("on"), chip="green") if one.active else Cell(_("switched off"), chip="amber")


def _page(one: Webhook) -> str:
    return reverse("admin-webhook", args=[one.pk])


@administrator
def webhook(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """The log of one webhook: each request with its answer, the latest first."""
    admin.insist(None)
    hook = get_object_or_404(Webhook.objects.select_related("person"), pk=pk)
    filters = (Filter("state", _("State"), [("yes", _("delivered")), ("no", _("failed"))]),)
    asked = asked_of(request, filters)
    rows = WebhookDelivery.objects.filter(webhook=hook).select_related("outbox")
    if "state" in asked:
        rows = rows.filter(delivered=asked["state"] == "yes")

    def cells(page: Sequence[WebhookDelivery]) -> list[list[Cell]]:
        return [
            [
                Cell(local(one.at), number=True),
                Cell(_("delivered"), chip="green") if one.delivered else Cell(_("failed"), chip="red"),
                Cell(str(one.status or "—"), number=True),
                Cell(str(one.milliseconds), number=True),
                Cell(one.error or one.answer[:ANSWER] or "—"),
                Cell(message_id(one.outbox.key)),
                Cell("" if hook.ended_at else _("Send again"), "" if hook.ended_at else _again(one)),
            ]
            for one in page
        ]

    titles = (_("At"), _("State"), _("Status"), _("Milliseconds"), _("Answer"), _("Message"), _("To do"))
    columns = [Column(title) for title in titles]
    off = hook.disabled_at is not None or not hook.active
    word, name = (_("Switch on"), "admin-webhook-on") if off else (_("Switch off"), "admin-webhook-off")
    buttons = [] if hook.ended_at else [Button(word, reverse(name, args=[pk]))]
    note = _("%(state)s; acts as %(person)s; %(count)d messages wait.") % {
        "state": _state(hook).text,
        "person": hook.person.name,
        "count": hooks.waiting(hook).count(),
    }
    empty = (_("Nothing has been sent yet"), note)
    page = listing(
        request,
        hook.url,
        columns,
        filters,
        asked,
        rows,
        cells,
        {"at": ("-pk",)},
        buttons=buttons,
        empty=empty,
        note=note,
    )
    return render(request, "desk/admin/list.html", {"listing": page})


def _again(one: WebhookDelivery) -> str:
    return reverse("admin-webhook-again", args=[one.pk])


@administrator
def switch(request: HttpRequest, admin: Admin, pk: int, *, on: bool) -> HttpResponse:
    """On: what has waited is sent too. Off: from now on it is told of nothing."""
    hook = get_object_or_404(Webhook, pk=pk, ended_at=None)

    def do(_given: Mapping[str, Any]) -> Done:
        before = str(_state(hook).text)
        changed = hooks.change(hook, admin.now, active=on)
        return Done(shown(hook), f"{hook.url}: {before}", str(_state(changed).text))

    said = _("What waits for it is sent now.") if on else _("What is recorded meanwhile is not told later.")
    act = Act(
        _("Switch on") if on else _("Switch off"),
        "webhook.on" if on else "webhook.off",
        None,
        AdminForm(request.POST or None),
        do,
        _page(hook),
        hook.url,
        {_("State"): str(_state(hook).text)},
        sections=[Section(_("What follows"), note=said)],
    )
    return run(request, admin, act)


@administrator
def again(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """The message of a delivery once more, under the same id."""
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("webhook", "outbox"), pk=pk)
    hook = delivery.webhook

    def do(_given: Mapping[str, Any]) -> Done:
        if hook.ended_at is not None:
            raise ValidationError(_("It has ended already."))
        row = hooks.redeliver(delivery, admin.now)
        return Done(shown(hook), after=message_id(row.key))

    said = _("The receiver knows by the message's id that it is the same one.")
    act = Act(
        _("Send again"),
        "webhook.again",
        None,
        AdminForm(request.POST or None),
        do,
        _page(hook),
        hook.url,
        sections=[Section(_("What follows"), note=said)],
        submit=_("Send again"),
    )
    return run(request, admin, act)
