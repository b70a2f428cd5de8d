"""The organisation from an Excel file (组织导入): tried, shown, then done as a whole."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from shouwen.desk.administration.acts import Act, Done, UploadForm, run
from shouwen.desk.administration.asked import Admin, administrator
from shouwen.desk.administration.tables import Button, Cell, Column, Section, Table
from shouwen.desk.sheets import as_file
from shouwen.imports.organisation import Outcome, import_organisation, write_template
from shouwen.imports.problems import FileRefused

SHOWN = 200
FAULTS = 100


class WorkbookForm(UploadForm):
    file = forms.FileField(
        label=gettext_lazy("File"),
        required=False,
        help_text=gettext_lazy(
            "An XLSX file with the sheets 单位, 岗位, 人员, 任职, 权限; any of them may be left out."
        ),
    )


@administrator
def template(_request: HttpRequest, admin: Admin) -> HttpResponse:
    """An empty workbook to fill in."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "organisation.xlsx"
        write_template(path)
        return as_file(path.read_bytes(), "组织架构.xlsx")


@administrator
def workbook(request: HttpRequest, admin: Admin) -> HttpResponse:
    """A dry run with every change or every fault by its line; then the same, done."""
    admin.insist(None)

    def outcome(given: Mapping[str, Any], *, dry: bool) -> Outcome:
        with TemporaryDirectory() as folder:
            path = Path(folder) / "organisation.xlsx"
            path.write_bytes(given["content"])
            try:
                found = import_organisation(path, admin.now, dry_run=dry)
            except FileRefused as refused:
                raise ValidationError({"file": str(refused)}) from None
        if found.faults:
            told = [str(fault) for fault in found.faults[:FAULTS]]
            if len(found.faults) > FAULTS:
                told.append(_("… and %(count)d more.") % {"count": len(found.faults) - FAULTS})
            raise ValidationError({"file": told})
        return found

    def preview(given: Mapping[str, Any]) -> list[Section]:
        return [_section(outcome(given, dry=True))]

    def do(given: Mapping[str, Any]) -> Done:
        return Done("organisation", after=_sums(outcome(given, dry=False)))

    form = WorkbookForm(request.POST or None, request.FILES or None)
    start = Section(
        _("How it goes"),
        note=_(
            "What the file names is created or brought to what it says; what it does not name stays. "
            "All or nothing: with one fault nothing is done."
        ),
        buttons=[Button(_("Empty workbook"), reverse("desk:admin-import-template"))],
    )
    act = Act(
        _("Import of the organisation"),
        "organisation.import",
        None,
        form,
        do,
        reverse("desk:admin-units"),
        preview=preview,
        sections=[start],
        submit=_("Import"),
    )
    return run(request, admin, act)


def _sums(found: Outcome) -> str:
    return ", ".join(f"{what} {found.count(what)}" for what in ("created", "changed", "ended", "same"))


def _section(found: Outcome) -> Section:
    words = {"created": _("created"), "changed": _("changed"), "ended": _("ended")}
    done = [one for one in found.changes if one.what in words]
    rows = [
        [
            Cell(f"{one.sheet} {one.line}", number=True),
            Cell(words[one.what]),
            Cell(one.name),
            Cell("；".join(one.details) or "—"),
        ]
        for one in done[:SHOWN]
    ]
    columns = [Column(t) for t in (_("Line"), _("Change"), _("What"), _("From – to"))]
    counts = {what: found.count(what) for what in ("created", "changed", "ended", "same")}
    note = _("%(created)d created, %(changed)d changed, %(ended)d ended, %(same)d the same.") % counts
    if len(done) > SHOWN:
        note += "\n" + _("The first %(shown)d are shown.") % {"shown": SHOWN}
    return Section(_("What the file does"), Table(columns, rows), note=note)
