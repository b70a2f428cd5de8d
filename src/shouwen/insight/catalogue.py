"""What the policies that were ever put in force call things (种类、类别、渠道): the words of filters and columns."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import uuid4

from shouwen.governance.models import InForce
from shouwen.governance.programs import policy_of
from shouwen.insight.reading import NATURE
from shouwen.organisation.snapshot import stamp_now
from shouwen.policy.model import Axis, Kind, Policy
from shouwen.policy.vocabulary import shared_events


@dataclass(frozen=True)
class Catalogue:
    """Kinds of matters and of other subjects with their titles, values of the category (类别), the other axes,
    channels, and all kinds of subjects (`subjects`)."""

    kinds: Mapping[str, str]
    others: Mapping[str, str]
    natures: tuple[str, ...]
    axes: Mapping[str, Axis]
    channels: tuple[str, ...]
    subjects: Mapping[str, Kind]

    def title_of(self, kind: str) -> str:
        known = self.subjects.get(kind)
        return known.title if known else kind


def catalogue() -> Catalogue:
    """Kept in each process until anything of what is in force changes; one query for that."""
    return _made(stamp_now() or uuid4().hex)


@lru_cache(maxsize=2)
def _made(stamp: str) -> Catalogue:
    rows = InForce.objects.select_related("policy_version").defer("policy_version__text").order_by("pk")
    versions = {row.policy_version_id: row.policy_version for row in rows}
    policies = [policy_of(version) for version in versions.values()]
    axes: dict[str, Axis] = {}
    for policy in policies:
        for name, axis in policy.axes.items():
            axes.setdefault(name, axis)
    return Catalogue(
        {kind.name: kind.title for policy in policies for kind in policy.kinds.values() if kind.matter},
        {kind.name: kind.title for policy in policies for kind in policy.kinds.values() if not kind.matter},
        _once(value for policy in policies if NATURE in policy.axes for value in policy.axes[NATURE].values),
        {name: axis for name, axis in axes.items() if name != NATURE},
        _once(value for policy in policies for value in _channels(policy)) or _shared(),
        {kind.name: kind for policy in policies for kind in policy.kinds.values()},
    )


def _channels(policy: Policy) -> tuple[str, ...]:
    field = policy.events["received"].fields.get("channel")
    return (field.values or field.offers) if field else ()


def _shared() -> tuple[str, ...]:
    return shared_events()["received"].fields["channel"].offers


def _once(values: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(values))
