"""Who stands in for people who are away (代理人), and who is told in their place."""

from collections import defaultdict
from collections.abc import Collection, Iterator
from datetime import datetime

from shouwen.organisation.models import Person
from shouwen.organisation.snapshot import holding, snapshot


class StandIns:
    """The deputies of ``people`` (ids of those away) at ``at``.

    A deputy who is away himself passes it on once, to whom he has delegated wholly. Who is away or may not sign in
    stands in for nobody.
    """

    def __init__(self, people: Collection[int], at: datetime) -> None:
        self.people = frozenset(people)
        self._links: dict[int, list[tuple[int | None, Person, bool]]] = defaultdict(list)
        if not people:
            return
        house = snapshot()
        given = [row for one in people for row in holding(house.delegated.get(one, ()), at) if row.deputy.is_active]
        firsts = {row.deputy_id for row in given} - self.people
        onward = [row for one in firsts for row in holding(house.delegated.get(one, ()), at) if row.deputy.is_active]
        for row in sorted([*given, *(row for row in onward if row.post_id is None)], key=lambda row: row.pk):
            self._links[row.person_id].append((row.post_id, row.deputy, house.away(row.deputy_id, at)))

    def of(self, person: int, post: int | None) -> Person | None:
        """Who does what the person has to do in the post (None: what is his by name); None where nobody does."""
        if not self._links:
            return None
        for deputy, gone in self._first(person, post):
            if not gone:
                return deputy
            onward = next((further for further, away in self._first(deputy.pk, None) if not away), None)
            if onward is not None:
                return onward
        return None

    def _first(self, person: int, post: int | None) -> Iterator[tuple[Person, bool]]:
        """The deputy for the post before the one for everything."""
        links = self._links.get(person, ())
        for wanted in dict.fromkeys((post, None)):
            yield from ((deputy, gone) for of_post, deputy, gone in links if of_post == wanted)


def stand_ins(people: Collection[int], at: datetime) -> StandIns:
    """The deputies of those of ``people`` who are away at ``at``, to be asked with ``of``."""
    house = snapshot() if people else None
    return StandIns({one for one in people if house is not None and house.away(one, at)}, at)
