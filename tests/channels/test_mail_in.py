"""Mail in: each once, threaded, attachments typed, bounces marked, machines never answered (API and channels)."""

import base64
import zipfile
from collections.abc import Iterator
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.policy import SMTP
from io import BytesIO

import orjson
import pytest
from pytest_django import Settings
from tests.channels.mailserver import CERTIFICATE, MailServer, mail_server
from tests.channels.postbox import Postbox, postbox, subject_of
from tests.journal.world import MONDAY, World, at
from tests.journal.world import world as lay

from shouwen.channels import letters
from shouwen.channels.imap import folder_name, poll, poll_due
from shouwen.channels.mailboxes import boxes
from shouwen.channels.models import Incoming, Letter, Mailbox, Returned
from shouwen.customers import actions as customers
from shouwen.journal import clock
from shouwen.journal.models import Attachment, Content, Delivery, Entry, Outbox, Subject
from shouwen.journal.outbox import deliver_due
from shouwen.organisation.models import Appointment, Post

pytestmark = pytest.mark.django_db
PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg=="
)


@pytest.fixture
def world() -> World:
    return lay()


@pytest.fixture
def server(settings: Settings, world: World) -> Iterator[MailServer]:
    settings.DEFAULT_FROM_EMAIL = "首问 <shouwen@house.example>"
    with mail_server() as made:
        url = f"imap://care%40example.org:secret%2Fwith%3Asigns@127.0.0.1:{made.port}/INBOX"
        settings.SHOUWEN_IMAP = f"{url}?unit=明澄集团/江州公司/云栖一期"
        yield made


@pytest.fixture
def box(settings: Settings) -> Iterator[Postbox]:
    with postbox() as (box, url):
        settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", int(url.rpartition(":")[2])
        yield box


def written(text: str = "飘窗渗水，请来看。", **headers: str) -> EmailMessage:
    mail = EmailMessage()
    given = {"From": "张三 <zhang@customer.example>", "To": "care@example.org", "Subject": "外墙渗水"}
    given |= {name.replace("_", "-"): value for name, value in headers.items()}
    given.setdefault("Message-ID", f"<{abs(hash((text, *headers.values())))}@customer.example>")
    for name, value in given.items():
        mail[name] = value
    mail.set_content(text)
    return mail


def came(server: MailServer, mail: EmailMessage | bytes, when: datetime = MONDAY) -> list[Incoming]:
    """The mail is put into the mailbox and the mailbox read; all that has come, in order."""
    server.put(mail if isinstance(mail, bytes) else mail.as_bytes(policy=SMTP), when)
    with clock.at(when):
        poll(boxes()[0].name)
    return list(Incoming.objects.order_by("pk"))


def said(entry: Entry) -> str:
    return str(orjson.loads(Content.objects.get(entry=entry).body or "{}")["text"])


