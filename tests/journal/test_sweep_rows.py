"""A sweep of many subjects at once writes the rows that looking at one after the other writes."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.apps import apps
from django.db import connection, transaction
from django.db.models import AutoField, Count
from tests.journal.world import FOUNDED, World

from shouwen.calendars import statutory_calendar
from shouwen.engine import OWN
from shouwen.engine.scenarios import Case, load_cases
from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.calendar_versions import keep
from shouwen.governance.ladder import Ladders, Rung, set_ladder
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import program_of
from shouwen.journal import clock
from shouwen.journal.models import Duty, Entry, Outbox, Subject
from shouwen.journal.notices import Notices
from shouwen.journal.owners import FIRST_ASKED_POST
from shouwen.journal.pen import OpenJournal
from shouwen.journal.record import look_again
from shouwen.journal.save import save
from shouwen.journal.settle import settle
from shouwen.journal.sweep import sweep
from shouwen.journal.verify import verify
from shouwen.organisation.resolve import Directory, Holder
from shouwen.organisation.snapshot import steady
from shouwen.policy import load_named, policies_folder
from shouwen.policy.model import EventType, Role

CALENDAR = statutory_calendar("Asia/Shanghai")
OWN_TO_A_RUN = {"call", "hash", "previous_hash", "head_hash"}
"""A call's id is random, and hashes cover it; that they are right is asked of ``verify``."""


