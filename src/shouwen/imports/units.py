"""Units (单位) of an import: found by path or by name below a node, made there, or refused, as the mapping says."""

from collections import defaultdict
from datetime import datetime

from django.core.exceptions import ValidationError

from shouwen.imports.mapping import CREATE, TO
from shouwen.imports.mapping import Mapping as Specification
from shouwen.imports.problems import MappingErrors, RowRefused
from shouwen.organisation.actions import create_unit
from shouwen.organisation.models import Unit
from shouwen.organisation.queries import unit_named
from shouwen.policy.problems import Problem


class Units:
    """Units by the names that rows give. `made` are those that this import has created."""

    def __init__(self, mapping: Specification, now: datetime) -> None:
        self._spec = mapping.unit
        self._now = now
        self._known: dict[str, Unit] = {}
        self._below: dict[str, list[Unit]] = defaultdict(list)
        self.made: dict[str, Unit] = {}
        self._check_paths(mapping)
        self.under = self._at(self._spec.under) if self._spec.under else None
        if self.under is not None:
            for unit in Unit.objects.holding(now).filter(path__prefix=self.under.path):
                self._below[unit.name].append(unit)

    @property
    def first(self) -> Unit | None:
        """A unit of this import before any row is read: its policy is the one that the mapping is checked by."""
        return self.under or (self._at(self._spec.path) if self._spec.path else None)

    def of(self, name: str) -> Unit:
        """The unit of a row. Raises RowRefused."""
        unit = self._known.get(name)
        if unit is None:
            unit = self._known[name] = self._look_up(name)
        return unit

    def unmake(self) -> None:
        """What was made is not there any more: its transaction was rolled back."""
        for name in self.made:
            self._known.pop(name, None)
        self.made.clear()

    def _check_paths(self, mapping: Specification) -> None:
        spec = mapping.unit
        paths = [spec.path, spec.under, spec.to, spec.empty]
        paths += [str(path) for path in (spec.source.values.values() if spec.source else ()) if "/" in str(path)]
        missing = [path for path in paths if path and self._at(path) is None]
        if missing:
            raise MappingErrors(Problem(mapping.file, spec.line, "", f"没有单位“{path}”") for path in missing)

    def _at(self, path: str) -> Unit | None:
        if path not in self._known:
            unit = unit_named(path, self._now)
            if unit is None:
                return None
            self._known[path] = unit
        return self._known[path]

    def _look_up(self, name: str) -> Unit:
        if not name:
            raise RowRefused("没有写单位")
        if "/" in name and (unit := self._at(name)) is not None:
            return unit
        found = self._below.get(name, [])
        if len(found) > 1:
            raise RowRefused(f"“{self._spec.under}”之下有 {len(found)} 个单位叫“{name}”：在映射里写出路径")
        if found:
            return found[0]
        if self._spec.unknown == CREATE and self.under is not None:
            return self._make(name, self.under)
        if self._spec.unknown == TO and (unit := self._at(self._spec.to)) is not None:
            return unit
        raise RowRefused(f"没有单位“{name}”")

    def _make(self, name: str, under: Unit) -> Unit:
        try:
            unit = create_unit(name, self._spec.kind, under, under.since, zone=self._spec.zone)
        except ValidationError as error:
            raise RowRefused(f"建不了单位“{name[:40]}”：{'；'.join(error.messages)}") from None
        self.made[name] = unit
        return unit
