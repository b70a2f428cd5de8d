"""An edited calendar moves nothing by itself; counting anew is an act with a preview (Meaning 12).

The year 2027 has no official calendar in the seed: only its statutory days are known, 1 to 5 October among them (the
1st is a Friday; Monday and Tuesday make up for the weekend). The notice below is invented.
"""

from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from django.contrib.auth.models import Permission
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.guards import lifted
from tests.journal.world import FOUNDED, World, at

from shouwen.cli.calendar import calendar as command
from shouwen.governance import calendar_actions, queries
from shouwen.governance.actions import end_in_force, publish, put_in_force
from shouwen.governance.calendars import calendar_version
from shouwen.governance.models import CalendarTable, CalendarVersion, InForce
from shouwen.governance.year_import import import_year
from shouwen.journal import clock, rebase
from shouwen.journal.drafts import Draft
from shouwen.journal.errors import Invalid, NotAllowed
from shouwen.journal.models import Duty, Entry, Outbox, Subject
from shouwen.journal.record import record_batch
from shouwen.journal.sweep import sweep
from shouwen.journal.verify import verify
from shouwen.organisation.models import Person

pytestmark = pytest.mark.django_db

POLICY = Path(__file__).parent / "counting.md"
WEDNESDAY = at("2027-09-29 09:00")
NOTICE = """日期,类型,名称
2027-01-01,放假,元旦
2027-02-05,放假,春节
2027-02-08,放假,春节
2027-02-09,放假,春节
2027-02-10,放假,春节
2027-04-05,放假,清明节
2027-05-03,放假,劳动节
2027-05-04,放假,劳动节
2027-06-09,放假,端午节
2027-09-15,放假,中秋节
2027-10-01,放假,国庆节
2027-10-02,放假,国庆节
2027-10-03,放假,国庆节
2027-10-04,放假,国庆节
2027-10-05,放假,国庆节
2027-10-06,放假,国庆节
2027-10-07,放假,国庆节
2027-10-09,调休上班,国庆节
"""
DIFFERENT = (
    rebase.DayChange(date(2027, 10, 6), "工作日", "国庆节"),
    rebase.DayChange(date(2027, 10, 7), "工作日", "国庆节"),
    rebase.DayChange(date(2027, 10, 9), "周末", "国庆节调休上班"),
)


@pytest.fixture
def house(world: World) -> World:
    version = publish(POLICY.read_text(encoding="utf-8"), name="counting", by=None, at=FOUNDED)
    end_in_force(InForce.objects.get(unit=world.group, kind="complaint"), at("2021-01-01 00:00"))
    put_in_force(world.group, "complaint", version, at("2021-01-01 00:00"))
    world.boss.is_superuser = True
    world.boss.save(update_fields=["is_superuser"])
    return world


def arrives(world: World, notice: str = NOTICE) -> None:
    import_year(notice.encode(), by=world.boss, at=at("2027-10-08 08:00"), note="国办发明电〔2026〕9号")


def anew(world: World, now: datetime = at("2027-10-01 10:00"), **given: Any) -> rebase.Preview:  # noqa: B008
    return rebase.apply(by=world.boss, reason="2027 年放假安排已公布", now=now, **given)


def duties(subject: Subject) -> dict[str, tuple[datetime | None, str, bool]]:
    rows = Duty.objects.filter(subject=subject)
    return {row.event: (row.due_at, row.state, row.provisional) for row in rows}


def ends(found: rebase.Preview) -> list[tuple[str, datetime | None, datetime | None]]:
    return [(move.duty, move.before, move.after) for move in found.moves]


def sound() -> bool:
    return [str(finding) for finding in verify()] == []


