"""Attachments: upload, what is known of them, download."""

import hashlib
from uuid import UUID

from django.http import FileResponse, HttpRequest, HttpResponse
from ninja import File, Router
from ninja.files import UploadedFile

from shouwen.api import schemas
from shouwen.api.models import Scope
from shouwen.api.once import Done, once
from shouwen.api.problems import ProblemError, wrong
from shouwen.api.routes.recording import WITH_KEY
from shouwen.api.tokens import Bearer, caller
from shouwen.api.told import Plain, attachment_told
from shouwen.journal import attachments
from shouwen.journal.errors import Invalid, NoRoom
from shouwen.journal.models import Attachment
from shouwen.journal.views import may_see, served

router = Router(tags=["files"])
READ = Bearer(Scope.FILES_READ)
WRITE = Bearer(Scope.FILES_WRITE)
ZONE = "Asia/Shanghai"
"""For files that belong to no matter yet."""


@router.post("/attachments", auth=WRITE, response={201: schemas.Attachment}, openapi_extra=WITH_KEY)
def upload(request: HttpRequest, file: File[UploadedFile]) -> HttpResponse:
    """Take a file in, at most 20 MB. Its type is read from its content, and the name's ending must agree with it.

    It belongs to no matter until an entry names its id; until then only this integration sees it.
    """
    who = caller(request)

    def work(_key: str | None) -> Done:
        try:
            made = attachments.keep(file, file.name or "", who.person)
        except Invalid as invalid:
            raise wrong("；".join(invalid.errors.values()), pointer="#/file") from invalid
        except NoRoom as reason:
            raise ProblemError("no-room", str(reason)) from reason
        return Done(201, attachment_told(made, ZONE))

    return once(request, schemas.Attachment, work, body=_digest(file))


def _digest(file: UploadedFile) -> bytes:
    """What the upload is, whatever boundary it came with."""
    digest = hashlib.sha256((file.name or "").encode())
    for block in file.chunks():
        digest.update(block)
    file.seek(0)
    return digest.digest()


@router.get("/attachments/{uuid:attachment}", auth=READ, response=schemas.Attachment)
def read_attachment(request: HttpRequest, attachment: UUID) -> Plain:
    """What is known of a file."""
    found = _seen(request, attachment)
    return attachment_told(found, found.subject.unit.zone if found.subject else ZONE)


@router.get(
    "/attachments/{uuid:attachment}/content",
    auth=READ,
    openapi_extra={
        "responses": {
            200: {
                "description": "The file",
                "content": {"*/*": {"schema": {"type": "string", "contentMediaType": "application/octet-stream"}}},
            }
        }
    },
)
def download(request: HttpRequest, attachment: UUID) -> FileResponse:
    """The file itself. The look is written down."""
    return served(_seen(request, attachment), caller(request).person)


def _seen(request: HttpRequest, pk: UUID) -> Attachment:
    found = Attachment.objects.filter(pk=pk, erased_at__isnull=True).select_related("subject__unit").first()
    if found is None or not may_see(caller(request).person, found):
        raise ProblemError("not-found")
    return found
