"""A notice of what is done with is no news any more: it counts as read (已办即已读)."""

from collections.abc import Sequence

from shouwen.channels.digests import STANDING
from shouwen.journal import post
from shouwen.journal.models import Outbox
from shouwen.journal.pen import OpenJournal
from shouwen.journal.settle import Settled


def follow(pairs: Sequence[tuple[OpenJournal, Settled]]) -> None:
    """Called in the transaction that settles duties: two queries a batch, none where none was settled."""
    done = {
        (journal.subject.pk, duty.key): journal.subject.folded_at
        for journal, settled in pairs
        for duty in settled.moved
        if duty.state not in STANDING
    }
    if not done:
        return
    subjects = {subject for subject, _key in done}
    unread = Outbox.objects.filter(subject__in=subjects, on_desk=True, read_at__isnull=True).exclude(duty="")
    ids = [pk for pk, subject, duty in unread.values_list("pk", "subject", "duty") if (subject, duty) in done]
    if ids:
        post.read(Outbox.objects.filter(pk__in=ids), max(done.values()))
