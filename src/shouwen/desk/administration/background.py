"""What the worker does for administrators (后台任务): long previews and counting anew, with progress; can be left."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from http import HTTPStatus
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from shouwen.desk.administration import whatif_tasks
from shouwen.desk.administration.asked import Admin, administrator
from shouwen.desk.administration.moving import moves_section
from shouwen.desk.administration.tables import Button, Cell, Column, Section, Table
from shouwen.desk.administration.trying import LOOKED, like, trial, trial_section
from shouwen.desk.models import Task
from shouwen.desk.templatetags.desk import local
from shouwen.governance.models import PolicyVersion, Publication
from shouwen.governance.programs import policy_of
from shouwen.insight.models import JobState
from shouwen.journal import clock, queue, rebase
from shouwen.organisation.models import Person, Unit
from shouwen.policy import Policy, load_text

AT_ONCE = 20
"""Subjects up to which one waits for the page; more are the worker's."""
SILENT = timedelta(minutes=2)
"""Nothing heard of it for so long: it is asked for anew."""
KEPT = timedelta(days=30)
NAME = "desk.task"
Progress = Callable[[int], None]
"""Told how many are done since it was told last."""


def ask(person: Person, kind: str, title: str, asked: dict[str, Any], total: int, now: datetime) -> Task:
    """Let the worker do it; `total` subjects."""
    Task.objects.filter(person=person, made_at__lt=now - KEPT).delete()
    language = translation.get_language() or settings.LANGUAGE_CODE
    common = {"kind": kind, "title": title[:200], "asked": asked, "language": language, "total": total}
    task = Task.objects.create(person=person, made_at=now, touched_at=now, **common)
    transaction.on_commit(lambda: queue.enqueue(NAME, str(task.pk)), robust=True)
    return task


def register() -> None:
    queue.job(NAME)(work)


def work(pk: str) -> None:
    task = Task.objects.filter(pk=pk, state=JobState.RUNNING).select_related("person").first()
    if task is None:
        return

    def progress(done: int) -> None:
        task.done += done
        Task.objects.filter(pk=task.pk).update(done=task.done, touched_at=clock.now())

    try:
        with translation.override(task.language):
            found = WORK[task.kind](task, progress)
            result = [stored(one) for one in found]
            Task.objects.filter(pk=task.pk).update(result=result, state=JobState.DONE)
            Publication.objects.filter(pk=task.asked.get("publication")).update(effects=result)
    except Exception:
        Task.objects.filter(pk=task.pk).update(state=JobState.FAILED)
        raise


# --- what there is to do -----------------------------------------------------------------


def try_policy(task: Task, progress: Progress) -> list[Section]:
    """Matters of late under a version that is published, or under a text that may be."""
    asked = task.asked
    if asked.get("version"):
        policy = policy_of(PolicyVersion.objects.get(pk=asked["version"]))
    else:
        policy = load_text(asked["text"], f"{asked['name']}.md", asked["name"])
    unit, policy = Unit.objects.get(pk=asked["unit"]), policy.with_readings(asked["readings"])
    now = clock.now()
    return [trial_section(trial(unit, one, policy, now, progress), _titled(policy, one)) for one in asked["kinds"]]


def _titled(policy: Policy, kind: str) -> str:
    known = policy.kinds.get(kind)
    return known.title if known and known.title else kind


def tried_sections(
    admin: Admin, unit: Unit, kinds: Sequence[str], policy: Policy, asked: dict[str, Any]
) -> list[Section]:
    """The effect of `policy` on matters of late: at once where they are few, else by the worker from ``asked``."""
    total = min(like(unit, kinds, admin.now).count(), LOOKED * len(kinds))
    if total <= AT_ONCE:
        return [trial_section(trial(unit, one, policy, admin.now), _titled(policy, one)) for one in kinds]
    title = _("The effect on matters like those of late")
    wanted = {**asked, "unit": unit.pk, "kinds": list(kinds)}
    return [being_done(ask(admin.person, "trial", title, wanted, total, admin.now))]


def attach_effects(admin: Admin, publication: Publication, policy: Policy) -> None:
    """What matters of late would have met stands with the proposal: at once where they are few, else when the worker
    has counted it."""
    asked = {"name": publication.name, "text": publication.text, "readings": publication.readings}
    tried = policy.with_readings(publication.readings)
    sections = tried_sections(
        admin, publication.unit, publication.kinds, tried, {**asked, "publication": publication.pk}
    )
    if not any(one.task for one in sections):
        Publication.objects.filter(pk=publication.pk).update(effects=[stored(one) for one in sections])