def test_in_tls_the_server_must_be_who_it_says(
    settings: Settings, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever stands between gets neither password nor mail: an unknown certificate ends the talk (RFC 8314, 5.1)."""
    with mail_server(secure=True) as made:
        url = f"imaps://care%40example.org:secret%2Fwith%3Asigns@127.0.0.1:{made.port}/INBOX"
        settings.SHOUWEN_IMAP = f"{url}?unit=明澄集团/江州公司/云栖一期"
        came(made, written())
        assert (made.said, Mailbox.objects.get().error.startswith("SSLCertVerificationError")) == ([], True)
        monkeypatch.setenv("SSL_CERT_FILE", str(CERTIFICATE))
        with clock.at(MONDAY):
            assert poll(boxes()[0].name) == 1
    assert Subject.objects.count() == 1


def test_a_folders_name_is_encoded_as_the_standard_says() -> None:
    """The example of RFC 3501, 5.1.3."""
    assert folder_name("~peter/mail/台北/日本語") == "~peter/mail/&U,BTFw-/&ZeVnLIqe-"
    assert folder_name('A&B "x"') == r"A&-B \"x\""


# --- a new mail --------------------------------------------------------------------------


def test_a_new_mail_is_received_for_the_duty_post_and_what_it_says_is_sealed(server: MailServer, world: World) -> None:
    (mail,) = came(server, written())
    subject = Subject.objects.get()
    entry = Entry.objects.get(subject=subject, type="received")
    assert (mail.outcome, mail.subject, mail.entry, mail.title, mail.text) == ("matter", subject, 1, "", "")
    assert (subject.owner_post, subject.owner_person, subject.unit) == (world.desk, None, world.project)
    assert entry.data == {"channel": "邮件", "first_asked_post": str(world.desk.pk)}
    assert (entry.at, entry.by, said(entry)) == (MONDAY, None, "外墙渗水\n\n飘窗渗水，请来看。")
    assert orjson.loads(entry.content.body or "{}")["contact"] == "张三 <zhang@customer.example>"


def test_the_customer_is_found_by_the_address_and_with_one_home_the_home(server: MailServer, world: World) -> None:
    customer = customers.register(world.branch, "张三", MONDAY)
    customers.add_contact(customer, "Zhang@Customer.example", kind="email")
    home = customers.add_asset(world.project, "3", "1201")
    customers.hold(customer, home)
    came(server, written())
    data = Entry.objects.get(type="received").data
    assert (data["customer"], data["asset"]) == (str(customer.pk), str(home.pk))


def test_of_two_customers_with_one_address_neither_is_taken(server: MailServer, world: World) -> None:
    for name in ("张三", "张四"):
        customers.add_contact(customers.register(world.project, name, MONDAY), "zhang@customer.example", kind="email")
    came(server, written())
    assert "customer" not in Entry.objects.get(type="received").data


def test_each_mail_once_also_when_the_server_counts_anew_and_in_a_second_copy(server: MailServer) -> None:
    came(server, written())
    server.validity = 8
    with clock.at(MONDAY):
        assert poll(boxes()[0].name) == 1
    copy = written()
    copy["Received"] = "from elsewhere by here; Mon, 2 Mar 2026 09:00:00 +0800"
    came(server, copy)
    assert (Incoming.objects.count(), Subject.objects.count()) == (1, 1)
    assert Mailbox.objects.values_list("uid_validity", "uid").get() == (8, 2)


def test_nothing_in_the_mailbox_is_changed(server: MailServer) -> None:
    came(server, written())
    assert set(server.said) == {"CAPABILITY", "LOGIN", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT"}


def test_read_later_than_it_came_it_happened_when_it_came_and_says_why(server: MailServer) -> None:
    server.put(written().as_bytes(policy=SMTP), MONDAY)
    with clock.at(MONDAY + timedelta(days=2)):
        poll(boxes()[0].name)
    entry = Entry.objects.get(type="received")
    assert (entry.at, entry.recorded_at) == (MONDAY, MONDAY + timedelta(days=2))
    assert orjson.loads(entry.content.body or "{}")["late_reason"] == "邮件当时已到，邮箱后来才收。"


def test_html_alone_is_read_without_scripts_and_tags(server: MailServer) -> None:
    mail = written()
    mail.set_content(
        "<!-- <p>甲</p> --><style>p{color:red}</style><p title=it's>漏水&amp;发霉 3 < 5</p><script>a<b</script>"
        """<p><img alt="a>b">请回电，don't wait<!-- 乙""",
        subtype="html",
    )
    came(server, mail)
    assert said(Entry.objects.get(type="received")) == "外墙渗水\n\n漏水&发霉 3 < 5\n\n请回电，don't wait"


