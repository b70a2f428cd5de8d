"""All regulations that can be read (规章库): those of the house, and those that come with the product."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property, lru_cache
from hashlib import sha256

from shouwen.desk.reach import own_units, top_units
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.governance.queries import published
from shouwen.organisation.models import Person, Unit
from shouwen.policy import Policy, PolicyErrors, edition, load_text, policies_folder
from shouwen.policy.bundle import bundled
from shouwen.policy.contrast import Cells, Contrast
from shouwen.policy.coverage import cases_by_clause
from shouwen.policy.levels import Level, levels
from shouwen.policy.reader import beside
from shouwen.policy.search import Searched
from shouwen.policy.subjects import Topic

KEPT_VOLUMES = 128
KEPT_PRINTS = 8
LIBRARY = "library"
"""Stands in addresses for the text that comes with the product, where others name a published version."""


@dataclass(eq=False)
class Volume:
    """One text, read once in each process: what is said of it is worked out when it is first asked for."""

    policy: Policy
    digest: str
    cells: dict[str, Cells] = field(default_factory=dict)

    @cached_property
    def searched(self) -> Searched:
        return Searched(self.policy)

    @cached_property
    def contrast(self) -> Contrast:
        return Contrast(self.policy)

    @cached_property
    def rules(self) -> int:
        return sum(len(clause.rules) for clause in self.policy.clauses)

    @cached_property
    def levels(self) -> Mapping[str, Level]:
        """By clause; cases count where they were written for this very text."""
        shelved = library().get(self.policy.name)
        own = shelved is not None and shelved.digest == self.digest
        folder = policies_folder() / "scenarios" / self.policy.name if own else None
        return levels(self.policy, cases_by_clause(self.policy, folder) if folder and folder.is_dir() else {})

    def of(self, topic: Topic) -> Cells:
        """What it says of a topic."""
        if topic.name not in self.cells:
            self.cells[topic.name] = self.contrast.cells(topic)
        return self.cells[topic.name]


@dataclass(frozen=True)
class Held:
    """A version in force in a unit, since the first of its kinds of subject; ``kinds`` are their names."""

    first: InForce
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Edition:
    """A text as it is read: which published version, if any, and where it holds for the reader."""

    volume: Volume
    version: PolicyVersion | None = None
    force: InForce | None = None
    forces: tuple[InForce, ...] = ()
    """All in force of it that the reader may see."""

    @property
    def policy(self) -> Policy:
        return self.volume.policy

    @property
    def held(self) -> list[Held]:
        """Where it is in force, each unit and version once."""
        found: dict[tuple[int, int], list[InForce]] = {}
        for row in self.forces:
            found.setdefault((row.unit_id, row.policy_version_id), []).append(row)
        return [Held(rows[0], tuple(map(self._kind, rows))) for rows in found.values()]

    def _kind(self, row: InForce) -> str:
        known = self.policy.kinds.get(row.kind)
        return known.title if known else row.kind

    @property
    def name(self) -> str:
        return self.policy.name

    @property
    def key(self) -> str:
        """How addresses name it."""
        return str(self.version.pk) if self.version else LIBRARY


def library() -> Mapping[str, Volume]:
    """By name: what comes with the product. A file that cannot be read is left out: ``policy check`` says why."""
    try:
        files = sorted(policies_folder().glob("[a-z]*.md"))
    except FileNotFoundError:
        return {}
    found = {}
    for file in files:
        try:
            text = bundled(file.read_text(encoding="utf-8"), file.name, file.stem, beside(file))
        except (PolicyErrors, UnicodeDecodeError):
            continue
        volume = _of_text(text, file.stem)
        if volume is not None:
            found[file.stem] = volume
    return found


@lru_cache(maxsize=KEPT_VOLUMES)
def _of_text(text: str, name: str) -> Volume | None:
    try:
        return Volume(load_text(text, f"{name}.md", name), sha256(text.encode()).hexdigest())
    except PolicyErrors:
        return None


def volume_of(version: PolicyVersion, readings: Mapping[str, str]) -> Volume:
    """A published version under the readings with which it is in force."""
    return _of_version(version.digest, tuple(sorted(readings.items())))


@lru_cache(maxsize=KEPT_VOLUMES)
def _of_version(digest: str, readings: tuple[tuple[str, str], ...]) -> Volume:
    policy = policy_of(PolicyVersion.objects.defer("text").get(digest=digest))
    return Volume(policy.with_readings(dict(readings)) if readings else policy, digest)


@lru_cache(maxsize=KEPT_PRINTS)
def printed(volume: Volume) -> bytes:
    """The printable edition as a PDF; kept, for it takes a moment to set."""
    return edition.pdf(volume.policy)


def editions(person: Person, now: datetime) -> list[Edition]:
    """One of each regulation: as it holds where the person works, else the newest published, else the library's.

    Three queries for all of them.
    """
    tops = top_units(person, now)
    line = {pk for unit in tops for pk in unit.line}
    seen = line | {unit.pk for unit in own_units(person, now)}
    rows = InForce.objects.holding(now).filter(unit__in=seen).select_related("policy_version", "unit")
    forces: dict[str, list[InForce]] = {}
    for row in rows.defer("policy_version__text").order_by("unit__path", "kind"):
        forces.setdefault(row.policy_version.name, []).append(row)
    newest: dict[str, PolicyVersion] = {}
    for version in published().order_by("published_at", "pk"):
        newest[version.name] = version
    shelved = library()
    return sorted(
        (_one(name, forces.get(name, []), line, newest, shelved) for name in {*newest, *shelved}),
        key=lambda one: (not one.forces, one.version is None, one.policy.trade, one.name),
    )


def _one(
    name: str,
    forces: list[InForce],
    line: set[int],
    newest: Mapping[str, PolicyVersion],
    shelved: Mapping[str, Volume],
) -> Edition:
    force = nearest(forces, line)
    if force is not None:
        return Edition(volume_of(force.policy_version, force.readings), force.policy_version, force, tuple(forces))
    if name in newest:
        return Edition(volume_of(newest[name], {}), newest[name])
    return Edition(shelved[name])


def nearest(rows: Iterable[InForce], line: set[int]) -> InForce | None:
    """What holds in the nearest of these units, the latest, or else anywhere."""
    found = list(rows)
    near = [row for row in found if row.unit_id in line] or found
    return max(near, key=lambda row: (len(row.unit.line), row.since), default=None)


def narrowed(found: Iterable[Edition], trade: str = "", names: Iterable[str] = ()) -> list[Edition]:
    """Those of a trade, of these names; without any, all."""
    wanted = {*names}
    return [one for one in found if (not trade or one.policy.trade == trade) and (not wanted or one.name in wanted)]


def trades(found: Iterable[Edition]) -> list[str]:
    return sorted({one.policy.trade for one in found if one.policy.trade})


def force_of(person: Person, name: str, unit: Unit | None, now: datetime) -> InForce | None:
    """What of this regulation holds in the unit, or else where the person works: the nearest unit's, the latest."""
    tops = [unit] if unit is not None else top_units(person, now)
    rows = InForce.objects.filter(policy_version__name=name).select_related("policy_version", "unit").order_by("since")
    holding = [row for row in rows if row.since <= now and (row.until is None or row.until > now)]
    return nearest(holding, {pk for top in tops for pk in top.line})
