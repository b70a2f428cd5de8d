"""Published texts never change; what is in force is found upward; subjects keep meaning the same."""

from datetime import datetime
from hashlib import sha256

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from tests.governance.texts import SMALL, changed
from tests.organisation.house import NOW, House, at, person

from shouwen.engine import Entry, Program, Standing
from shouwen.governance import actions, queries
from shouwen.governance.models import InForce, PolicyVersion
from shouwen.governance.programs import NoPolicy, in_force, policy_of, program_for, program_of
from shouwen.organisation.models import Unit
from shouwen.policy import PolicyErrors

pytestmark = pytest.mark.django_db


def published(text: str = SMALL) -> PolicyVersion:
    return actions.publish(text, name="small", by=None, at=NOW)


def due(program: Program) -> list[datetime | None]:
    """When verifying is due for a complaint of 2 March, 9:00."""
    standing = Standing(program, "M1", "complaint")
    moment = at("2026-03-02 09:00")
    standing.step(
        Entry("e1", "M1", "complaint", "received", moment, moment, 1, "u1", "前台", "一期", {"channel": "电话"})
    )
    return [owed.due_at for owed in standing.duties(moment)]


class TestPublishing:
    def test_the_text_is_kept_with_its_digest(self) -> None:
        wang = person("wang")
        version = actions.publish(SMALL, name="small", by=wang, at=NOW)
        assert (version.name, version.title, version.version, version.effective, version.by, version.published_at) == (
            "small",
            "小规章",
            "2026-01-01",
            "2026-01-01",
            wang,
            NOW,
        )
        assert (version.text, version.digest) == (SMALL, sha256(SMALL.encode()).hexdigest())
        assert [clause.id for clause in policy_of(version).clauses] == ["small/1"]

    def test_the_same_text_again_is_the_same_version(self) -> None:
        assert published() == published()
        assert PolicyVersion.objects.count() == 1

    def test_another_text_under_a_known_version_is_refused(self) -> None:
        published()
        with pytest.raises(ValidationError) as refused:
            published(SMALL.replace("24h", "48h"))
        assert list(refused.value.message_dict) == ["version"]
        assert published(changed("24h", "48h", "2026-02-01")).version == "2026-02-01"

    def test_a_text_with_mistakes_is_refused_with_all_of_them(self) -> None:
        with pytest.raises(PolicyErrors) as refused:
            published(SMALL.replace("within: 24h", "within: 24x").replace("within: 30h", "within: soon"))
        assert [(problem.file, problem.line, problem.clause) for problem in refused.value.problems] == [
            ("small.md", 27, "small/1"),
            ("small.md", 28, "small/1"),
        ]
        assert PolicyVersion.objects.count() == 0