def test_a_year_without_a_notice_is_provisional_until_counted_anew(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    # 两个工作日：9月30日、10月6日；五个：9月30日、10月6、7、8、11日。次月5日仍在假中，顺延至6日。
    assert duties(subject) == {
        "verified": (at("2027-09-30 09:00"), "open", False),
        "answered": (at("2027-10-07 00:00"), "open", True),
        "plan_made": (at("2027-10-12 00:00"), "open", True),
        "reported_up": (at("2027-10-07 00:00"), "open", True),
    }
    arrives(house)
    house.take(Draft(subject, "noted", {"text": "已记"}), now=at("2027-09-29 10:00"))
    assert duties(subject)["plan_made"] == (at("2027-10-12 00:00"), "open", True)
    assert sound()
    # 新日历：9月30日、10月8日；9月30日、10月8、9、11、12日；次月5日顺延至8日。
    moved = [
        ("counting/1:answered", at("2027-10-07 00:00"), at("2027-10-09 00:00")),
        ("counting/1:plan_made", at("2027-10-12 00:00"), at("2027-10-13 00:00")),
        ("counting/2:reported_up", at("2027-10-07 00:00"), at("2027-10-09 00:00")),
    ]
    found = rebase.preview(now=at("2027-09-29 11:00"))
    assert sorted(ends(found)) == moved
    assert (found.subjects, found.duties, found.confirmed, found.provisional) == (1, 4, 0, 0)
    plan = next(move for move in found.moves if move.duty == "counting/1:plan_made")
    assert (plan.number, plan.title, plan.clause, plan.days) == (subject.number, "拟定方案", "counting/1", DIFFERENT)
    assert Entry.objects.filter(type="rebased").count() == 0
    assert sorted(ends(anew(house, at("2027-09-29 11:00")))) == moved
    assert duties(subject) == {
        "verified": (at("2027-09-30 09:00"), "open", False),
        "answered": (at("2027-10-09 00:00"), "open", False),
        "plan_made": (at("2027-10-13 00:00"), "open", False),
        "reported_up": (at("2027-10-09 00:00"), "open", False),
    }
    assert sound()


def test_the_entry_says_who_moved_what_and_why(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    before = calendar_version(house.project)
    arrives(house)
    anew(house, at("2027-09-29 11:00"))
    entry = Entry.objects.get(type="rebased")
    subject.refresh_from_db()
    assert (entry.by, entry.subject, entry.hash) == (house.boss, subject, subject.head_hash)
    assert entry.data["from"] == before
    assert entry.data["to"] == calendar_version(house.project) == subject.calendar_version_id
    assert entry.data["reason"] == "2027 年放假安排已公布"
    moves = zip(entry.data["duties"], entry.data["due_before"], entry.data["due_after"], strict=True)
    assert sorted(moves)[1] == ("counting/1:plan_made", "2027-10-12T00:00:00+08:00", "2027-10-13T00:00:00+08:00")
    assert sound()


def test_who_owes_what_has_moved_is_told(house: World) -> None:
    house.intake(WEDNESDAY)
    arrives(house)
    anew(house)
    told = Outbox.objects.filter(kind="rebased", person=house.second).values_list("duty", flat=True)
    assert sorted(told) == ["counting/1:answered", "counting/1:plan_made", "counting/2:reported_up"]


def test_a_second_time_does_nothing(house: World) -> None:
    house.intake(WEDNESDAY)
    arrives(house)
    anew(house)
    assert anew(house) == rebase.Preview()
    assert rebase.preview() == rebase.Preview()
    assert Entry.objects.filter(type="rebased").count() == 1


def test_what_is_done_stays_as_it_was_counted(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    # 原日历下 10月7日0:00 到期，10月7日10:00 才答复：迟。新日历下本来不迟。
    house.take(Draft(subject, "answered", {}), now=at("2027-10-07 10:00"))
    arrives(house)
    anew(house, at("2027-10-08 09:00"))
    assert duties(subject)["answered"] == (at("2027-10-07 00:00"), "late", True)
    assert duties(subject)["plan_made"] == (at("2027-10-13 00:00"), "open", False)
    assert sound()
    # 也不因以后的记录而变；撤销那次答复，它又欠着，仍按原日历，直到再次重新计时。
    house.take(Draft(subject, "noted", {"text": "已记"}), now=at("2027-10-08 10:00"))
    assert duties(subject)["answered"] == (at("2027-10-07 00:00"), "late", True)
    answered = Entry.objects.get(type="answered")
    house.take(Draft(subject, "retracted", {"entry": str(answered.seq), "reason": "误记"}), now=at("2027-10-08 11:00"))
    assert duties(subject)["answered"] == (at("2027-10-07 00:00"), "overdue", True)
    assert sound()


def test_a_settled_subject_is_not_touched(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    for event in ("verified", "answered", "plan_made", "reported_up", "closed", "visited"):
        house.take(Draft(subject, event, {}, as_fact=True), now=at("2027-09-29 15:00"))
    subject.refresh_from_db()
    before, rows = subject.head_hash, duties(subject)
    arrives(house)
    assert anew(house) == rebase.Preview()
    subject.refresh_from_db()
    assert (subject.head_hash, duties(subject), subject.state) == (before, rows, "ended")
    assert sound()


def test_a_duty_that_outlives_the_closing_is_counted_anew(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    house.take(Draft(subject, "closed", {}, as_fact=True), now=at("2027-09-29 15:00"))
    arrives(house)
    anew(house)
    # 回访：办结后五个工作日，同上，10月12日24:00。
    assert duties(subject)["visited"] == (at("2027-10-13 00:00"), "open", False)
    assert sound()


def test_an_overdue_duty_follows_the_calendar_and_its_entry_stays(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    with clock.at(at("2027-10-07 01:00")):
        sweep()
    assert duties(subject)["answered"] == (at("2027-10-07 00:00"), "overdue", True)
    arrives(house)
    anew(house, at("2027-10-08 09:00"))
    assert duties(subject)["answered"] == (at("2027-10-09 00:00"), "open", False)
    overdue = Entry.objects.filter(type="overdue", data__duty="counting/1:answered")
    assert overdue.count() == 1
    assert sound()
    with clock.at(at("2027-10-09 01:00")):
        sweep()
    assert [entry.data["due_at"] for entry in overdue] == ["2027-10-06T16:00:00.000000Z", "2027-10-08T16:00:00.000000Z"]
    assert duties(subject)["answered"][1] == "overdue"
    assert sound()


def test_a_make_up_workday_brings_an_end_forward(house: World) -> None:
    # 10月8日（周五）接诉。原：11、12日，10月13日0:00；新：9日（周六，调休上班）、11日，10月12日0:00。
    subject = house.intake(at("2027-10-08 09:00"))
    assert duties(subject)["answered"][0] == at("2027-10-13 00:00")
    arrives(house)
    anew(house, at("2027-10-08 12:00"))
    assert duties(subject)["answered"] == (at("2027-10-12 00:00"), "open", False)


def test_what_opens_later_counts_under_the_calendar_of_the_subject(house: World) -> None:
    old = house.intake(WEDNESDAY)
    arrives(house)
    new = house.intake(WEDNESDAY)
    for subject in (old, new):
        house.take(Draft(subject, "closed", {}, as_fact=True), now=at("2027-09-29 15:00"))
    assert duties(old)["visited"] == (at("2027-10-12 00:00"), "open", True)
    assert duties(new)["visited"] == (at("2027-10-13 00:00"), "open", False)
    assert anew(house).subjects == 1
    assert duties(old)["visited"] == duties(new)["visited"]
    assert sound()


def test_an_edited_table_moves_nothing_until_counted_anew(house: World) -> None:
    subject = house.intake(at("2026-03-02 09:00"))
    house.intake(at("2026-03-02 09:00"))
    table = calendar_actions.own_table(house.project)
    calendar_actions.set_day(table, date(2026, 3, 3), "holiday", name="司庆")
    house.take(Draft(subject, "noted", {"text": "已记"}), now=at("2026-03-02 10:00"))
    # 3月3、4日
    assert duties(subject)["answered"] == (at("2026-03-05 00:00"), "open", False)
    assert sound()
    assert rebase.preview(house.other, now=at("2026-03-02 11:00")).subjects == 0
    found = rebase.preview(house.branch, now=at("2026-03-02 11:00"))
    assert (found.subjects, len(found.moves)) == (2, 4)
    # 3月4、5日
    anew(house, at("2026-03-02 11:00"))
    assert duties(subject)["answered"] == (at("2026-03-06 00:00"), "open", False)
    # 取消司庆，再数一遍，回到原处。
    calendar_actions.clear_day(table, date(2026, 3, 3))
    anew(house, at("2026-03-02 12:00"))
    assert duties(subject)["answered"] == (at("2026-03-05 00:00"), "open", False)
    assert Entry.objects.filter(subject=subject, type="rebased").count() == 2
    assert sound()


def test_an_official_year_that_says_the_same_only_takes_the_mark_away(house: World) -> None:
    subject = house.intake(WEDNESDAY)
    arrives(house, NOTICE.replace("2027-10-06,放假", "2027-10-06,工作日").split("2027-10-07")[0])
    found = anew(house)
    assert (found.moves, found.confirmed, found.provisional) == ((), 3, 0)
    assert duties(subject)["plan_made"] == (at("2027-10-12 00:00"), "open", False)
    assert sound()


def test_an_interrupted_run_goes_on(house: World) -> None:
    calls = [[Draft(house.new(), "received", {"channel": "电话", "text": "外墙渗水"})] for _ in range(rebase.CHUNK + 1)]
    record_batch(calls, actor=house.actor(), now=WEDNESDAY)
    arrives(house)

    def stopped(done: rebase.Preview) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        anew(house, progress=stopped)
    assert Entry.objects.filter(type="rebased").count() == rebase.CHUNK
    assert sound()
    assert anew(house).subjects == 1
    assert Entry.objects.filter(type="rebased").values("subject").distinct().count() == rebase.CHUNK + 1


def test_the_queries_do_not_grow_with_the_subjects(house: World) -> None:
    house.intake(WEDNESDAY)
    arrives(house)
    rebase.preview()
    with CaptureQueriesContext(connection) as one:
        rebase.preview()
    import_year(NOTICE.encode(), by=None, at=WEDNESDAY, dry_run=True)
    calendar_actions.set_day(CalendarTable.objects.get(unit=None), date(2027, 12, 31), "holiday", name="试")
    for _ in range(4):
        house.intake(WEDNESDAY)
    calendar_actions.clear_day(CalendarTable.objects.get(unit=None), date(2027, 12, 31))
    assert rebase.preview().subjects == 5
    with CaptureQueriesContext(connection) as five:
        rebase.preview()
    assert len(five) == len(one)


class TestPower:
    def test_only_who_administers_the_calendars(self, house: World) -> None:
        house.intake(WEDNESDAY)
        arrives(house)
        with pytest.raises(NotAllowed):
            rebase.apply(by=house.clerk, reason="试", now=WEDNESDAY)
        house.clerk.user_permissions.add(Permission.objects.get(codename="change_calendartable"))
        assert rebase.apply(by=Person.objects.get(pk=house.clerk.pk), reason="试", now=WEDNESDAY).subjects == 1

    def test_a_reason_is_given(self, house: World) -> None:
        with pytest.raises(Invalid):
            rebase.apply(by=house.boss, reason=" ")


class TestVerify:
    def test_a_subject_named_to_another_calendar_is_found(self, house: World) -> None:
        subject = house.intake(WEDNESDAY)
        first = subject.calendar_version_id
        arrives(house)
        anew(house)
        Subject.objects.filter(pk=subject.pk).update(calendar_version=first)
        assert f"{subject.pk} #2: counted under another calendar: {first}" in [str(one) for one in verify()]

    def test_a_moved_row_is_found(self, house: World) -> None:
        subject = house.intake(WEDNESDAY)
        Duty.objects.filter(event="plan_made").update(calendar_version="cn-00000000", due_at=at("2028-01-01 00:00"))
        assert [str(one) for one in verify()] == [
            f"{subject.pk}: the duty counting/1:plan_made is not what the journal gives: due_at, calendar_version"
        ]

    def test_a_changed_calendar_is_found(self, house: World) -> None:
        kept = house.intake(WEDNESDAY).calendar_version
        assert kept is not None
        kept.content["special_days"] = kept.content["special_days"][1:]
        with lifted(connection):
            kept.save()
        assert [str(one) for one in verify()] == [f"-: the kept calendar {kept.version} was changed"]


class TestKept:
    def test_a_calendar_comes_back_as_it_was_kept(self, house: World) -> None:
        from shouwen.governance.calendar_versions import _calendar, keep
        from shouwen.governance.calendars import calendar_for

        calendar_actions.set_hours(
            house.project, {1: ["08:30-12:00", "22:00-06:00"]}, workdays=[1, 6], makeup=["09:00-24:00"], holiday=[]
        )
        table = calendar_actions.own_table(house.project)
        calendar_actions.set_day(
            table, date(2026, 3, 3), "workday", name="交付日", source="公司通知", hours=["10:00-11:00"]
        )
        calendar = calendar_for(house.project)
        assert keep(calendar) == keep(calendar) == calendar.version
        assert _calendar(CalendarVersion.objects.get()) == calendar

    def test_the_year_as_people_look_at_it(self, house: World) -> None:
        found = queries.calendar_year(house.project, 2027)
        assert (len(found.days), found.provisional) == (365, True)
        arrives(house)
        found = queries.calendar_year(house.project, 2027)
        # 2027年1月1日周五：工作日（周一至周五）261天。公告放假落在其中的：1+4+1+2+1+1+5=15；加10月9日。
        assert (found.provisional, found.workdays) == (False, 247)
        assert [(one.day.date, one.day.sentence()) for one in found.special][-1] == (
            date(2027, 10, 9),
            "国庆节调休上班",
        )


class TestCommand:
    def run(self, *arguments: str) -> tuple[int, str]:
        result = CliRunner().invoke(command, arguments)
        return result.exit_code, result.output

    def test_a_year_is_shown_imported_and_counted(self, house: World, tmp_path: Path) -> None:
        subject = house.intake(WEDNESDAY)
        file = tmp_path / "2027.csv"
        file.write_text(NOTICE, encoding="utf-8")
        code, said = self.run("show", "--year", "2027", "--unit", "明澄集团/江州公司")
        assert (code, "暂定" in said) == (0, True)
        code, said = self.run("import", str(file), "--dry-run")
        assert (code, said.splitlines()[-1]) == (0, "试运行：2027 年历没有改动。")
        assert queries.provisional_years([2027]) == [2027]
        assert self.run("import", str(file), "--by", "boss")[0] == 0
        assert queries.provisional_years([2027]) == []
        with clock.at(at("2027-09-29 11:00")):
            code, said = self.run("recount", "--dry-run")
            assert (code, "到期变动 3 项" in said, "试运行：没有写入。" in said) == (0, True, True)
            assert Entry.objects.filter(type="rebased").count() == 0
            code, said = self.run("recount", "--by", "boss", "--reason", "2027 年放假安排")
            assert (code, "到期变动 3 项" in said) == (0, True)
            assert self.run("recount", "--by", "boss", "--reason", "再来")[1] == (
                "对象 0 个，未结义务 0 项：到期变动 0 项，不变而转为正式 0 项，仍为暂定 0 项。\n"
            )
        assert duties(subject)["plan_made"][0] == at("2027-10-13 00:00")

    def test_faults_end_with_a_code(self, house: World, tmp_path: Path) -> None:
        file = tmp_path / "bad.csv"
        file.write_text("date,kind\n2027-02-30,holiday\n", encoding="utf-8")
        assert self.run("import", str(file), "--by", "boss")[0] == 1
        assert self.run("import", str(file), "--by", "boss", "--table", "明澄集团/江州公司")[0] == 1
        assert CalendarTable.objects.count() == 1
        assert self.run("import", str(file))[0] == 2
        assert self.run("show", "--year", "2027", "--unit", "明澄集团/无此公司")[0] == 1
        assert self.run("recount", "--by", "clerk", "--reason", "试")[0] == 1
        assert self.run("recount", "--by", "nobody", "--reason", "试")[0] == 1
        assert self.run("recount", "--by", "boss")[0] == 2
