"""A house's own parameters and readings changed (参数与读法): always as a new version of the policy.

Only what the house decides is written anew: the version's name, the limits of words (及时) that the clause leaves
without a number, and how subjects are numbered (编号). Everything else of the text stays letter by letter.
"""

import re
from collections.abc import Mapping

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from shouwen.policy import Policy, PolicyErrors, load_text

_VERSION = re.compile(r"^version:.*$", re.MULTILINE)
_BLOCK = re.compile(r"^words:[ \t]*(?:#.*)?\n(?:(?:[ \t]+.*|[ \t]*)\n)+", re.MULTILINE)
_COUNTED = re.compile(r"\{n(?::0?\d+)?\}")
LENGTH = re.compile(r"^\d+(?:\.\d+)?[A-Za-z]+$")


NO_PATTERNS: Mapping[str, str] = {}


def amended(
    text: str, name: str, version: str, words: Mapping[str, str], why: str, patterns: Mapping[str, str] = NO_PATTERNS
) -> str:
    """The policy's text as another version, with other limits for some words, an empty limit is none, and other
    numbering ``patterns`` for some kinds of subject.

    Raises ValidationError by field: a version's name that is empty or the old one, a word that the policy does not
    have, a limit that cannot be read (as 24h, 3wd, 30min), a pattern that is none.
    """
    before = load_text(text, f"{name}.md", name)
    version = version.strip()
    if not version or '"' in version or "\n" in version:
        raise ValidationError({"version": _("A name for the new version is needed.")})
    if version == before.version:
        raise ValidationError({"version": _("This is the name of the present version.")})
    made = _VERSION.sub(lambda _found: f'version: "{version}"', text, count=1)
    for word, limit in words.items():
        made = _with_word(made, before, word, limit.strip(), why)
    for kind, pattern in patterns.items():
        made = _with_pattern(made, before, kind, pattern.strip())
    try:
        load_text(made, f"{name}.md", name)
    except PolicyErrors as errors:
        raise ValidationError([str(problem) for problem in errors.problems]) from None
    return made


def _with_word(text: str, policy: Policy, word: str, limit: str, why: str) -> str:
    block = _BLOCK.search(text)
    if word not in policy.words or block is None:
        raise ValidationError(_("This policy leaves no word “%(word)s” open.") % {"word": word})
    if limit and not LENGTH.fullmatch(limit):
        raise ValidationError(_("“%(limit)s” is no length of time: as 24h, 3wd, 30min.") % {"limit": limit})
    reason = why.replace('"', "”").replace("\\", "").replace("\n", " ").strip()
    said = f'{{within: {limit}, why: "{reason}"}}' if limit else "null"
    line = re.compile(rf"^([ \t]+){re.escape(word)}:.*\n(?:\1[ \t]+.*\n)*", re.MULTILINE)
    changed, count = line.subn(lambda found: f"{found[1]}{word}: {said}\n", block[0], count=1)
    if not count:
        raise ValidationError(_("This policy leaves no word “%(word)s” open.") % {"word": word})
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
