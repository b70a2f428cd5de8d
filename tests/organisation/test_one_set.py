"""Issue: one function decides who may see what. For random trees, roles and matters every door shows the same set, and
taking the filter out of any one of them breaks that."""

import importlib
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from tests.organisation.doors import DOORS, TAKEN_OUT, Door
from tests.organisation.random_house import NOW, Case, House, Plan, Sitting, Standing, plans, regulation, undone

from shouwen.journal import clock
from shouwen.journal.verify import verify

pytestmark = pytest.mark.django_db

PHASES = [Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink]
EXAMPLES = 12
ONE = Plan(
    above=(0, 1, 1),
    kinds=("branch", "project", "project"),
    posts=((2, "前台"), (3, "前台"), (1, "领导"), (0, "客服")),
    marks=("", "", "", "auditor"),
    sittings=(Sitting(0, 0, past=False), Sitting(1, 1, past=False), Sitting(2, 2, past=False)),
    standings=(Standing(1, 0, None, past=True),),
    away=(),
    cases=(
        Case(2, 0, None, "", None, lifted=False),
        Case(3, 1, None, "", None, lifted=False),
        Case(3, 1, None, "", (), lifted=False),
    ),
)
"""Two projects of a branch: 人0 sits in the first, where one of three matters lies; 人3 is an auditor."""


def expected(house: House, person: int, door: Door) -> Any:
    seen = house.seen(person, house.causes if door.shows == "causes" else house.matters)
    return len(seen) if door.shows == "count" else seen


def test_every_door_shows_the_same_set() -> None:
    version = regulation()

    @settings(max_examples=EXAMPLES, phases=PHASES, suppress_health_check=list(HealthCheck), print_blob=True)
    @given(plan=plans())
    def holds(plan: Plan) -> None:
        with undone(), clock.at(NOW):
            house = House(plan).lay(version)
            for number, person in enumerate(house.people):
                shown = {name: door.find(person, NOW) for name, door in DOORS.items()}
                assert shown == {name: expected(house, number, door) for name, door in DOORS.items()}, f"人{number}"

    holds()


def test_what_such_a_house_writes_is_sound() -> None:
    with clock.at(NOW):
        House(ONE).lay(regulation())
        assert list(verify()) == []


@pytest.mark.parametrize("name", DOORS)
def test_a_door_without_its_filter_is_found_out(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    door = DOORS[name]
    module, _, attribute = door.filtered_in.partition(":")
    with clock.at(NOW):
        house = House(ONE).lay(regulation())
        right = [door.find(person, NOW) == expected(house, number, door) for number, person in enumerate(house.people)]
        monkeypatch.setattr(importlib.import_module(module), attribute, TAKEN_OUT[attribute])
        wrong = door.find(house.people[0], NOW) == expected(house, 0, door)
    assert (right, wrong) == ([True] * 4, False)
