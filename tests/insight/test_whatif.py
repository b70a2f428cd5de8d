"""What another policy would have done in the house: nothing of it changes (docs/engine.md, 13)."""

import pytest
from click.testing import CliRunner
from tests.insight.overseen import NOW, Overseen, oversee
from tests.journal.world import at

from shouwen.calendars import Limit
from shouwen.cli.whatif import whatif
from shouwen.engine import report
from shouwen.governance.models import PolicyVersion
from shouwen.governance.programs import policy_of
from shouwen.insight.whatif import Change, among, compare, read_change
from shouwen.journal.models import Duty, Entry

FOUR = Change(limits={"desk/1:verified": Limit.parse("4h")})


@pytest.fixture
def overseen(db: None) -> Overseen:
    return oversee()


def test_four_hours_instead_of_twenty_four(overseen: Overseen) -> None:
    """已拟方案一件10:00 接诉、15:00 核实，止于14:00，转迟一小时；云栖二期一件原迟47.5小时，成为迟67.5小时；
    无人动一件延期到3月4日，两边都逾期；保密一件三小时、办结一件一小时，仍按时，到期提前。"""
    policy = policy_of(PolicyVersion.objects.get(version="2026-02-01"))
    entries, duties = Entry.objects.count(), list(Duty.objects.order_by("pk").values())
    steps: list[int] = []
    found = report(compare(among(overseen.world.branch), FOUR.upon(policy), NOW, progress=steps.append))
    assert steps == [5]
    assert {
        name: found.total.counts[name] for name in ("turned_late", "turned_timely", "moved", "new", "vanished")
    } == {
        "turned_late": 1,
        "turned_timely": 0,
        "moved": 3,
        "new": 0,
        "vanished": 0,
    }
    assert found.total.lateness == {"before": (47.5, 47.5), "after": (34.25, 34.25)}
    (late,) = found.total.behind["turned_late"]
    assert found.subjects[late] == str(overseen.planned.pk)
    projects = {line.label: line.counts["turned_late"] for line in found.tables["unit"]}
    assert projects == {("明澄集团/江州公司/云栖一期",): 1, ("明澄集团/江州公司/云栖二期",): 0}
    assert (Entry.objects.count(), list(Duty.objects.order_by("pk").values())) == (entries, duties)


def test_only_what_is_asked_for(overseen: Overseen) -> None:
    world = overseen.world
    assert among(world.other).get() == overseen.tardy
    opened = among(world.branch, at("2026-03-02 09:30"), at("2026-03-02 11:00"))
    assert set(opened) == {overseen.tardy, overseen.planned}
    assert not among(policy="jinke").exists()


def test_what_was_recorded_later_is_not_known_yet(overseen: Overseen) -> None:
    """3月2日14:30：已拟方案的一件还没有核实，按四小时已逾期，按二十四小时未到期。"""
    policy = policy_of(PolicyVersion.objects.get(version="2026-02-01"))
    found = report(compare(among(overseen.world.project), FOUR.upon(policy), at("2026-03-02 14:30")))
    assert str(overseen.planned.pk) in [found.subjects[one] for one in found.total.behind["turned_late"]]
    assert found.total.counts["after.late"] == 0


def test_a_change_is_kept_and_read_again() -> None:
    given = Change({"读法": "甲"}, {"desk/1:verified": Limit.parse("8h")}, {"及时": None, "立即": Limit.parse("2h")})
    assert read_change(given.as_json()) == given
    assert (Change().digest("abc"), Change().as_json()) == ("abc", {})
    assert given.digest("abc") not in ("abc", given.digest("abd"), FOUR.digest("abc"))


def test_the_command_in_the_house(overseen: Overseen) -> None:
    given = (
        "--clause",
        "desk/1:verified",
        "--within",
        "4h",
        "--unit",
        "明澄集团/江州公司/云栖一期",
        "--now",
        NOW.isoformat(),
    )
    done = CliRunner().invoke(whatif, given)
    assert done.exit_code == 0, done.output
    assert "改动：  + 接诉后，前台应核实，限4小时内；届满前2小时提醒。" in done.output
    (total, *_rest) = (line for line in done.output.splitlines() if line.startswith("│ 合计"))
    turned = [cell.strip() for cell in total.split("│")][9]
    assert turned == "1"


def test_a_version_and_a_unit_that_are_not_there(overseen: Overseen) -> None:
    for given, said in (
        (("--policy", "desk", "--version", "2031"), "没有发布过 desk 的 2031 版"),
        (("--policy", "desk", "--unit", "明澄集团/无"), "没有单位 明澄集团/无"),
        (("--from", "desk"), "--from goes with --journals"),
    ):
        done = CliRunner().invoke(whatif, given)
        assert (done.exit_code, said in done.output) == (1 if "没有" in said else 2, True), done.output
