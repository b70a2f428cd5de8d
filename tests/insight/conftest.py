import pytest
from tests.journal.world import World
from tests.journal.world import world as lay


@pytest.fixture
def world(db: None) -> World:
    return lay()
