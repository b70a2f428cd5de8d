"""Parameters and readings (参数与读法): what the house chose where the text leaves it open."""

from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, run
from shouwen.desk.administration.asked import Admin, administrator
from shouwen.desk.administration.background import tried_sections
from shouwen.desk.administration.publications import propose, proposed
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.governance.amending import amended
from shouwen.governance.models import InForce
from shouwen.governance.programs import policy_of
from shouwen.governance.publication import Where
from shouwen.policy import Policy, load_text


@administrator
def readings(request: HttpRequest, admin: Admin) -> HttpResponse:
    """Every parameter and reading of what is in force, with what is taken."""
    filters = (
        Filter("q", _("Item")),
        Filter("sort_of", _("Sort"), [("word", _("parameter")), ("reading", _("reading"))]),
    )
    asked = asked_of(request, filters)
    rows = InForce.objects.holding(admin.now).select_related("unit", "policy_version").defer("policy_version__text")
    if not admin.everything:
        rows = rows.filter(unit__in={pk for one in admin.units() for pk in one.line})
    found = [one for row in rows.order_by("unit__path", "kind") for one in _chosen(row, policy_of(row.policy_version))]
    if "q" in asked:
        found = [one for one in found if asked["q"] in str(one[1])]
    if "sort_of" in asked:
        found = [one for one in found if one[0] == asked["sort_of"]]

    def cells(page: Sequence[Any]) -> list[list[Cell]]:
        words = {"word": _("parameter"), "reading": _("reading")}
        return [
            [
                Cell(name, f"{reverse('desk:admin-reading', args=[row.pk])}?{urlencode({'only': name})}"),
                Cell(words[sort]),
                Cell(taken),
                Cell(others),
                Cell(f"{row.policy_version} · {row.kind}"),
                Cell(row.unit.name),
            ]
            for sort, name, taken, others, row in page
        ]

    titles = (_("Item"), _("Sort"), _("Taken"), _("Choices"), _("Policy"), _("Unit"))
    note = _("Another value is a new version of the policy: matters that are open keep the version of their opening.")
    page = listing(
        request,
        _("Parameters and readings"),
        [Column(title) for title in titles],
        filters,
        asked,
        found,
        cells,
        {},
        buttons=[Button(_("In the background"), reverse("desk:admin-tasks"))],
        empty=(_("Nothing is left open"), _("Policies in force leave no parameter and no reading open.")),
        note=note,
    )
    return render(request, "desk/admin/list.html", {"listing": page})


def _chosen(row: InForce, policy: Policy) -> list[tuple[str, str, str, str, InForce]]:
    words = [("word", name, _limit(policy, name) or _("no limit"), "—", row) for name in policy.words]
    words += [("word", one.name, one.said, "—", row) for one in policy.parameters.values()]
    taken = [
        ("reading", one.name, row.readings.get(one.name, one.take), "、".join(one.choices), row)
        for one in policy.readings.values()
    ]
    return words + taken


def _limit(policy: Policy, word: str) -> str:
    within = policy.words[word].within
    return "" if within is None else f"{within.amount}{within.unit.value}"


