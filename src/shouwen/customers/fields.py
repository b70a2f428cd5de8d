from typing import Any

from shouwen.customers.phones import backwards
from shouwen.organisation.fields import MadeField


class BackwardsField(MadeField):
    """A phone's digits from the last to the first; empty for other contacts."""

    def made(self, row: Any) -> str:
        return backwards(row.value) if row.kind == "phone" else ""
