"""Parameters (参数): numbers that the house may change, named in the front matter, used by name in text and rules."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping

from shouwen.policy.model import Parameter

_PLACE = re.compile(r"\$\{([^{}\n]*)\}")
_ALONE = re.compile(r"(['\"])(\$\{[^{}\n]*\})\1")
_NUMBER = re.compile(r"-?\d+(\.\d+)?")


def names_in(text: str) -> Iterator[str]:
    """The parameters that a text names, in order."""
    return (found[1].strip() for found in _PLACE.finditer(text))


def filled(text: str, line: int, parameters: Mapping[str, Parameter], unknown: Callable[[int, str], None]) -> str:
    """Rules with the parameters' values in their places; ``unknown`` is told line and name of one that is not there.

    Quotes around a parameter alone make no text of a number.
    """

    def bare(found: re.Match[str]) -> str:
        known = parameters.get(found[2][2:-1].strip())
        return found[2] if known and _NUMBER.fullmatch(known.value) else found[0]

    return _each(_ALONE.sub(bare, text), line, parameters, unknown, lambda one: one.value)


def worded(text: str, line: int, parameters: Mapping[str, Parameter], unknown: Callable[[int, str], None]) -> str:
    """A clause's text with the parameters as people say them."""
    return _each(text, line, parameters, unknown, lambda one: one.said)


def _each(
    text: str,
    line: int,
    parameters: Mapping[str, Parameter],
    unknown: Callable[[int, str], None],
    put: Callable[[Parameter], str],
) -> str:
    if "${" not in text:
        return text

    def one(found: re.Match[str]) -> str:
        name = found[1].strip()
        if name in parameters:
            return put(parameters[name])
        unknown(line + text[: found.start()].count("\n"), name)
        return "0"

    return _PLACE.sub(one, text)
