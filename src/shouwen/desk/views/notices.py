"""Notices (通知): the bell, the list, one's own settings, and what the loopback sender kept."""

from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from shouwen.channels import incoming
from shouwen.channels.models import Preferences, Returned, Sample
from shouwen.desk.notices import PreferencesForm, noted, unread
from shouwen.journal import clock, post
from shouwen.journal.models import Outbox
from shouwen.organisation.models import Person

PAGE = 30
FILTERS = {
    "unread": (gettext_lazy("Unread"), Q(read_at__isnull=True)),
    "pressing": (gettext_lazy("Overdue or urged"), Q(kind__in=("overdue", "urged", "inquired", "escalated"))),
    "mail": (gettext_lazy("Mail"), Q(kind__in=("written", "returned"))),
    "all": (gettext_lazy("All"), Q()),
}


def _own(request: HttpRequest) -> "Q":
    return Q(person=cast("Person", request.user), on_desk=True)


def to_look_at(person: Person) -> int:
    """How many mails wait for the person to look at them."""
    return incoming.to_look_at(person, clock.now()).order_by()[:100].count()


@login_required
@require_safe
def notices(request: HttpRequest) -> HttpResponse:
    """What one was told, the latest first."""
    person = cast("Person", request.user)
    chosen = request.GET.get("show", "unread")
    chosen = chosen if chosen in FILTERS else "unread"
    rows = Outbox.objects.filter(_own(request) & FILTERS[chosen][1]).select_related("subject__unit")
    text = request.GET.get("page", "1")
    page = Paginator(rows.order_by("-made_at", "-pk"), PAGE).get_page(int(text) if text.isdecimal() else 1)
    context = {
        "page": page,
        "listed": noted(list(page.object_list)),
        "filters": [(name, title) for name, (title, _rows) in FILTERS.items()],
        "chosen": chosen,
        "unread": unread(person),
        "to_look_at": to_look_at(person),
        "now": clock.now(),
    }
    return render(request, "desk/notices.html", context)


@login_required
@require_safe
def bell(request: HttpRequest) -> HttpResponse:
    """The bell alone, as it is asked for again and again."""
    return render(request, "desk/parts/bell.html", {"unread": unread(cast("Person", request.user))})


@login_required
@require_safe
def follow(request: HttpRequest, pk: int) -> HttpResponse:
    """To the matter that a notice is about; all that was told of it is read then."""
    row = get_object_or_404(Outbox, _own(request), pk=pk)
    about = Q(subject=row.subject_id) if row.subject_id else Q(pk=row.pk)
    post.read(Outbox.objects.filter(_own(request) & about, read_at__isnull=True), clock.now())
    return redirect("desk:matter", row.subject_id) if row.subject_id else redirect("desk:notices")


@login_required
@require_POST
def mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Read, or unread again."""
    row = get_object_or_404(Outbox, _own(request), pk=pk)
    post.read(Outbox.objects.filter(pk=row.pk), None if row.read_at else clock.now())
    return _back(request)


@login_required
@require_POST
def mark_all(request: HttpRequest) -> HttpResponse:
    """Everything that is shown under the filter counts as read."""
    shown = FILTERS.get(request.POST.get("show", ""), FILTERS["all"])[1]
    post.read(Outbox.objects.filter(_own(request) & shown, read_at__isnull=True), clock.now())
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    address = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(address, {request.get_host()}, request.is_secure())
    return redirect(address if safe else "desk:notices")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def settings(request: HttpRequest) -> HttpResponse:
    """我的通知设置."""
    person = cast("Person", request.user)
    kept = Preferences.objects.filter(person=person).first() or Preferences(person=person)
    form = PreferencesForm(request.POST or None, instance=kept)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your notice settings are saved."))
        return redirect("desk:my-notices")
    doubtful = Returned.objects.filter(address=person.email.lower()).first() if person.email else None
    context = {"form": form, "doubtful": doubtful, "unread": unread(person), "to_look_at": to_look_at(person)}
    return render(request, "desk/my_notices.html", context, status=422 if form.errors else 200)


@login_required
@require_safe
def samples(request: HttpRequest) -> HttpResponse:
    """What would have been sent, where the site sends to itself; for administrators."""
    if not cast("Person", request.user).is_superuser:
        raise PermissionDenied
    text = request.GET.get("page", "1")
    page = Paginator(Sample.objects.all(), PAGE).get_page(int(text) if text.isdecimal() else 1)
    return render(request, "desk/samples.html", {"page": page})
