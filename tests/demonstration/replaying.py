"""Every journal of a house, exported and replayed under its own policy, readings and calendar, against its duties.

``python -m tests.demonstration.replaying`` does it for the house that stands (SHOUWEN_HOME); exit code 1 where any
duty is not the same.
"""

import sys
from collections.abc import Iterator
from datetime import datetime
from itertools import groupby
from typing import Any, NamedTuple

import orjson


class Found(NamedTuple):
    """A duty as it is stored, or as a replay gives it."""

    state: str
    opened_at: datetime
    due_at: datetime | None
    kept_at: datetime | None


def differences(now: datetime) -> Iterator[str]:
    """What differs at `now`, at which the house was last swept."""
    from shouwen.engine import fold, read_journal
    from shouwen.governance.programs import policy_of, program_of
    from shouwen.journal.export import lines
    from shouwen.journal.models import Duty, Subject

    subjects = {str(one.pk): one for one in Subject.objects.select_related("unit", "policy_version")}
    stored: dict[str, dict[str, Found]] = {pk: {} for pk in subjects}
    for duty in Duty.objects.all().iterator():
        stored[str(duty.subject_id)][duty.key] = Found(duty.state, duty.opened_at, duty.due_at, duty.kept_at)
    exported = groupby(lines(Subject.objects.all()), key=lambda line: line.get("matter") or line["subject"])
    for pk, journal in exported:
        subject = subjects.pop(pk)
        if subject.policy_version is None:
            continue
        written = [orjson.dumps(line) for line in journal]
        program = program_of(subject.policy_version.pk, subject.unit, subject.calendar_version_id)
        standing = fold(program, read_journal(written, policy_of(subject.policy_version)))[pk]
        replayed = {
            one.key: Found(one.state, one.opened_at, None if one.state == "paused" else one.due_at, one.kept_at)
            for one in standing.duties(now)
        }
        # What a mended entry had opened stays visible as void; a replay of the mended journal never opens it.
        mine = {key: one for key, one in stored[pk].items() if key in replayed or one.state != "void"}
        for key in sorted(mine.keys() | replayed.keys()):
            if mine.get(key) != replayed.get(key):
                yield f"{subject.number or pk} {key}: stored {mine.get(key)}, replayed {replayed.get(key)}"
    yield from (f"{pk}: no journal exported" for pk in subjects)


def main() -> int:
    from shouwen.house.boot import boot

    boot()
    from shouwen.journal import clock
    from shouwen.journal.models import Duty
    from shouwen.journal.sweep import sweep

    sweep()
    found: list[Any] = list(differences(clock.now()))
    print(*found[:20], sep="\n")
    print(f"{Duty.objects.count()} duties, {len(found)} not as their journals replay")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
