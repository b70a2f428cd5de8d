"""Publications (规章发布): a version proposed, with the difference and the effect, approved by somebody else."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.core.exceptions import PermissionDenied, ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, AdminForm, Done, MomentField, UploadForm, run
from shouwen.desk.administration.asked import Admin, administrator, governor, shown, unit_choices
from shouwen.desk.administration.background import attach_effects, kept_section, tried_sections
from shouwen.desk.administration.tables import Button, Cell, Column, Filter, Section, Table, asked_of, listing
from shouwen.desk.models import Task
from shouwen.desk.templatetags.desk import local
from shouwen.governance import publication as publishing
from shouwen.governance.models import Publication, PublicationState
from shouwen.governance.programs import policy_of
from shouwen.governance.publication import Where, compared_with
from shouwen.governance.whole import whole
from shouwen.insight.models import JobState
from shouwen.insight.whatif_kept import attach_to, readable
from shouwen.organisation.administration import APPROVAL, AUTHORITY
from shouwen.policy import Policy, PolicyErrors, load_text
from shouwen.policy.compare import changes

ERRORS = 100
COLOURS: Mapping[str, str] = {
    PublicationState.PROPOSED: "blue",
    PublicationState.APPROVED: "green",
    PublicationState.REFUSED: "red",
    PublicationState.WITHDRAWN: "amber",
}


@governor
def publications(request: HttpRequest, admin: Admin) -> HttpResponse:
    """What was proposed where one administers or approves, what is undecided first."""
    filters = (
        Filter("state", _("State"), PublicationState.choices),
        Filter("q", _("Policy")),
    )
    asked = asked_of(request, filters)
    rows = Publication.objects.select_related("unit", "proposed_by", "decided_by").defer("text")
    if "state" in asked:
        rows = rows.filter(state=asked["state"])
    if "q" in asked:
        rows = rows.filter(title__contains=asked["q"])
    found = sorted(_seen(rows, admin), key=lambda one: one.state != PublicationState.PROPOSED)

    def cells(page: Sequence[Publication]) -> list[list[Cell]]:
        return [
            [
                Cell(str(one), reverse("desk:admin-publication", args=[one.pk])),
                Cell(one.unit.name),
                Cell(one.get_state_display(), chip=COLOURS[one.state]),
                Cell(one.proposed_by.name),
                Cell(local(one.proposed_at, one.unit.zone), number=True),
                Cell(one.decided_by.name if one.decided_by else "—"),
                Cell(one.reason),
            ]
            for one in page
        ]

    titles = (_("Policy"), _("Unit"), _("State"), _("Proposed by"), _("Proposed at"), _("Decided by"), _("Why"))
    note = _("A version is proposed, somebody else with the authority 规章批准 approves it, then it comes into force.")
    page = listing(
        request,
        _("Publications"),
        [Column(title) for title in titles],
        filters,
        asked,
        found,
        cells,
        {},
        buttons=[Button(_("Propose a version"), reverse("desk:admin-publish"), "file-upload", primary=True)]
        if admin.paths
        else [],
        empty=(_("Nothing was proposed"), note),
        note=note,
    )
    return render(request, "desk/admin/list.html", {"listing": page})


def _seen(rows: Any, admin: Admin) -> list[Publication]:
    paths = (*admin.paths, *admin.approving)
    return [
        row
        for row in rows
        if row.proposed_by_id == admin.person.pk or any(row.unit.path.startswith(path) for path in paths)
    ]


def _one(admin: Admin, pk: int) -> Publication:
    rows = Publication.objects.select_related("unit", "proposed_by", "decided_by", "before", "policy_version")
    found = get_object_or_404(rows, pk=pk)
    if not _seen([found], admin):
        admin.insist(found.unit)
    return found


def changes_section(before: Policy | None, after: Policy, compared: str) -> Section:
    """The difference in sentences."""
    found = list(changes(before, after)) if before is not None else []
    rows = [
        [Cell(where.partition(":")[0]), Cell(what), Cell(one.before or "—"), Cell(one.after or "—")]
        for one in found
        for where, _space, what in [one.where.partition(" ")]
    ]
    columns = [Column(title) for title in (_("Clause"), _("What"), _("Before"), _("After"))]
    if before is None:
        rules = sum(len(clause.rules) for clause in after.clauses)
        said = {"clauses": len(after.clauses), "rules": rules}
        return Section(_("Difference"), note=_("The first version: %(clauses)d clauses, %(rules)d rules.") % said)
    note = _("Compared with %(version)s: %(count)d differences.") % {"version": compared, "count": len(found)}
    return Section(_("Difference"), Table(columns, rows), note=note)


@governor
def publication(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """One proposal: what it changes, what it would do, who decided and why."""
    found = _one(admin, pk)
    after = publishing.read(found)
    before = policy_of(found.before).with_readings({}) if found.before else None
    facts = [
        (_("For"), found.unit.name),
        (_("Kinds of subject"), "、".join(_kind(after, kind) for kind in found.kinds)),
        (_("Since"), local(found.since, found.unit.zone) if found.since else _("from the approval on")),
        (_("Readings"), "、".join(f"{name}={label}" for name, label in found.readings.items())),
        (_("Why"), found.reason),
        (_("Proposed by"), f"{found.proposed_by.name} {local(found.proposed_at, found.unit.zone)}"),
    ]
    if found.decided_by is not None:
        decided = f"{found.decided_by.name} {local(found.decided_at, found.unit.zone)}"
        facts += [(_("Decided by"), decided), (_("Opinion"), found.opinion)]
    counting = Task.objects.filter(asked__publication=found.pk, state=JobState.RUNNING).exists()
    told = _("It is being counted in the background.") if counting else _("Nobody has counted it.")
    pending = Section(_("What it would do"), empty=told)
    effects = [kept_section(kept) for kept in found.effects] or [pending]
    context = {
        "title": str(found),
        "chips": [Cell(found.get_state_display(), chip=COLOURS[found.state])],
        "facts": facts,
        "buttons": _buttons(admin, found),
        "sections": [changes_section(before, after, str(found.before)), *effects],
    }
    return render(request, "desk/admin/thing.html", context)


def _buttons(admin: Admin, found: Publication) -> list[Button]:
    known = found.what_if and readable(admin.person, admin.now).filter(pk=found.what_if).exists()
    looking = [Button(_("What-if"), reverse("desk:admin-whatif", args=[found.what_if]))] if known else []
    return [*looking, *_doing(admin, found)]


def _doing(admin: Admin, found: Publication) -> list[Button]:
    if found.policy_version_id is not None:
        read = f"{reverse('desk:policy', args=[found.name])}?version={found.policy_version_id}"
        return [Button(_("Read"), read)]
    if found.state != PublicationState.PROPOSED:
        return []
    if found.proposed_by_id == admin.person.pk:
        attaching = reverse("desk:admin-publication-whatif", args=[found.pk])
        return [
            Button(_("Attach a what-if"), attaching),
            Button(_("Withdraw"), reverse("desk:admin-publication-withdraw", args=[found.pk])),
        ]
    try:
        publishing.decides(found, admin.person, admin.now)
    except PermissionDenied:
        return []
    return [
        Button(_("Refuse"), reverse("desk:admin-publication-refuse", args=[found.pk])),
        Button(_("Approve"), reverse("desk:admin-publication-approve", args=[found.pk]), primary=True),
    ]


def _kind(policy: Policy, kind: str) -> str:
    known = policy.kinds.get(kind)
    return known.title if known and known.title else kind


# --- proposing -----------------------------------------------------------------------------


def propose(admin: Admin, text: str, name: str, where: Where, reason: str) -> Publication:
    """Puts the text before those who approve, with its effect; the form says what is wrong with it."""
    try:
        made = publishing.propose(text, name=name, where=where, reason=reason, by=admin.person, at=admin.now)
    except PolicyErrors as errors:
        raise refused(errors) from None
    attach_effects(admin, made, publishing.read(made))
    return made


def proposed(made: Publication, what: str = "") -> Done:
    """What the entry says of it, and where one goes on."""
    kinds = ",".join(made.kinds)
    after = f"{made.name} {made.version} | {kinds} | {made.reason}"
    return Done(
        shown(made),
        str(made.before or ""),
        f"{after} | {what}" if what else after,
        _("Proposed: somebody else approves it, then it comes into force."),
        reverse("desk:admin-publication", args=[made.pk]),
    )


def refused(errors: PolicyErrors) -> ValidationError:
    told = [str(problem) for problem in errors.problems[:ERRORS]]
    return ValidationError({"file": [_("%(count)d mistakes.") % {"count": len(errors.problems)}, *told]})


class PolicyForm(UploadForm):
    file = forms.FileField(
        label=gettext_lazy("File"), required=False, help_text=gettext_lazy("A policy file (.md, UTF-8).")
    )
    policy = forms.RegexField(
        r"^[a-z][a-z0-9_-]{0,63}$",
        label=gettext_lazy("Name of the policy"),
        help_text=gettext_lazy("As its text says: small letters, digits."),
    )
    unit = forms.ChoiceField(
        label=gettext_lazy("For"), help_text=gettext_lazy("And all below it without one of its own.")
    )
    kinds = forms.CharField(
        label=gettext_lazy("Kinds of subject"),
        required=False,
        help_text=gettext_lazy("As the policy calls them, with spaces between: complaint loan. Empty: all of them."),
    )
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=500)

    def __init__(self, *args: Any, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["unit"].choices = unit_choices(admin)  # type: ignore[attr-defined]
        self.add(
            "since",
            MomentField(admin.zone, label=_("Since"), help_text=_("Empty: from the approval on.")),
        )


@administrator
def publish_one(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A version from a file: all its errors by line, or what it changes and would do; then it is proposed."""
    chosen = request.POST.get("unit", "")
    unit = admin.unit(int(chosen)) if chosen.isdecimal() and len(chosen) < 10 else admin.units().first()

    def text(given: Mapping[str, Any]) -> str:
        try:
            return str(given["content"].decode("utf-8-sig"))
        except UnicodeDecodeError:
            raise ValidationError({"file": _("The file is not in UTF-8.")}) from None

    def where(given: Mapping[str, Any]) -> Where:
        assert unit is not None
        return Where(unit, given["kinds"].split(), given["since"])

    def preview(given: Mapping[str, Any]) -> list[Section]:
        assert unit is not None
        try:
            complete = whole(text(given), given["policy"])
            found = load_text(complete, f"{given['policy']}.md", given["policy"])
        except PolicyErrors as errors:
            raise refused(errors) from None
        kinds = given["kinds"].split() or list(found.kinds)
        for kind in kinds:
            if kind not in found.kinds:
                known = "、".join(found.kinds)
                raise ValidationError({"kinds": _("This policy knows these kinds: %(kinds)s.") % {"kinds": known}})
        before = compared_with(found.name, unit, admin.now)
        section = changes_section(policy_of(before) if before else None, found, str(before))
        asked = {"name": found.name, "text": complete, "readings": {}}
        return [section, *tried_sections(admin, unit, kinds, found, asked)]

    def do(given: Mapping[str, Any]) -> Done:
        return proposed(propose(admin, text(given), given["policy"], where(given), given["reason"]))

    form = PolicyForm(request.POST or None, request.FILES or None, admin=admin)
    back = reverse("desk:admin-publications")
    act = Act(_("Propose a version"), "policy.propose", unit, form, do, back, preview=preview, submit=_("Propose"))
    return run(request, admin, act)


