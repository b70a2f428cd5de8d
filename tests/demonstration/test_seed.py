"""The demonstration's group: laid whole through the rooms' actions, carried on to later days, replayed to its rows."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from tests.demonstration.replaying import differences

from shouwen.customers.models import Contact, Customer
from shouwen.demonstration.coverage import SOON, coverage
from shouwen.demonstration.loading import Loader
from shouwen.demonstration.people import GROUND_SEATS
from shouwen.demonstration.player import Player
from shouwen.demonstration.seed import PASSWORD, GoingOn, carry_on, lay, sign_ins
from shouwen.governance.models import InForce
from shouwen.journal import clock
from shouwen.journal.models import Duty, Entry, Link, Outbox, Subject
from shouwen.journal.sweep import sweep
from shouwen.journal.verify import verify
from shouwen.organisation.models import Person, Unit

NOW = datetime(2026, 3, 4, 10, 0, tzinfo=ZoneInfo("Asia/Shanghai"))
UNITS = {"group": 1, "region": 3, "branch": 8, "project": 24, "property": 8, "department": 12}


def due_within_the_hour(now: datetime) -> int:
    return Duty.objects.filter(state="open", due_at__gt=now, due_at__lte=now + timedelta(hours=1)).count()


def test_the_ground_alone(db: None) -> None:
    with clock.at(NOW):
        assert lay(NOW, matters=0) is not None
        assert lay(NOW, matters=0) is None
    assert Unit.objects.filter(parent=None).count() == 1
    assert Customer.objects.count() == 40
    assert Subject.objects.count() == 0
    assert {row[0] for row in sign_ins()} == {seat.username for seat in GROUND_SEATS}
    assert all(person.check_password(PASSWORD) for person in Person.objects.all())


def test_the_whole_group(db: None) -> None:
    """One test for one laying: it is what takes the time."""
    with clock.at(NOW):
        played = lay(NOW, matters=100)
    assert played is not None
    assert {kind: Unit.objects.filter(kind=kind).count() for kind in UNITS} == UNITS
    assert Customer.objects.count() == 5_000
    assert not Contact.objects.exclude(value__startswith="169").exists()
    assert set(InForce.objects.values_list("unit__name", "policy_version__name", "kind")) >= {
        ("云麓集团", "jinke", "complaint"),
        ("湖山片区", "greentown", "complaint"),
    }
    # Of what the stories would do, the rooms refused nothing; an act without what it is about was left out.
    assert [line for line in played.refused if "Missing" not in line] == []
    matters = Subject.objects.filter(matter=True)
    assert 95 <= matters.count() <= 110
    assert set(matters.values_list("policy_version__name", flat=True)) == {"jinke", "greentown"}
    assert {"open", "ended"} <= set(matters.values_list("state", flat=True))
    assert {"open", "kept", "late", "overdue"} <= set(Duty.objects.values_list("state", flat=True))
    assert Link.objects.filter(role="part_of", subject__kind="complaint").count() == 12
    assert due_within_the_hour(NOW) >= 5
    assert not Outbox.objects.filter(channel="mail").exists()
    # Swept in its own time: what was overdue was written down within the sweep's ten minutes.
    assert Entry.objects.filter(type="overdue").count() > 0
    for entry in Entry.objects.filter(type="overdue"):
        due_at = datetime.fromisoformat(entry.data["due_at"])
        assert due_at < entry.at <= due_at + timedelta(minutes=10) or entry.seq <= 2
    assert list(verify()) == []
    assert list(differences(NOW)) == []
    found = coverage(NOW)
    assert [section.title for section in found.sections] == ["路径", "类别", "关口", "状态"]
    assert sum(found.sections[0].counts.values()) > matters.count()
    assert SOON not in found.sections[3].short

    goes_on_while_it_is_served(NOW + timedelta(hours=2))
    is_carried_on(NOW + timedelta(days=9))
    is_told_anew(NOW + timedelta(days=10))


def is_told_anew(later: datetime) -> None:
    """What is laid in bulk for measuring is nothing that `verify` tells from what was recorded."""
    before, entries = Subject.objects.filter(matter=True).count(), Entry.objects.count()
    with clock.at(later):
        loader = Loader("test")
        loader.load(20)
        loader.load_due(5, later + timedelta(days=1), timedelta(minutes=1))
        sweep()
        assert list(verify()) == []
    assert Subject.objects.filter(matter=True).count() == before + 25
    assert Entry.objects.count() > entries + 25
    with clock.at(later + timedelta(days=1, minutes=2)):
        sweep()
        assert list(verify()) == []
    # All five came due within one minute, and none was passed over.
    due = Entry.objects.filter(type="overdue", at__gte=later + timedelta(days=1), seq=2)
    assert due.count() == 5


def goes_on_while_it_is_served(later: datetime) -> None:
    before = Entry.objects.count()
    going_on = GoingOn()
    for hours in (0, 6):
        with clock.at(later + timedelta(hours=hours)):
            going_on.step()
            sweep()
        assert due_within_the_hour(later + timedelta(hours=hours)) >= 1
    assert Entry.objects.count() > before


def is_carried_on(later: datetime) -> None:
    ended, matters = Subject.objects.filter(state="ended").count(), Subject.objects.filter(matter=True).count()
    with clock.at(later):
        assert carry_on(later).done > 50
        again: Player = carry_on(later)
    assert again.done == 0
    assert Subject.objects.filter(state="ended").count() > ended
    assert Subject.objects.filter(matter=True).count() > matters + 9
    assert due_within_the_hour(later) >= 5
    assert list(differences(later)) == []


@pytest.mark.parametrize("kind", ["Person", "Unit"])
def test_names_are_told_apart(db: None, kind: str) -> None:
    with clock.at(NOW):
        lay(NOW, matters=0)
    names = list((Person if kind == "Person" else Unit).objects.values_list("name", flat=True))
    assert len(names) == len(set(names))
