"""What every page of the frame shows: where one is, who one is, in which posts."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.urls import reverse
from django.utils.functional import SimpleLazyObject
from django.utils.translation import gettext as _

from shouwen.insight.catalogue import catalogue
from shouwen.journal import clock
from shouwen.journal.models import Heartbeat, Outbox, Subject
from shouwen.organisation.administration import APPROVAL, realms
from shouwen.organisation.models import Person
from shouwen.organisation.seats import Seat, seats
from shouwen.policy.model import Kind

SILENCE = timedelta(seconds=60)
"""A worker that has said nothing for so long is not running."""
STALLED = "desk.stalled"
ASKED_EVERY = 15
"""Seconds for which the answer holds, for all pages of the process."""


@dataclass(frozen=True)
class Place:
    """One entry of the navigation."""

    url: str
    title: str
    icon: str
    keys: tuple[str, ...]
    """Pressed one after the other, they lead there."""
    here: bool

    @property
    def key(self) -> str:
        return " ".join(self.keys)


@dataclass(frozen=True)
class Frame:
    places: tuple[Place, ...]
    seats: tuple[Seat, ...]

    @property
    def stalled(self) -> bool:
        """Whether something waits for a worker and none is running."""
        return bool(cache.get_or_set(STALLED, _stalled, ASKED_EVERY))

    @cached_property
    def kinds(self) -> Mapping[str, Kind]:
        """All kinds of subjects, for the names of those that have no number."""
        return catalogue().subjects

    @property
    def seat(self) -> str:
        """The post nearest to the ground, with its unit."""
        return f"{self.seats[0].unit.name} · {self.seats[0].post.name}" if self.seats else _("no post")


def _stalled() -> bool:
    now = clock.now()
    if Heartbeat.objects.filter(at__gte=now - SILENCE).exists():
        return False
    unsent = Outbox.objects.filter(sent_at__isnull=True, try_at__lte=now)
    return unsent.exists() or Subject.objects.filter(wakes_at__lt=now).exists()


def _places(path: str, administration: str) -> tuple[Place, ...]:
    """``administration``: the first page of it that is his; empty: none."""
    asked = (
        ("desk:workbench", _("Workbench"), "layout-list", "g w"),
        ("desk:intake", _("New complaint"), "message-plus", "n"),
        ("desk:ledger", _("Ledger"), "table", "g m"),
        ("desk:customers", _("Customers"), "users", "g c"),
        ("desk:supervision", _("Supervision"), "urgent", "g s"),
        ("desk:policies", _("Regulations"), "book-2", "g r"),
        *(((administration, _("Administration"), "settings", "g a"),) if administration else ()),
    )
    found = [(reverse(name), title, icon, tuple(keys.split())) for name, title, icon, keys in asked]
    here = max((url for url, *_rest in found if _within(path, url)), key=len, default="")
    return tuple(Place(url, title, icon, keys, url == here) for url, title, icon, keys in found)


def _within(path: str, url: str) -> bool:
    """Whether a page lies in a place: under its address; a matter's in the workbench, the library's in regulations."""
    if url == "/":
        return path == url or path.startswith("/matters/")
    return path.startswith(url) or (url == reverse("desk:policies") and path.startswith(("/clauses/", "/comparison/")))


def _administration(person: object) -> str:
    if not isinstance(person, Person):
        return ""
    if realms(person, clock.now()):
        return "desk:administration"
    return "desk:admin-publications" if realms(person, clock.now(), APPROVAL) else ""


def frame(request: HttpRequest) -> dict[str, Any]:
    """``desk`` for templates; asked of the database only where a page uses it."""

    def made() -> Frame:
        person = request.user
        held = seats(person, clock.now()) if isinstance(person, Person) else []
        return Frame(_places(request.path, _administration(person)), tuple(held))

    return {"desk": SimpleLazyObject(made)}