@pytest.mark.parametrize(
    ("charset", "codec", "encoding"),
    [
        ("gb2312", "gb18030", "base64"),
        ("big5", "big5hkscs", "8bit"),
        ("", "gb18030", "8bit"),
        ("utf-8", "utf-8", "8bit"),
    ],
)
def test_chinese_mail_is_read_in_whatever_it_is_written(
    server: MailServer, charset: str, codec: str, encoding: str
) -> None:
    """𠮷 is outside GB2312: mail that says GB2312 and means GB18030 is common."""
    title, text = ("外牆滲水", "請來看") if codec.startswith("big5") else ("外墙渗水䶮", "请来看看")
    body = text.encode(codec)
    word = base64.b64encode(title.encode(codec)).decode()
    shown = title.encode(codec) if encoding == "8bit" else f"=?{charset}?B?{word}?=".encode()
    raw = b"\r\n".join(
        [
            b"From: zhang@customer.example",
            b"Subject: " + shown,
            f"Content-Type: text/plain{f'; charset={charset}' if charset else ''}".encode(),
            f"Content-Transfer-Encoding: {encoding}".encode(),
            b"",
            base64.encodebytes(body) if encoding == "base64" else body,
        ]
    )
    came(server, raw)
    assert said(Entry.objects.get(type="received")) == f"{title}\n\n{text}"


def test_attachments_are_typed_by_content_and_those_refused_are_listed(server: MailServer) -> None:
    bomb = BytesIO()
    with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", b"0" * 30_000_000)
    mail = written()
    mail.add_attachment(PNG, maintype="image", subtype="png", filename="渗水.png")
    mail.add_attachment(b"MZ\x90\x00", maintype="application", subtype="pdf", filename="账单.pdf")
    mail.add_attachment(bomb.getvalue(), maintype="application", subtype="zip", filename="表.xlsx")
    (row,) = came(server, mail)
    kept = Attachment.objects.get()
    assert (kept.name, kept.media_type, kept.subject, kept.uploaded_by) == ("渗水.png", "image/png", row.subject, None)
    assert [one["name"] for one in row.refused] == ["账单.pdf", "表.xlsx"]
    assert "未收：账单.pdf" in said(Entry.objects.get(type="received"))


def test_a_mail_of_ten_megabytes_is_taken_and_one_of_thirty_one_only_noted(server: MailServer) -> None:
    large = b"\xff\xd8\xff\xe0\x00\x10JFIF" + b"\x00" * 7_500_000
    mail = written()
    mail.add_attachment(large, maintype="image", subtype="jpeg", filename="大.jpg")
    (row,) = came(server, mail)
    assert (row.outcome, Attachment.objects.get().size) == ("matter", len(large))
    huge = written("太大", Subject="很大")
    huge.add_attachment(b"\xff\xd8\xff" + b"\x00" * 24_000_000, maintype="image", subtype="jpeg", filename="大.jpg")
    last = came(server, huge)[-1]
    assert (last.outcome, last.reason, last.sender, last.title) == ("look", "large", "zhang@customer.example", "很大")


NESTED = b"Content-Type: multipart/mixed; boundary=a\r\n"


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"\xff\xfe\x00\x01",
        b"From: \xb0\xa1@\xb0\xa1\r\nContent-Type: multipart/mixed; boundary=\r\n\r\n--\r\n",
        NESTED + b"\r\n" + (b"--a\r\n" + NESTED + b"\r\n") * 3000,
        b"From: a@b.example\r\nContent-Type: text/plain; charset=no\r\nContent-Transfer-Encoding: base64\r\n\r\n!!!",
        b"From: a@b.example\r\nContent-Type: application/pdf; name*=utf-8''%FF%FE\r\n\r\n\x00\x01",
        b"From: a@b.example\r\nSubject: =?gb2312?B?////?= =?x?Q?=?=\r\n\r\n\x00hello",
        b"From: a@b.example\r\nContent-Type: text/html\r\n\r\n" + b"<!--<a" * 100_000 + b'<div a="' * 100_000,
        b"From: a@b.example\r\nSubject: " + b"=?utf-8?b?5aSW?= " * 100_000 + b"\r\n\r\nhello",
        b"From: a\x00b@c.example\r\nSubject: \x00\r\nMessage-ID: <\x00@c>\r\n\r\n\x00hello",
        b"From: a@b.example\r\nContent-Type: a\xff\x00/b; charset=utf-7\r\n\r\n+2AA-hello",
        b"From: a@b.example\r\nContent-Type: text/plain; charset=utf-7\r\n\r\n+2AA-hello",
        b"From: " + b"(" * 100_000 + b"a@b.example\r\n\r\nhello",
    ],
)  # fmt: skip
def test_broken_mail_stops_nothing(server: MailServer, raw: bytes) -> None:
    came(server, raw)
    rows = came(server, written())
    assert (len(rows), rows[-1].outcome) == (2, "matter")
    assert Mailbox.objects.get().failures == 0


