"""What cases name by a word, such as a person or another subject, made real in the house, and spelt back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from io import BytesIO
from typing import Any

from shouwen.customers.actions import register
from shouwen.journal import attachments
from shouwen.journal.drafts import HOUSE, Draft, NewSubject
from shouwen.journal.record import record
from shouwen.organisation import actions
from shouwen.organisation.models import Unit
from shouwen.policy.model import Field


@dataclass
class Registry:
    """Of one line of units. `opening`: the draft by which a subject of the kind that is played opens."""

    unit: Unit
    since: datetime
    _made: dict[tuple[str, str], str] = field(default_factory=dict)
    _words: dict[tuple[str, str], str] = field(default_factory=dict)

    def real(self, one: Field, value: Any, opening: Callable[[], Draft]) -> Any:
        """The value with real references in the place of words."""
        if one.type not in _MAKERS:
            return value
        if isinstance(value, (list, tuple)):
            return [self.real(one, item, opening) for item in value]
        key = (one.type, str(value))
        if key not in self._made:
            made = _MAKERS[one.type](self, str(value), opening)
            self._made[key] = made
            self._words[one.type, made] = str(value)
        return self._made[key]

    def spelt(self, fields: Mapping[str, Field], data: Mapping[str, Any]) -> dict[str, Any]:
        """The data as the case has it."""
        return {name: self._spelt(fields.get(name), value) for name, value in data.items()}

    def _spelt(self, one: Field | None, value: Any) -> Any:
        if one is None or one.type not in _MAKERS:
            return value
        if isinstance(value, list):
            return [self._spelt(one, item) for item in value]
        return self._words.get((one.type, str(value)), value)

    def _person(self, word: str, opening: Callable[[], Draft]) -> str:
        return str(actions.create_person(f"named{self.unit.pk}x{len(self._made)}", word).pk)

    def _unit(self, word: str, opening: Callable[[], Draft]) -> str:
        return str(actions.create_unit(word, "department", self.unit, self.since).pk)

    def _customer(self, word: str, opening: Callable[[], Draft]) -> str:
        return str(register(self.unit, word, self.since).pk)

    def _file(self, word: str, opening: Callable[[], Draft]) -> str:
        return str(attachments.keep(BytesIO(word.encode()), "附件.txt", None).pk)

    def _subject(self, word: str, opening: Callable[[], Draft]) -> str:
        return str(record(opening(), actor=HOUSE).subject.pk)


def opening_of(kind: str, unit: Unit, event: str, data: Mapping[str, Any], at: datetime) -> Draft:
    """How another subject of the kind is opened, where a case names one."""
    return Draft(NewSubject(kind, unit), event, data, at=at, as_fact=True)


_MAKERS: Mapping[str, Callable[[Registry, str, Callable[[], Draft]], str]] = {
    "person": Registry._person,
    "unit": Registry._unit,
    "customer": Registry._customer,
    "file": Registry._file,
    "subject": Registry._subject,
}
