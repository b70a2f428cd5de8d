"""What people are told (通知): rows of the outbox, written with what made them true."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import transaction

from shouwen.journal import queue
from shouwen.journal.chain import instant
from shouwen.journal.models import Duty, Outbox, Subject
from shouwen.journal.statements import made
from shouwen.journal.ways import Telling, Way, ways
from shouwen.organisation.deputies import StandIns
from shouwen.organisation.models import Person
from shouwen.organisation.snapshot import Snapshot, holding, snapshot

MAIL = "mail"
DESK = "desk"
"""Seen on the desk alone."""
DIGEST = "digest"
"""Kind of the one message for many notices."""


@dataclass
class Notices:
    """Gathered during a call and turned into rows at its end.

    Who is away is told through his deputy; where nobody stands in for him, himself.
    """

    now: datetime
    but: int | None = None
    """The actor: nobody is told of what he has just done himself."""
    among: Callable[[Person], bool] = field(default=lambda person: True)
    """Who is told at all."""
    _wanted: list[tuple[str, Subject, Duty | None, int | None, int | None, dict[str, Any]]] = field(
        default_factory=list
    )

    def duty(self, kind: str, duty: Duty) -> None:
        """Tell who owes this duty; outside parties are not told by us."""
        if not duty.outside and (duty.person_id is None or duty.person_id != self.but):
            self.about(kind, duty, duty.person_id, duty.post_id, {})

    def about(self, kind: str, duty: Duty, person: int | None, post: int | None, data: dict[str, Any]) -> None:
        """Tell a person, or whoever holds a post, of a duty. `data`: the ``entry`` or ``level`` that it comes of."""
        self._wanted.append((kind, duty.subject, duty, person, post, data))

    def person(self, kind: str, subject: Subject, person: int, data: dict[str, Any]) -> None:
        self._wanted.append((kind, subject, None, person, None, data))

    def owner(self, kind: str, subject: Subject, data: dict[str, Any]) -> None:
        """Tell whose the subject is: the person, else who holds the post."""
        if subject.owner_person_id or subject.owner_post_id:
            self._wanted.append((kind, subject, None, subject.owner_person_id, subject.owner_post_id, data))

    def rows(self) -> list[Outbox]:
        if not self._wanted:
            return []
        house = snapshot()
        told_of = {(person, None if person is not None else post) for *_, person, post, _data in self._wanted}
        asked = {key: list(self._asked(house, *key)) for key in told_of}
        away = {one.pk for several in asked.values() for one in several if house.away(one.pk, self.now)}
        deputies = StandIns(away, self.now)
        told: dict[str, tuple[Telling, dict[str, Any]]] = {}
        for kind, subject, duty, person, post, data in self._wanted:
            about = _about(kind, subject, duty, data)
            for whose in asked[person, None if person is not None else post]:
                one = deputies.of(whose.pk, post) or whose
                if one.pk != self.but and one.is_active and self.among(one):
                    told[f"{about}:{one.pk}"] = Telling(kind, one, subject, duty), data
        routed = ways([telling for telling, _data in told.values()], self.now)
        rows = [
            row
            for (key, (telling, data)), out in zip(told.items(), routed, strict=True)
            for row in _rows(key, telling, data, out, self.now)
        ]
        return list({row.key: row for row in rows}.values())

    def _asked(self, house: Snapshot, person: int | None, post: int | None) -> Iterable[Person]:
        """The person, or who holds the post."""
        if person is not None:
            return [house.people[person]]
        return [row.person for row in holding(house.holders.get(post or 0, ()), self.now)]


def tell(notices: Notices) -> int:
    """Put what was gathered outside of a call to ``record()`` into the outbox; how many rows were not there yet."""
    rows = notices.rows()
    with transaction.atomic():
        known = set(Outbox.objects.filter(key__in=[row.key for row in rows]).values_list("key", flat=True))
        fresh = [row for row in rows if row.key not in known]
        Outbox.objects.bulk_create(fresh, ignore_conflicts=True)
        if fresh:
            transaction.on_commit(queue.tick, robust=True)
    return len(fresh)


def _about(kind: str, subject: Subject, duty: Duty | None, data: dict[str, Any]) -> str:
    """The key of a notice but for its person."""
    parts = [duty.key, instant(duty.opened_at), _due(duty)] if duty else []
    return f"{kind}:{subject.id}:{':'.join([*parts, *(data[name] for name in ('entry', 'level') if name in data)])}"


def _rows(key: str, telling: Telling, data: dict[str, Any], out: Sequence[Way], now: datetime) -> Iterator[Outbox]:
    """A row for each way, the first of them on the desk; and one for each digest that it waits for."""
    person, subject = telling.person, telling.subject
    common = {"person_id": person.pk, "made_at": now}
    about = {"subject_id": subject.id, "duty": telling.duty.key if telling.duty else "", "data": data}
    related = {"person": person, "subject": subject}
    if not out:
        yield made(
            Outbox, related, key=key, kind=telling.kind, channel=DESK, on_desk=True, sent_at=now, **common, **about
        )
    for number, way in enumerate(out):
        yield made(
            Outbox,
            related,
            key=f"{key}:{way.channel}" if number else key,
            kind=telling.kind,
            channel=way.channel,
            address=way.address,
            on_desk=not number,
            digest=way.digest,
            try_at=None if way.digest else way.try_at,
            **common,
            **about,
        )
        if way.digest:
            yield made(
                Outbox,
                {"person": person},
                key=way.digest,
                kind=DIGEST,
                channel=way.channel,
                address=way.address,
                try_at=way.try_at,
                **common,
            )


def _due(duty: Duty) -> str:
    return instant(duty.due_at) if duty.due_at else ""
