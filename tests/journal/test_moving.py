"""Open matters go on under another version by an act with a preview (改用新版); what is past stays byte for byte."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from tests.journal.world import FOUNDED, POLICY, World, at

from shouwen.cli.policy import policy as command
from shouwen.governance.actions import publish, put_in_force
from shouwen.governance.models import PolicyVersion, Publication
from shouwen.insight.clauses import Span, fared
from shouwen.insight.supervision import Scope
from shouwen.journal import clock, periods, rebase
from shouwen.journal.drafts import HOUSE, Draft
from shouwen.journal.errors import NotAllowed
from shouwen.journal.models import Duty, Entry, Subject
from shouwen.journal.record import record
from shouwen.journal.sweep import sweep
from shouwen.journal.verify import verify
from shouwen.organisation import actions
from shouwen.organisation.administration import APPROVAL
from shouwen.organisation.models import Person

pytestmark = pytest.mark.django_db

CHANGED = at("2026-03-04 09:00")
MOVED = at("2026-03-04 12:00")
NEW_RULES = """- {who: 前台, after: received, do: verified, within: 72h, warn: [2h]}
- {who: 前台, after: received, do: contacted, within: 96h}
- {who: 前台, after: verified, do: explained, within: 1h}
"""


def newer(world: World) -> PolicyVersion:
    """核实由二十四小时宽至七十二小时；另加联系客户、答复；核实须先联系。"""
    text = POLICY.read_text(encoding="utf-8").replace('version: "2026-01-01"', 'version: "2026-03-04"')
    text = text.replace("- {who: 前台, after: received, do: verified, within: 24h, warn: [2h]}\n", NEW_RULES)
    text = text.replace("gates:\n", "gates:\n- {id: told, shut: verified, until: contacted}\n", 1)
    made = publish(text, name="desk", by=None, at=CHANGED)
    put_in_force(world.group, "complaint", made, CHANGED)
    return made


@pytest.fixture
def house(world: World) -> World:
    world.boss.is_superuser = True
    world.boss.save(update_fields=["is_superuser"])
    return world


def rows(**wanted: Any) -> list[dict[str, Any]]:
    """Every column of these duties."""
    return list(Duty.objects.filter(**wanted).order_by("pk").values())


def standing(subject: Subject) -> dict[str, tuple[datetime | None, str, str]]:
    found = Duty.objects.filter(subject=subject).select_related("policy_version")
    return {row.event: (row.due_at, row.state, row.policy_version.version) for row in found if row.policy_version}


def figures(world: World) -> dict[str, dict[str, int]]:
    days = Span(at("2026-02-01 00:00").date(), at("2026-03-04 00:00").date())
    found = fared(Scope(world.boss, MOVED), ("desk/1", "rounds/1"), days)
    return {clause: {name: n for name, n in one.items() if name in ("kept", "late")} for clause, one in found.items()}


def test_what_is_open_moves_and_nothing_of_what_is_past_does(house: World, monkeypatch: pytest.MonkeyPatch) -> None:
    # 期间：二月的前台月度，报了表，结束；三月的仍开着。
    monkeypatch.setattr(periods, "_looked", None)
    text = POLICY.with_name("rounds.md").read_text(encoding="utf-8")
    put_in_force(house.group, "desk_month", publish(text, name="rounds", by=None, at=FOUNDED), FOUNDED)
    for now in ("2026-02-01 08:00", "2026-03-01 08:00"):
        with clock.at(at(now)):
            periods.open_periods()
    february, march = Subject.objects.filter(kind="desk_month", unit=house.project).order_by("opened_at")
    house.take(Draft(february, "submitted", {"paper": "月报表"}), now=at("2026-03-02 08:00"))
    record(Draft(february, "ended"), actor=HOUSE, now=at("2026-03-02 08:30"))
    # 三件投诉：已办结的、核实迟了的、还没有核实的。
    ended, late, fresh = (house.intake(at(f"2026-03-0{day} 09:00")) for day in (1, 2, 3))
    house.take(Draft(ended, "verified", {}), now=at("2026-03-01 10:00"))
    house.take(Draft(ended, "withdrawn", {}), now=at("2026-03-01 11:00"))
    house.take(Draft(late, "verified", {}), now=at("2026-03-03 10:00"))
    version = newer(house)
    with clock.at(MOVED):
        sweep()
    closed = {"subject__in": [ended, february]}
    past = (rows(**closed), rows(subject=late, event="verified"), rows(subject=march), figures(house))
    entries = Entry.objects.count()
    # 3月3日9:00 + 72小时 = 3月6日9:00；+ 96小时 = 3月7日9:00；3月2日的 + 96小时 = 3月6日9:00。
    assert rebase.waiting(policies=True) == 2
    found = rebase.preview(now=MOVED, policies=True)
    assert sorted((move.number, move.duty, move.before, move.after) for move in found.moves) == [
        (late.number, "desk/1:contacted", None, at("2026-03-06 09:00")),
        (late.number, "desk/1:explained", None, at("2026-03-03 11:00")),
        (fresh.number, "desk/1:contacted", None, at("2026-03-07 09:00")),
        (fresh.number, "desk/1:verified", at("2026-03-04 09:00"), at("2026-03-06 09:00")),
    ]
    assert (found.subjects, found.unfit, Entry.objects.count()) == (2, 0, entries)
    with pytest.raises(NotAllowed):
        rebase.apply(by=house.clerk, reason="试", now=MOVED, policies=True)
    done = rebase.apply(by=house.boss, reason="改用新版", now=MOVED, policies=True)
    assert done == found
    late.refresh_from_db()
    fresh.refresh_from_db()
    assert [one.policy_version for one in (late, fresh)] == [version, version]
    assert standing(fresh)["verified"] == (at("2026-03-06 09:00"), "open", "2026-03-04")
    # 迟了的仍是迟了的，按旧版；新版要求的先联系，对已经核实的不追究。
    assert standing(late)["verified"] == (at("2026-03-03 09:00"), "late", "2026-01-01")
    assert Entry.objects.filter(type="breached").count() == 0
    assert (rows(**closed), rows(subject=late, event="verified"), rows(subject=march), figures(house)) == past
    said = Entry.objects.get(subject=fresh, type="rebased").data
    assert (said["from"] == said["to"], said["policy_to"], said["reason"]) == (True, str(version.pk), "改用新版")
    assert rebase.apply(by=house.boss, reason="再来", now=MOVED, policies=True).subjects == 0
    # 以后的记录照新版：先联系，才能核实；按期。
    house.take(Draft(fresh, "contacted", {}), now=at("2026-03-05 09:00"))
    house.take(Draft(fresh, "verified", {}), now=at("2026-03-05 10:00"))
    assert standing(fresh)["verified"] == (at("2026-03-06 09:00"), "kept", "2026-03-04")
    house.take(Draft(late, "noted", {"text": "记"}), now=at("2026-03-05 10:00"))
    assert (rows(**closed), rows(subject=late, event="verified")) == past[:2]
    assert [str(finding) for finding in verify()] == []


class TestCommand:
    def run(self, *arguments: str, now: datetime = MOVED) -> tuple[int, str]:
        with clock.at(now):
            result = CliRunner().invoke(command, arguments)
        return result.exit_code, result.output

    def test_a_version_is_proposed_approved_and_open_matters_are_moved(self, house: World, tmp_path: Path) -> None:
        subject = house.intake(at("2026-03-03 09:00"))
        text = POLICY.read_text(encoding="utf-8").replace('version: "2026-01-01"', 'version: "2026-03-04"')
        file = tmp_path / "desk.md"
        given = ("--unit", "明澄集团", "--kind", "complaint", "--reason", "放宽", "--by", "boss")
        file.write_text(text.replace("within: 24h, warn", "within: 24x, warn"), encoding="utf-8")
        code, said = self.run("propose", str(file), *given)
        assert (code, "desk.md:35: desk/1" in said, Publication.objects.count()) == (1, True, 0)
        file.write_text(text.replace("within: 24h, warn", "within: 72h, warn"), encoding="utf-8")
        code, said = self.run("propose", str(file), *given)
        number = str(Publication.objects.get().pk)
        assert (code, "72小时" in said, "24小时" in said, said.splitlines()[-1]) == (
            0, True, True, f"{number}：试验公司投诉办法 2026-03-04 待批准",
        )  # fmt: skip
        assert self.run("approve", number, "--by", "boss") == (1, "Error: 本人提出的，不能由本人批准。\n")
        assert self.run("approve", number, "--by", "clerk")[0] == 1
        actions.grant(house.desk, APPROVAL, None, FOUNDED)
        assert self.run("approve", number, "--by", "clerk")[0] == 1  # 项目的前台管不到集团
        chair = actions.create_post(house.group, "董事长")
        actions.appoint(Person.objects.get(username="second"), chair, FOUNDED)
        actions.grant(chair, APPROVAL, None, FOUNDED)
        assert self.run("approve", number, "--by", "second", "--opinion", "同意")[0] == 0
        assert self.run("withdraw", number, "--by", "boss")[0] == 1
        code, said = self.run("proposals")
        assert (
            said
            == f"{number} 试验公司投诉办法 2026-03-04 明澄集团 已批准 {house.boss.name} {house.second.name}：同意\n"
        )
        code, said = self.run("move", "--dry-run")
        assert (code, "到期变动 1 项" in said, Entry.objects.filter(type="rebased").count()) == (0, True, 0)
        assert self.run("move", "--by", "boss")[0] == 2
        assert self.run("move", "--by", "boss", "--reason", "放宽")[0] == 0
        assert standing(subject)["verified"][0] == at("2026-03-06 09:00")
        acts = Entry.objects.filter(type="administered").order_by("pk")
        assert [one.data["what"] for one in acts] == ["policy.propose", "policy.approve"]
