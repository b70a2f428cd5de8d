"""Whether front matter and rules have the shape of the published JSON Schema, said in Chinese.

The schema's own `description` says what was expected at a place; the words here only add what is wrong.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Literal, cast

from jsonschema import Draft202012Validator, validators
from jsonschema.exceptions import ValidationError
from jsonschema.protocols import Validator

from shouwen.policy.problems import nearest, one_of
from shouwen.policy.salvage import UNKNOWN
from shouwen.policy.yamltext import Hole, Map, Seq

Path = tuple[str | int, ...]


@dataclass(frozen=True)
class Found:
    """One difference from the schema: its line, what is wrong, what was expected, and where in the value.

    `sort`: a "value" of the wrong shape at `path`, or the path's last key "missing", "unknown" or misshapen ("key").
    `near`: the key that an unknown one was probably meant to be.
    """

    line: int
    message: str
    expected: str
    path: Path
    sort: Literal["value", "missing", "unknown", "key"] = "value"
    near: str | None = None


_SWITCHES = frozenset({"on", "off", "yes", "no", "y", "n"})


@cache
def schema() -> Mapping[str, Any]:
    """The published JSON Schema of policy files."""
    loaded: dict[str, Any] = json.loads(files("shouwen.policy").joinpath("schema.json").read_text(encoding="utf-8"))
    return loaded


def _unless_hole(keyword: str) -> Callable[..., Iterator[ValidationError]]:
    """The check of a keyword, passed by a hole: what is wrong there has been said."""
    check = Draft202012Validator.VALIDATORS[keyword]

    def checked(validator: Any, wanted: Any, instance: Any, part: Any) -> Iterator[ValidationError]:
        if not isinstance(instance, Hole):
            yield from check(validator, wanted, instance, part) or ()

    return checked


def _unless_holed(keyword: str) -> Callable[..., Iterator[ValidationError]]:
    """The check of a keyword about a mapping's keys, which says nothing of a key that stands for unreadable ones."""
    check = Draft202012Validator.VALIDATORS[keyword]

    def checked(validator: Any, wanted: Any, instance: Any, part: Any) -> Iterator[ValidationError]:
        if isinstance(instance, Map) and (UNKNOWN in instance or instance.lost):
            if keyword == "minProperties":
                return
            if wanted is False:
                instance = {key: value for key, value in instance.items() if key != UNKNOWN}
        yield from check(validator, wanted, instance, part) or ()

    return checked


_Validator: type[Validator] = validators.extend(  # type: ignore[no-untyped-call]
    Draft202012Validator,
    {keyword: _unless_hole(keyword) for keyword in ("pattern", "enum", "const", "minLength")}
    | {keyword: _unless_holed(keyword) for keyword in ("additionalProperties", "minProperties")},
)


@cache
def _validator(part: str) -> Validator:
    definitions = schema()["$defs"]
    return _Validator({"$defs": definitions, **definitions[part]})


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
    elif "propertyNames" in tuple(error.relative_schema_path)[-3:]:
        key = str(error.instance)
        yield Found(_line(root, (*path, key), line), f"名称写作“{key}”", expected, (*path, key), "key")
    elif error.validator in ("minItems", "minProperties", "minLength"):
        yield Found(place, f"{_name(error)}{'太少' if error.instance else '是空的'}", expected, path)
    else:
        yield Found(place, f"{_name(error)}写作“{_show(error.instance)}”", _with_trap(expected, error), path)


def _branch(error: ValidationError) -> list[ValidationError]:
    """The errors of the one alternative that was meant: the same type, and for a mapping the most of its keys."""
    choices: Any = error.validator_value
    alternatives: dict[int, list[ValidationError]] = {}
    for inner in error.context or ():
        alternatives.setdefault(int(inner.schema_path[0]), []).append(inner)
    if not isinstance(error.instance, (Map, Seq)):
        return []
    fits = {
        number: _fit(error.instance, alternative)
        for number in alternatives
        if (alternative := _resolved(choices[number])).get("type") == _type(error.instance)
    }
    best = max(fits.values(), default=0)
    meant = [number for number, fit in fits.items() if fit == best]
    return alternatives[meant[0]] if len(meant) == 1 and (best > 0 or len(fits) == 1) else []


def _fit(value: Any, alternative: Mapping[str, Any]) -> float:
    """How many keys of a mapping the alternative knows; its first required one tells most, a slip of the pen less."""
    if not isinstance(value, Map):
        return 1
    known = alternative.get("properties", {})
    first = (alternative.get("required") or [None])[0]
    if first in value:
        return 100
    return sum(1 if key in known else 0.5 if nearest(key, known) else 0 for key in value)


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
        if key not in known and key != UNKNOWN:
            line = value.line_of(key) if isinstance(value, Map) else place
            near = nearest(key, known)
            yield Found(line, f"没有“{key}”这个键", one_of(key, known, "可用的键"), (*path, key), "unknown", near)


def _missing_keys(error: ValidationError, part: Mapping[str, Any], place: int) -> Iterator[Found]:
    for key in part["required"]:
        if error.message.startswith(f"'{key}'"):
            wanted = _resolved(part.get("properties", {}).get(key, {}))
            path = (*error.absolute_path, key)
            yield Found(place, f"缺少“{key}”", wanted.get("description", ""), path, "missing")


def _name(error: ValidationError) -> str:
    path = [str(part) for part in error.absolute_path if not isinstance(part, int)]
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
