"""The demonstration's house: laid once, whole, with a sign-in for each post and matters in many states."""

from datetime import datetime
from zoneinfo import ZoneInfo

from shouwen.customers.models import Customer
from shouwen.demonstration.people import CUSTOMERS, SEATS
from shouwen.demonstration.scenes import SCENES
from shouwen.demonstration.seed import PASSWORD, lay, sign_ins
from shouwen.journal import clock
from shouwen.journal.models import Duty, Subject
from shouwen.organisation.models import Person, Unit

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))


def test_it_is_laid_once(db: None) -> None:
    with clock.at(NOW):
        assert lay(NOW) is True
        assert lay(NOW) is False
    assert Unit.objects.filter(parent=None).count() == 1
    assert Customer.objects.count() == len(CUSTOMERS) == 40
    assert Subject.objects.filter(matter=True).count() == len(SCENES) == 25
    assert {row[0] for row in sign_ins()} == {seat.username for seat in SEATS}
    assert all(person.check_password(PASSWORD) for person in Person.objects.all())
    assert set(Subject.objects.values_list("state", flat=True)) == {"open", "ended"}
    assert {"open", "kept", "late"} <= set(Duty.objects.values_list("state", flat=True))
    assert Duty.objects.filter(state="open", due_at__lt=NOW).exists()
    assert not Subject.objects.filter(matter=True, owner_person=None).exists()
