"""Stories made of moves, tried on the real standing (经过): what is claimed to be possible is seen to be."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from shouwen.engine.answers import Owed
from shouwen.engine.entry import Entry
from shouwen.engine.program import Program
from shouwen.engine.prove.walk import Move
from shouwen.engine.standing import Standing
from shouwen.policy import model

_WAITS = tuple(timedelta(days=days) for days in (0, 1, 8, 32, 100, 200, 400, 800, 4000))
"""So long it is waited for what comes by itself."""
_LATER = tuple(timedelta(days=days) for days in (0, 1, 7, 31, 400))


def entries(moves: Iterable[Move], at: datetime, before: Sequence[Entry] = ()) -> tuple[Entry, ...]:
    """The moves as entries of one instant, after those that came before."""
    told = list(before)
    for move in moves:
        number = len(told) + 1
        told.append(replace(move.entry, id=f"e{number}", at=at, recorded_at=at, seq=number))
    return tuple(told)


def standing(program: Program, kind: str, story: Iterable[Entry]) -> Standing:
    found = Standing(program, "M", kind)
    found.take(story)
    return found


def owed_when(
    program: Program, kind: str, story: Sequence[Entry], rule: model.Duty | model.Proposal
) -> tuple[datetime, Owed | None] | None:
    """When the rule has come about after this story, waiting if need be; and the duty. None where it does not."""
    found = standing(program, kind, story)
    last = story[-1].at
    trigger = rule.trigger if isinstance(rule, model.Duty) else rule.on
    waits = _WAITS if isinstance(trigger, (model.Passed, model.Ahead, model.Every)) else _WAITS[:1]
    for now in (last + wait for wait in waits):
        if isinstance(rule, model.Duty):
            own = [one for one in found.duties(now) if one.rule.id == rule.id and one.state != "void"]
            if own:
                return max(own[0].opened_at, last), own[0]
        elif any(one.rule.id == rule.id for one in found.proposals(now)):
            return now, None
    return None


def kept_in_time(
    program: Program,
    kind: str,
    story: Sequence[Entry],
    rule: model.Duty,
    opened: datetime,
    owed: Owed,
    acts: Sequence[Move],
) -> tuple[Entry, ...] | None:
    """The story with the acts that keep the duty in time: as early as they count, at the latest when it is due."""
    for at in _instants(opened, owed):
        whole = entries(acts, at, story)
        now = standing(program, kind, whole).duties(at)
        if any(one.rule.id == rule.id and one.state == "kept" for one in now):
            return whole
    return None


def _instants(opened: datetime, owed: Owed) -> list[datetime]:
    due = owed.due_at
    if due is None:
        return [opened + later for later in _LATER]
    return [opened, due] if due > opened else [opened]
