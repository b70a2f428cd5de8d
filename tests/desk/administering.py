"""How tests of the pages of administration send a form, and read what was written."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouwen.governance.models import InForce, PolicyVersion, Publication
from shouwen.journal.administration import ADMINISTERED
from shouwen.journal.models import Entry, Subject
from shouwen.organisation.models import Person


def send(client: Client, page: str, step: str = "do", **data: Any) -> Any:
    """Opens the form as a person does, so that it knows what stood there, and sends it."""
    seen = client.get(f"/administration/{page}")
    if step == "preview":
        # What is sent is what the page offers.
        assert 'name="step" value="preview"' in shown(seen)
    hidden = {"seen": seen.context["seen"], "step": step}
    return client.post(f"/administration/{page}", {**hidden, **data})


def written() -> list[tuple[str, str, str, str]]:
    rows = Entry.objects.filter(type=ADMINISTERED).order_by("pk")
    return [
        (one.data["what"], one.data["object"], one.data.get("before", ""), one.data.get("after", "")) for one in rows
    ]


def approved() -> PolicyVersion:
    """Another superuser approves what was proposed last."""
    made = Publication.objects.latest("pk")
    other = Client(headers={"accept-language": "en"})
    known = Person.objects.filter(username="other").first()
    other.force_login(known or Person.objects.create_superuser("other", name="审批人"))
    answer = send(other, f"publications/{made.pk}/approve/", opinion="同意")
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.policy_version is not None
    return made.policy_version


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def upload(text: str, name: str) -> Any:
    return SimpleUploadedFile(name, text.encode())


def force_of(matter: Subject) -> int:
    line = matter.unit.line
    rows = InForce.objects.filter(unit__in=line, kind=matter.kind, policy_version=matter.policy_version)
    return rows.order_by("-unit__path")[0].pk
