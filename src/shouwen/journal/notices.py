"""What people are told (通知): rows of the outbox, written with what made them true."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from shouwen.journal.chain import instant
from shouwen.journal.models import Duty, Outbox, Subject
from shouwen.organisation.deputies import StandIns, is_away
from shouwen.organisation.models import Appointment, Person

MAIL = "mail"
DESK = "desk"
"""Seen on the desk alone: for people without an address."""
Held = dict[int, list[tuple[Person, bool]]]
"""By the id of a post or a person: who is told, and whether he is away."""


@dataclass
class Notices:
    """Gathered during a call and turned into rows at its end, with one query for who holds which post.

    Who is away is told through his deputy; where nobody stands in for him, himself.
    """

    now: datetime
    but: int | None = None
    """The actor: nobody is told of what he has just done himself."""
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

    def rows(self) -> list[Outbox]:
        if not self._wanted:
            return []
        held = self._held({post for *_, person, post, _data in self._wanted if person is None and post is not None})
        named = {person for *_, person, _post, _data in self._wanted if person is not None}
        rows_of_people = Person.objects.filter(pk__in=named).annotate(away=is_away("pk", self.now))
        people: Held = {one.pk: [(one, one.away)] for one in rows_of_people}
        found = [pair for several in (*people.values(), *held.values()) for pair in several]
        deputies = StandIns({one.pk for one, away in found if away}, self.now)
        rows: dict[str, Outbox] = {}
        for kind, subject, duty, person, post, data in self._wanted:
            for whose, _away in people[person] if person is not None else held.get(post or 0, ()):
                one = deputies.of(whose.pk, post) or whose
                if one.pk != self.but and one.is_active:
                    row = self._row(kind, subject, duty, one, data)
                    rows[row.key] = row
        return list(rows.values())

    def _held(self, posts: Iterable[int]) -> Held:
        """Who holds each post, and whether he is away."""
        found: Held = {}
        if posts:
            holding = Appointment.objects.holding(self.now).filter(post__in=posts).select_related("person")
            for row in holding.annotate(away=is_away("person", self.now)).order_by("pk"):
                found.setdefault(row.post_id, []).append((row.person, row.away))
        return found

    def _row(self, kind: str, subject: Subject, duty: Duty | None, person: Person, data: dict[str, Any]) -> Outbox:
        parts = [duty.key, instant(duty.opened_at), _due(duty)] if duty else []
        about = ":".join([*parts, *(data[name] for name in ("entry", "level") if name in data)])
        mailed = bool(person.email)
        return Outbox(
            key=f"{kind}:{subject.pk}:{about}:{person.pk}",
            kind=kind,
            channel=MAIL if mailed else DESK,
            person=person,
            address=person.email,
            subject=subject,
            duty=duty.key if duty else "",
            data=data,
            made_at=self.now,
            try_at=self.now if mailed else None,
            sent_at=None if mailed else self.now,
        )


def _due(duty: Duty) -> str:
    return instant(duty.due_at) if duty.due_at else ""