class AttachForm(AdminForm):
    what_if = forms.ChoiceField(
        label=gettext_lazy("What-if"),
        required=False,
        help_text=gettext_lazy("Counted ones of this regulation. Empty: none."),
    )

    def __init__(self, *args: Any, found: Publication, admin: Admin, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = readable(admin.person, admin.now).filter(policy=found.name, state=JobState.DONE)
        choices = [(str(one.pk), f"{one.name} {local(one.made_at)}") for one in rows]
        self.fields["what_if"].choices = [("", "—"), *choices]  # type: ignore[attr-defined]


@administrator
def attach_one(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Who proposed it lets the approver see a what-if of it."""
    found = _one(admin, pk)
    if found.state != PublicationState.PROPOSED or found.proposed_by_id != admin.person.pk:
        raise PermissionDenied(_("Only who proposed it attaches something, before it is decided on."))

    def do(given: Mapping[str, Any]) -> Done:
        wanted = given["what_if"] or None
        Publication.objects.filter(pk=pk, state=PublicationState.PROPOSED).update(what_if=wanted)
        return Done(shown(found), str(found.what_if or ""), str(wanted or ""), url=back)

    back = reverse("desk:admin-publication", args=[pk])
    form = AttachForm(request.POST or None, found=found, admin=admin, initial={"what_if": str(found.what_if or "")})
    title = _("Attach a what-if")
    return run(request, admin, Act(title, "policy.attach", found.unit, form, do, back, str(found)))


# --- deciding ------------------------------------------------------------------------------


class OpinionForm(AdminForm):
    def __init__(self, *args: Any, needed: bool, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add("opinion", forms.CharField(label=_("Opinion"), max_length=500, required=needed))


def _decide(request: HttpRequest, admin: Admin, pk: int, what: str) -> HttpResponse:
    found = _one(admin, pk)
    title, act, authority = {
        "approve": (_("Approve"), publishing.approve, APPROVAL),
        "refuse": (_("Refuse"), publishing.refuse, APPROVAL),
        "withdraw": (_("Withdraw"), publishing.withdraw, AUTHORITY),
    }[what]
    if found.state == PublicationState.PROPOSED and authority == APPROVAL:
        publishing.decides(found, admin.person, admin.now)

    def do(given: Mapping[str, Any]) -> Done:
        made = act(found, by=admin.person, at=admin.now, opinion=given["opinion"])
        attach_to(made)
        before = str(found.before or "")
        after = f"{made.name} {made.version} | {made.state} | {made.opinion}"
        return Done(shown(made), before, after, url=reverse("desk:admin-publication", args=[pk]))

    form = OpinionForm(request.POST or None, needed=what == "refuse")
    state = {_("State"): found.get_state_display()}
    back = reverse("desk:admin-publication", args=[pk])
    before = policy_of(found.before) if found.before else None
    sections = [changes_section(before, publishing.read(found), str(found.before))] if what == "approve" else []
    made = Act(
        title, f"policy.{what}", found.unit, form, do, back, str(found), state, sections=sections, submit=title,
        authority=authority,
    )  # fmt: skip
    return run(request, admin, made)


@governor
def approve(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """It is published and comes into force where it was proposed for."""
    return _decide(request, admin, pk, "approve")


@governor
def refuse(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Sent back, with the reason."""
    return _decide(request, admin, pk, "refuse")


@governor
def withdraw(request: HttpRequest, admin: Admin, pk: int) -> HttpResponse:
    """Taken back by who proposed it."""
    return _decide(request, admin, pk, "withdraw")
