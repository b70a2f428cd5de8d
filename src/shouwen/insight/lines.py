"""Lines and texts kept in step with the journals (投影): in the transaction of every entry."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from types import SimpleNamespace
from typing import Any
from uuid import UUID

from shouwen.insight import index
from shouwen.insight.models import Line, Text
from shouwen.insight.reading import (
    Intake,
    about,
    categories_of,
    files_of,
    intake_of,
    masked,
    nature_of,
    said_in,
    whose,
)
from shouwen.insight.rows import LINE_COLUMNS, read_kept, write_lines, write_texts
from shouwen.insight.said import said_of
from shouwen.insight.seen_by import person_word, post_word, unit_words
from shouwen.journal.models import Duty, DutyState, Involved, Subject
from shouwen.journal.pen import OpenJournal
from shouwen.journal.settle import Settled
from shouwen.journal.statements import update

STANDING = frozenset({DutyState.OPEN, DutyState.PAUSED, DutyState.OVERDUE})
ERASED = "erased"
COLUMNS = [name for name in LINE_COLUMNS if name != "subject_id"]
TEXTS = ("said", "about", "whose", "named", "who")


@dataclass(frozen=True)
class Kept:
    """What is stored of a subject before a batch."""

    line: int
    customer: str
    customer_name: str
    said: str
    about: str
    whose: str
    named: str
    who: str

    @property
    def words(self) -> index.Words:
        return index.Words(self.line, self.said + self.about + self.whose, self.who)


def follow(settled: Sequence[tuple[OpenJournal, Settled]]) -> None:
    """Bring line and text of every subject that a batch has settled up to date; as many statements as tables."""
    _bring_owed([pair for pair in settled if _noticed(*pair)])
    settled = [pair for pair in settled if not _noticed(*pair)]
    if not settled:
        return
    kept = kept_of([journal.subject.pk for journal, _one in settled if not journal.fresh])
    intakes = [intake_of(journal.steps) for journal, _one in settled]
    known = [kept.get(journal.subject.pk) for journal, _one in settled]
    asked = [
        intake
        for intake, before in zip(intakes, known, strict=True)
        if before is None or before.customer != intake.customer
    ]
    files, rooms = files_of((one.customer for one in asked), (one.asset for one in asked))
    lines, texts = [], []
    for (journal, one), intake, before in zip(settled, intakes, known, strict=True):
        fresh = before is None or before.customer != intake.customer
        file = files.get(intake.customer) if fresh else None
        line = line_of(journal.subject, [*journal.duties.values(), *one.opened], intake)
        line.customer_name = masked(file) if before is None or fresh else before.customer_name
        text = Text(
            said=_said(journal, before),
            about=about(journal.subject.number, journal.subject.axes),
            whose=whose(file, rooms.get(intake.asset, ())) if before is None or fresh else before.whose,
            named=named((before.named if before else "").split(), one.involved),
        )
        text.who = who(line, [*journal.duties.values(), *one.opened], text.named, journal.subject)
        lines.append(line)
        texts.append(text)
    write(lines, texts, known)


def _noticed(journal: OpenJournal, settled: Settled) -> bool:
    """Whether the house has only noticed something: nobody said anything, and nobody sees more than before."""
    return not (journal.fresh or journal.spoken or settled.opened or settled.involved)


def _bring_owed(pairs: Sequence[tuple[OpenJournal, Settled]]) -> None:
    """What a line says of what is owed, where nothing else of it can have changed."""
    lines = [
        SimpleNamespace(
            subject_id=journal.subject.id,
            recorded_at=journal.subject.recorded_at,
            **owed_in(journal.duties.values()),
        )
        for journal, _settled in pairs
    ]
    update(Line, lines, ("recorded_at", "next_due", "owed", "provisional", "stuck_since"), by="subject")


def kept_of(subjects: Sequence[UUID]) -> dict[UUID, Kept]:
    """What is stored of these subjects; one query, none without any."""
    if not subjects:
        return {}
    columns = ("l.id", "l.customer", "l.customer_name", *(f"t.{name}" for name in TEXTS))
    return {subject: Kept(*rest) for subject, *rest in read_kept(subjects, columns)}


def _said(journal: OpenJournal, before: Kept | None) -> str:
    """What was said, and what is added; read anew where something of it was erased, or nothing was kept."""
    if (before is None and not journal.fresh) or any(entry.type == ERASED for entry in journal.added):
        return said_of([journal.subject], {journal.subject.pk: journal.events})[journal.subject.pk]
    added = "".join(said_in(entry, journal.sealed.get(entry.seq, {}), journal.events) for entry in journal.added)
    return (before.said if before else "") + added


def line_of(subject: Subject, duties: Iterable[Duty], intake: Intake) -> Line:
    """The line as subject and duties have it, without the customer's name."""
    return Line(
        subject=subject,
        kind=subject.kind,
        matter=subject.matter,
        number=subject.number,
        unit_id=subject.unit_id,
        path=subject.unit.path,
        state=subject.state,
        confidential=subject.confidential,
        owner_person_id=subject.owner_person_id,
        owner_post_id=subject.owner_post_id,
        nature=nature_of(subject.axes),
        categories=categories_of(subject.axes),
        channel=intake.channel,
        source=intake.source,
        customer=intake.customer[:40],
        opened_at=subject.opened_at,
        opened_s=int(subject.opened_at.timestamp()),
        ended_at=subject.ended_at,
        recorded_at=subject.recorded_at,
        **owed_in(duties),
    )


