"""What this room gives to the journal: a projector, and how references to customers and homes are looked up."""

from collections.abc import Sequence

from shouwen.customers.models import Asset, Customer
from shouwen.journal import fields, projectors
from shouwen.journal.models import Entry
from shouwen.matters.models import Brought


def register() -> None:
    projectors.register("received", write_brought)
    fields.register_reference("customer", customers)
    fields.register_reference("asset", assets)


def write_brought(entries: Sequence[Entry]) -> None:
    """A row for each matter's first ``received``."""
    Brought.objects.bulk_create(
        (
            Brought(
                subject=entry.subject,
                unit_id=entry.subject.unit_id,
                customer=entry.data.get("customer", ""),
                asset=entry.data.get("asset", ""),
                received_at=entry.at,
            )
            for entry in entries
            if entry.subject.matter
        ),
        ignore_conflicts=True,
    )


def customers(ids: Sequence[str]) -> set[str]:
    known = Customer.objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk) for pk in known.values_list("pk", flat=True)}


def assets(ids: Sequence[str]) -> set[str]:
    known = Asset.objects.filter(pk__in=[one for one in ids if one.isdecimal()])
    return {str(pk) for pk in known.values_list("pk", flat=True)}
