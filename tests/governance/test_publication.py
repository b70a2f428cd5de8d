"""Publishing is an act (规章发布): proposed, approved by another with the power, only then in force."""

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.db import IntegrityError, transaction
from tests.governance.texts import SMALL, changed
from tests.organisation.house import FOUNDED, NOW, House, at, person

from shouwen.governance import actions, publication
from shouwen.governance.models import InForce, PolicyVersion, Publication
from shouwen.governance.programs import in_force
from shouwen.governance.publication import Where
from shouwen.organisation import actions as organised
from shouwen.organisation.administration import APPROVAL, AUTHORITY
from shouwen.organisation.models import Person
from shouwen.policy import PolicyErrors

pytestmark = pytest.mark.django_db


@pytest.fixture
def house() -> House:
    made = House()
    version = actions.publish(SMALL, name="small", by=None, at=NOW)
    actions.put_in_force(made.group, "complaint", version, at("2026-01-01 00:00"))
    return made


def holder(house: House, name: str, *authorities: str) -> Person:
    """Somebody at the branch with these authorities."""
    found = person(name)
    post = house.post(house.branch, name, found)
    for one in authorities:
        organised.grant(post, one, None, FOUNDED)
    return found


def propose(house: House, by: Person, text: str = "", where: Where | None = None) -> Publication:
    return publication.propose(
        text or changed("24h", "8h", "2026-04-01"),
        name="small",
        where=where or Where(house.branch, ["complaint"]),
        reason="从严",
        by=by,
        at=NOW,
    )


def test_only_what_another_approved_comes_into_force_from_its_date_on(house: House) -> None:
    proposer, approver = holder(house, "甲", AUTHORITY, APPROVAL), holder(house, "乙", APPROVAL)
    made = propose(house, proposer, where=Where(house.branch, ["complaint"], at("2026-04-01 00:00")))
    assert (PolicyVersion.objects.count(), InForce.objects.count()) == (1, 1)
    said = {one.where: (one.before, one.after) for one in publication.differences(made)}
    assert list(said) == ["题头", "1:verify 义务"]
    before, after = said["1:verify 义务"]
    assert before is not None
    assert after == before.replace("24小时", "8小时") != before
    with pytest.raises(PermissionDenied):
        publication.approve(made, by=proposer, at=NOW)
    done = publication.approve(made, by=approver, at=NOW, opinion="同意")
    assert done.policy_version is not None
    days = ("2026-03-31 23:59", "2026-04-01 00:00")
    held = [
        row and row.policy_version.version for row in (in_force(house.project, "complaint", at(day)) for day in days)
    ]
    assert held == ["2026-01-01", "2026-04-01"]
    with pytest.raises(ValidationError):
        publication.refuse(done, by=approver, at=NOW, opinion="不")


def test_a_date_that_is_past_when_it_is_approved_is_the_approval_s(house: House) -> None:
    proposer, approver = holder(house, "甲", AUTHORITY), holder(house, "乙", APPROVAL)
    made = propose(house, proposer, where=Where(house.branch, ["complaint"], at("2026-02-01 00:00")))
    publication.approve(made, by=approver, at=NOW)
    assert InForce.objects.get(unit=house.branch).since == NOW


def test_deputy_of_the_proposer_does_not_approve_in_his_place(house: House) -> None:
    """谁提出的，代他的人也不能替他批。"""
    proposer, deputy = holder(house, "甲", AUTHORITY, APPROVAL), person("乙")
    organised.delegate(proposer, deputy, FOUNDED, at("2026-12-31 00:00"))
    made = propose(house, proposer)
    with pytest.raises(PermissionDenied) as refused:
        publication.approve(made, by=deputy, at=NOW)
    assert APPROVAL in str(refused.value)


def test_who_administers_proposes_and_who_has_no_power_does_nothing(house: House) -> None:
    approver = holder(house, "乙", APPROVAL)
    with pytest.raises(PermissionDenied):
        propose(house, approver)
    made = propose(house, holder(house, "甲", AUTHORITY))
    other = person("丙")
    for act in (publication.approve, publication.refuse, publication.withdraw):
        with pytest.raises(PermissionDenied):
            act(made, by=other, at=NOW, opinion="不")
    with pytest.raises(ValidationError):
        publication.refuse(made, by=approver, at=NOW)
    assert publication.refuse(made, by=approver, at=NOW, opinion="写清楚").state == "refused"


def test_what_could_not_be_approved_is_not_proposed(house: House) -> None:
    proposer = holder(house, "甲", AUTHORITY)
    with pytest.raises(PolicyErrors) as wrong:
        propose(house, proposer, changed("24h", "24x", "2026-04-01"))
    assert [problem.line for problem in wrong.value.problems] == [27]
    for text, where, field in (
        (SMALL.replace("24h", "8h"), Where(house.branch, ["complaint"]), "version"),
        (SMALL, Where(house.branch, ["loan"]), "kind"),
        (SMALL, Where(house.branch, ["complaint"], readings={"起算": "四十小时"}), "readings"),
    ):
        with pytest.raises(ValidationError) as refused:
            propose(house, proposer, text, where)
        assert list(refused.value.message_dict) == [field]
    assert Publication.objects.count() == 0


def test_the_database_keeps_no_approval_by_oneself(house: House) -> None:
    proposer, approver = holder(house, "甲", AUTHORITY), holder(house, "乙", APPROVAL)
    done = publication.approve(propose(house, proposer), by=approver, at=NOW)
    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=done.pk).update(decided_by=proposer)
