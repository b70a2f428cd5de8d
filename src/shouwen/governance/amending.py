"""A house's own parameters and readings changed (参数与读法): always as a new version of the policy.

Only what the house decides is written anew: the version's name, the limits of words (及时) that the clause leaves
without a number, parameters (参数), and how subjects are numbered (编号). Everything else of the text stays letter by
letter; what the policy takes over from another is written into its own front matter.
"""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shouwen.policy import Policy, PolicyErrors, load_text
from shouwen.policy.bundle import joined, split

_VERSION = re.compile(r"^version:.*$", re.MULTILINE)
_COUNTED = re.compile(r"\{n(?::0?\d+)?\}")
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
LENGTH = re.compile(r"^\d+(?:\.\d+)?[A-Za-z]+$")


NO_PATTERNS: Mapping[str, str] = {}


def amended(
    text: str,
    name: str,
    version: str,
    words: Mapping[str, str],
    why: str,
    patterns: Mapping[str, str] = NO_PATTERNS,
    parameters: Mapping[str, str] = NO_PATTERNS,
) -> str:
    """The policy's text as another version, with other limits for some words, an empty limit is none, and other
    numbering ``patterns`` for some kinds of subject, and other values for some ``parameters``.

    Raises ValidationError by field: a version's name that is empty or the old one, a word that the policy does not
    have, a limit that cannot be read (as 24h, 3wd, 30min), a pattern that is none.
    """
    before = load_text(text, f"{name}.md", name)
    version = version.strip()
    if not version or '"' in version or "\n" in version:
        raise ValidationError({"version": _("A name for the new version is needed.")})
    if version == before.version:
        raise ValidationError({"version": _("This is the name of the present version.")})
    own, bases = split(text)
    made = _VERSION.sub(lambda _found: f'version: "{version}"', own, count=1)
    reason = why.replace('"', "”").replace("\\", "").replace("\n", " ").strip()
    for parameter, value in parameters.items():
        made = _with_parameter(made, before, parameter, value.strip(), reason)
    for word, limit in words.items():
        made = _with_word(made, before, word, limit.strip(), reason)
    for kind, pattern in patterns.items():
        made = _with_pattern(made, before, kind, pattern.strip())
    made = joined(made, bases)
    try:
        load_text(made, f"{name}.md", name)
    except PolicyErrors as errors:
        raise ValidationError([str(problem) for problem in errors.problems]) from None
    return made


def _with_word(text: str, policy: Policy, word: str, limit: str, reason: str) -> str:
    if word not in policy.words:
        raise ValidationError(_("This policy leaves no word “%(word)s” open.") % {"word": word})
    if limit and not LENGTH.fullmatch(limit):
        raise ValidationError(_("“%(limit)s” is no length of time: as 24h, 3wd, 30min.") % {"limit": limit})
    return _declared(text, "words", word, f'{{within: {limit}, why: "{reason}"}}' if limit else "null")


def _with_parameter(text: str, policy: Policy, name: str, value: str, reason: str) -> str:
    known = policy.parameters.get(name)
    if known is None:
        raise ValidationError(_("This policy has no parameter “%(name)s”.") % {"name": name})
    if LENGTH.fullmatch(known.value) and not LENGTH.fullmatch(value):
        raise ValidationError(_("“%(limit)s” is no length of time: as 24h, 3wd, 30min.") % {"limit": value})
    if _NUMBER.fullmatch(known.value) and not _NUMBER.fullmatch(value):
        raise ValidationError(_("“%(value)s” is no number.") % {"value": value})
    if not value or any(character in value for character in '"\\\n'):
        raise ValidationError(_("This is required."))
    unit = f'unit: "{known.unit}", ' if known.unit else ""
    bare = value if _NUMBER.fullmatch(value) else f'"{value}"'
    return _declared(text, "parameters", name, f'{{value: {bare}, {unit}why: "{reason}"}}')


def _declared(text: str, section: str, name: str, said: str) -> str:
    """The text with another declaration of a name in its front matter, or with one more."""
    block = re.search(rf"^{section}:[ \t]*(?:#.*)?\n(?:(?:[ \t]+.*|[ \t]*)\n)+", text, re.MULTILINE)
    if block is None:
        end = text.index("\n---", 3) + 1
        return f"{text[:end]}{section}:\n  {name}: {said}\n{text[end:]}"
    line = re.compile(rf"^([ \t]+){re.escape(name)}:.*\n(?:\1[ \t]+.*\n)*", re.MULTILINE)
    changed, count = line.subn(lambda found: f"{found[1]}{name}: {said}\n", block[0], count=1)
    if not count:
        head, rest = block[0].split("\n", 1)
        changed = f"{head}\n  {name}: {said}\n{rest}"
    return text[: block.start()] + changed + text[block.end() :]


def _with_pattern(text: str, policy: Policy, kind: str, pattern: str) -> str:
    known = policy.kinds.get(kind)
    line = re.compile(rf'^([ \t]+{re.escape(kind)}:[ \t]*\{{.*?\bnumbering:[ \t]*)"[^"\n]*"', re.MULTILINE)
    if known is None or not known.numbering or not line.search(text):
        raise ValidationError(_("This policy does not number subjects of this kind."))
    if any(character in pattern for character in '"\\\n') or not _COUNTED.search(pattern):
        raise ValidationError(
            {"pattern": _("A pattern is text with {unit}, {year} and {n}, as 投诉-{unit}-{year}-{n:04}.")}
        )
    return line.sub(lambda found: f'{found[1]}"{pattern}"', text, count=1)