def cases(policy: str) -> list[Case]:
    """Some twenty of the policy's scenarios, from all of its files."""
    found = load_cases(load_named(policy), policies_folder() / "scenarios" / policy, CALENDAR)
    return [case for case in found[:: max(1, len(found) // 20)] if case.journal and case.journal[0].type not in OWN]


def lay(world: World, policy: str) -> datetime:
    """A subject for every scenario of the policy, with its journal as it stands there; when the last was written."""
    text = (policies_folder() / f"{policy}.md").read_text(encoding="utf-8")
    version = publish(text, name=policy, by=None, at=FOUNDED)
    for kind in load_named(policy).kinds:
        put_in_force(world.project, kind, version, FOUNDED)
    set_ladder(world.group, "", [Rung(4, "领导"), Rung(100, "领导")], FOUNDED)
    told = cases(policy)
    last = max(entry.recorded_at for case in told for entry in case.journal)
    with transaction.atomic(), steady():
        journals = [journal(world, version, case) for case in told]

        def resolve(one: OpenJournal, role: Role) -> Holder:
            roles = one.program.policy.roles if one.program else {}
            return Directory(world.project, last, roles).holder(role)

        quiet = Notices(last)
        settled = [
            settle(one, one.steps[-1].recorded_at, uuid4(), resolve, quiet, False, Ladders(last)) for one in journals
        ]
        save(journals, settled, [])
    return last


def journal(world: World, version: PolicyVersion, case: Case) -> OpenJournal:
    first, kind = case.journal[0], load_named(version.name).kinds[case.kind]
    program = program_of(version.pk, world.project, None)
    subject = Subject(
        kind=case.kind,
        matter=kind.matter,
        unit=world.project,
        policy_version=version,
        calendar_version_id=keep(program.calendar),
        opened_at=first.at,
        recorded_at=first.recorded_at,
        folded_at=first.recorded_at,
    )
    one = OpenJournal(subject, program, [], fresh=True)
    events = program.policy.events
    journal = [
        entry for entry in case.journal if entry.type not in OWN and not names_others(entry.data, events[entry.type])
    ]
    names = {entry.id: str(number) for number, entry in enumerate(journal, 1)}
    for number, entry in enumerate(journal):
        data = {**entry.data, **({FIRST_ASKED_POST: str(world.desk.pk)} if kind.matter and not number else {})}
        for name, field in events[entry.type].fields.items():
            if field.type == "person" and name in data:
                data[name] = [str(world.clerk.pk)] if field.many else str(world.clerk.pk)
        if data.get("entry") in names:
            data["entry"] = names[data["entry"]]
        written = Entry(
            type=entry.type, at=entry.at, recorded_at=entry.recorded_at, by=world.clerk, post=entry.post, data=data
        )
        written.call = uuid4()
        one.append(written, {})
    return one


def names_others(data: Mapping[str, Any], event: EventType) -> bool:
    """Whether it names subjects, of which a scenario has but one."""
    return any(field.type == "subject" and data.get(name) for name, field in event.fields.items())


def rows() -> dict[str, list[dict[str, Any]]]:
    """Every row of every table, without its number and without what is a run's own."""
    found: dict[str, list[dict[str, Any]]] = {}
    for model in apps.get_models():
        fields = [one for one in model._meta.concrete_fields if not isinstance(one, AutoField)]
        names = [one.attname for one in fields if one.attname not in OWN_TO_A_RUN]
        found[model._meta.label] = sorted(model._default_manager.values(*names), key=repr)
    calls = Entry.objects.values("call").annotate(entries=Count("pk")).values_list("entries", flat=True)
    return {**found, "entries of a call": [{"entries": count} for count in sorted(calls)]}


def one_by_one(now: datetime) -> None:
    while subjects := list(waiting(now)[:1]):
        look_again(subjects, now)


def waiting(now: datetime) -> Any:
    return Subject.objects.filter(wakes_at__lt=now).order_by("wakes_at").values_list("pk", flat=True)


def taken_back(look: Callable[[], object]) -> dict[str, list[dict[str, Any]]]:
    with transaction.atomic():
        look()
        found = rows()
        transaction.set_rollback(True)
    return found


def written(seen: int) -> Iterator[UUID]:
    """The subjects of the entries behind the first so many, each once, in the order of writing."""
    entries = Entry.objects.order_by("pk").values_list("subject_id", flat=True)[seen:]
    yield from dict.fromkeys(entries)


@pytest.mark.django_db
@pytest.mark.parametrize("policy", ["jinke", "it-service", "product-complaints", "heat-supply"])
def test_rows_of_a_sweep_are_those_of_one_look_after_the_other(world: World, policy: str) -> None:
    last = lay(world, policy)
    overdue = 0
    for later in (timedelta(hours=1), timedelta(days=3), timedelta(days=60)):
        now, seen, order = last + later, Entry.objects.count(), list(waiting(last + later))
        singly = taken_back(lambda: one_by_one(now))  # noqa: B023  called at once
        with clock.at(now):
            sweep()
        assert rows() == singly
        # 最早到期的最先写。
        firsts = list(written(seen))
        assert firsts == [pk for pk in order if pk in firsts]
        overdue += len(singly["journal.Entry"]) - seen
    assert overdue > 0
    assert Duty.objects.filter(state="overdue").exists()
    assert Outbox.objects.filter(kind="overdue").exists()
    assert list(verify()) == []


@pytest.mark.django_db
def test_what_the_sweep_takes_is_found_by_index(world: World) -> None:
    """The plan on either database, where a table scan would be the way without an index."""
    lay(world, "jinke")
    free = Subject.objects.filter(wakes_at__lt=FOUNDED).order_by("wakes_at")[:500]
    asked = {
        "subject_wakes": free,
        "duty_of_subject": Duty.objects.filter(subject_id=uuid4()),
        "entry_place": Entry.objects.filter(subject_id=uuid4()).order_by("seq"),
        "duty_person": Duty.objects.filter(person=world.clerk, state="open").order_by("due_at"),
        "duty_post": Duty.objects.filter(post=world.desk, state="open").order_by("due_at"),
        "duty_unit": Duty.objects.filter(unit=world.project, state="open").order_by("due_at"),
    }
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
        # Either index of a subject's duties will do; SQLite gives constraints names of its own.
        names = {
            "duty_of_subject": ("duty_of_subject", "duty_standing", "sqlite_autoindex_journal_duty_1"),
            "entry_place": ("entry_place", "sqlite_autoindex_journal_entry_2"),
        }
        plans = {index: query.explain() for index, query in asked.items()}
    assert {
        index: plan for index, plan in plans.items() if not any(name in plan for name in names.get(index, (index,)))
    } == {}
