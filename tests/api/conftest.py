from collections.abc import Iterator

import pytest
from tests.api.caller import Api, join
from tests.journal.world import MONDAY, World
from tests.journal.world import world as lay

from shouwen.journal import clock


@pytest.fixture
def world(db: None) -> Iterator[World]:
    """An invented house at nine on Monday, 2 March 2026."""
    with clock.at(MONDAY):
        yield lay()


@pytest.fixture
def api(world: World) -> Api:
    """The integration 热线 at the front desk of 云栖一期, with every scope."""
    return join("热线", [world.desk])
