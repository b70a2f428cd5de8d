"""Lines and texts are in step with the journals, in the transaction of every entry (台账行、索引)."""

from datetime import timedelta
from uuid import UUID

import pytest
from click.testing import CliRunner
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.journal.world import FOUNDED, MONDAY, World

from shouwen.cli.search import search
from shouwen.customers import actions as registry
from shouwen.customers.merging import merge, unmerge
from shouwen.insight import index, rebuild
from shouwen.insight.models import Line, Text
from shouwen.insight.rebuild import differences, left_after, reindex
from shouwen.insight.seen_by import words_of
from shouwen.journal.drafts import Draft
from shouwen.journal.models import Subject
from shouwen.journal.record import look_again, record_batch
from shouwen.organisation import actions
from shouwen.organisation.access import visible


def hits(text: str, *who: str) -> list[str]:
    asked = index.Asked(parts=((text,),), who=who or None)
    return sorted(Line.objects.filter(pk__in=index.matching(asked)).values_list("number", flat=True))


def test_a_matter_has_its_line_when_it_is_recorded(world: World) -> None:
    subject = world.intake(source="政府转办")
    line = Line.objects.get(subject=subject)
    duties = subject.duties.filter(state="open", outside=False)
    assert (line.number, line.state, line.channel, line.source) == (subject.number, "open", "电话", "政府转办")
    assert (line.path, line.owner_person, line.opened_at) == (world.project.path, world.clerk, MONDAY)
    assert (line.next_due, line.owed) == (min(duty.due_at for duty in duties if duty.due_at), duties.count())


@pytest.mark.parametrize("text", ["渗水", "外墙渗", "水严", "严", "外墙渗水严重"])
def test_two_characters_inside_a_sentence_are_found(world: World, text: str) -> None:
    subject = world.intake(text="外墙渗水严重")
    world.intake(text="电梯停运")
    assert hits(text) == [subject.number]


def test_pairs_that_do_not_stand_together_are_no_hit(world: World) -> None:
    world.intake(text="外墙不渗，墙外有水，渗不水")
    assert hits("外墙渗水") == []


def test_what_is_said_later_is_found_and_what_was_said_still(world: World) -> None:
    subject = world.intake(text="外墙渗水")
    world.take(Draft(subject, "verified", {"result": "属实", "findings": "防水层开裂"}))
    assert (hits("开裂"), hits("渗水"), hits("属实")) == ([subject.number],) * 3


def test_what_is_erased_is_found_no_more(world: World) -> None:
    subject = world.intake(text="外墙渗水")
    world.take(Draft(subject, "verified", {"findings": "张三家防水层开裂"}))
    world.take(Draft(subject, "erased", {"entry": "2", "reason": "依法删除"}, as_fact=True))
    assert (hits("张三"), hits("渗水")) == ([], [subject.number])
    assert "张三" not in Text.objects.get(line__subject=subject).said


def test_nothing_to_do_costs_no_write_to_the_index(world: World) -> None:
    subject = world.intake()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        look_again([subject.pk], MONDAY + timedelta(minutes=1))
    assert [one["sql"] for one in asked if index.TABLE in one["sql"]] == []


def test_many_at_once_take_as_many_statements_as_few(world: World) -> None:
    def statements(count: int) -> int:
        calls = [[Draft(world.new(), "received", {"channel": "电话", "text": f"第{n}件"})] for n in range(count)]
        with CaptureQueriesContext(connection) as asked:
            record_batch(calls, actor=world.actor(), now=MONDAY)
        return sum("insight_" in one["sql"] for one in asked)

    assert statements(20) == statements(2)


def test_ids_rise_in_the_order_of_recording(world: World) -> None:
    subjects = [world.intake(now=MONDAY + timedelta(minutes=n)) for n in range(3)]
    found = Line.objects.order_by("pk").values_list("subject_id", flat=True)
    assert list(found) == [subject.pk for subject in subjects]