def test_what_cannot_be_recorded_is_looked_at_with_the_reason(server: MailServer, world: World) -> None:
    """Nobody holds a post in the unit or above it: the matter would be nobody's (首问)."""
    Post.objects.update(is_duty_post=False)
    Appointment.objects.all().delete()
    (row,) = came(server, written())
    assert (row.outcome, row.reason, row.text) == ("look", "refused", "飘窗渗水，请来看。")
    assert Subject.objects.count() == 0
    assert row.said.startswith("unit: ")


# --- an answer ---------------------------------------------------------------------------


def answered(world: World, subject: Subject, to: str = "zhang@customer.example", **given: object) -> Letter:
    addressed = letters.Addressed(to, "明日上午来看。", **given)  # type: ignore[arg-type]
    with clock.at(at("2026-03-02 10:00")):
        letters.send(subject, addressed, actor=world.actor())
    return Letter.objects.latest("pk")


def test_an_answer_is_an_act_and_a_mail_on_the_customers_thread(server: MailServer, world: World, box: Postbox) -> None:
    (row,) = came(server, written(Message_ID="<first@customer.example>"))
    assert row.subject is not None
    letter = answered(world, row.subject, answers=row)
    with clock.at(at("2026-03-02 10:01")):
        deliver_due()
    (mail,) = [one for one in box.messages if one["To"] == "zhang@customer.example"]
    assert (mail["In-Reply-To"], mail["References"]) == ("<first@customer.example>", "<first@customer.example>")
    assert (mail["Message-ID"], "Auto-Submitted" in mail) == (letter.message_id, False)
    assert subject_of(mail) == f"关于事项 {row.subject.number} [SW-{letter.token}]"
    assert mail.get_content().strip() == "明日上午来看。"
    entry = Entry.objects.get(type="answered")
    assert (entry.data, said(entry), letter.entry) == ({"form": "邮件"}, "明日上午来看。", entry.seq)


def test_a_letter_is_recorded_and_sent_both_or_neither_and_once(world: World) -> None:
    subject = world.intake()
    sent = letters.Addressed("zhang@customer.example", "好的。")
    with clock.at(at("2026-03-02 10:00")):
        for _twice in range(2):
            letters.send(subject, sent, actor=world.actor(), key="k")
    assert (Letter.objects.count(), Entry.objects.filter(type="answered").count()) == (1, 1)
    for wrong in (letters.Addressed("nowhere", "好的。"), letters.Addressed("zhang@customer.example", " ")):
        with clock.at(at("2026-03-02 10:00")), pytest.raises(letters.Invalid):
            letters.send(subject, wrong, actor=world.actor())
    assert Entry.objects.filter(type="answered").count() == 1


@pytest.mark.parametrize("by", ["In-Reply-To", "References", "Subject", "To"])
def test_the_customers_answer_becomes_an_entry_of_its_matter_and_the_owner_is_told(
    server: MailServer, world: World, by: str
) -> None:
    subject = world.intake()
    letter = answered(world, subject)
    header = {
        "In-Reply-To": letter.message_id,
        "References": f"<a@b> {letter.message_id}",
        "Subject": f"回复：关于事项 [SW-{letter.token.lower()}]",
        "To": f"care+SW-{letter.token}@example.org",
    }[by]
    (row,) = came(server, written("上午不行。", **{by: header}), at("2026-03-02 11:00"))
    entry = Entry.objects.get(type="noted")
    assert (row.outcome, row.subject, row.entry, Subject.objects.count()) == ("entry", subject, entry.seq, 1)
    assert said(entry).splitlines()[0] == "zhang@customer.example"
    assert said(entry).endswith("上午不行。")
    assert Outbox.objects.get(kind="written").person == world.clerk


