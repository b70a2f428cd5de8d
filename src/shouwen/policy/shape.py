"""Whether front matter and rules have the shape of the published JSON Schema, said in Chinese.

The schema's own `description` says what was expected at a place; the words here only add what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, cast

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError

from shouwen.policy.problems import one_of
from shouwen.policy.yamltext import Map, Seq

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Found:
    """One difference from the schema: its line, what is wrong, what was expected, and where in the value."""

    line: int
    message: str
    expected: str
    path: Path


_SWITCHES = frozenset({"on", "off", "yes", "no", "y", "n"})


@cache
def schema() -> Mapping[str, Any]:
    """The published JSON Schema of policy files."""
    loaded: dict[str, Any] = json.loads(files("shouwen.policy").joinpath("schema.json").read_text(encoding="utf-8"))
    return loaded


@cache
def _validator(part: str) -> Draft202012Validator:
    definitions = schema()["$defs"]
    return Draft202012Validator({"$defs": definitions, **definitions[part]})


def shape_problems(part: str, value: Any, line: int) -> Iterator[Found]:
    """What differs from the schema's `part` ("front" or "rules"); `line` is where the value begins."""
    for error in _validator(part).iter_errors(value):
        yield from _say(error, value, line)


def _say(error: ValidationError, root: Any, line: int) -> Iterator[Found]:
    part: Mapping[str, Any] = cast("Mapping[str, Any]", error.schema)
    if error.validator == "anyOf":
        branch = _branch(error)
        if branch:
            for inner in branch:
                yield from _say(inner, root, line)
            return
    path = tuple(error.absolute_path)
    place = _line(root, path, line)
    expected = str(part.get("description", ""))
    if error.validator == "additionalProperties":
        yield from _unknown_keys(error.instance, part, place, path)
    elif error.validator == "required":
        yield from _missing_keys(error, part, place)
    elif error.validator in ("minItems", "minProperties", "minLength"):
        yield Found(place, f"{_name(error)}{'太少' if error.instance else '是空的'}", expected, path)
    else:
        yield Found(place, f"{_name(error)}写作“{_show(error.instance)}”", _with_trap(expected, error), path)


def _branch(error: ValidationError) -> list[ValidationError]:
    """The errors of the one alternative that was meant: the same type, and for a mapping the same first key."""
    choices: Any = error.validator_value
    alternatives: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        alternatives.setdefault(int(inner.schema_path[0]), []).append(inner)
    meant = []
    for number, errors in alternatives.items():
        alternative = _resolved(choices[number])
        if alternative.get("type") != _type(error.instance):
            continue
        first = (alternative.get("required") or [None])[0]
        if not isinstance(error.instance, Mapping) or first is None or first in error.instance:
            meant.append(errors)
    if len(meant) == 1 and isinstance(error.instance, (Mapping, Sequence)) and not isinstance(error.instance, str):
        return meant[0]
    return []


def _resolved(alternative: Mapping[str, Any]) -> Mapping[str, Any]:
    reference = alternative.get("$ref")
    if reference is None:
        return alternative
    definition: Mapping[str, Any] = schema()["$defs"][reference.rsplit("/", 1)[1]]
    return definition


def _type(value: Any) -> str:
    if isinstance(value, Mapping):
        return "object"
    return "array" if isinstance(value, list) else "string"


def _unknown_keys(value: Any, part: Mapping[str, Any], place: int, path: Path) -> Iterator[Found]:
    known = list(part.get("properties", {}))
    for key in value:
        if key not in known:
            line = value.line_of(key) if isinstance(value, Map) else place
            yield Found(line, f"没有“{key}”这个键", one_of(key, known, "可用的键"), (*path, key))


def _missing_keys(error: ValidationError, part: Mapping[str, Any], place: int) -> Iterator[Found]:
    for key in part["required"]:
        if error.message.startswith(f"'{key}'"):
            wanted = _resolved(part.get("properties", {}).get(key, {}))
            yield Found(place, f"缺少“{key}”", wanted.get("description", ""), tuple(error.absolute_path))


def _name(error: ValidationError) -> str:
    path = [str(part) for part in error.absolute_path if not isinstance(part, int)]
    if error.parent is not None and error.validator == "pattern" and "propertyNames" in error.absolute_schema_path:
        return "键"
    return f"“{path[-1]}”" if path else ""


def _with_trap(expected: str, error: ValidationError) -> str:
    value = error.instance
    if isinstance(value, str) and value.lower() in _SWITCHES and "true" in expected:
        return f"{expected}（YAML 1.2 里 on、off、yes、no 是文字）"
    if isinstance(value, (int, float)) and "文字" in expected:
        return f"{expected}（数字和 true、false 要当文字，加引号）"
    return expected


def _show(value: Any) -> str:
    if isinstance(value, str):
        return value
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:59] + "…"


def _line(root: Any, path: Path, line: int) -> int:
    """The line of the value at `path`: that of its key or item."""
    here = root
    for part in path:
        if isinstance(here, Map):
            line = here.line_of(str(part))
        elif isinstance(here, Seq):
            line = here.lines[int(part)]
        here = here[part]
    return line
