"""Who asks for a page of administration, and how far he reaches."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import wraps
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from shouwen.journal import clock
from shouwen.journal.administration import administered
from shouwen.organisation.administration import APPROVAL, AUTHORITY, EVERYTHING, administers, administrators, realms
from shouwen.organisation.models import Person, Unit


@dataclass(frozen=True)
class Admin:
    """Who administers what, at an instant."""

    person: Person
    now: datetime
    paths: tuple[str, ...]
    approving: tuple[str, ...] = ()
    """Paths of the units for which he approves what others propose."""
    shell: ClassVar[str] = "desk/admin/frame.html"
    """The template around the pages."""

    @property
    def everything(self) -> bool:
        return EVERYTHING in self.paths

    def within(self, lookup: str = "") -> Q:
        """Rows whose unit (reached by ``lookup``, as ``post__unit__``) he administers."""
        if self.everything:
            return Q()
        found = Q(pk__in=[])
        for path in self.paths:
            found |= Q((f"{lookup}path__startswith", path))
        return found

    def units(self, *, ended: bool = False) -> QuerySet[Unit]:
        """Units that he administers, each superior before those below it."""
        rows = Unit.objects.all() if ended else Unit.objects.holding(self.now)
        return rows.filter(self.within()).order_by("path")

    def reaches(self, unit: Unit | None, authority: str = AUTHORITY) -> bool:
        return administers(self.person, unit, self.now, authority)

    def insist(self, unit: Unit | None, authority: str = AUTHORITY) -> None:
        """Raises PermissionDenied, with who may, where he lacks the authority over the unit (None: the whole house)."""
        if self.reaches(unit, authority):
            return
        if unit is None:
            raise PermissionDenied(_("This holds for the whole house: only its superusers change it."))
        posts = "、".join(f"{row.post.unit.name} {row.post.name}" for row in administrators(unit, self.now, authority))
        said = {"unit": unit.name, "posts": posts or "—", "authority": authority}
        if authority == AUTHORITY:
            raise PermissionDenied(_("%(unit)s is administered by: %(posts)s, and by the house's superusers.") % said)
        raise PermissionDenied(
            _("For %(unit)s posts with the authority %(authority)s do this: %(posts)s, and the house's superusers.")
            % said
        )

    def unit(self, pk: int) -> Unit:
        """The unit with that id; 404 where there is none, refused where it is not his."""
        found = get_object_or_404(Unit, pk=pk)
        self.insist(found)
        return found

    def write(
        self, unit: Unit | None, what: str, thing: str, before: str, after: str, authority: str = AUTHORITY
    ) -> None:
        """Writes down what was done, in the transaction in which it was done."""
        administered(self.person, unit, what, thing, before=before, after=after, now=self.now, authority=authority)

    @property
    def zone(self) -> ZoneInfo:
        first = Unit.objects.filter(self.within()).order_by("path").first()
        return ZoneInfo(first.zone if first else "Asia/Shanghai")


View = Callable[..., HttpResponseBase]


def administrator(view: View) -> View:
    """A page for who administers something; it is given an `Admin` after the request."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person, now = cast("Person", request.user), clock.now()
        held = realms(person, now)
        if not held:
            raise PermissionDenied(
                _(
                    "Administration belongs to the house's superusers and to posts with the authority 系统管理, "
                    "for their unit and below."
                )
            )
        return view(request, Admin(person, now, held), *args, **kwargs)

    return cast("View", login_required(never_cache(require_http_methods(["GET", "HEAD", "POST"])(asked))))


def governor(view: View) -> View:
    """A page for who administers something or approves what others propose."""

    @wraps(view)
    def asked(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        person, now = cast("Person", request.user), clock.now()
        held, approving = realms(person, now), realms(person, now, APPROVAL)
        if not held and not approving:
            raise PermissionDenied(
                _("This belongs to the house's superusers and to posts with the authority 系统管理 or 规章批准.")
            )
        return view(request, Admin(person, now, held, approving), *args, **kwargs)

    return cast("View", login_required(never_cache(require_http_methods(["GET", "HEAD", "POST"])(asked))))


def unit_choices(admin: Admin) -> list[tuple[str, str]]:
    """Units that stand, by id and with their place in the tree."""
    rows = list(admin.units())
    names = {row.pk: row.name for row in rows}
    return [(str(row.pk), " / ".join(names[pk] for pk in row.line if pk in names)) for row in rows]


def shown(row: Model) -> str:
    """How an entry names a row without naming a person: its kind of row and its id."""
    return f"{row._meta.model_name} {row.pk}"