def test_a_second_mail_of_the_same_talk_finds_its_matter_without_an_answer_of_ours(server: MailServer) -> None:
    came(server, written(Message_ID="<first@customer.example>"))
    came(server, written("补充：还有厨房。", In_Reply_To="<first@customer.example>"))
    assert (Subject.objects.count(), Entry.objects.filter(type="noted").count()) == (1, 1)


def test_a_token_that_was_never_given_opens_a_new_matter(server: MailServer, world: World) -> None:
    world.intake()
    (row,) = came(server, written(Subject="回复 [SW-ABCDEFGHIJ]"))
    assert (row.outcome, Subject.objects.count()) == ("matter", 2)


# --- machines ----------------------------------------------------------------------------

MACHINES = {
    "Auto-Submitted": "auto-replied",
    "Precedence": "bulk",
    "List-Id": "<news.example>",
    "List-Unsubscribe": "<mailto:x@example>",
    "X-Auto-Response-Suppress": "OOF",
    "Return-Path": "<>",
    "X-Shouwen-Key": "k",
    "X-Autoreply": "yes",
    "From": "MAILER-DAEMON@mx.example",
}


@pytest.mark.parametrize("name", MACHINES)
def test_a_machines_mail_opens_nothing_and_is_never_answered(server: MailServer, settings: Settings, name: str) -> None:
    settings.SHOUWEN_IMAP += "&receipt=on"
    (row,) = came(server, written(**{name: MACHINES[name]}))
    assert (row.outcome, row.reason, row.title) == ("look", "machine", "外墙渗水")
    assert (Subject.objects.count(), Outbox.objects.count()) == (0, 0)


@pytest.mark.parametrize("sender", ["shouwen@house.example", "Care@example.org"])
def test_the_houses_own_mail_opens_nothing(server: MailServer, sender: str) -> None:
    (row,) = came(server, written(From=sender))
    assert (row.outcome, row.reason) == ("look", "own")


def test_an_absence_note_upon_a_letter_is_no_entry_but_knows_its_matter(server: MailServer, world: World) -> None:
    subject = world.intake()
    letter = answered(world, subject)
    note = written("我在休假。", In_Reply_To=letter.message_id, Auto_Submitted="auto-replied")
    note.add_attachment(PNG, "image", "png", filename="签名.png")
    (row,) = came(server, note)
    assert (row.outcome, row.reason, row.subject) == ("look", "machine", subject)
    assert (row.files, row.refused) == ([], [{"name": "签名.png", "why": "留在邮箱里"}])
    assert Entry.objects.filter(type="noted").count() == 0


def test_a_receipt_goes_out_marked_and_at_most_three_times_a_day(
    server: MailServer, settings: Settings, box: Postbox
) -> None:
    settings.SHOUWEN_IMAP += "&receipt=on"
    for number in range(4):
        came(server, written(f"第{number}件"))
    with clock.at(at("2026-03-02 09:01")):
        deliver_due()
    receipts = [one for one in box.messages if one["To"] == "zhang@customer.example"]
    assert [one["Auto-Submitted"] for one in receipts] == ["auto-replied"] * 3
    assert Subject.objects.count() == 4
    # What fell due at the same instant goes out in any order.
    numbers = list(Subject.objects.order_by("number").values_list("number", flat=True))
    assert sorted(n for n in numbers for one in receipts if n in one.get_content()) == numbers[:3]


def test_more_than_twenty_new_matters_a_day_from_one_address_are_looked_at(server: MailServer) -> None:
    for number in range(22):
        server.put(written(f"第{number}件").as_bytes(policy=SMTP), MONDAY)
    with clock.at(MONDAY):
        assert poll(boxes()[0].name) == 22
    assert Subject.objects.count() == 20
    assert set(Incoming.objects.filter(outcome="look").values_list("reason", flat=True)) == {"loop"}