def owed_in(duties: Iterable[Duty]) -> dict[str, Any]:
    """What a line says of what the house still owes."""
    ours = [duty for duty in duties if duty.state in STANDING and not duty.outside]
    return {
        "next_due": _earliest(duty.due_at for duty in ours),
        "owed": len(ours),
        "provisional": any(duty.provisional for duty in ours),
        "stuck_since": _earliest(duty.stuck_since for duty in ours if duty.stuck),
    }


def _earliest(instants: Iterable[datetime | None]) -> datetime | None:
    return min((instant for instant in instants if instant is not None), default=None)


def named(before: Iterable[str], involved: Iterable[Involved]) -> str:
    """The words of those who were named before, and of those who are named now."""
    words = [post_word(row.post_id) if row.post_id else person_word(row.person_id or 0) for row in involved]
    return " ".join(dict.fromkeys((*before, *words)))


def who(line: Line, duties: Iterable[Duty], named: str, subject: Subject) -> str:
    """Everybody who sees the line: units unless it is confidential, who owns or handles it, who was named in it."""
    words = [] if line.confidential else list(unit_words(line.path))
    people = {subject.owner_person_id, subject.offered_to_id}
    posts = {subject.owner_post_id}
    for duty in duties:
        people.add(duty.person_id)
        posts.add(duty.post_id)
    words += [person_word(pk) for pk in sorted(pk for pk in people if pk)]
    words += [post_word(pk) for pk in sorted(pk for pk in posts if pk)]
    return " ".join(dict.fromkeys((*words, *named.split())))


def write(lines: Sequence[Line], texts: Sequence[Text], kept: Sequence[Kept | None]) -> None:
    """Store them; the index is touched only where a text or who may see it has changed."""
    write_lines(lines)
    changed: list[Text] = []
    taken_out: list[index.Words] = []
    for line, text, before in zip(lines, texts, kept, strict=True):
        text.line_id = line.pk
        if before is not None and all(getattr(text, name) == getattr(before, name) for name in TEXTS):
            continue
        changed.append(text)
        if before is not None and before.words != text.words:
            taken_out.append(before.words)
    if not changed:
        return
    write_texts(changed)
    same = {before.line: before.words for before in kept if before is not None}
    index.put(taken_out, [text.words for text in changed if same.get(text.line_id) != text.words])
