"""The rows of a batch, written with as few statements as the batch has tables."""

from collections.abc import Sequence

from django.db import transaction

from shouwen.journal import clock, numbering, projectors, queue
from shouwen.journal.attachments import adopt, erase_files
from shouwen.journal.duties import COMPUTED
from shouwen.journal.links import bring_links
from shouwen.journal.models import Content, Duty, Outbox, Subject
from shouwen.journal.pen import OpenJournal
from shouwen.journal.settle import Settled, speaks
from shouwen.journal.statements import insert, insert_told, update
from shouwen.journal.withheld import withhold

SUBJECT_COLUMNS = (
    "owner_person", "owner_post", "owned_since", "offered_to", "offered_at", "state", "confidential", "axes",
    "ended_at", "head_seq", "head_hash", "recorded_at", "moved_at", "late_at", "folded_at", "wakes_at", "quiet_until",
    "leased_by", "leased_until", "failures", "calendar_version",
)  # fmt: skip


def save(journals: Sequence[OpenJournal], settled: Sequence[Settled], told: Sequence[Outbox]) -> None:
    """Write everything that a batch has made. Must run in its transaction."""
    spoken = [journal for journal in journals if journal.fresh or speaks(journal)]
    noticed = [journal for journal in journals if not (journal.fresh or speaks(journal))]
    contents = [content for journal in journals for content in journal.seal()]
    _subjects(journals)
    # Nobody refers to what the house itself notices.
    insert_told([entry for journal in spoken for entry in journal.added])
    insert([entry for journal in noticed for entry in journal.added])
    insert([Content(entry=entry, body=body, salt=salt) for entry, body, salt in contents])
    _duties(settled)
    _go_on_under(journals)
    insert([row for one in settled for row in one.involved], ignore=True)
    # The key decides: what was told under it before is not told again.
    insert(told, ignore=True)
    if told:
        transaction.on_commit(queue.tick, robust=True)
    bring_links(spoken)
    adopt(spoken)
    _erase(spoken)
    projectors.run(journals, settled)
    withhold(spoken, max((journal.subject.folded_at for journal in journals), default=clock.now()))


def _subjects(journals: Sequence[OpenJournal]) -> None:
    fresh = [journal for journal in journals if journal.fresh]
    asked = []
    for journal in fresh:
        kind = journal.program.policy.kinds.get(journal.subject.kind) if journal.program else None
        if kind is not None and kind.numbering and not journal.subject.number:
            asked.append((journal.subject, kind.numbering))
    if asked:
        numbering.give_numbers(asked)
    subjects = [journal.subject for journal in fresh]
    insert(subjects)
    for subject in subjects:
        subject._state.adding = False
    update([journal.subject for journal in journals if not journal.fresh], SUBJECT_COLUMNS)


def _duties(settled: Sequence[Settled]) -> None:
    insert_told([duty for one in settled for duty in one.opened])
    update([duty for one in settled for duty in one.moved], COMPUTED)


def _go_on_under(journals: Sequence[OpenJournal]) -> None:
    """What another policy version is named by from now on: subjects, and their duties that moved to it."""
    moved = [journal for journal in journals if journal.moved_to is not None]
    for version in {journal.moved_to for journal in moved}:
        those = [journal for journal in moved if journal.moved_to == version]
        duties = [journal.duties[key].pk for journal in those for key in journal.recounted]
        Subject.objects.filter(pk__in=[journal.subject.pk for journal in those]).update(policy_version=version)
        Duty.objects.filter(pk__in=duties).update(policy_version=version)


def _erase(journals: Sequence[OpenJournal]) -> None:
    """Blank the content that an ``erased`` entry names; the database lets nothing else do so."""
    for journal in journals:
        for eraser in journal.added:
            if eraser.type != "erased":
                continue
            named = Content.objects.filter(
                entry__subject=journal.subject, entry__seq=int(eraser.data["entry"]), body__isnull=False
            )
            for content in named:
                erase_files(journal.subject, content, eraser.recorded_at)
                content.body, content.salt, content.erased_by = None, "", eraser
                content.save()
