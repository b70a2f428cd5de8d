"""Whether the journals are what was recorded (核验): chains, contents, files, subjects, duties, and an anchor.

Everything is streamed; nothing is changed.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any
from uuid import UUID

from shouwen.engine import Program
from shouwen.governance.calendar_versions import unsound
from shouwen.governance.programs import program_of
from shouwen.journal import chain
from shouwen.journal.anchors import KeptAnchor, heads, root_of
from shouwen.journal.duties import COMPUTED
from shouwen.journal.findings import Finding
from shouwen.journal.involved import confidential
from shouwen.journal.models import Content, Duty, DutyState, Entry, Subject
from shouwen.journal.owners import ownership
from shouwen.journal.pen import REBASED, OpenJournal
from shouwen.journal.rows import step
from shouwen.journal.settle import categories, late_at, moved_at, standing_columns, state_of
from shouwen.journal.verify_files import files, named_files, own_files

CHUNK = 200


def verify(anchor: KeptAnchor | None = None, progress: Callable[[int], None] = lambda done: None) -> Iterator[Finding]:
    """All that is wrong, journal by journal; `progress` is told how many journals were done."""
    seen_entries = 0
    programs: dict[tuple[int, int, str | None], Program] = {}
    bad = set(unsound())
    for version in sorted(bad):
        yield Finding("-", None, f"the kept calendar {version} was changed")
    for subjects in _chunks():
        entries = _entries(subjects)
        contents = Content.objects.filter(entry__subject__in=subjects).select_related("erased_by").in_bulk()
        duties, own = _duties(subjects), own_files(subjects)
        for subject in subjects:
            journal = entries.get(subject.pk, [])
            seen_entries += len(journal)
            yield from _chain(subject, journal)
            yield from _contents(subject, journal, contents)
            if anchor is not None:
                yield from _against(anchor, subject, journal)
            yield from _calendar(subject, journal)
            yield from _policy(subject, journal)
            if journal and not bad & _calendars(subject, journal):
                folded = _folded(subject, journal, duties.get(subject.pk, {}), programs)
                yield from _columns(folded)
                yield from _computed(folded)
                yield from named_files(folded, journal, contents, own.get(subject.pk, ()))
        progress(len(subjects))
    yield from files()
    if Entry.objects.count() != seen_entries:
        yield Finding("-", None, "there are entries of subjects that do not exist")
    if anchor is not None:
        yield from _whole(anchor)


def _chunks() -> Iterator[list[Subject]]:
    last = UUID(int=0)
    while chunk := list(Subject.objects.filter(pk__gt=last).order_by("pk").select_related("unit")[:CHUNK]):
        yield chunk
        last = chunk[-1].pk


def _entries(subjects: Sequence[Subject]) -> dict[UUID, list[Entry]]:
    found: dict[UUID, list[Entry]] = {}
    for entry in Entry.objects.filter(subject__in=subjects).order_by("subject", "seq"):
        found.setdefault(entry.subject_id, []).append(entry)
    return found


def _duties(subjects: Sequence[Subject]) -> dict[UUID, dict[str, Duty]]:
    found: dict[UUID, dict[str, Duty]] = {}
    for duty in Duty.objects.filter(subject__in=subjects):
        found.setdefault(duty.subject_id, {})[duty.key] = duty
    return found


# --- the chain -------------------------------------------------------------------------


def _chain(subject: Subject, journal: Sequence[Entry]) -> Iterator[Finding]:
    name, previous = str(subject.pk), ""
    for place, entry in enumerate(journal, 1):
        if entry.seq != place:
            yield Finding(name, place, f"an entry is missing or out of place: found #{entry.seq}")
            break
        if chain.entry_hash(entry) != entry.hash:
            yield Finding(name, entry.seq, "the envelope was changed")
        if entry.previous_hash != previous:
            yield Finding(name, entry.seq, "the entry before was changed, removed, inserted or moved")
        previous = entry.hash
    if not journal:
        yield Finding(name, None, "the journal is empty")
    elif (subject.head_seq, subject.head_hash) != (journal[-1].seq, journal[-1].hash):
        yield Finding(name, journal[-1].seq, f"the journal does not end where its subject says (#{subject.head_seq})")


def _contents(subject: Subject, journal: Sequence[Entry], contents: dict[int, Content]) -> Iterator[Finding]:
    name = str(subject.pk)
    for entry in journal:
        content = contents.get(entry.pk)
        if content is None:
            if entry.content_digest:
                yield Finding(name, entry.seq, "the sealed content was removed")
        elif not entry.content_digest:
            yield Finding(name, entry.seq, "sealed content was added")
        elif content.body is None:
            eraser = content.erased_by
            if eraser is None or eraser.subject_id != subject.pk or eraser.type != "erased":
                yield Finding(name, entry.seq, "the sealed content was blanked without an erased entry")
        elif chain.content_digest(content.body, content.salt) != entry.content_digest:
            yield Finding(name, entry.seq, "the sealed content was changed")


# --- the anchor ------------------------------------------------------------------------


def _against(anchor: KeptAnchor, subject: Subject, journal: Sequence[Entry]) -> Iterator[Finding]:
    if not anchor.heads:
        return
    name = str(subject.pk)
    kept = anchor.heads.get(subject.pk)
    then = [entry for entry in journal if entry.pk <= anchor.cut]
    if kept is None:
        if then:
            yield Finding(name, None, "this journal was not there when the anchor was written, but claims to have been")
        return
    last = journal[kept.seq - 1] if len(journal) >= kept.seq else None
    if last is None or last.seq != kept.seq:
        yield Finding(name, kept.seq, "entries that the anchor covers were removed")
    elif last.hash != kept.hash:
        yield Finding(name, kept.seq, "the journal was rewritten up to this entry since the anchor was written")
    elif not then or then[-1].seq != kept.seq:
        yield Finding(name, kept.seq, "the anchor covers other entries than these")


def _whole(anchor: KeptAnchor) -> Iterator[Finding]:
    if anchor.heads:
        there = set(Subject.objects.values_list("pk", flat=True).iterator())
        for subject in sorted(anchor.heads.keys() - there):
            yield Finding(str(subject), None, "this journal was removed since the anchor was written")
    if root_of(heads(anchor.cut)) != anchor.root:
        yield Finding("-", None, "the journals that the anchor covers are not what they were")


# --- what is computed ------------------------------------------------------------------


def _calendar(subject: Subject, journal: Sequence[Entry]) -> Iterator[Finding]:
    """The subject names the calendar that its journal was last counted under."""
    last = next((entry for entry in reversed(journal) if entry.type == REBASED), None)
    if last is not None and last.data.get("to") != subject.calendar_version_id:
        yield Finding(str(subject.pk), last.seq, f"counted under another calendar: {subject.calendar_version_id}")


def _policy(subject: Subject, journal: Sequence[Entry]) -> Iterator[Finding]:
    """The subject names the policy version that its journal says it was moved to."""
    last = next((entry for entry in reversed(journal) if entry.type == REBASED and entry.data.get("policy_to")), None)
    if last is not None and last.data["policy_to"] != str(subject.policy_version_id):
        yield Finding(str(subject.pk), last.seq, f"counted under another policy version: {subject.policy_version_id}")


def _calendars(subject: Subject, journal: Sequence[Entry]) -> set[Any]:
    return {subject.calendar_version_id, *(entry.data.get("from") for entry in journal if entry.type == REBASED)}


def _folded(
    subject: Subject,
    entries: Sequence[Entry],
    duties: dict[str, Duty],
    programs: dict[tuple[int, int, str | None], Program],
) -> OpenJournal:
    """The journal folded anew; `programs` keeps those made before."""
    program = None
    if subject.policy_version_id is not None:
        key = (subject.policy_version_id, subject.unit_id, subject.calendar_version_id)
        if key not in programs:
            programs[key] = program_of(subject.policy_version_id, subject.unit, subject.calendar_version_id)
        program = programs[key]
    return OpenJournal(subject, program, [step(subject, entry) for entry in entries], duties=duties)


def _columns(journal: OpenJournal) -> Iterator[Finding]:
    """Owner, state and categories of the subject against its journal."""
    subject = journal.subject
    name, owner = str(subject.pk), ownership(journal.steps)
    said: tuple[int | None, int | None] = (None, None)
    if owner is not None:
        said = (int(owner.person), None) if owner.person else (None, int(owner.post or 0))
    if (subject.owner_person_id, subject.owner_post_id) != said:
        yield Finding(name, None, "the owner is not whom the journal says")
    if (subject.state, subject.ended_at) != state_of(journal):
        yield Finding(name, None, "the state is not what the journal gives")
    if (subject.moved_at, subject.late_at) != (moved_at(journal), late_at(journal)):
        yield Finding(name, None, "when it last moved, or was last recorded late, is not what the journal gives")
    if subject.confidential != confidential(journal.steps):
        yield Finding(name, None, "whether it is confidential is not what the journal says")
    if subject.axes != categories(journal):
        yield Finding(name, None, "the categories are not what the journal gives")


def _computed(journal: OpenJournal) -> Iterator[Finding]:
    """Duties against a fold of the journal as of when they were last computed."""
    if journal.standing is None:
        return
    name, at = str(journal.subject.pk), journal.subject.folded_at
    left = dict(journal.duties)
    for one, columns in standing_columns(journal, at):
        row = left.pop(one.key, None)
        wrong = [] if row is None else [column for column in COMPUTED if getattr(row, column) != columns[column]]
        if row is not None and row.place_id != journal.subject.unit_id:
            wrong.append("place")
        if row is None:
            yield Finding(name, None, f"the duty {one.key} is not stored")
        elif wrong:
            yield Finding(name, None, f"the duty {one.key} is not what the journal gives: {', '.join(wrong)}")
    for key, row in left.items():
        if row.state != DutyState.VOID:
            yield Finding(name, None, f"the duty {key} does not follow from the journal")
