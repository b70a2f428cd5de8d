"""Sentences of the demonstration: templates with fillers, chosen by a generator of chance that the caller seeds."""

import re
from functools import cache
from importlib.resources import files
from random import Random
from typing import Any

from ruamel.yaml import YAML

FILLER = re.compile(r"\{(\w+)\}")


@cache
def read(name: str) -> Any:
    """A data file of this folder, as it is written."""
    return YAML(typ="safe", pure=False).load(files("shouwen.demonstration").joinpath(name).read_text(encoding="utf-8"))


class Writer:
    """Fills templates for one story: what it has said of a defect, it goes on to say."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._texts: dict[str, Any] = read("texts.yaml")
        defect = rng.choice(self._texts["defects"])
        self._own = {
            "defect": rng.choice(defect["says"]),
            "defect_item": defect["item"],
            "defect_plan": rng.choice(defect["plan"]),
        }

    def fill(self, value: Any) -> Any:
        """The value with each {name} in it, however deep, replaced by one of the texts under that name."""
        if isinstance(value, str):
            return self._text(value)
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if isinstance(value, dict):
            return {key: self.fill(one) for key, one in value.items()}
        return value

    def _text(self, template: str) -> str:
        while FILLER.search(template):
            template = FILLER.sub(lambda found: self._one(found[1]), template, count=1)
        return template

    def _one(self, name: str) -> str:
        return str(self._own.get(name) or self._rng.choice(self._texts[name]))
