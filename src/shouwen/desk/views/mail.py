"""Mail (邮件): what the house could not place by itself, and letters to customers from their matter's page."""

from http import HTTPStatus
from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shouwen.channels import incoming, letters
from shouwen.channels.models import Incoming, Mailbox, Outcome
from shouwen.customers.masking import mask_email
from shouwen.desk.letters import LetterForm, mail_of
from shouwen.desk.notices import unread
from shouwen.desk.views.matter import seen_by
from shouwen.desk.views.notices import to_look_at
from shouwen.engine import Shut
from shouwen.journal import access_log, clock
from shouwen.journal.acting import acting_from
from shouwen.journal.drafts import Actor
from shouwen.journal.errors import Invalid, NotRecorded, Refused, Stale, room
from shouwen.journal.models import Subject
from shouwen.organisation.access import may, visible
from shouwen.organisation.models import Person, Unit

PAGE = 30


@login_required
@require_safe
def mails(request: HttpRequest) -> HttpResponse:
    """What waits for the person to look at it, the oldest first."""
    person = cast("Person", request.user)
    rows = incoming.to_look_at(person, clock.now()).select_related("unit", "subject")
    text = request.GET.get("page", "1")
    page = Paginator(rows.order_by("arrived_at", "pk"), PAGE).get_page(int(text) if text.isdecimal() else 1)
    context = {
        "page": page,
        "listed": [(row, mask_email(row.sender), incoming.REASONS.get(row.reason, "")) for row in page.object_list],
        "troubled": Mailbox.objects.filter(failures__gt=0) if person.is_superuser else (),
        "unread": unread(person),
        "to_look_at": page.paginator.count,
    }
    return render(request, "desk/mails.html", context)


def _waiting(request: HttpRequest, pk: int) -> Incoming:
    rows = incoming.to_look_at(cast("Person", request.user), clock.now())
    return get_object_or_404(rows.select_related("unit", "subject__unit"), pk=pk)


@login_required
@require_safe
def mail(request: HttpRequest, pk: int) -> HttpResponse:
    """One of them; looking at what it says is written down."""
    row = _waiting(request, pk)
    access_log.looked(cast("Person", request.user), row.subject, f"mail {row.pk}")
    return _shown(request, row)


def _shown(request: HttpRequest, row: Incoming, error: str = "", status: int = HTTPStatus.OK) -> HttpResponse:
    person = cast("Person", request.user)
    context = {
        "mail": row,
        "reason": incoming.REASONS.get(row.reason, ""),
        "may": may(person, None, _place(row), clock.now()),
        "error": error,
        "unread": unread(person),
        "to_look_at": to_look_at(person),
    }
    return render(request, "desk/mail.html", context, status=status)


def _place(row: Incoming) -> Unit:
    """The unit whose mail it is: the matter's, where that is known."""
    return row.unit if row.subject is None else row.subject.unit


@login_required
@require_POST
def handle(request: HttpRequest, pk: int) -> HttpResponse:
    """Open a matter from it, add it to one, or set it aside."""
    row, person, now = _waiting(request, pk), cast("Person", request.user), clock.now()
    if not may(person, None, _place(row), now):
        return _shown(request, row, _("You hold no post that acts for this unit."), HTTPStatus.FORBIDDEN)
    try:
        with room(), transaction.atomic():
            rows = Incoming.objects.select_for_update(of=("self",)).select_related("unit", "subject__unit")
            row = rows.get(pk=row.pk)
            if row.outcome != Outcome.LOOK:
                raise Http404
            _do(request, row, person)
            row.handled_by, row.handled_at = person, now
            row.save()
    except NotRecorded as reason:
        return _shown(request, _waiting(request, pk), _why(reason), HTTPStatus.CONFLICT)
    messages.success(request, _("Done: %(what)s.") % {"what": row.get_outcome_display()})
    set_aside = row.outcome == Outcome.DISMISSED or row.subject_id is None
    return redirect("desk:mails") if set_aside else redirect("desk:matter", row.subject_id)


def _do(request: HttpRequest, row: Incoming, person: Person) -> None:
    now = clock.now()
    actor: Actor = acting_from(person, _place(row), now)
    what = request.POST.get("what", "")
    if what == "open":
        incoming.open_matter(row, row.unit, actor, now)
    elif what == "add":
        number = request.POST.get("number", "").strip()
        found = visible(person, Subject.objects.filter(matter=True, number=number), now).select_related("unit")
        subject = found.first() if number else row.subject
        if subject is None:
            raise Invalid({"number": _("There is no such matter among those you may see.")})
        incoming.add_to(row, subject, actor, now)
    elif what == "dismiss":
        row.outcome, row.title, row.text = Outcome.DISMISSED, "", ""
    else:
        raise Http404


def _why(reason: NotRecorded) -> str:
    return "；".join(reason.errors.values()) if isinstance(reason, Invalid) else str(reason)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def letter(request: HttpRequest, pk: UUID) -> HttpResponse:
    """A mail to the customer: the act and the mail, both or neither; below it what went and came before."""
    page = seen_by(request, pk)
    if not page.subject.matter or page.journal.program is None:
        raise Http404
    form = LetterForm(page, request.POST or None)
    status, shut = HTTPStatus.OK, tuple[Shut, ...]()
    if request.method == "POST":
        status = HTTPStatus.UNPROCESSABLE_ENTITY
        if form.is_valid():
            try:
                _send(form, page.subject, page.acting.posts(form.cleaned_data["event"], None), request)
            except NotRecorded as reason:
                status, shut = HTTPStatus.CONFLICT, reason.shut if isinstance(reason, Refused) else ()
                _take(form, reason, page.subject)
            else:
                messages.success(request, _("Recorded; the mail goes out at once."))
                return redirect("desk:matter", page.subject.pk)
    else:
        access_log.looked(page.person, page.subject, "letters", customers=page.customer_ids)
    context = {"page": page, "form": form, "mails": mail_of(page.subject), "shut": shut, "now": page.now}
    return render(request, "desk/letter.html", context, status=status)


def _send(form: LetterForm, subject: Subject, posts: list[str], request: HttpRequest) -> None:
    person = cast("Person", request.user)
    answers = Incoming.objects.filter(subject=subject, sender=form.address).order_by("-arrived_at").first()
    role = next(iter(posts), "")
    letters.send(
        subject,
        letters.Addressed(form.address, form.cleaned_data["text"], form.chosen_files, answers),
        actor=Actor(person, role, subject.unit),
        event=form.cleaned_data["event"],
        key=form.cleaned_data["key"],
        seen=form.cleaned_data["seen"],
        post=role,
    )


def _take(form: LetterForm, reason: NotRecorded, subject: Subject) -> None:
    """What ``record()`` said, at the fields it concerns; the next try is against the journal as it is now."""
    if isinstance(reason, Invalid):
        for name, text in reason.errors.items():
            form.add_error(name if name in form.fields else None, text)
        return
    form.add_error(None, str(reason))
    if isinstance(reason, Stale):
        subject.refresh_from_db(fields=["head_seq"])
        typed = form.data.copy()  # type: ignore[attr-defined]
        typed["seen"] = str(subject.head_seq)
        form.data = typed
