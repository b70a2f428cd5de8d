"""What a matter still owes once it is closed, and who sees it."""

from collections.abc import Callable
from uuid import uuid4

from django.test import Client

from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import Duty, Subject
from shouwen.journal.record import record
from shouwen.organisation.models import Person

SignedIn = Callable[[str], Client]


def test_what_a_closed_matter_still_owes_stays_on_the_list(signed_in: SignedIn, matter: Subject) -> None:
    """Engine 9: closing ends nothing that is owed; here 金科 3.2.B.1#3, 核实 within 24 hours, is still to be done."""
    person = Person.objects.get(username="jingban")
    post = person.appointments.get().post
    record(Draft(matter, "closed", {"result": "办完"}, as_fact=True), actor=Actor(person, post.name, post.unit))
    matter.refresh_from_db()
    assert matter.state == "ended"
    client = signed_in("jingban")
    page = client.get("/")
    assert "verified" in {row.duty.event for row in page.context["bench"].rows if row.duty.subject_id == matter.pk}
    assert '<span class="chip">已办结</span>' in page.content.decode()
    sent = {"key": uuid4().hex, "seen": str(matter.head_seq), "d-findings": "属实"}
    assert client.post(f"/matters/{matter.pk}/do/verified/", sent).status_code == 302
    assert Duty.objects.get(subject=matter, event="verified").state == "kept"
