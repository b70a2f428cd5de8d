"""A policy with the policies that it extends in one text (沿用): what is published, hashed and replayed is the whole.

After the policy's own text stand, each below a line of its own, the texts that it extends, the nearest first. So a
version means the same for ever, whatever becomes of the others.
"""

from __future__ import annotations

import re
from collections.abc import Callable

from shouwen.policy.problems import PolicyErrors, Problem

_EXTENDED = re.compile(r"^<!-- extends ([a-z][a-z0-9-]*) -->\n", re.MULTILINE)
_EXTENDS = re.compile(r"extends:[ \t]*([a-z][a-z0-9-]*)[ \t]*(?:#.*)?")

Find = Callable[[str], str | None]
"""The text of the policy of a name, with what it extends or without; None where there is none."""


def split(text: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """The policy's own text; then name and text of each that it extends and that stands with it, the nearest first."""
    own, *rest = _EXTENDED.split(text)
    return own, tuple(zip(rest[::2], rest[1::2], strict=True))


def joined(own: str, bases: tuple[tuple[str, str], ...]) -> str:
    """The other way round."""
    return own + "".join(f"<!-- extends {name} -->\n{text}" for name, text in bases)


def extended_by(text: str) -> tuple[str, int]:
    """The policy that a text says it extends, "" where none, and the line that says so."""
    lines = text.removeprefix("\ufeff").splitlines()
    for number, line in enumerate(lines[1:], start=2):
        if line.strip() == "---":
            break
        found = _EXTENDS.fullmatch(line)
        if found:
            return found[1], number
    return "", 0


def bundled(text: str, file: str, name: str, find: Find) -> str:
    """`text` with what it extends; one that has it already, or extends nothing, stays as it is.

    Raises PolicyErrors where it extends what is not there, or in the end itself.
    """
    own, bases = split(text)
    if bases:
        return text
    chain = [name]
    latest = own
    while True:
        wanted, line = extended_by(latest)
        if not wanted:
            return joined(own, bases)
        if wanted in chain:
            circle = " → ".join([*chain, wanted])
            raise PolicyErrors([Problem(file, line, "", f"规章互相沿用：{circle}", "去掉其中一个 extends")])
        found = find(wanted)
        if found is None:
            raise PolicyErrors([Problem(file, line, "", f"没有可沿用的规章“{wanted}”", "写已有规章的短名")])
        latest, pinned = split(found if found.endswith("\n") else f"{found}\n")
        own = own if own.endswith("\n") else f"{own}\n"
        bases = (*bases, (wanted, latest))
        chain.append(wanted)
        if pinned and not set(chain) & {base for base, _text in pinned}:
            return joined(own, (*bases, *pinned))
