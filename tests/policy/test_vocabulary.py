"""The shared vocabulary of events: what is an act, what is always there, what is sealed."""

from __future__ import annotations

from shouwen.policy.vocabulary import FIELD_TYPES, field_from, shared_events

EVENTS = shared_events()

ACTS = """
acknowledged promised handover_offered handover_accepted assigned reassigned forwarded returned assistance_requested
validity_decided classified responsibility_decided explained plan_made approval_requested approval_decided
rectification_ordered inspected settled cost_settled reported_up notified progress_told answered closed archived
reopened suspended resumed extended waived excused joined left linked unlinked merged unmerged split urged inquired
paper_issued paper_sent submitted sent_back dispatched lent renewed transferred appraised destroyed
scored ranked period_closed published heard decided rewarded penalised appealed appeal_decided
retracted corrected erased held restricted unrestricted tier_decided
"""
FACTS = """
opened ended received signed_for assistance_given contacted arrived verified cost_estimated negotiated agreement_signed
signed consented work_started work_finished accepted_by_customer called_back withdrawn followed_up
contact_failed checked
measured visited met trained examined loan_returned lost figure_set threshold_crossed proposed overdue breached rebased
administered noted planned rescheduled litigation_started media_exposed deposited deducted
"""


def fields(**wanted: object) -> set[str]:
    """Names of fields, as event.key, whose attributes are as wanted."""
    return {
        f"{event.name}.{field.name}"
        for event in EVENTS.values()
        for field in event.fields.values()
        if all(getattr(field, key) == value for key, value in wanted.items())
    }


def test_acts_can_be_refused_and_facts_are_told() -> None:
    assert {name for name, event in EVENTS.items() if event.act} == set(ACTS.split())
    assert {name for name, event in EVENTS.items() if not event.act} == set(FACTS.split())


def test_only_what_is_always_there_is_required() -> None:
    assert fields(required=True) == {
        "validity_decided.valid",
        "cost_estimated.amount",
        *(f"{event}.other" for event in ("joined", "left", "linked", "unlinked", "merged", "unmerged", "split")),
        *(f"{event}.entry" for event in ("breached", "retracted", "corrected", "erased")),
        "overdue.duty",
        "administered.what",
        "administered.object",
        *(f"rebased.{key}" for key in ("from", "to", "reason")),
    }


def test_words_names_and_pictures_are_sealed() -> None:
    # What was set in the house's own pages is said outright: it is about the house, of no customer.
    assert fields(type="longtext") - fields(personal=True) == {
        f"administered.{key}" for key in ("object", "before", "after")
    }
    assert {"received.contact", "signed.person", "verified.evidence"} <= fields(personal=True)
    assert fields(type="order") & fields(personal=True) == set()


def test_closed_lists_of_values() -> None:
    assert {
        name: EVENTS[name.split(".")[0]].fields[name.split(".")[1]].values
        for name in ("signed.form", "negotiated.result")
    } == {
        "signed.form": ("签字", "盖章", "签收"),
        "negotiated.result": ("一致", "未一致"),
    }


def test_every_event_has_a_chinese_title_of_its_own_and_known_types() -> None:
    titles = [event.title for event in EVENTS.values()]
    assert sorted(titles) == sorted(set(titles))
    assert {field.type for event in EVENTS.values() for field in event.fields.values()} <= FIELD_TYPES


def test_a_field_may_be_written_as_its_title_alone() -> None:
    assert field_from("way", "处理方式").title == "处理方式"
    assert field_from("way", "处理方式").type == "text"
