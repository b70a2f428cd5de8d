"""An officer as a process of its own: takes matters in, or writes to one, and says what was written.

officer.py intakes PERSON FILE STOP      until STOP exists; each line of FILE is a number and a subject, once written
officer.py notes PERSON SUBJECT COUNT    so many notes in one journal
officer.py same PERSON KEY COUNT         the same intake so often, under one key
"""

import sys
import time
from datetime import timedelta
from pathlib import Path

from shouwen.house.boot import boot

boot()

from shouwen.journal import clock  # noqa: E402
from shouwen.journal.drafts import Actor, Draft, NewSubject  # noqa: E402
from shouwen.journal.models import Subject  # noqa: E402
from shouwen.journal.record import record  # noqa: E402
from shouwen.organisation.models import Person, Unit  # noqa: E402

DUE_IN = timedelta(seconds=2)


def intake(actor: Actor, key: str) -> Subject:
    # Received so long ago that the twenty-four hours are over in a moment.
    received = clock.now() - timedelta(hours=24) + DUE_IN
    data = {"channel": "电话", "text": f"外墙渗水 {key}"}
    assert actor.unit is not None
    draft = Draft(NewSubject("complaint", actor.unit), "received", data, at=received, key=key)
    return record(draft, actor=actor).subject


def intakes(actor: Actor, file: Path, stop: Path) -> None:
    """A killed one begins again at the number it had not said yet: the key makes it one all the same."""
    number = len(file.read_text().splitlines()) if file.exists() else 0
    # One at least: what a killed one has written and not said is said, also where it begins again after the end.
    going = True
    while going:
        number += 1
        subject = intake(actor, f"call-{number}")
        if number % 3 == 0:
            record(Draft(subject, "verified", key=f"verified-{number}"), actor=actor)
        with file.open("a") as said:
            said.write(f"{number} {subject.pk}\n")
        time.sleep(0.05)
        going = not stop.exists()


def main(what: str, who: str, *rest: str) -> None:
    person = Person.objects.get(username=who)
    actor = Actor(person, "", Unit.objects.get(name="云栖一期"))
    if what == "intakes":
        intakes(actor, Path(rest[0]), Path(rest[1]))
    for number in range(int(rest[1])) if what != "intakes" else ():
        if what == "notes":
            subject = Subject.objects.get(pk=rest[0])
            record(Draft(subject, "noted", {"text": f"{who} {number}"}), actor=actor)
        else:
            intake(actor, rest[0])


main(*sys.argv[1:])