class TestInForce:
    def test_the_nearest_unit_upward_decides(self) -> None:
        house = House()
        old, new = published(), published(changed("24h", "48h", "2026-02-01"))
        actions.put_in_force(house.group, "complaint", old, at("2026-01-01 00:00"))
        actions.put_in_force(house.project, "complaint", new, at("2026-01-01 00:00"))
        # 3月2日9:00 + 24小时 = 3月3日9:00；+ 48小时 = 3月4日9:00
        assert due(program_for(house.other, "complaint", NOW)) == [at("2026-03-03 09:00")]
        assert due(program_for(house.project, "complaint", NOW)) == [at("2026-03-04 09:00")]

    def test_a_later_version_ends_the_earlier_at_its_first_instant(self) -> None:
        house = House()
        old, new = published(), published(changed("24h", "48h", "2026-02-01"))
        first = actions.put_in_force(house.group, "complaint", old, at("2026-01-01 00:00"))
        second = actions.put_in_force(house.group, "complaint", new, at("2026-02-01 00:00"))
        first.refresh_from_db()
        assert first.until == second.since
        assert in_force(house.project, "complaint", at("2026-01-31 23:59:59")) == first
        assert in_force(house.project, "complaint", at("2026-02-01 00:00")) == second
        assert in_force(house.project, "complaint", at("2025-12-31 23:59:59")) is None

    def test_a_subject_s_version_runs_on_after_another_came_into_force(self) -> None:
        house = House()
        old, new = published(), published(changed("24h", "48h", "2026-02-01"))
        actions.put_in_force(house.group, "complaint", old, at("2026-01-01 00:00"))
        actions.put_in_force(house.group, "complaint", new, at("2026-02-01 00:00"))
        assert due(program_of(old.pk, house.project, None)) == [at("2026-03-03 09:00")]

    def test_each_kind_of_subject_has_its_own(self) -> None:
        house = House()
        version = published()
        row = actions.put_in_force(house.group, "complaint", version, at("2026-01-01 00:00"))
        with pytest.raises(NoPolicy):
            program_for(house.project, "inquiry", NOW)
        second = actions.put_in_force(house.branch, "inquiry", version, at("2026-01-01 00:00"))
        assert queries.policies_for(house.project, NOW) == [row, second]
        assert queries.policies_for(house.group, NOW) == [row]

    def test_a_reading_is_a_switch(self) -> None:
        house = House()
        version = published()
        actions.put_in_force(house.group, "complaint", version, at("2026-01-01 00:00"))
        actions.put_in_force(house.branch, "complaint", version, at("2026-01-01 00:00"), {"起算": "三十小时"})
        # 3月2日9:00 + 30小时 = 3月3日15:00
        for program in (program_for(house.project, "complaint", NOW), program_of(version.pk, house.project, None)):
            assert due(program) == [at("2026-03-03 15:00")]
        assert due(program_of(version.pk, house.group, None)) == [at("2026-03-03 09:00")]

    def test_a_version_goes_on_meaning_the_same_where_it_holds(self) -> None:
        house = House()
        version = published()
        actions.put_in_force(house.group, "complaint", version, at("2026-01-01 00:00"))
        with pytest.raises(ValidationError) as refused:
            actions.put_in_force(house.group, "complaint", version, NOW, {"起算": "三十小时"})
        assert list(refused.value.message_dict) == ["readings"]

    @pytest.mark.parametrize(
        ("kind", "readings", "field"),
        [
            ("loan", {}, "kind"),
            ("complaint", {"止算": "三十小时"}, "readings"),
            ("complaint", {"起算": "四十小时"}, "readings"),
        ],
    )
    def test_unknown_kinds_and_readings(self, kind: str, readings: dict[str, str], field: str) -> None:
        house = House()
        with pytest.raises(ValidationError) as refused:
            actions.put_in_force(house.group, kind, published(), NOW, readings)
        assert list(refused.value.message_dict) == [field]

    def test_working_hours_are_not_counted_where_there_are_none(self) -> None:
        """A clock that cannot be computed is refused when the policy comes into force, not at the first complaint."""
        house = House()
        version = published(changed("24h", "8wh", "2026-03-01"))
        with pytest.raises(ValidationError) as refused:
            actions.put_in_force(house.group, "complaint", version, NOW)
        assert refused.value.message_dict == {"unit": ["本规章按工作小时计时，而该单位的日历没有工作时间。"]}

    def test_nothing_comes_into_force_before_what_holds_already(self) -> None:
        house = House()
        old, new = published(), published(changed("24h", "48h", "2026-02-01"))
        actions.put_in_force(house.group, "complaint", old, at("2026-02-01 00:00"))
        for since in ("2026-02-01 00:00", "2026-01-01 00:00"):
            with pytest.raises(ValidationError):
                actions.put_in_force(house.group, "complaint", new, at(since))
        with pytest.raises(IntegrityError), transaction.atomic():
            InForce.objects.create(unit=house.group, kind="complaint", policy_version=new, since=NOW)

    def test_taken_out_of_force_the_superior_unit_s_holds_again(self) -> None:
        house = House()
        version = published()
        above = actions.put_in_force(house.group, "complaint", version, at("2026-01-01 00:00"))
        own = actions.put_in_force(house.project, "complaint", version, at("2026-01-01 00:00"))
        actions.end_in_force(own, NOW)
        assert in_force(house.project, "complaint", NOW) == above
        later = actions.put_in_force(house.project, "complaint", version, at("2026-04-01 00:00"))
        assert in_force(house.project, "complaint", at("2026-03-31 23:59")) == above
        assert in_force(house.project, "complaint", at("2026-04-01 00:00")) == later

    def test_a_program_is_made_once_and_asked_for_with_two_queries(self, django_assert_num_queries: object) -> None:
        house = House()
        actions.put_in_force(house.group, "complaint", published(), at("2026-01-01 00:00"))
        first = program_for(house.project, "complaint", NOW)
        unit = Unit.objects.get(pk=house.project.pk)
        with django_assert_num_queries(2):  # type: ignore[operator]
            again = program_for(unit, "complaint", NOW)
        assert again is first
        assert program_for(house.other, "complaint", NOW) is first
