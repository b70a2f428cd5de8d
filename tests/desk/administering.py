"""How tests of the pages of administration send a form, and read what was written."""

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from shouwen.governance.models import InForce
from shouwen.journal.administration import ADMINISTERED
from shouwen.journal.models import Entry, Subject


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


def shown(answer: Any) -> str:
    return str(answer.content.decode())


def upload(text: str, name: str) -> Any:
    return SimpleUploadedFile(name, text.encode())


def force_of(matter: Subject) -> int:
    line = matter.unit.line
    rows = InForce.objects.filter(unit__in=line, kind=matter.kind, policy_version=matter.policy_version)
    return rows.order_by("-unit__path")[0].pk
