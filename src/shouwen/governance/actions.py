"""What is done to policies: published, put in force, taken out of force; each whole in one transaction."""

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from shouwen.calendars import Unit as LimitUnit
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.governance.whole import whole
from shouwen.organisation.models import Person, Unit
from shouwen.policy import Policy, load_text
from shouwen.policy.joined import Clash, joined
from shouwen.policy.links import problems_between


@transaction.atomic
def publish(text: str, *, name: str, by: Person | None, at: datetime) -> PolicyVersion:
    """Keeps the text of the policy file ``name``, with the texts that it extends, as a version, for ever; the same text
    again is the same version.

    Raises PolicyErrors with every mistake of the text, ValidationError where that version stands with another text.
    """
    text = whole(text, name)
    policy = load_text(text, f"{name}.md", name)
    digest = sha256(text.encode()).hexdigest()
    known = PolicyVersion.objects.filter(name=policy.name, version=policy.version).first()
    if known is None:
        return PolicyVersion.objects.create(
            name=policy.name,
            title=policy.title,
            version=policy.version,
            digest=digest,
            text=text,
            effective=policy.effective,
            published_at=at,
            by=by,
            links=links_of(policy),
        )
    if known.digest != digest:
        raise ValidationError(
            {"version": _("Version %(version)s is published with another text: a changed text needs a new version.")},
            params={"version": policy.version},
        )
    return known


@transaction.atomic
def put_in_force(
    unit: Unit,
    kind: str,
    version: PolicyVersion,
    since: datetime,
    readings: Mapping[str, str] | None = None,
    by: Person | None = None,
) -> InForce:
    """Lets a version hold for a kind of subject in a unit and all below it; the version of the same policy that held
    there before ends at ``since``.

    ``readings`` are those that differ from what the text takes, by name. Subjects keep the version of their opening.
    Raises ValidationError: unknown kind or reading, working hours to count in a unit whose calendar has none, before
    what holds now, the same version under other readings, for a subject names its version and must go on meaning the
    same, or beside another policy for the same kind where no clause says how they stand to each other, or where they
    clash all the same.
    """
    chosen = dict(readings or {})
    _check_kind_and_readings(version, kind, chosen)
    _check_service_hours(version, unit)
    Unit.objects.select_for_update().get(pk=unit.pk)
    here = InForce.objects.filter(unit=unit)
    if any(other.readings != chosen for other in here.filter(policy_version=version)):
        raise ValidationError({"readings": _("This version holds here under other readings: publish a new version.")})
    _check_beside(version, kind, chosen, since, here)
    latest = here.filter(kind=kind, policy=version.name).order_by("-since").first()
    if latest is not None and since <= latest.since:
        raise ValidationError({"since": _("A later policy already holds here for this kind of subject.")})
    if latest is not None and (latest.until is None or latest.until > since):
        latest.until = since
        latest.save(update_fields=["until"])
    in_force = InForce(unit=unit, kind=kind, policy_version=version, since=since, readings=chosen, by=by)
    in_force.full_clean()
    in_force.save()
    return in_force


@transaction.atomic
def end_in_force(in_force: InForce, until: datetime) -> InForce:
    """Lets a policy hold no longer: from then on the superior unit's holds again."""
    in_force = InForce.objects.select_for_update().get(pk=in_force.pk)
    in_force.until = until
    in_force.full_clean()
    in_force.save(update_fields=["until"])
    return in_force


def links_of(policy: Policy) -> list[list[str]]:
    """(way, clause or demand, own clause) of what its clauses say of other policies'."""
    return [
        [link.way, link.cited, clause.id]
        for clause in policy.clauses
        for link in clause.links
        if not link.cited.startswith(f"{policy.name}/")
    ]


def _check_beside(
    version: PolicyVersion, kind: str, readings: Mapping[str, str], since: datetime, here: QuerySet[InForce]
) -> None:
    """Other policies that hold in the unit from then on: clauses named must exist, what clashes must be settled."""
    later = here.filter(Q(until__isnull=True) | Q(until__gt=since)).exclude(policy=version.name)
    beside = list(later.select_related("policy_version").order_by("policy", "since"))
    linked = [row for row in beside if _linked(version, row.policy_version)]
    policy = policy_of(version).with_readings(readings)
    wrong = problems_between([policy, *{row.policy: policy_of(row.policy_version) for row in linked}.values()])
    if wrong:
        raise ValidationError({"version": [str(problem) for problem in wrong]})
    same = [row for row in beside if row.kind == kind]
    for row in same:
        if row not in linked:
            said = {"policy": str(row.policy_version), "kind": kind}
            message = _(
                "%(policy)s holds here for this kind of subject (%(kind)s): end it first, or say in a clause of one "
                "how it stands to the other (also, replaces)."
            )
            raise ValidationError({"kind": message % said})
    if same:
        try:
            joined([policy, *(policy_of(row.policy_version).with_readings(row.readings) for row in same)])
        except Clash as clash:
            raise ValidationError({"version": list(clash.told)}) from None


def _linked(one: PolicyVersion, other: PolicyVersion) -> bool:
    both = ((one, other), (other, one))
    return any(cited.startswith(f"{b.name}/") for a, b in both for _way, cited, _clause in a.links)


def _check_service_hours(version: PolicyVersion, unit: Unit) -> None:
    counts_hours = any(limit.unit is LimitUnit.WORKING_HOURS for limit in policy_of(version).limits)
    if counts_hours and not any(calendar_for(unit).week):
        raise ValidationError({"unit": _("This policy counts working hours, and the unit's calendar has none.")})


def _check_kind_and_readings(version: PolicyVersion, kind: str, readings: Mapping[str, str]) -> None:
    policy = policy_of(version)
    if kind not in policy.kinds:
        raise ValidationError({"kind": _("This policy knows no such kind of subject.")})
    for name, label in readings.items():
        if name not in policy.readings or label not in policy.readings[name].choices:
            raise ValidationError({"readings": _("This policy knows no such reading.")})
