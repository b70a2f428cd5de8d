"""How rows are told to other systems: plain values, instants in the unit's zone, nothing sealed."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from shouwen.customers.masking import HIDDEN, mask_contact, mask_customer
from shouwen.customers.models import Asset, Contact, Holding
from shouwen.customers.queries import Found
from shouwen.engine import Shut
from shouwen.journal.models import Attachment, Duty, DutyState, Entry, Subject
from shouwen.organisation.models import Unit

Plain = dict[str, Any]


def local(moment: datetime | None, unit: Unit) -> datetime | None:
    """In the unit's zone: what an officer there reads on the clock."""
    return None if moment is None else moment.astimezone(ZoneInfo(unit.zone))


def subject_told(subject: Subject) -> Plain:
    unit = subject.unit
    return {
        "id": subject.pk,
        "number": subject.number,
        "kind": subject.kind,
        "unit": unit.pk,
        "unit_name": unit.name,
        "zone": unit.zone,
        "state": subject.state,
        "confidential": subject.confidential,
        "axes": subject.axes,
        "owner_person": subject.owner_person_id,
        "owner_post": subject.owner_post_id,
        "owned_since": local(subject.owned_since, unit),
        "offered_to": subject.offered_to_id,
        "parent": subject.parent_id,
        "policy_version": subject.policy_version_id,
        "calendar_version": subject.calendar_version_id,
        "opened_at": local(subject.opened_at, unit),
        "ended_at": local(subject.ended_at, unit),
        "updated_at": local(subject.recorded_at, unit),
        "seq": subject.head_seq,
    }


def entry_told(entry: Entry, unit: Unit) -> Plain:
    """The envelope. ``sealed``: there is or was content beside it."""
    return {
        "seq": entry.seq,
        "type": entry.type,
        "at": local(entry.at, unit),
        "recorded_at": local(entry.recorded_at, unit),
        "by": entry.by_id,
        "post": entry.post,
        "unit": entry.unit_id,
        "data": entry.data,
        "marks": entry.marks,
        "sealed": bool(entry.content_digest),
        "hash": entry.hash,
    }


def duty_told(duty: Duty, subject: Subject, now: datetime) -> Plain:
    unit = subject.unit
    return {
        "id": duty.pk,
        "matter": subject.pk,
        "number": subject.number,
        "key": duty.key,
        "rule": duty.rule,
        "event": duty.event,
        "title": duty.title,
        "instance": duty.instance,
        "clause": duty.clause,
        "also": duty.also,
        "role": duty.role,
        "outside": duty.outside,
        "unit": duty.unit_id,
        "post": duty.post_id,
        "person": duty.person_id,
        "opened_at": local(duty.opened_at, unit),
        "due_at": local(duty.due_at, unit),
        "warn_at": local(duty.warn_at, unit),
        "state": state_now(duty, now),
        "kept_at": local(duty.kept_at, unit),
        "missing": duty.missing,
        "stuck": duty.stuck,
        "stuck_since": local(duty.stuck_since, unit),
        "triggered_by": duty.triggered_by,
        "kept_by": duty.kept_by,
        "provisional": duty.provisional,
        "policy_version": duty.policy_version_id,
        "calendar_version": duty.calendar_version,
    }


def state_now(duty: Duty, now: datetime) -> str:
    """Overdue from its due instant on, whether or not the sweep has written so yet."""
    passed = duty.state == DutyState.OPEN and duty.due_at is not None and duty.due_at <= now
    return DutyState.OVERDUE.value if passed else duty.state


def shut_told(shut: Shut) -> Plain:
    return {
        "gate": shut.gate.id,
        "clause": shut.clause,
        "instance": shut.instance,
        "reason": shut.reason,
        "missing": list(shut.missing),
        "opens": list(shut.opens),
        "event": shut.event,
    }


def attachment_told(attachment: Attachment, zone: str) -> Plain:
    return {
        "id": attachment.pk,
        "matter": attachment.subject_id,
        "name": attachment.name,
        "media_type": attachment.media_type,
        "size": attachment.size,
        "sha256": attachment.sha256,
        "uploaded_by": attachment.uploaded_by_id,
        "uploaded_at": attachment.uploaded_at.astimezone(ZoneInfo(zone)),
    }


# --- customers ---------------------------------------------------------------------------


def customer_told(found: Found, *, revealed: bool) -> Plain:
    """Masked unless ``revealed``."""
    customer = found.customer
    return {
        "id": customer.pk,
        "unit": customer.unit_id,
        "kind": customer.kind,
        "name": customer.name if revealed else mask_customer(customer),
        "masked": not revealed,
        "registered_at": local(customer.registered_at, customer.unit),
        "contacts": [contact_told(contact, revealed=revealed) for contact in found.contacts],
        "holdings": [holding_told(holding) for holding in found.holdings],
    }


def contact_told(contact: Contact, *, revealed: bool) -> Plain:
    return {
        "id": contact.pk,
        "kind": contact.kind,
        "value": contact.value if revealed else mask_contact(contact),
        "since": contact.since,
        "until": contact.until,
    }


def holding_told(holding: Holding) -> Plain:
    return {"asset": holding.asset_id, "role": holding.role, "since": holding.since, "until": holding.until}


def asset_told(asset: Asset, *, revealed: bool) -> Plain:
    """Which room of a building it is says where somebody lives."""
    return {
        "id": asset.pk,
        "unit": asset.unit_id,
        "unit_name": asset.unit.name,
        "building": asset.building,
        "entrance": asset.entrance if revealed else "",
        "room": asset.room if revealed else HIDDEN,
        "masked": not revealed,
        "handed_over_on": asset.handed_over_on,
    }
