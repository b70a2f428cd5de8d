"""Files of journals, served to who may see them, each look written down."""

from uuid import UUID

from django.contrib.auth.decorators import login_required
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from shouwen.journal import access_log, clock
from shouwen.journal.attachments import opened
from shouwen.journal.models import Attachment, Subject
from shouwen.organisation.access import visible
from shouwen.organisation.models import Person

SHOWN = frozenset({"application/pdf", "image/jpeg", "image/png", "image/gif", "image/webp"})
"""Types that a browser shows in place; the others are downloaded."""


@login_required
@require_safe
def attachment(request: HttpRequest, pk: UUID) -> FileResponse:
    """One attachment. Who may not see its subject is told nothing, not even that it exists."""
    person = request.user
    assert isinstance(person, Person)
    found = Attachment.objects.filter(pk=pk, erased_at__isnull=True).select_related("subject").first()
    if found is None or not may_see(person, found):
        raise Http404
    return served(found, person)


def served(found: Attachment, person: Person) -> FileResponse:
    """The file, its look written down. Raises Http404 once it was erased."""
    access_log.looked(person, found.subject, f"attachment {found.pk}")
    try:
        file = opened(found)
    except FileNotFoundError:
        raise Http404 from None
    response = FileResponse(
        file, as_attachment=found.media_type not in SHOWN, filename=found.name, content_type=found.media_type
    )
    # Somebody else's file: whatever is in it runs nothing here.
    response["Content-Security-Policy"] = "default-src 'none'; img-src 'self'; style-src 'unsafe-inline'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response


def may_see(person: Person, found: Attachment) -> bool:
    """Who sees a file: whoever sees its subject; before an entry names it, who uploaded it."""
    if found.subject_id is None:
        return found.uploaded_by_id == person.pk
    return visible(person, Subject.objects.filter(pk=found.subject_id), clock.now()).exists()