def test_a_matter_is_found_by_what_the_file_says_and_follows_it(world: World) -> None:
    customer = registry.register(world.project, "单晓雨", FOUNDED, phones=["138 0013 8000"])
    asset = registry.add_asset(world.project, "3", "1201", entrance="2")
    subject = world.intake(customer=str(customer.pk), asset=str(asset.pk))
    number = [subject.number]
    assert [hits(text) for text in ("晓雨", "8000", "shanxiaoyu", "sxy", "3-2-1201", "3-1201")] == [number] * 6
    assert Line.objects.get().customer_name == "单**"
    registry.rename(customer, "欧阳明")
    registry.add_contact(customer, "13911112222")
    assert [hits(text) for text in ("晓雨", "欧阳", "1112222")] == [[], number, number]
    assert Line.objects.get().customer_name == "欧阳*"


def test_files_that_are_one_are_found_as_one_until_they_are_two_again(world: World) -> None:
    twin = registry.register(world.project, "张明远", FOUNDED, phones=["13800000001"])
    file = registry.register(world.project, "张明原", FOUNDED, phones=["13800000002"])
    subject = world.intake(customer=str(twin.pk))
    merge(twin, file)
    assert (hits("明原"), hits("0002"), hits("明远")) == ([subject.number], [subject.number], [])
    unmerge(twin)
    assert (hits("明原"), hits("0002"), hits("明远")) == ([], [], [subject.number])


def test_a_unit_that_is_moved_takes_its_matters_along(world: World) -> None:
    subject = world.intake()
    assert hits("渗水", *words_of(world.boss, MONDAY)) == [subject.number]
    actions.move_unit(world.project, world.group)
    line = Line.objects.get()
    assert line.path == f"/{world.group.pk}/{world.project.pk}/"
    assert hits("渗水", *words_of(world.boss, MONDAY)) == []
    seen = visible(world.boss, Subject.objects.all(), MONDAY)
    assert list(visible(world.boss, Line.objects.all(), MONDAY)) == [] == list(seen)


def test_what_is_made_anew_is_what_was_written(world: World) -> None:
    customer = registry.register(world.project, "张明远", FOUNDED, phones=["13800000001"])
    for n in range(3):
        subject = world.intake(now=MONDAY + timedelta(minutes=n), customer=str(customer.pk))
        world.take(Draft(subject, "verified", {"findings": f"第{n}处"}), now=MONDAY + timedelta(hours=1))
    world.take(
        Draft(subject, "erased", {"entry": "2", "reason": "依法删除"}, as_fact=True), now=MONDAY + timedelta(hours=2)
    )
    assert list(differences()) == []
    before = list(Text.objects.order_by("pk").values_list("said", "about", "whose"))
    assert reindex() == 3
    assert list(Text.objects.order_by("pk").values_list("said", "about", "whose")) == before
    assert list(differences()) == []
    assert len(hits("第1处")) == 1


def test_a_line_that_was_tampered_with_is_told(world: World) -> None:
    subject = world.intake()
    Line.objects.update(state="ended")
    Text.objects.update(said="")
    assert [(one.subject, one.columns) for one in differences()] == [(subject.pk, ("state", "said"))]


def test_a_run_that_was_broken_off_goes_on_where_it_was(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    for n in range(3):
        world.intake(now=MONDAY + timedelta(minutes=n))
    monkeypatch.setattr(rebuild, "CHUNK", 1)
    done: list[UUID] = []

    def progress(_count: int, last: UUID) -> None:
        done.append(last)
        if len(done) == 2:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        reindex(None, progress)
    assert (Line.objects.count(), left_after(done[-1])) == (2, 1)
    assert reindex(done[-1]) == 1
    assert (len(hits("渗水")), list(differences())) == (3, [])


def test_the_command_tells_differences_and_mends_them(world: World) -> None:
    subject = world.intake()
    assert CliRunner().invoke(search, ["check"]).exit_code == 0
    Text.objects.update(said="")
    told = CliRunner().invoke(search, ["check"])
    assert (told.exit_code, f"{subject.number}: said" in told.stdout) == (1, True)
    assert "1 lines made anew" in CliRunner().invoke(search, ["reindex"]).stdout
    assert CliRunner().invoke(search, ["check"]).exit_code == 0
