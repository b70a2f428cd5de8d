"""All the cases beside a policy, acted out in one transaction that is taken back."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from django.db import transaction

from shouwen.calendars import statutory_calendar
from shouwen.engine.scenarios import load_cases
from shouwen.policy import load
from shouwen.trial.evidence import Evidence
from shouwen.trial.ground import Ground
from shouwen.trial.play import Player

FOUNDED = 2000


def act_out(file: Path, readings: Mapping[str, str]) -> Evidence:
    """What comes about when the cases in ``scenarios/NAME`` beside the policy `file` are acted out.

    `readings` hold where a case takes no others. Raises PolicyErrors, ScenarioError.
    """
    policy = load(file)
    cases = load_cases(policy, file.parent / "scenarios" / policy.name, statutory_calendar(policy.zone))
    since = datetime(FOUNDED, 1, 1, tzinfo=ZoneInfo(policy.zone))
    player = Player(Ground(policy, file.read_text(encoding="utf-8"), since), readings)
    with transaction.atomic():
        for case in cases:
            player.play(case)
        transaction.set_rollback(True)
    return player.evidence