class ReadingForm(AdminForm):
    """A choice for each reading, a length for each word, the name of the new version; ``only`` asks of one of them."""

    version = forms.CharField(label=gettext_lazy("Name of the new version"), max_length=64)
    why = forms.CharField(label=gettext_lazy("Why"), max_length=200)

    def __init__(self, *args: Any, admin: Admin, row: InForce, policy: Policy, only: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row, self.policy = row, policy
        found = enumerate(policy.readings.values())
        self.readings = {f"reading-{n}": one for n, one in found if only in ("", one.name)}
        for name, one in self.readings.items():
            taken = row.readings.get(one.name, one.take)
            choices = [(label, f"{label}：{text}") for label, text in one.choices.items()]
            self.add(name, forms.ChoiceField(label=one.name, choices=choices, initial=taken, help_text=one.why))
        self.words = {f"word-{n}": name for n, name in enumerate(policy.words) if only in ("", name)}
        hint = _("As 24h, 3wd, 30min; empty: no limit, only the time that has passed is shown.")
        self.limits = {field: _limit(policy, word) for field, word in self.words.items()}
        for field, word in self.words.items():
            self.add(
                field,
                forms.CharField(label=f"“{word}”", required=False, initial=self.limits[field], help_text=hint),
            )
        own = (one for one in policy.parameters.values() if only in ("", one.name))
        self.parameters = {f"parameter-{n}": one for n, one in enumerate(own)}
        for field, parameter in self.parameters.items():
            unit = f" ({parameter.unit})" if parameter.unit else ""
            asked = forms.CharField(label=f"{parameter.name}{unit}", initial=parameter.value, help_text=parameter.why)
            self.add(field, asked)
        self.add("since", MomentField(admin.zone, label=_("Since"), help_text=_("Empty: from the approval on.")))

    def chosen_readings(self) -> dict[str, str]:
        """Those that differ from what the text takes."""
        chosen = dict(self.row.readings) | {one.name: self.cleaned_data[name] for name, one in self.readings.items()}
        return {name: label for name, label in chosen.items() if label != self.policy.readings[name].take}

    def chosen_words(self) -> dict[str, str]:
        """Those whose limit is another now."""
        given = {field: self.cleaned_data[field].strip() for field in self.words}
        return {word: given[field] for field, word in self.words.items() if given[field] != self.limits[field]}

    def chosen_parameters(self) -> dict[str, str]:
        """Those whose value is another now."""
        given = {one.name: self.cleaned_data[field].strip() for field, one in self.parameters.items()}
        return {one.name: given[one.name] for one in self.parameters.values() if given[one.name] != one.value}


@administrator
def reading(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Another value tried on the matters of late, then proposed as a new version."""
    row = get_object_or_404(InForce.objects.select_related("unit", "policy_version"), pk=pk)
    version, unit = row.policy_version, row.unit
    policy = policy_of(version)
    # A version holds for several kinds of subjects: they go on under one text.
    held = InForce.objects.holding(admin.now).filter(unit=unit, policy_version=version)
    kinds = sorted(held.values_list("kind", flat=True))

    def text(given: Mapping[str, Any]) -> str:
        words, parameters = form.chosen_words(), form.chosen_parameters()
        return amended(version.text, version.name, given["version"], words, given["why"], parameters=parameters)

    def preview(given: Mapping[str, Any]) -> list[Section]:
        tried = load_text(text(given), f"{version.name}.md", version.name).with_readings(form.chosen_readings())
        asked = {"name": version.name, "text": text(given), "readings": form.chosen_readings()}
        return [_changes(row, policy, form), *tried_sections(admin, unit, kinds, tried, asked)]

    def do(given: Mapping[str, Any]) -> Done:
        where = Where(unit, kinds, given["since"], form.chosen_readings())
        changes = "; ".join(f"{name}: {before} → {after}" for name, before, after in _differences(row, policy, form))
        return proposed(propose(admin, text(given), version.name, where, given["why"]), changes)

    form = ReadingForm(
        request.POST or None,
        admin=admin,
        row=row,
        policy=policy,
        only=request.GET.get("only", ""),
        initial={"version": f"{version.version}+1"},
    )
    back = reverse("desk:admin-readings")
    state = {_("Policy"): str(version), _("Until"): row.until.isoformat() if row.until else ""}
    about = f"{version.title} · {unit.name}"
    act = Act(
        _("Change parameters or readings"),
        "policy.propose",
        unit,
        form,
        do,
        back,
        about,
        state,
        preview,
        submit=_("Propose"),
    )
    return run(request, admin, act)


def _differences(row: InForce, policy: Policy, form: ReadingForm) -> list[tuple[str, str, str]]:
    found = []
    for name, one in form.readings.items():
        before, after = row.readings.get(one.name, one.take), form.cleaned_data[name]
        if before != after:
            found.append((one.name, before, after))
    found += [(name, policy.parameters[name].value, value) for name, value in form.chosen_parameters().items()]
    for word, limit in form.chosen_words().items():
        found.append((word, _limit(policy, word) or "—", limit or "—"))
    return found


def _changes(row: InForce, policy: Policy, form: ReadingForm) -> Section:
    rows = [[Cell(name), Cell(before), Cell(after)] for name, before, after in _differences(row, policy, form)]
    columns = [Column(_("Item")), Column(_("Before")), Column(_("After"))]
    return Section(_("What changes"), Table(columns, rows), _("Nothing changes but the name of the version."))
