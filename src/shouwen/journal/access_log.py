"""Who looked at personal data (查阅记录)."""

from shouwen.journal import clock
from shouwen.journal.errors import room
from shouwen.journal.models import AccessLog, Subject
from shouwen.organisation.models import Person


def looked(person: Person, subject: Subject | None, what: str) -> None:
    """Write down that `person` looked at `what` of `subject` (None: a list or search that shows several).

    Raises NoRoom where the disk is full: then nothing personal is shown.
    """
    with room():
        AccessLog.objects.create(at=clock.now(), person=person, subject=subject, what=what[:200])