def preview_recount(task: Task, progress: Progress) -> list[Section]:
    policies = task.asked.get("policies", False)
    found = rebase.preview(_unit(task), policies=policies, progress=lambda step: progress(step.subjects))
    return [moves_section(found, found.subjects)]


def recount(task: Task, progress: Progress) -> list[Section]:
    found = rebase.apply(
        by=task.person,
        reason=task.asked["reason"],
        unit=_unit(task),
        policies=task.asked.get("policies", False),
        progress=lambda step: progress(step.subjects),
    )
    return [moves_section(found, found.subjects)]


def _unit(task: Task) -> Unit | None:
    return Unit.objects.get(pk=task.asked["unit"]) if task.asked["unit"] else None


WORK: dict[str, Callable[[Task, Progress], list[Section]]] = {
    "trial": try_policy,
    "recount.preview": preview_recount,
    "recount": recount,
    "whatif": whatif_tasks.count,
    "whatif.export": whatif_tasks.export,
}


# --- sections, stored and shown again ------------------------------------------------------


def stored(one: Section) -> dict[str, Any]:
    rows = one.table.rows if one.table else ()
    return {
        "title": str(one.title),
        "columns": [str(column.title) for column in one.table.columns] if one.table else [],
        "rows": [[{"text": str(cell.text), "number": cell.number, "chip": cell.chip} for cell in row] for row in rows],
        "empty": str(one.empty),
        "note": str(one.note),
    }


def kept_section(kept: dict[str, Any]) -> Section:
    table = Table(
        [Column(title) for title in kept["columns"]], [[Cell(**cell) for cell in row] for row in kept["rows"]]
    )
    return Section(kept["title"], table, kept["empty"], note=kept["note"])


def being_done(task: Task) -> Section:
    """In the place of what is not known yet: how far it is; it brings itself up to date."""
    return Section(task.title, task=str(task.pk))


# --- pages --------------------------------------------------------------------------------


@administrator
def tasks(request: HttpRequest, admin: Admin) -> HttpResponse:
    """What one has asked for, the latest first."""
    rows = [
        [
            Cell(one.title, _address(one)),
            Cell(local(one.made_at), number=True),
            Cell(f"{one.done} / {one.total}", number=True),
            Cell(one.get_state_display(), chip=_COLOURS.get(one.state, "amber")),
        ]
        for one in Task.objects.filter(person=admin.person)[:100]
    ]
    columns = [Column(title) for title in (_("Task"), _("Asked at"), _("Done"), _("State"))]
    empty = _("Long previews and counting anew are done in the background; they are kept here for 30 days.")
    title = _("In the background")
    context = {"title": title, "sections": [Section(title, Table(columns, rows), empty)]}
    return render(request, "desk/admin/thing.html", context)


def _address(one: Task) -> str:
    """Its page; of a what-if, the what-if's."""
    if "whatif" in one.asked:
        return reverse("desk:admin-whatif", args=[one.asked["whatif"]])
    return reverse("desk:admin-task", args=[one.pk])


_COLOURS: dict[str, str] = {JobState.DONE: "green", JobState.FAILED: "red", JobState.RUNNING: "blue"}


@administrator
def task(request: HttpRequest, admin: Admin, pk: UUID) -> HttpResponse:
    """How far it is, or what came of it. With a POST: anew, where nothing has been heard of it."""
    found = get_object_or_404(Task, pk=pk, person=admin.person)
    if request.method == "POST":
        if found.state == JobState.FAILED or _silent(found, admin.now):
            found.state, found.done, found.touched_at = JobState.RUNNING, 0, admin.now
            found.save(update_fields=["state", "done", "touched_at"])
            transaction.on_commit(lambda: queue.enqueue(NAME, str(found.pk)), robust=True)
        return HttpResponseRedirect(reverse("desk:admin-task", args=[pk]))
    context = {"task": found, "sections": _result(found), "silent": _silent(found, admin.now)}
    if request.headers.get("HX-Request"):
        return render(request, "desk/admin/task_part.html", context, status=HTTPStatus.OK)
    buttons = [Button(_("In the background"), reverse("desk:admin-tasks"))]
    return render(request, "desk/admin/task.html", {**context, "title": found.title, "buttons": buttons})


def _silent(found: Task, now: datetime) -> bool:
    return found.state == JobState.RUNNING and now - found.touched_at > SILENT


def _result(found: Task) -> Sequence[Section]:
    return [kept_section(kept) for kept in found.result]
