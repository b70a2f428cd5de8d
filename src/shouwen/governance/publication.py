"""Publishing (规章发布): a text is proposed, another person with the power approves it, then it holds.

Each step is an act of its own; the caller writes its entry in the same transaction (`journal.administration`).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.core.exceptions import PermissionDenied, ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.models import InForce, PolicyVersion, Publication, PublicationState
from shouwen.governance.programs import policy_of
from shouwen.governance.whole import whole
from shouwen.organisation.administration import APPROVAL, administers, administrators, may_decide
from shouwen.organisation.models import Person, Unit
from shouwen.policy import Policy, load_text
from shouwen.policy.compare import Change, changes


@dataclass(frozen=True)
class Where:
    """Where a text is to hold: ``kinds`` empty is all that it declares; ``since`` None from the approval on."""

    unit: Unit
    kinds: Sequence[str] = ()
    since: datetime | None = None
    readings: Mapping[str, str] = field(default_factory=dict)


def read(publication: Publication) -> Policy:
    """The policy that the proposed text says."""
    return load_text(publication.text, f"{publication.name}.md", publication.name)


def compared_with(name: str, unit: Unit, at: datetime) -> PolicyVersion | None:
    """The version of the policy that holds in the unit, else the newest that was published."""
    rows = InForce.objects.holding(at).filter(unit__in=unit.line, policy=name).select_related("policy_version")
    held = max(rows, key=lambda row: (unit.line.index(row.unit_id), row.since), default=None)
    if held is not None:
        return held.policy_version
    published = PolicyVersion.objects.filter(name=name, composition__isnull=True)
    return published.order_by("-published_at", "-pk").first()


def differences(publication: Publication) -> list[Change]:
    """What the proposed text says otherwise than the version that held when it was proposed, in sentences."""
    return list(changes(policy_of(publication.before), read(publication))) if publication.before else []


@transaction.atomic
def propose(text: str, *, name: str, where: Where, reason: str, by: Person, at: datetime) -> Publication:
    """Puts a text before those who approve; nothing holds yet.

    Raises PolicyErrors with every mistake of the text; ValidationError by field for what could not be approved: a
    version's name that stands with another text, an unknown kind or reading, a clash with what holds there, no reason;
    PermissionDenied for who does not administer the unit.
    """
    if not administers(by, where.unit, at):
        raise PermissionDenied(_("Only who administers the unit proposes what is to hold there."))
    text = whole(text, name)
    policy = load_text(text, f"{name}.md", name)
    if not reason.strip():
        raise ValidationError({"reason": _("This is required.")})
    kinds = list(dict.fromkeys(where.kinds)) or list(policy.kinds)
    made = Publication(
        name=name,
        title=policy.title,
        version=policy.version,
        text=text,
        before=compared_with(name, where.unit, at),
        unit=where.unit,
        kinds=kinds,
        readings=dict(where.readings),
        since=where.since,
        reason=reason.strip(),
        proposed_by=by,
        proposed_at=at,
    )
    with transaction.atomic():
        # Whatever would keep it from being approved is found now.
        _hold(made, by, at)
        transaction.set_rollback(True)
    made.full_clean()
    made.save()
    return made


@transaction.atomic
def approve(publication: Publication, *, by: Person, at: datetime, opinion: str = "") -> Publication:
    """Publishes the version and puts it in force where it was proposed for, from its date on, never from before now.

    Raises PermissionDenied (`decides`), ValidationError where it was decided on already or no longer fits.
    """
    found = _undecided(publication)
    decides(found, by, at)
    found.policy_version = _hold(found, by, at)
    return _decided(found, PublicationState.APPROVED, by, at, opinion)


@transaction.atomic
def refuse(publication: Publication, *, by: Person, at: datetime, opinion: str = "") -> Publication:
    """Sends it back with a reason. Raises PermissionDenied; ValidationError without a reason, or decided on."""
    found = _undecided(publication)
    decides(found, by, at)
    if not opinion.strip():
        raise ValidationError({"opinion": _("Say why it is refused.")})
    return _decided(found, PublicationState.REFUSED, by, at, opinion)


@transaction.atomic
def withdraw(publication: Publication, *, by: Person, at: datetime, opinion: str = "") -> Publication:
    """Takes back what one has proposed oneself. Raises PermissionDenied, ValidationError where it was decided on."""
    found = _undecided(publication)
    if found.proposed_by_id != by.pk:
        raise PermissionDenied(_("Only who proposed it withdraws it."))
    return _decided(found, PublicationState.WITHDRAWN, by, at, opinion)


def decides(publication: Publication, by: Person, at: datetime) -> None:
    """Raises PermissionDenied, with who may, for whom this is not to approve or to refuse."""
    if by.pk == publication.proposed_by_id:
        raise PermissionDenied(_("Nobody approves what he has proposed himself."))
    if not may_decide(by, publication.unit, publication.proposed_by, at):
        posts = "、".join(
            f"{row.post.unit.name} {row.post.name}" for row in administrators(publication.unit, at, APPROVAL)
        )
        said = {"authority": APPROVAL, "posts": posts or "—"}
        raise PermissionDenied(
            _("This is decided by posts with the authority %(authority)s: %(posts)s, and by superusers.") % said
        )


def _undecided(publication: Publication) -> Publication:
    rows = Publication.objects.select_for_update(of=("self",)).select_related("unit", "proposed_by", "before")
    found = rows.get(pk=publication.pk)
    if found.state != PublicationState.PROPOSED:
        raise ValidationError(_("This was decided on already: %(state)s.") % {"state": found.get_state_display()})
    return found


def _decided(publication: Publication, state: str, by: Person, at: datetime, opinion: str) -> Publication:
    publication.state, publication.decided_by, publication.decided_at = state, by, at
    publication.opinion = opinion.strip()
    publication.full_clean()
    publication.save()
    return publication


def _hold(publication: Publication, by: Person, at: datetime) -> PolicyVersion:
    version = publish(publication.text, name=publication.name, by=by, at=at)
    since = max(publication.since or at, at)
    for kind in publication.kinds:
        put_in_force(publication.unit, kind, version, since, publication.readings, by)
    return version
