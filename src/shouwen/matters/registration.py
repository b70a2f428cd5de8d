"""What this room gives to the journal: a projector, and how references to customers and homes are looked up."""

from collections.abc import Sequence

from shouwen.customers.models import Asset, Customer
from shouwen.engine import effective
from shouwen.engine.entry import MENDING
from shouwen.journal import fields, projectors
from shouwen.journal.models import Entry
from shouwen.journal.pen import OpenJournal
from shouwen.journal.settle import Settled
from shouwen.journal.statements import insert
from shouwen.matters.models import Brought


def register() -> None:
    projectors.register("received", write_brought)
    projectors.follow(mend_brought)
    fields.register_reference("customer", customers)
    fields.register_reference("asset", assets)


def write_brought(entries: Sequence[Entry]) -> None:
    """A row for each matter's first ``received``."""
    rows = [
        Brought(
            subject_id=entry.subject_id,
            unit_id=entry.subject.unit_id,
            customer=entry.data.get("customer", ""),
            asset=entry.data.get("asset", ""),
            received_at=entry.at,
        )
        for entry in entries
        if entry.subject.matter
    ]
    insert(rows, ignore=True)


def mend_brought(settled: Sequence[tuple[OpenJournal, Settled]]) -> None:
    """Where something was put right, the row says what the journal says as it stands."""
    for journal, _settled in settled:
        if (
            not journal.spoken
            or not journal.subject.matter
            or not any(entry.type in MENDING for entry in journal.added)
        ):
            continue
        first = next((step for step in effective(journal.steps) if step.type == "received"), None)
        if first is not None:
            said = {name: str(first.data.get(name) or "") for name in ("customer", "asset")}
            Brought.objects.filter(subject=journal.subject).update(received_at=first.at, **said)


def customers(ids: Sequence[str]) -> set[str]:
    known = Customer.objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk) for pk in known.values_list("pk", flat=True)}


def assets(ids: Sequence[str]) -> set[str]:
    known = Asset.objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk) for pk in known.values_list("pk", flat=True)}
