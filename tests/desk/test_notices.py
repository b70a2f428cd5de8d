"""The bell, the list of notices, one's own settings, mail to look at, mail to the customer (issue: The desk)."""

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from shouwen.channels.models import Incoming, Letter, Preferences, Returned, Sample
from shouwen.customers import actions as customers
from shouwen.journal import clock
from shouwen.journal.models import AccessLog, Entry, Outbox, Subject
from shouwen.organisation.models import Person

SignedIn = Callable[[str], Client]


@pytest.fixture
def officer(house: datetime) -> Person:
    return Person.objects.get(username="jingban")


def told(person: Person, matter: Subject, kind: str = "overdue", minutes: int = 0) -> Outbox:
    duty = matter.duties.order_by("pk").first()
    return Outbox.objects.create(
        key=f"{kind}:{matter.pk}:{minutes}:{person.pk}",
        kind=kind,
        channel="desk",
        person=person,
        subject=matter,
        duty=duty.key if duty else "",
        on_desk=True,
        made_at=clock.now() + timedelta(minutes=minutes),
    )


@pytest.fixture
def notice(matter: Subject, officer: Person) -> Outbox:
    Outbox.objects.all().delete()
    return told(officer, matter)


def page(client: Client, name: str, *given: Any, **query: str) -> str:
    answer = client.get(reverse(f"desk:{name}", args=given), query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_bell_counts_what_is_unread_with_one_query(signed_in: SignedIn, notice: Outbox, officer: Person) -> None:
    client = signed_in("jingban")
    assert 'aria-label="通知，1条未读"' in page(client, "workbench")
    with CaptureQueriesContext(connection) as asked:
        page(client, "bell")
    assert len([one for one in asked if "journal_outbox" in one["sql"]]) == 1
    Outbox.objects.filter(pk=notice.pk).update(read_at=clock.now())
    assert 'aria-label="通知"' in page(client, "bell")


def test_a_notice_says_what_by_when_of_which_matter_by_which_clause(
    signed_in: SignedIn, notice: Outbox, matter: Subject
) -> None:
    duty = matter.duties.get(key=notice.duty)
    shown = page(signed_in("jingban"), "notices")
    for said in ("已逾期", duty.title, matter.number, duty.clause, matter.unit.name):
        assert said in shown


def test_in_english_the_notice_is_in_english(signed_in: SignedIn, notice: Outbox) -> None:
    client = signed_in("jingban")
    client.cookies["django_language"] = "en"
    shown = page(client, "notices")
    assert "A duty is overdue" in shown
    assert "已逾期" not in shown


def test_opening_a_notice_leads_to_its_matter_and_reads_all_that_was_told_of_it(
    signed_in: SignedIn, notice: Outbox, matter: Subject, officer: Person
) -> None:
    told(officer, matter, "warning", 1)
    answer = signed_in("jingban").get(reverse("desk:notice", args=[notice.pk]))
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:matter", args=[matter.pk]))
    assert Outbox.objects.filter(read_at__isnull=True).count() == 0


def test_read_and_unread_again_and_all_at_once(
    signed_in: SignedIn, notice: Outbox, matter: Subject, officer: Person
) -> None:
    client = signed_in("jingban")
    address = reverse("desk:notice-read", args=[notice.pk])
    read = []
    for _turn in range(2):
        assert client.post(address, {"next": "https://elsewhere.example/"})["Location"] == reverse("desk:notices")
        notice.refresh_from_db()
        read.append(notice.read_at is not None)
    assert read == [True, False]
    told(officer, matter, "duty", 1)
    client.post(reverse("desk:notices-read"), {"show": "pressing"})
    assert list(Outbox.objects.filter(read_at__isnull=True).values_list("kind", flat=True)) == ["duty"]


def test_filters_and_an_empty_list_that_says_so(signed_in: SignedIn, notice: Outbox) -> None:
    client = signed_in("jingban")
    assert "没有未读通知" not in page(client, "notices", show="pressing")
    assert "这里没有通知" in page(client, "notices", show="mail")
    Outbox.objects.all().delete()
    assert "没有未读通知" in page(client, "notices")


def test_another_ones_notice_is_not_found(signed_in: SignedIn, notice: Outbox) -> None:
    other = Person.objects.exclude(username="jingban").filter(is_superuser=False).first()
    assert other is not None
    client = signed_in(other.username)
    assert client.get(reverse("desk:notice", args=[notice.pk])).status_code == 404
    assert client.post(reverse("desk:notice-read", args=[notice.pk])).status_code == 404


# --- settings ----------------------------------------------------------------------------


def sent(client: Client, **changes: str) -> Any:
    form = client.get(reverse("desk:my-notices")).context["form"]
    given = {name: form[name].value() for name in form.fields if form[name].value() not in (None, False)}
    given |= {name: value.strftime("%H:%M") for name, value in given.items() if isinstance(value, time)}
    return client.post(reverse("desk:my-notices"), given | changes)


def test_what_is_chosen_is_kept_and_what_is_as_usual_is_not(signed_in: SignedIn, officer: Person) -> None:
    client = signed_in("jingban")
    chosen = {"duty-mail": "digest", "digest_at": "18:00", "quiet_from": "22:00", "quiet_until": "07:00"}
    assert sent(client, **chosen).status_code == 302
    kept = Preferences.objects.get(person=officer)
    assert (kept.ways, kept.digest_at, kept.quiet_from) == ({"duty": {"mail": "digest"}}, time(18), time(22))
    assert sent(client, **{"duty-mail": "now"}).status_code == 302
    assert Preferences.objects.get(person=officer).ways == {}


@pytest.mark.parametrize(
    "wrong", [{"quiet_from": "22:00"}, {"digest_at": "25:00"}, {"duty-mail": "never"}, {"remind_hours": "9999"}]
)
def test_what_cannot_be_is_said_and_nothing_is_kept(signed_in: SignedIn, wrong: dict[str, str]) -> None:
    assert sent(signed_in("jingban"), **wrong).status_code == 422
    assert Preferences.objects.count() == 0


def test_an_address_that_mail_came_back_from_is_said(signed_in: SignedIn, officer: Person) -> None:
    officer.email = "Zhou@example.org"
    officer.save()
    Returned.objects.create(address="zhou@example.org", at=clock.now())
    assert "被退回" in page(signed_in("jingban"), "my-notices")


def test_what_the_loopback_kept_is_the_administrators_to_see(signed_in: SignedIn, house: datetime) -> None:
    Sample.objects.create(key="k", channel="sms", address="138", text="【首问】样张", at=house)
    assert signed_in("jingban").get(reverse("desk:samples")).status_code == 403
    Person.objects.filter(username="jingban").update(is_superuser=True)
    assert "【首问】样张" in page(signed_in("jingban"), "samples")


# --- mail to look at ---------------------------------------------------------------------


@pytest.fixture
def mail(matter: Subject, house: datetime) -> Incoming:
    return Incoming.objects.create(
        key="k",
        mailbox="care@example.org/INBOX",
        kind="complaint",
        unit=matter.unit,
        sender="zhang@customer.example",
        title="自动回复",
        text="我在休假",
        arrived_at=house,
        read_at=house,
        outcome="look",
        reason="machine",
        said="Auto-Submitted",
    )


def test_mail_to_look_at_is_listed_for_its_unit_with_a_masked_sender(signed_in: SignedIn, mail: Incoming) -> None:
    shown = page(signed_in("jingban"), "mails")
    assert ("自动回复" in shown, "z***@customer.example" in shown, "zhang@" in shown) == (True, True, False)
    before = AccessLog.objects.count()
    assert "我在休假" in page(signed_in("jingban"), "mail", mail.pk)
    assert AccessLog.objects.count() == before + 1


def test_it_can_be_added_to_a_matter_or_set_aside_once(signed_in: SignedIn, mail: Incoming, matter: Subject) -> None:
    client, address = signed_in("jingban"), reverse("desk:mail-handle", args=[mail.pk])
    assert client.post(address, {"what": "add", "number": "没有的"}).status_code == 409
    assert client.post(address, {"what": "add", "number": matter.number}).status_code == 302
    mail.refresh_from_db()
    assert (mail.outcome, mail.subject, mail.text, mail.handled_by) == (
        "entry",
        matter,
        "",
        Person.objects.get(username="jingban"),
    )
    assert Entry.objects.filter(subject=matter, type="noted").count() == 1
    assert client.post(address, {"what": "dismiss"}).status_code == 404


def test_it_can_open_a_matter_of_who_looked_at_it(signed_in: SignedIn, mail: Incoming, officer: Person) -> None:
    answer = signed_in("jingban").post(reverse("desk:mail-handle", args=[mail.pk]), {"what": "open"})
    mail.refresh_from_db()
    assert (answer.status_code, mail.outcome) == (302, "matter")
    assert mail.subject is not None
    assert mail.subject.owner_person == officer


def test_another_units_mail_is_not_found(signed_in: SignedIn, mail: Incoming) -> None:
    from shouwen.organisation import actions as organisation

    organisation.create_person("fremd", "路人")
    client = signed_in("fremd")
    assert client.get(reverse("desk:mail", args=[mail.pk])).status_code == 404
    assert client.post(reverse("desk:mail-handle", args=[mail.pk]), {"what": "dismiss"}).status_code == 404


def test_mail_about_a_confidential_matter_is_seen_by_those_who_see_the_matter(
    signed_in: SignedIn, mail: Incoming, matter: Subject, officer: Person
) -> None:
    """保密: an absence note upon a letter tells who complained; the mailbox is the whole unit's."""
    mail.subject = matter
    mail.save()
    colleague, owner = signed_in("fuze"), signed_in("jingban")
    assert "自动回复" in page(colleague, "mails")
    Subject.objects.filter(pk=matter.pk).update(confidential=True)
    assert "自动回复" not in page(colleague, "mails")
    assert colleague.get(reverse("desk:mail", args=[mail.pk])).status_code == 404
    assert colleague.post(reverse("desk:mail-handle", args=[mail.pk]), {"what": "add"}).status_code == 404
    assert "我在休假" in page(owner, "mail", mail.pk)
    assert owner.post(reverse("desk:mail-handle", args=[mail.pk]), {"what": "dismiss"}).status_code == 302
    mail.refresh_from_db()
    assert (mail.outcome, mail.title, mail.text) == ("dismissed", "", "")


# --- mail to the customer ----------------------------------------------------------------


def test_a_letter_from_the_matters_page_is_an_act_and_a_mail(
    signed_in: SignedIn, matter: Subject, officer: Person
) -> None:
    from shouwen.customers.models import Customer

    customers.add_contact(Customer.objects.get(name="张明远"), "zhang@customer.example", kind="email")
    client, address = signed_in("jingban"), reverse("desk:letter", args=[matter.pk])
    shown = client.get(address)
    form = shown.context["form"]
    assert "zhang@customer.example" not in shown.content.decode()
    given = {name: form[name].value() for name in ("key", "seen", "event")}
    answer = client.post(address, given | {"to": "0", "text": "明日上午上门查看。"})
    assert (answer.status_code, answer["Location"]) == (302, reverse("desk:matter", args=[matter.pk]))
    letter = Letter.objects.get()
    assert (letter.outbox.address, letter.subject, letter.outbox.channel) == ("zhang@customer.example", matter, "mail")
    entry = Entry.objects.get(subject=matter, seq=letter.entry)
    assert (entry.type, entry.data["form"], entry.by) == (given["event"], "邮件", officer)
    assert "待发出" in page(client, "letter", matter.pk)


@pytest.mark.parametrize("wrong", [{"to": "", "other": ""}, {"to": "", "other": "nowhere"}, {"to": "7"}, {"text": " "}])
def test_a_letter_without_address_or_text_is_not_sent(
    signed_in: SignedIn, matter: Subject, wrong: dict[str, str]
) -> None:
    client, address = signed_in("jingban"), reverse("desk:letter", args=[matter.pk])
    form = client.get(address).context["form"]
    given = {name: form[name].value() for name in ("key", "seen", "event")}
    ok = {"to": "", "other": "zhang@customer.example", "text": "好。"}
    assert client.post(address, given | ok | wrong).status_code == 422
    assert (Letter.objects.count(), Outbox.objects.filter(kind="letter").count()) == (0, 0)


def test_a_letter_written_beside_another_entry_says_so(signed_in: SignedIn, matter: Subject) -> None:
    client, address = signed_in("jingban"), reverse("desk:letter", args=[matter.pk])
    form = client.get(address).context["form"]
    given = {"key": form["key"].value(), "seen": "0", "event": form["event"].value()}
    answer = client.post(address, given | {"to": "", "other": "zhang@customer.example", "text": "好。"})
    assert (answer.status_code, Letter.objects.count()) == (409, 0)
    assert answer.context["form"]["seen"].value() == str(matter.head_seq)
