"""Units and posts, with who holds them."""

from collections import defaultdict
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from ninja import Query, Router, Schema
from pydantic import Field

from shouwen.api import schemas
from shouwen.api.cursors import page, whole
from shouwen.api.filters import Paging, in_unit
from shouwen.api.models import Scope
from shouwen.api.seeing import one_of
from shouwen.api.tokens import Bearer, Caller, caller
from shouwen.api.told import Plain, local
from shouwen.organisation.access import visible
from shouwen.organisation.models import Appointment, Post, Unit

router = Router(tags=["organisation"])
READ = Bearer(Scope.ORGANISATION_READ)


class UnitFilter(Schema):
    within: schemas.Key | None = Field(None, description="This unit and all below")
    kind: str | None = Field(None, max_length=20, description="group, region, branch, project, department …")


class PostFilter(Schema):
    unit: schemas.Key | None = Field(None, description="Posts of this unit and all below")


@router.get("/units", auth=READ, response=schemas.Units)
def list_units(request: HttpRequest, by: Query[UnitFilter], paging: Query[Paging]) -> Plain:
    """Units that stand now and that the integration sees."""
    who = caller(request)
    rows = visible(who.person, Unit.objects.holding(who.now), who.now)
    if by.within is not None:
        rows = rows.filter(in_unit("", by.within))
    if by.kind is not None:
        rows = rows.filter(kind=by.kind)
    found, following = page(rows, ("pk",), paging.cursor, paging.limit, (whole,))
    return {"items": [unit_told(one) for one in found], "next": following}


@router.get("/units/{int:unit}", auth=READ, response=schemas.Unit)
def read_unit(request: HttpRequest, unit: schemas.Pk) -> Plain:
    """One unit."""
    who = caller(request)
    return unit_told(one_of(visible(who.person, Unit.objects.filter(pk=unit), who.now)))


@router.get("/posts", auth=READ, response=schemas.Posts)
def list_posts(request: HttpRequest, by: Query[PostFilter], paging: Query[Paging]) -> Plain:
    """Posts of the units that the integration sees, with who holds them now."""
    who = caller(request)
    rows = _posts(who)
    if by.unit is not None:
        rows = rows.filter(unit__in=Unit.objects.filter(in_unit("", by.unit)))
    found, following = page(rows, ("pk",), paging.cursor, paging.limit, (whole,))
    holders = _holders(who, found)
    return {"items": [post_told(one, holders[one.pk]) for one in found], "next": following}


@router.get("/posts/{int:post}", auth=READ, response=schemas.Post)
def read_post(request: HttpRequest, post: schemas.Pk) -> Plain:
    """One post."""
    who = caller(request)
    found = one_of(_posts(who).filter(pk=post))
    return post_told(found, _holders(who, [found])[found.pk])


def _posts(who: Caller) -> QuerySet[Post]:
    return Post.objects.holding(who.now).filter(unit__in=visible(who.person, Unit.objects.holding(who.now), who.now))


def _holders(who: Caller, posts: list[Post]) -> dict[int, list[Plain]]:
    found: dict[int, list[Plain]] = defaultdict(list)
    held = Appointment.objects.holding(who.now).filter(post__in=posts, person__is_active=True)
    for one in held.select_related("person").order_by("since", "pk"):
        found[one.post_id].append({"person": one.person_id, "name": one.person.name})
    return found


def unit_told(unit: Unit) -> Plain:
    return {
        "id": unit.pk,
        "name": unit.name,
        "kind": unit.kind,
        "parent": unit.parent_id,
        "path": unit.path,
        "zone": unit.zone,
        "since": local(unit.since, unit),
        "until": local(unit.until, unit),
    }


def post_told(post: Post, holders: list[Plain]) -> dict[str, Any]:
    return {
        "id": post.pk,
        "unit": post.unit_id,
        "name": post.name,
        "is_duty_post": post.is_duty_post,
        "holders": holders,
    }
