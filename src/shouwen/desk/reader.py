"""A regulation to read (规章): chapters, clauses, rules in sentences, and two versions beside each other."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from typing import Literal

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.governance.queries import published
from shouwen.policy import Policy, edition
from shouwen.policy.compare import changes
from shouwen.policy.model import Gate
from shouwen.policy.sentences import heard_sentences

MARKS: Mapping[str, tuple[str, str | Promise]] = {
    "待执行": ("outline", _("not carried out yet")),
    "本单位约定": ("amber", _("the house's own number")),
    "未采用": ("outline", _("reading not taken")),
    "读法": ("blue", _("reading taken")),
    "被取代": ("outline", _("replaced by another clause")),
    "另条已落实": ("outline", _("owed once, under another clause")),
}
IDLE = frozenset({"待执行", "未采用", "被取代", "另条已落实"})


@dataclass(frozen=True)
class Ruled:
    """One rule in a sentence. ``marks``: a reading, one not taken, the house's own number, a rule that waits."""

    tag: str
    text: str
    marks: tuple[str, ...]

    @property
    def marked(self) -> list[tuple[str, str | Promise]]:
        """(colour, words) of each mark."""
        return [MARKS[mark] for mark in self.marks]

    @property
    def idle(self) -> bool:
        """Whether it is not carried out."""
        return bool(IDLE & {*self.marks})


@dataclass(frozen=True)
class Read:
    """One clause: its id is its anchor; ``n`` its place in the text; ``gates`` the ids of its gates."""

    id: str
    n: int
    ref: str
    text: str
    rules: tuple[Ruled, ...]
    gates: tuple[str, ...]

    def holds(self, text: str) -> bool:
        """Whether every word stands in it, its rules included."""
        said = "\n".join([self.id, self.ref, self.text, *(rule.text for rule in self.rules)])
        said = said.casefold()
        return all(word in said for word in text.casefold().split())


@dataclass
class Chapter:
    """A heading with the clauses that stand under it alone."""

    anchor: str
    level: int
    title: str
    clauses: list[Read] = field(default_factory=list)


def chapters(policy: Policy, others: Sequence[Policy] = ()) -> list[Chapter]:
    """The text in order, with what ``others`` say of its clauses; clauses before the first heading stand in a chapter
    without a title."""
    found: list[Chapter] = []
    n = 0
    for part in edition.content(policy)["body"]:
        if part["sort"] == "heading":
            found.append(Chapter(f"h{len(found)}", part["level"], part["text"]))
            continue
        if not found:
            found.append(Chapter("h0", 1, ""))
        clause = policy.by_id[part["id"]]
        heard = tuple(Ruled(tag, text, ()) for tag, text in heard_sentences(clause, others))
        rules = tuple(Ruled(rule["tag"], rule["text"], tuple(rule["marks"])) for rule in part["rules"])
        gates = tuple(rule.id for rule in clause.rules if isinstance(rule, Gate))
        found[-1].clauses.append(Read(part["id"], n, part["ref"], part["text"], (*heard, *rules), gates))
        n += 1
    return found


def narrowed(found: Iterable[Chapter], text: str) -> list[Chapter]:
    """Only the clauses in which the words stand, under their headings."""
    if not text:
        return list(found)
    kept = [
        Chapter(one.anchor, one.level, one.title, [clause for clause in one.clauses if clause.holds(text)])
        for one in found
    ]
    return [one for one in kept if one.clauses]


def speaking_of(name: str) -> list[Policy]:
    """The newest versions of the other regulations whose clauses say something of this one's."""
    newest: dict[str, PolicyVersion] = {}
    for row in published().exclude(name=name).order_by("name", "-published_at", "-pk"):
        newest.setdefault(row.name, row)
    said = (row for row in newest.values() if any(cited.startswith(f"{name}/") for _way, cited, _by in row.links))
    return [policy_of(row) for row in said]


# --- two versions ----------------------------------------------------------------------------


@dataclass(frozen=True)
class Piece:
    """A stretch of text: in both, only before, only after."""

    sort: Literal["same", "out", "in"]
    text: str


@dataclass(frozen=True)
class Changed:
    """One difference. ``sort``: added, removed or changed; ``pieces`` where both sides say something."""

    what: str
    sort: Literal["added", "removed", "changed"]
    before: str
    after: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True)
class Differing:
    """All differences at one place: a clause with its id in the newer version, or a declaration."""

    place: str
    anchor: str
    changes: tuple[Changed, ...]


def differences(before: Policy, after: Policy) -> list[Differing]:
    """What the newer version says otherwise, declarations first, then clause by clause."""
    groups: dict[str, list[Changed]] = {}
    for change in changes(before, after):
        where, _space, what = change.where.partition(" ")
        place = where.partition(":")[0]
        groups.setdefault(place, []).append(_changed(what, change.before, change.after))
    known = {clause.id.removeprefix(f"{after.name}/"): clause.id for clause in after.clauses}
    return [Differing(place, known.get(place, ""), tuple(found)) for place, found in groups.items()]


def _changed(what: str, before: str | None, after: str | None) -> Changed:
    if before is None or after is None:
        return Changed(what, "added" if before is None else "removed", before or "", after or "", ())
    return Changed(what, "changed", before, after, tuple(_pieces(before, after)))


def _pieces(before: str, after: str) -> Iterator[Piece]:
    for sort, a, b, c, d in SequenceMatcher(None, before, after, autojunk=False).get_opcodes():
        if sort == "equal":
            yield Piece("same", before[a:b])
            continue
        if b > a:
            yield Piece("out", before[a:b])
        if d > c:
            yield Piece("in", after[c:d])


def composed(asked: str, name: str) -> PolicyVersion | None:
    """What several policies that hold for one subject come to, where this one is among them."""
    found = (
        PolicyVersion.objects.filter(composition__isnull=False)
        .filter(pk=int(asked) if asked.isdecimal() else 0)
        .first()
    )
    if found is None or found.composition is None:
        return None
    parts = PolicyVersion.objects.filter(pk__in=[pk for pk, _readings in found.composition["parts"]], name=name)
    return found if parts.exists() else None


def versions_of(name: str) -> Sequence[PolicyVersion]:
    """All that were published under the name, the newest first."""
    return list(published().filter(name=name).order_by("-published_at", "-pk"))
