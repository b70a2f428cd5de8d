"""An organisation from a workbook (导入组织架构): units, posts, people, appointments, authorities.

All or nothing: every fault is told at once, by sheet and line, and then nothing was changed. The same file a second
time changes nothing. What a file does not name stays as it is: things end only by a date in the file.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TypeVar
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Model
from django.utils.timezone import localtime
from django.utils.translation import gettext as _

from shouwen.imports.organisation_sheets import (
    APPOINTMENTS,
    AUTHORITIES,
    PEOPLE,
    POSTS,
    UNITS,
    Fault,
    Row,
    read_book,
    write_template,
)
from shouwen.organisation import actions
from shouwen.organisation.models import Appointment, Authority, Person, Post, Unit, UnitKind

__all__ = ["Change", "Fault", "Outcome", "import_organisation", "write_template"]

CREATED, CHANGED, ENDED, SAME = "created", "changed", "ended", "same"
D = TypeVar("D", Appointment, Authority)


@dataclass(frozen=True)
class Change:
    """What a line does: ``what`` is created, changed, ended or same; ``details``: which column, from what to what."""

    sheet: str
    line: int
    what: str
    name: str
    details: tuple[str, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """What was done, or with ``dry`` would be. With faults nothing was."""

    changes: tuple[Change, ...]
    faults: tuple[Fault, ...]
    dry: bool

    def count(self, what: str, sheet: str = "") -> int:
        return sum(one.what == what and sheet in ("", one.sheet) for one in self.changes)


def import_organisation(path: Path, at: datetime, *, dry_run: bool = False) -> Outcome:
    """Bring the organisation to what the workbook says, as of ``at`` (aware), in one transaction.

    Raises FileRefused where the file is no such workbook.
    """
    book = read_book(path)
    with transaction.atomic():
        # One import at a time: a second one waits for the first and then finds its rows.
        list(Unit.objects.select_for_update().order_by("pk").values_list("pk"))
        work = _Work(at, faults=list(book.faults))
        work.units(sorted(book.rows.get(UNITS.key, ()), key=lambda row: (row["above"] or "").count("/")))
        work.each(book.rows.get(POSTS.key, ()), work.post)
        work.each(book.rows.get(PEOPLE.key, ()), work.person)
        work.each(book.rows.get(APPOINTMENTS.key, ()), work.appointment)
        work.each(book.rows.get(AUTHORITIES.key, ()), work.authority)
        work.close_units()
        if work.faults or dry_run:
            transaction.set_rollback(True)
    order = {sheet.name: place for place, sheet in enumerate((UNITS, POSTS, PEOPLE, APPOINTMENTS, AUTHORITIES))}
    faults = sorted(set(work.faults), key=lambda fault: (order[fault.sheet], fault.line, fault.reason))
    changes = sorted(work.changes, key=lambda change: (order[change.sheet], change.line))
    return Outcome(() if faults else tuple(changes), tuple(faults), dry_run)


class _Unknown(ValueError):  # noqa: N818
    """A line names what there is not; empty where the line that should make it is at fault itself."""


@dataclass
class _Work:
    at: datetime
    faults: list[Fault]
    changes: list[Change] = field(default_factory=list)
    _units: dict[str, Unit] = field(default_factory=dict)
    _posts: dict[tuple[int, str], Post] = field(default_factory=dict)
    _people: dict[str, Person] = field(default_factory=dict)
    _appointments: dict[tuple[int, int], list[Appointment]] = field(default_factory=dict)
    _authorities: dict[tuple[int, str, str], list[Authority]] = field(default_factory=dict)
    _closing: list[tuple[Row, Unit]] = field(default_factory=list)
    _ending: list[tuple[Row, Post]] = field(default_factory=list)
    _told: set[str] = field(default_factory=set)
    """Paths of the units that the file names."""
    _failed: set[tuple[str, str]] = field(default_factory=set)
    _seen: dict[tuple[object, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        by_id = {unit.pk: unit for unit in Unit.objects.order_by("pk")}
        for unit in sorted(by_id.values(), key=lambda one: one.until is None):
            self._units["/".join(by_id[pk].name for pk in unit.line)] = unit
        posts = sorted(Post.objects.select_related("unit"), key=lambda one: (one.until is None, one.since))
        self._posts = {(post.unit_id, post.name): post for post in posts}
        self._people = {person.username: person for person in Person.objects.all()}
        for one in Appointment.objects.order_by("since"):
            self._appointments.setdefault((one.person_id, one.post_id), []).append(one)
        for each in Authority.objects.order_by("since"):
            self._authorities.setdefault((each.post_id, each.kind, each.category), []).append(each)

    def each(self, rows: Iterable[Row], act: Callable[[Row], Change]) -> None:
        """Do each line by itself, so that one that fails hides no other."""
        for row in rows:
            try:
                with transaction.atomic():
                    self.changes.append(act(row))
            except ValidationError as error:
                self._fault(row, "；".join(error.messages))
            except _Unknown as unknown:
                self._fault(row, str(unknown))

    def _fault(self, row: Row, reason: str) -> None:
        self._failed.add((row.sheet.key, _name(row)))
        if reason:
            self.faults.append(Fault(row.sheet.name, row.line, reason))

    def _once(self, row: Row, *key: object) -> None:
        first = self._seen.setdefault((row.sheet.key, *key), row.line)
        if first != row.line:
            raise ValidationError(_("The same stands in line %(line)s.") % {"line": first})

    # --- units ----------------------------------------------------------------------------

    def units(self, rows: Sequence[Row]) -> None:
        self._told = {_name(row) for row in rows}
        self.each(rows, self.unit)

    def unit(self, row: Row) -> Change:
        path = _name(row)
        self._once(row, path)
        parent = self._unit(row["above"]) if row["above"] else None
        known = self._units.get(path)
        if known is not None and known.until is not None and row["until"] is None:
            known = None  # one that has ended; this is another of its name
        details: tuple[str, ...] = ()
        if known is None and row["former"] and parent is not None:
            known, details = self._moved(row, parent, path)
        if known is None:
            self._not_elsewhere(row, path)
            zone = row["zone"] or (parent.zone if parent else "Asia/Shanghai")
            since = _start(row["since"], zone) or self.at
            made = actions.create_unit(row["name"], row["kind"], parent, since, zone=zone)
            self._units[path] = made
            if row["until"]:
                self._closing.append((row, made))
            return Change(row.sheet.name, row.line, CREATED, path)
        wanted = {"kind": row["kind"], "zone": row["zone"], "since": _start(row["since"], known.zone)}
        details += _bring(known, wanted)
        if row["until"] and known.until != _end(row["until"], known.zone):
            self._closing.append((row, known))
            return Change(row.sheet.name, row.line, ENDED, path, (*details, str(row["until"])))
        return _changed(row, path, details)

    def _moved(self, row: Row, parent: Unit, path: str) -> tuple[Unit, tuple[str, ...]]:
        """The unit that stood below its former superior, put below the new one with everything below it."""
        former = self._unit(row["former"])
        before = f"{self._path(former)}/{row['name']}"
        unit = self._units.get(before)
        if unit is None or unit.until is not None:
            raise ValidationError(_("No unit of this name stands below “%(name)s”.") % {"name": row["former"]})
        moved = actions.move_unit(unit, parent)
        below = Unit.objects.in_bulk(Unit.objects.filter(path__prefix=moved.path).values_list("pk", flat=True))
        for name in [one for one in self._units if one == before or one.startswith(f"{before}/")]:
            known = self._units.pop(name)
            self._units[path + name.removeprefix(before)] = below.get(known.pk, known)
        return self._units[path], (f"{row.sheet.title('above')}: {self._path(former)} → {self._path(parent)}",)

    def _not_elsewhere(self, row: Row, path: str) -> None:
        """A unit that stands elsewhere under the same name, and that the file does not name there, is none to be made
        a second time by a line that means to move it. Departments are called alike everywhere."""
        alike = (
            name
            for name, one in self._units.items()
            if one.name == row["name"] and one.kind == row["kind"] and one.until is None and name not in self._told
        )
        there = next(alike, None)
        if there is not None and row["kind"] != UnitKind.DEPARTMENT:
            raise ValidationError(
                _(
                    "“%(there)s” stands already. To move it, write its superior of now under “%(column)s”; if this is "
                    "another unit, name that one too in its own line."
                )
                % {"there": there, "column": row.sheet.title("former")}
            )

    def _path(self, unit: Unit) -> str:
        return next(name for name, one in self._units.items() if one.pk == unit.pk)

    def close_units(self) -> None:
        """At the end, posts first, then those below first: a unit ends when none below it is left."""
        for row, post in self._ending:
            try:
                with transaction.atomic():
                    actions.close_post(post, _end(row["until"], post.unit.zone) or self.at)
            except ValidationError as error:
                self._fault(row, "；".join(error.messages))
        for row, unit in sorted(self._closing, key=lambda one: -len(one[1].line)):
            try:
                with transaction.atomic():
                    actions.close_unit(unit, _end(row["until"], unit.zone) or self.at)
            except ValidationError as error:
                self._fault(row, "；".join(error.messages))

    def _unit(self, path: str) -> Unit:
        name = "/".join(part.strip() for part in path.strip().strip("/").split("/"))
        if (UNITS.key, name) in self._failed:
            raise _Unknown
        found = self._units.get(name)
        if found is None:
            raise _Unknown(_("There is no unit “%(name)s”.") % {"name": name})
        return found

    # --- posts and people -------------------------------------------------------------------

    def post(self, row: Row) -> Change:
        unit, name = self._unit(row["unit"]), _name(row)
        self._once(row, unit.pk, row["post"])
        known = self._posts.get((unit.pk, row["post"]))
        if known is not None and known.until is not None and row["until"] is None and unit.until is None:
            known = None  # one that has ended; this is another of its name
        since, until = _start(row["since"], unit.zone), _end(row["until"], unit.zone)
        if known is None:
            made = actions.create_post(unit, row["post"], is_duty_post=bool(row["is_duty_post"]), since=since)
            self._posts[unit.pk, made.name] = made
            if until:
                self._ending.append((row, made))
            return Change(row.sheet.name, row.line, CREATED, name)
        details = _bring(known, {"is_duty_post": row["is_duty_post"], "since": since})
        if until and known.until != until:
            self._ending.append((row, known))
            return Change(row.sheet.name, row.line, ENDED, name, (*details, str(row["until"])))
        return _changed(row, name, details)

    def person(self, row: Row) -> Change:
        username = row["username"]
        self._once(row, username)
        known = self._people.get(username)
        if known is None:
            made = actions.create_person(username, row["name"], phone=row["phone"] or "")
            _bring(made, {"email": row["email"], "is_active": None if row["disabled"] is None else not row["disabled"]})
            self._people[username] = made
            return Change(row.sheet.name, row.line, CREATED, _name(row))
        wanted = {name: row[name] for name in ("name", "phone", "email")}
        ended, back = row["disabled"] is True and known.is_active, row["disabled"] is False and not known.is_active
        details = _bring(known, {**wanted, "is_active": None if row["disabled"] is None else not row["disabled"]})
        if ended or back:
            known.until = self.at if ended else None
            known.save(update_fields=["until"])
        return Change(row.sheet.name, row.line, ENDED if ended else CHANGED if details else SAME, _name(row), details)

    def _post(self, row: Row) -> Post:
        unit = self._unit(row["unit"])
        if (POSTS.key, f"{row['unit']} {row['post']}") in self._failed:
            raise _Unknown
        found = self._posts.get((unit.pk, row["post"]))
        if found is None:
            names = {"post": row["post"], "unit": row["unit"]}
            raise _Unknown(_("There is no post “%(post)s” in “%(unit)s”.") % names)
        return found

    # --- what is dated --------------------------------------------------------------------

    def appointment(self, row: Row) -> Change:
        post = self._post(row)
        person = self._people.get(row["username"])
        if person is None:
            if any(sheet == PEOPLE.key and name.startswith(f"{row['username']} ") for sheet, name in self._failed):
                raise _Unknown
            raise _Unknown(_("There is no person “%(name)s”.") % {"name": row["username"]})
        since = _start(row["since"], post.unit.zone)
        self._once(row, person.pk, post.pk, since)
        held = self._appointments.setdefault((person.pk, post.pk), [])
        known = self._meant(held, since)
        if known is None:
            until = _end(row["until"], post.unit.zone)
            held.append(actions.appoint(person, post, since or self.at, until))
            return Change(row.sheet.name, row.line, CREATED, _name(row))
        return self._until(row, known, ())

    def authority(self, row: Row) -> Change:
        post, zone = self._post(row), self._unit(row["unit"]).zone
        since, category = _start(row["since"], zone), row["category"] or ""
        self._once(row, post.pk, row["kind"], category, since)
        held = self._authorities.setdefault((post.pk, row["kind"], category), [])
        known = self._meant(held, since)
        details: tuple[str, ...] = ()
        if known is not None and known.limit != row["limit"] and since is None:
            # From now on: what held until now stays known.
            actions.end_authority(known, self.at)
            details = (_detail(known, "limit", known.limit, row["limit"]),)
            known = None
        if known is None:
            until = _end(row["until"], zone)
            held.append(actions.grant(post, row["kind"], row["limit"], since or self.at, until, category=category))
            return Change(row.sheet.name, row.line, CHANGED if details else CREATED, _name(row), details)
        if known.limit != row["limit"]:
            details = _set(known, "limit", row["limit"])
        return self._until(row, known, details)

    def _meant(self, held: list[D], since: datetime | None) -> D | None:
        """The one that a line speaks of: of that beginning, else the last that has not ended."""
        if since is not None:
            return next((one for one in held if one.since == since), None)
        return next((one for one in reversed(held) if one.until is None or one.until > self.at), None)

    def _until(self, row: Row, known: Appointment | Authority, details: tuple[str, ...]) -> Change:
        until = _end(row["until"], known.post.unit.zone)
        if until is None or until == known.until:
            return _changed(row, _name(row), details)
        return Change(row.sheet.name, row.line, ENDED, _name(row), (*details, *_set(known, "until", until)))


def _name(row: Row) -> str:
    """What a line is about, in its own words."""
    if row.sheet is UNITS:
        above = (row["above"] or "").strip().strip("/")
        return f"{above}/{row['name']}" if above else str(row["name"])
    if row.sheet is PEOPLE:
        return f"{row['username']} {row['name']}"
    said = (row["username"], row["unit"], row["post"], row["kind"], row["category"])
    return " ".join(part for part in said if part)


def _changed(row: Row, name: str, details: tuple[str, ...]) -> Change:
    return Change(row.sheet.name, row.line, CHANGED if details else SAME, name, details)


def _bring(known: Model, wanted: dict[str, object]) -> tuple[str, ...]:
    """Bring columns to what is wanted; None says nothing. Raises ValidationError."""
    found: tuple[str, ...] = ()
    for name, value in wanted.items():
        if value is not None and getattr(known, name) != value:
            found += _set(known, name, value)
    return found


def _set(known: Model, name: str, value: object) -> tuple[str, ...]:
    before = getattr(known, name)
    setattr(known, name, value)
    known.full_clean()
    made = {"pinyin", "initials"} if name == "name" else set()
    known.save(update_fields=[name, *sorted(made)])
    return (_detail(known, name, before, value),)


def _detail(known: Model, name: str, before: object, after: object) -> str:
    label = getattr(known._meta.get_field(name), "verbose_name", name)
    return f"{label}: {_said(before)} → {_said(after)}"


def _said(value: object) -> str:
    if isinstance(value, datetime):
        return localtime(value).strftime("%Y-%m-%d %H:%M")
    return "—" if value in (None, "") else str(value)


def _start(day: date | None, zone: str) -> datetime | None:
    return None if day is None else datetime.combine(day, time(), ZoneInfo(zone))


def _end(day: date | None, zone: str) -> datetime | None:
    """The last day belongs to it: it ends at the midnight that follows."""
    return None if day is None else datetime.combine(day + timedelta(days=1), time(), ZoneInfo(zone))