# --- mail that came back -----------------------------------------------------------------


def bounce(original: str, action: str = "failed") -> bytes:
    return f"""From: MAILER-DAEMON@mx.example\r
To: shouwen@house.example\r
Subject: Undelivered Mail\r
Auto-Submitted: auto-replied\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r
\r
--b\r
Content-Type: text/plain\r
\r
It did not reach them.\r
--b\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example\r
\r
Final-Recipient: rfc822; Zhang@customer.example\r
Action: {action}\r
Status: 5.1.1\r
Diagnostic-Code: smtp; 550 5.1.1 no such user\r
\r
--b\r
Content-Type: message/rfc822\r
\r
Message-ID: {original}\r
Subject: x\r
\r
text\r
--b--\r
""".encode()


def test_a_bounce_marks_the_delivery_and_the_address_and_tells_the_owner(server: MailServer, world: World) -> None:
    letter = answered(world, world.intake())
    (row,) = came(server, bounce(letter.message_id), at("2026-03-02 10:05"))
    letter.refresh_from_db()
    assert (row.outcome, row.title, letter.returned_at) == ("returned", "", at("2026-03-02 10:05"))
    assert Delivery.objects.filter(outbox=letter.outbox, delivered=False).count() == 1
    doubtful = Returned.objects.get()
    assert (doubtful.address, doubtful.status) == ("zhang@customer.example", "5.1.1")
    assert doubtful.said == "smtp; 550 5.1.1 no such user"
    assert Outbox.objects.get(kind="returned").person == world.clerk


def test_a_delay_is_no_bounce(server: MailServer, world: World) -> None:
    letter = answered(world, world.intake())
    (row,) = came(server, bounce(letter.message_id, "delayed"))
    assert (row.outcome, row.reason, Returned.objects.count()) == ("look", "machine", 0)


def test_a_bounce_in_words_alone_is_known_by_what_it_refers_to(server: MailServer, world: World) -> None:
    letter = answered(world, world.intake())
    mail = written("550", From="postmaster@mx.example", In_Reply_To=letter.message_id, Subject="系统退信")
    (row,) = came(server, mail)
    assert (row.outcome, Returned.objects.get().address) == ("returned", "zhang@customer.example")


def test_a_notice_to_one_of_our_own_that_came_back_is_marked(server: MailServer, world: World) -> None:
    from shouwen.channels.ids import message_id

    world.second.email = "zhang@customer.example"
    world.second.save()
    world.intake()
    notice = Outbox.objects.get(kind="duty")
    came(server, bounce(message_id(notice.key)))
    assert Delivery.objects.get(outbox=notice).error == "5.1.1 smtp; 550 5.1.1 no such user"


def test_a_mail_from_a_doubtful_address_clears_it(server: MailServer) -> None:
    Returned.objects.create(address="zhang@customer.example", at=MONDAY)
    came(server, written())
    assert Returned.objects.count() == 0


# --- the worker --------------------------------------------------------------------------


def test_a_mailbox_is_claimed_by_one_worker_and_comes_up_again_after_a_minute(
    server: MailServer,
) -> None:
    with clock.at(MONDAY):
        assert (poll_due(), poll_due()) == (1, 0)
        poll(boxes()[0].name)
    with clock.at(MONDAY + timedelta(seconds=59)):
        assert poll_due() == 0
    with clock.at(MONDAY + timedelta(seconds=60)):
        assert poll_due() == 1


def test_a_server_that_refuses_is_tried_ever_later_and_no_password_is_kept(
    server: MailServer, settings: Settings
) -> None:
    server.password = "another"
    with clock.at(MONDAY):
        poll(boxes()[0].name)
    row = Mailbox.objects.get()
    assert (row.failures, row.next_at, "AUTHENTICATIONFAILED" in row.error) == (1, MONDAY + timedelta(minutes=1), True)
    assert "secret" not in row.error + row.name + repr(row.__dict__)
    server.password = "secret/with:signs"
    came(server, written())
    assert Mailbox.objects.values_list("failures", "error").get() == (0, "")
