"""What-if in pages (若改为): what is changed under a clause, how far the counting is, what came out, the file."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.http import FileResponse, Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.calendars import CalendarError, Limit
from shouwen.desk.administration import whatif_shown as showing
from shouwen.desk.administration.acts import AdminForm, MomentField
from shouwen.desk.administration.asked import Admin, administrator, shown, unit_choices
from shouwen.desk.administration.background import ask
from shouwen.desk.administration.tables import Button, Cell, Column, Section, Table
from shouwen.desk.models import Task
from shouwen.desk.templatetags.desk import local
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.insight.models import JobState, WhatIf
from shouwen.insight.whatif import Change
from shouwen.insight.whatif_export import path_of
from shouwen.insight.whatif_kept import matters_behind, prepare, readable, rows_of, taken_in
from shouwen.insight.whatif_words import CHANGES, OUTCOMES
from shouwen.journal import access_log
from shouwen.journal.models import AccessKind
from shouwen.organisation.models import Unit
from shouwen.policy import Policy
from shouwen.policy.altered import Number, numbers
from shouwen.policy.model import Clause, Duty, WordLimit

DAYS = 365
"""A year back is what one looks at unless one asks for other days."""
MOST = 200


class WhatIfForm(AdminForm):
    """The limits, parameters and readings of a clause (or, without one, parameters and readings of the whole), and on
    which matters they are tried."""

    unit = forms.ChoiceField(label=gettext_lazy("For"), help_text=gettext_lazy("And all below it."))

    def __init__(self, *args: Any, admin: Admin, policy: Policy, clause: Clause | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy
        self.fields["unit"].choices = unit_choices(admin)  # type: ignore[attr-defined]
        here = [one for one in numbers(policy) if clause is not None and one.clause == clause.id]
        self.numbers: dict[str, Number] = {f"limit-{n}": one for n, one in enumerate(here)}
        words = policy.words if clause is None else [one for one in policy.words if one in _words(clause)]
        self.words = {f"word-{n}": word for n, word in enumerate(words)}
        readings = {one.name: one for one in policy.readings.values() if clause is None or _reads(clause, one.choices)}
        self.readings = {f"reading-{n}": one for n, one in enumerate(readings.values())}
        for name, number in self.numbers.items():
            initial, hint = str(number.limit), f"{_('now')} {number.limit.sentence()}：{number.text}"
            label = f"{number.title}：{_SORTS[number.sort]}"
            self.add(name, forms.CharField(label=label, initial=initial, help_text=hint, max_length=20))
        for name, word in self.words.items():
            within = policy.words[word].within
            hint = _("As 24h, 3wd, 30min; empty: no limit, only the time that has passed is shown.")
            initial = "" if within is None else str(within)
            self.add(name, forms.CharField(label=f"“{word}”", required=False, initial=initial, help_text=hint))
        for name, reading in self.readings.items():
            choices = [(label, f"{label}：{text}") for label, text in reading.choices.items()]
            self.add(
                name,
                forms.ChoiceField(label=reading.name, choices=choices, initial=reading.take, help_text=reading.why),
            )
        year = (admin.now - timedelta(days=DAYS)).astimezone(admin.zone).date().isoformat()
        self.add("since", MomentField(admin.zone, label=_("Received from"), initial=year))
        self.add(
            "until", MomentField(admin.zone, last=True, label=_("Received until"), help_text=_("Empty: until now."))
        )
        everything = forms.BooleanField(label=_("Also matters that are under other regulations"), required=False)
        self.add("everything", everything)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for name in (*self.numbers, *self.words):
            if text := data.get(name, ""):
                try:
                    data[name] = Limit.parse(text)
                except CalendarError as error:
                    self.add_error(name, str(error))
        return data

    def change(self, plain: Policy, taken: Change) -> Change:
        """What differs from the text, with the readings under which it holds (``taken``)."""
        given = self.cleaned_data
        limits = {one.key: given[name] for name, one in self.numbers.items() if given[name] != one.limit}
        words = {word: given[name] or None for name, word in self.words.items()}
        words = {word: limit for word, limit in words.items() if limit != self.policy.words[word].within}
        readings = dict(taken.readings) | {one.name: given[name] for name, one in self.readings.items()}
        return Change({name: one for name, one in readings.items() if one != plain.readings[name].take}, limits, words)


_SORTS = {
    "duty": gettext_lazy("Due within"),
    "row": gettext_lazy("Due within, by the list"),
    "passed": gettext_lazy("Sets in after"),
    "follow": gettext_lazy("The paper follows within"),
}


def _words(clause: Clause) -> set[str]:
    within = [rule.within for rule in clause.rules if isinstance(rule, Duty)]
    return {one.word for one in within if isinstance(one, WordLimit)}


def _reads(clause: Clause, labels: Mapping[str, str]) -> bool:
    return any(rule.reading in labels for rule in clause.rules if rule.reading is not None)


@administrator
def new(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """What is to be tried, under one clause of a version or in the whole of it; the worker counts."""
    version = get_object_or_404(PolicyVersion, pk=pk)
    taken = taken_in(version)
    policy = policy_of(version).with_readings(taken.readings)
    clause = policy.by_id.get(request.GET.get("clause", ""))
    form = WhatIfForm(request.POST or None, admin=admin, policy=policy, clause=clause)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        unit = admin.unit(int(given["unit"]))
        try:
            asked = _prepared(admin, version, taken, form, unit)
        except ValidationError as error:
            form.add_error(None, error)
        else:
            return HttpResponseRedirect(reverse("desk:admin-whatif", args=[asked.pk]))
    status = 422 if form.is_bound else 200
    context = {"form": form, "version": version, "clause": clause}
    return render(request, "desk/admin/whatif_new.html", context, status=status)


def _prepared(admin: Admin, version: PolicyVersion, taken: Change, form: WhatIfForm, unit: Unit) -> WhatIf:
    given, change = form.cleaned_data, form.change(policy_of(version), taken)
    everything = given["everything"]
    nothing = not change.limits and not change.words and dict(change.readings) == dict(taken.readings)
    name = _name(form, change) or str(version)
    asked = WhatIf(unit=unit, since=given["since"], until=given["until"], own=not everything, policy=version.name)
    rows = rows_of(asked)
    if not rows.exists():
        raise ValidationError(_("There are no such matters; tick those under other regulations, or choose other days."))
    if nothing and not rows.exclude(policy_version=version).exists():
        raise ValidationError(_("Nothing is changed: these matters are under this very version."))
    common = {"since": given["since"], "until": given["until"], "own": not everything}
    made = prepare(admin.person, name, unit, version=version, change=change, **common)
    task = ask(admin.person, "whatif", name, {"whatif": str(made.pk)}, rows.count(), admin.now)
    assert task.pk
    return made


def _name(form: WhatIfForm, change: Change) -> str:
    by_key = {one.key: one for one in form.numbers.values()}
    said = [
        f"{one.clause.partition('/')[2]} {one.title}：{one.limit.sentence()} → {change.limits[key].sentence()}"
        for key, one in by_key.items()
        if key in change.limits
    ]
    for word, limit in change.words.items():
        was = form.policy.words[word].within
        said.append(f"“{word}”：{was.sentence() if was else '—'} → {limit.sentence() if limit else '—'}")
    taken = {one.name: form.cleaned_data[name] for name, one in form.readings.items()}
    said += [f"{name}：{label}" for name, label in taken.items() if form.policy.readings[name].take != label]
    return "；".join(said)


@administrator
def whatifs(request: HttpRequest, admin: Admin) -> HttpResponse:
    """What was asked for, by oneself and for the units that one administers, the latest first."""
    rows = [
        [
            Cell(one.name, reverse("desk:admin-whatif", args=[one.pk])),
            Cell(str(one.policy_version or one.policy)),
            Cell(one.unit.name if one.unit else _("the whole house")),
            Cell(one.person.name),
            Cell(local(one.made_at), number=True),
            Cell(one.get_state_display() if one.state == JobState.DONE else _("Being counted"), chip="blue"),
        ]
        for one in readable(admin.person, admin.now)[:MOST]
    ]
    titles = (_("What-if"), _("Policy"), _("Unit"), _("By"), _("Asked at"), _("State"))
    empty = _(
        "Beside each clause of a regulation stands “What if”: change its limits and see the past year under them."
    )
    section = Section(_("What-if"), Table([Column(title) for title in titles], rows), empty)
    versions = [[Cell(str(one), reverse("desk:admin-whatif-new", args=[one.pk]))] for one in _versions()]
    choose = Section(_("Try a version, its parameters or readings"), Table([Column(_("Policy"))], versions))
    return render(request, "desk/admin/thing.html", {"title": _("What-if"), "sections": [section, choose]})


def _versions() -> list[PolicyVersion]:
    return list(PolicyVersion.objects.defer("text")[:MOST])


def _found(admin: Admin, pk: UUID) -> WhatIf:
    return get_object_or_404(readable(admin.person, admin.now).defer(None), pk=pk)


@administrator
def whatif(request: HttpRequest, admin: Admin, pk: UUID) -> HttpResponse:
    """How far it is, or what came of it."""
    asked = _found(admin, pk)
    if asked.state != JobState.DONE:
        task = Task.objects.filter(kind="whatif", asked__whatif=str(asked.pk)).first()
        template = (
            "desk/admin/whatif_part.html" if request.headers.get("HX-Request") else "desk/admin/whatif_waits.html"
        )
        return render(request, template, {"asked": asked, "task": task})
    if request.headers.get("HX-Request"):
        # The page that waited for it is loaded anew as a whole.
        return HttpResponse(headers={"HX-Refresh": "true"})
    files = Task.objects.filter(person=admin.person, kind="whatif.export", asked__whatif=str(asked.pk))
    context = {
        "asked": asked,
        "facts": _facts(asked),
        "figures": showing.figures(asked),
        "tables": list(showing.tables(asked)),
        "bars": showing.bars(asked),
        "not_carried": showing.not_carried(asked),
        "files": [(one, path_of(one.pk).exists()) for one in files[:3]],
    }
    return render(request, "desk/admin/whatif.html", context)


def _facts(asked: WhatIf) -> list[tuple[str, str]]:
    days = " – ".join(
        local(one)[:10] or "…" for one in (asked.since, asked.until and asked.until - timedelta(seconds=1))
    )
    return [
        (_("Unit"), asked.unit.name if asked.unit else _("the whole house")),
        (_("Received at"), days),
        (_("As of"), local(asked.moment)),
        (_("By"), asked.person.name),
        (_("Under until now"), "；".join(f"{one['title']} · {one['subjects']:,}" for one in asked.from_versions)),
        (_("Subjects"), f"{asked.summary['subjects']:,}"),
        (_("Entries"), f"{asked.summary['entries']:,}"),
    ]


@administrator
def matters(request: HttpRequest, admin: Admin, pk: UUID) -> HttpResponse:
    """The matters behind one figure, as far as one may see them."""
    asked = _found(admin, pk)
    row = request.GET.get("row", "")
    by, figure = request.GET.get("by", ""), request.GET.get("figure", "")
    known = asked.state == JobState.DONE and row.isdecimal() and len(row) < 7
    found = showing.behind(asked, by, int(row), figure) if known else None
    if found is None:
        raise Http404
    titles = {"": CHANGES.get(figure, ""), "before": _("now"), "after": _("then")}
    sections = [_matters(admin, str(titles[side]), duties, ids) for side, (duties, ids) in found.items()]
    label = "" if by == "total" else "：".join(asked.summary["tables"][by][int(row)]["label"])
    what = str(CHANGES.get(figure) or OUTCOMES[figure])
    title = " · ".join(filter(None, (what, label)))
    buttons = [Button(_("Back to the what-if"), reverse("desk:admin-whatif", args=[pk]))]
    return render(
        request,
        "desk/admin/thing.html",
        {"title": title, "facts": [(_("What-if"), asked.name)], "sections": sections, "buttons": buttons},
    )


def _matters(admin: Admin, title: str, duties: int, ids: list[str]) -> Section:
    cells = [
        [
            Cell(str(one), reverse("desk:matter", args=[one.pk]) if one.matter else ""),
            Cell(one.unit.name),
            Cell(local(one.opened_at, one.unit.zone), number=True),
            Cell(one.get_state_display()),
        ]
        for one in matters_behind(admin.person, ids, admin.now)
    ]
    columns = [Column(text) for text in (_("Number"), _("Unit"), _("Received at"), _("State"))]
    note = _(
        "%(duties)d duties; %(shown)d of %(kept)d matters that are kept behind this figure, as far as you may see "
        "them. The export has them all."
    ) % {"duties": duties, "shown": len(cells), "kept": len(ids)}
    return Section(title, Table(columns, cells), _("None that you may see."), note=note)


@administrator
def export(request: HttpRequest, admin: Admin, pk: UUID) -> HttpResponse:
    """Lets the worker write the workbook; who took it, and why, is written down."""
    asked = _found(admin, pk)
    reason = request.POST.get("reason", "").strip()[:200]
    if request.method == "POST" and reason and asked.state == JobState.DONE:
        access_log.looked(
            admin.person, None, f"what-if {asked.pk}", kind=AccessKind.EXPORTED, customers=(), reason=reason
        )
        if admin.reaches(asked.unit):
            admin.write(asked.unit, "whatif.export", shown(asked), "", reason)
        wanted = {"whatif": str(asked.pk), "reason": reason}
        ask(admin.person, "whatif.export", asked.name, wanted, asked.summary["subjects"], admin.now)
    return HttpResponseRedirect(reverse("desk:admin-whatif", args=[pk]) + "#files")


@administrator
def file(request: HttpRequest, admin: Admin, pk: UUID) -> FileResponse:
    """The workbook, for who asked for it, for a day."""
    made = get_object_or_404(Task, pk=pk, person=admin.person, kind="whatif.export", state=JobState.DONE)
    path = path_of(made.pk)
    if not path.exists():
        raise Http404
    return FileResponse(path.open("rb"), as_attachment=True, filename=_("What-if") + ".xlsx")
