"""Administration in pages: who may, what is shown before it is done, and that all of it is an entry."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from django.test import Client
from tests.desk.administering import approved, force_of, send, shown, upload, written

from shouwen.governance.models import InForce, PolicyVersion, Publication, Term
from shouwen.insight.models import WhatIf
from shouwen.journal import clock
from shouwen.journal.administration import ADMINISTERED, HOUSE_KIND
from shouwen.journal.drafts import Actor
from shouwen.journal.models import Entry, Subject
from shouwen.matters.actions import take_in
from shouwen.organisation import actions
from shouwen.organisation.administration import APPROVAL, AUTHORITY
from shouwen.organisation.models import Appointment, Delegation, Person, Post, Unit

SignedIn = Callable[[str], Client]
PAGES = """units/ units/add/ people/ people/add/ import/ import/template/ calendars/ calendars/year/ calendars/import/
calendars/recount/ calendars/day/ calendars/hours/
policies/ policies/publish/ policies/put/ publications/ readings/ numbering/ terms/ terms/add/ log/ tasks/ integrations/
integrations/add/ integrations/webhooks/"""


def test_every_page_is_there_for_who_may_and_shut_with_a_sentence_for_others(root: Client, signed_in: SignedIn) -> None:
    other = signed_in("lingdao")
    for page in PAGES.split():
        assert (page, root.get(f"/administration/{page}").status_code) == (page, 200)
        refused = other.get(f"/administration/{page}")
        assert (page, refused.status_code, AUTHORITY in shown(refused)) == (page, 403, True)
    assert "/administration/" in shown(root.get("/"))
    assert "/administration/" not in shown(other.get("/"))


def test_a_unit_is_added_renamed_moved_and_ended_each_time_with_an_entry(root: Client) -> None:
    top = Unit.objects.filter(parent=None).order_by("pk")[0]
    assert send(root, "units/add/", name="江北公司", kind="branch", parent=top.pk).status_code == 302
    made = Unit.objects.get(name="江北公司")
    assert (made.parent, made.zone) == (top, top.zone)
    assert send(root, "units/add/", name="江北公司", kind="branch", parent=top.pk).status_code == 422
    assert send(root, f"units/{made.pk}/rename/", name="江南公司").status_code == 302
    project = Unit.objects.filter(kind="project").order_by("pk")[0]
    old = project.path
    preview = send(root, f"units/{project.pk}/move/", "preview", parent=made.pk)
    assert (preview.status_code, "This is what it does" in shown(preview)) == (200, True)
    project.refresh_from_db()
    assert project.path == old
    assert send(root, f"units/{project.pk}/move/", parent=made.pk).status_code == 302
    project.refresh_from_db()
    assert project.path == f"{made.path}{project.pk}/"
    assert send(root, f"units/{made.pk}/posts/add/", name="品质部", since="2026-03-01").status_code == 302
    post = Post.objects.get(unit=made)
    assert send(root, f"units/posts/{post.pk}/end/", "preview").status_code == 200
    assert send(root, f"units/posts/{post.pk}/end/", until="2026-03-05").status_code == 302
    post.refresh_from_db()
    assert [one and f"{one:%m-%d %H}" for one in (post.since, post.until)] == ["02-28 16", "03-04 16"]
    refused = send(root, f"units/{made.pk}/end/")
    assert (refused.status_code, "There are still units below this one." in shown(refused)) == (422, True)
    assert written() == [
        ("unit.add", f"unit {made.pk}", "", f"江北公司, branch, {made.path}"),
        ("unit.rename", f"unit {made.pk}", "江北公司", "江南公司"),
        ("unit.move", f"unit {project.pk}", old, project.path),
        ("post.add", f"post {post.pk}", "", "品质部"),
        ("post.end", f"post {post.pk}", "品质部", "→ 2026-03-05 00:00"),
    ]
    log_of = Subject.objects.get(kind=HOUSE_KIND)
    assert (log_of.unit, log_of.policy_version, log_of.number) == (top, None, "")
    log = shown(root.get("/administration/log/?what=unit.rename"))
    assert ("江北公司" in log, project.path in log) == (True, False)


def test_a_form_that_others_overtook_shows_both_and_saves_nothing(root: Client) -> None:
    unit = Unit.objects.filter(kind="project").order_by("pk")[0]
    seen = root.get(f"/administration/units/{unit.pk}/rename/").context["seen"]
    name = unit.name
    Unit.objects.filter(pk=unit.pk).update(name="另一个名字")
    answer = root.post(f"/administration/units/{unit.pk}/rename/", {"seen": seen, "step": "do", "name": "第三个名字"})
    assert answer.status_code == 409
    assert all(text in shown(answer) for text in (name, "另一个名字", "第三个名字"))
    assert Unit.objects.get(pk=unit.pk).name == "另一个名字"
    assert written() == []


def test_a_post_with_the_authority_administers_its_unit_and_below_and_nothing_else(
    root: Client, signed_in: SignedIn, house: datetime
) -> None:
    """系统管理: the authority reaches the post's unit and below; an account also its holder's other posts."""
    officer = Person.objects.get(username="jingban")
    held = officer.appointments.select_related("post__unit").get().post
    actions.grant(held, AUTHORITY, None, house)
    mine = Unit.objects.get(pk=held.unit_id)
    client = signed_in("jingban")
    answer = client.get("/administration/units/")
    assert answer.status_code == 200
    reach = mine.parent if mine.kind == "department" else mine
    assert reach is not None
    ids = {row.pk for row in answer.context["listing"].page.object_list}
    assert ids == set(Unit.objects.filter(path__startswith=reach.path).values_list("pk", flat=True))
    outside = Unit.objects.exclude(path__startswith=reach.path).order_by("pk")[0]
    assert client.get(f"/administration/units/{outside.pk}/").status_code == 403
    assert client.get("/administration/import/").status_code == 403
    head = Person.objects.get(username="root")
    actions.appoint(head, held, house)
    refused = client.post(f"/administration/people/{head.pk}/password/", {"step": "do"})
    assert (refused.status_code, written()) == (403, [])


def test_a_person_is_added_appointed_given_a_password_shown_once_and_represented(root: Client) -> None:
    assert send(root, "people/add/", username="xinren", name="新人", phone="13900000000").status_code == 302
    person = Person.objects.get(username="xinren")
    post = Post.objects.select_related("unit").order_by("pk")[0]
    assert send(root, f"people/{person.pk}/appoint/", post=post.pk, since="2026-03-02").status_code == 302
    row = Appointment.objects.get(person=person)
    assert (row.post, row.since.isoformat()) == (post, "2026-03-01T16:00:00+00:00")
    once = send(root, f"people/{person.pk}/password/")
    password = once.context["done"].once
    person.refresh_from_db()
    assert (once.status_code, person.check_password(password)) == (200, True)
    deputy = Person.objects.get(username="jingban")
    bad = send(root, f"people/{person.pk}/deputy/", deputy=person.pk)
    assert (bad.status_code, "Nobody stands in for himself." in shown(bad)) == (422, True)
    assert send(root, f"people/{person.pk}/deputy/", deputy=deputy.pk, until="2026-03-09").status_code == 302
    assert Delegation.objects.get(person=person).deputy == deputy
    assert send(root, f"people/{person.pk}/change/", name="新人", phone="13911112222", email="").status_code == 302
    assert root.get(f"/admin/organisation/person/{person.pk}/change/").status_code == 200
    changed = root.post(f"/admin/organisation/person/{person.pk}/change/", {"name": "别的名字", "auditor": "on"})
    assert (changed.status_code, Person.objects.get(pk=person.pk).auditor) == (403, False)
    kept = str(list(Entry.objects.filter(type=ADMINISTERED).values_list("data", flat=True)))
    assert [text in kept for text in ("13911112222", "13900000000", "新人", password)] == [False] * 4
    assert [what for what, *_rest in written()] == [
        "person.add",
        "appointment.add",
        "person.password",
        "delegation.add",
        "person.change",
    ]
    assert written()[-1] == ("person.change", f"person {person.pk}", "", "phone")
    same = {"name": "新人", "phone": "13911112222", "email": "", "auditor": "on"}
    assert send(root, f"people/{person.pk}/change/", **same).status_code == 302
    assert Person.objects.get(pk=person.pk).auditor
    assert written()[-1] == ("person.change", f"person {person.pk}", "", "auditor=False → True")


def test_nobody_leaves_with_matters_in_his_hands(root: Client, matter: Subject) -> None:
    """首问负责: a matter is never nobody's, also when its owner leaves the house."""
    leaver, heir = Person.objects.get(username="jingban"), Person.objects.get(username="qiantai")
    page = f"people/{leaver.pk}/deactivate/"
    preview = send(root, page, "preview", successor=heir.pk)
    assert (preview.status_code, matter.number in shown(preview), heir.name in shown(preview)) == (200, True, True)
    refused = send(root, page)
    assert (refused.status_code, "say who takes them" in shown(refused)) == (422, True)
    assert send(root, page, successor=heir.pk).status_code == 302
    matter.refresh_from_db()
    leaver.refresh_from_db()
    assert (matter.owner_person, leaver.is_active) == (heir, False)
    assert Entry.objects.filter(subject=matter, type="reassigned").count() == 1
    assert not Appointment.objects.filter(person=leaver, until=None).exists()
    assert written() == [("person.out", f"person {leaver.pk}", "", f"1 → person {heir.pk}")]


def test_a_parameter_is_tried_on_what_was_and_is_then_a_new_version(root: Client, matter: Subject) -> None:
    """及时: where the clause has no number the house may set one; open matters keep the version of their opening."""
    force = InForce.objects.get(pk=force_of(matter))
    page = f"readings/{force.pk}/?only=及时"
    form = root.get(f"/administration/{page}").context["form"]
    word = next(field for field, name in form.words.items() if name == "及时")
    given = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    given |= {"version": "试行二", "why": "部门约定"}
    bad = send(root, page, "preview", **{**given, word: "很快"})
    assert (bad.status_code, "很快" in shown(bad)) == (422, True)
    preview = send(root, page, "preview", **{**given, word: "2h"})
    assert (preview.status_code, "Replayed: 1 of 1 matters" in shown(preview)) == (200, True)
    assert PolicyVersion.objects.filter(version="试行二").count() == 0
    assert send(root, page, **{**given, word: "2h"}).status_code == 302
    assert PolicyVersion.objects.filter(version="试行二").count() == 0
    made = approved()
    force.refresh_from_db()
    assert force.until is not None
    now = InForce.objects.get(unit=force.unit, kind=force.kind, until=None)
    assert now.policy_version == made
    matter.refresh_from_db()
    assert matter.policy_version == force.policy_version
    assert [what for what, *_rest in written()] == ["policy.propose", "policy.approve"]


def test_a_policy_with_mistakes_is_refused_with_all_of_them_by_line(root: Client) -> None:
    first = PolicyVersion.objects.order_by("pk")[0]
    name, text = first.name, first.text.replace("language: 1", "language: 9", 1)
    unit = InForce.objects.filter(policy=name, kind="complaint").order_by("pk")[0].unit
    given: dict[str, Any] = {"policy": name, "unit": unit.pk, "kinds": "complaint", "reason": "修订"}
    refused = send(root, "policies/publish/", "preview", file=upload(text, "x.md"), **given)
    assert (refused.status_code, f"{name}.md:" in shown(refused)) == (422, True)
    other = first.text.replace("\nversion:", "\nversion: 2099-01 # ", 1)
    unknown = send(root, "policies/publish/", "preview", file=upload(other, "x.md"), **{**given, "kinds": "nonsense"})
    assert unknown.status_code == 422
    preview = send(root, "policies/publish/", "preview", file=upload(other, "x.md"), **given)
    assert all(said in shown(preview) for said in ("Replayed: 0 of 0 matters", "1 differences", "2099-01 版"))
    done = send(root, "policies/publish/", file=upload(other, "x.md"), **given)
    assert (done.status_code, PolicyVersion.objects.filter(version="2099-01").exists()) == (302, False)
    version = approved()
    assert InForce.objects.get(unit=unit, kind="complaint", until=None).policy_version == version
    # Approved, it may be put in force elsewhere too.
    below = Unit.objects.filter(path__startswith=unit.path, kind="project").order_by("pk")[0]
    elsewhere: dict[str, Any] = {"version": version.pk, "unit": below.pk, "kind": "complaint", "since": "2026-03-03"}
    assert send(root, "policies/put/", "preview", **{**elsewhere, "kind": "nonsense"}).status_code == 422
    preview = send(root, "policies/put/", "preview", **elsewhere)
    assert (preview.status_code, "Replayed: 0 of 0 matters" in shown(preview)) == (200, True)
    assert send(root, "policies/put/", **elsewhere).status_code == 302
    assert InForce.objects.get(unit=below, kind="complaint", until=None).policy_version == version


def test_nobody_approves_what_he_proposed_and_each_step_is_an_entry(root: Client, signed_in: SignedIn) -> None:
    """规章发布: proposed, refused with a reason, proposed again, withdrawn, approved by a post with 规章批准."""
    first = PolicyVersion.objects.order_by("pk")[0]
    leader = Person.objects.get(username="lingdao")
    post = leader.appointments.select_related("post__unit").get().post
    unit = post.unit
    approver = signed_in("lingdao")
    assert approver.get("/administration/publications/").status_code == 403
    text = first.text.replace("\nversion:", "\nversion: 2099-01 # ", 1)
    given: dict[str, Any] = {"policy": first.name, "unit": unit.pk, "kinds": "complaint", "reason": "修订"}
    for _twice in range(3):
        assert send(root, "policies/publish/", file=upload(text, "x.md"), **given).status_code == 302
    again, wrong, right = Publication.objects.order_by("pk")
    kept = WhatIf.objects.create(
        person=Person.objects.get(username="root"), name="八小时", unit=unit, policy=first.name, moment=clock.now(),
        made_at=clock.now(), state="done",
    )  # fmt: skip
    assert send(root, f"publications/{right.pk}/whatif/", what_if=str(kept.pk)).status_code == 302
    own = root.get(f"/administration/publications/{right.pk}/approve/")
    assert (own.status_code, "has proposed himself" in shown(own)) == (403, True)
    assert approver.get(f"/administration/publications/{right.pk}/").status_code == 403
    actions.grant(post, APPROVAL, None, clock.now())
    assert "/administration/publications/" in shown(approver.get("/"))
    assert approver.get("/administration/units/").status_code == 403
    page = shown(approver.get(f"/administration/publications/{right.pk}/"))
    assert all(said in page for said in ("修订", "2099-01 版", "批准", "Replayed: 0 of 0 matters"))
    assert f"/administration/whatif/{kept.pk}/" in page
    assert send(approver, f"publications/{wrong.pk}/refuse/").status_code == 422
    assert send(approver, f"publications/{wrong.pk}/refuse/", opinion="措辞不清").status_code == 302
    assert send(root, f"publications/{again.pk}/withdraw/").status_code == 302
    assert send(approver, f"publications/{right.pk}/approve/", opinion="同意").status_code == 302
    late = send(approver, f"publications/{right.pk}/approve/", opinion="再批")
    assert late.status_code == 422
    states = [one.state for one in Publication.objects.order_by("pk")]
    assert states == ["withdrawn", "refused", "approved"]
    version = PolicyVersion.objects.get(version="2099-01")
    assert InForce.objects.get(unit=unit, kind="complaint", until=None).policy_version == version
    kept.refresh_from_db()
    assert kept.attached_to == version
    said = f"{first.name} 2099-01"
    assert [(what, after) for what, _object, _before, after in written()] == [
        *[("policy.propose", f"{said} | complaint | 修订")] * 3,
        ("policy.attach", str(kept.pk)),
        ("policy.refuse", f"{said} | refused | 措辞不清"),
        ("policy.withdraw", f"{said} | withdrawn | "),
        ("policy.approve", f"{said} | approved | 同意"),
    ]
    rows = Entry.objects.filter(type=ADMINISTERED).order_by("pk")
    assert [(one.by, one.post) for one in rows if one.data["what"] == "policy.approve"] == [(leader, APPROVAL)]


def test_a_value_of_the_house_is_offered_beside_the_policys(root: Client, signed_in: SignedIn) -> None:
    assert send(root, "terms/add/", place="received.channel", value="业主群", order=0, unit="").status_code == 302
    again = send(root, "terms/add/", place="received.channel", value="业主群", order=0, unit="")
    assert (again.status_code, "offered already" in shown(again)) == (422, True)
    officer = signed_in("jingban")
    assert "业主群" in shown(officer.get("/matters/new/"))
    term = Term.objects.get()
    assert send(root, f"terms/{term.pk}/", order=1, end="on").status_code == 302
    assert "业主群" not in shown(officer.get("/matters/new/"))
    assert [what for what, *_rest in written()] == ["term.add", "term.change"]


def test_numbers_have_no_gap_and_the_next_is_shown(root: Client, matter: Subject) -> None:
    rows = root.get("/administration/numbering/").context["listing"].rows
    line = next(row for row in rows if row[1].text == matter.unit.name)
    stem = matter.number[:-4]
    assert [cell.text for cell in line[2:]] == ["2026", "投诉-{unit}-{year}-{n:04}", "1", f"{stem}0002", "1"]
    page = line[3].url.removeprefix("/administration/")
    given = {"version": "编号二", "why": "按月看"}
    for bad in ("投诉-{unit}-{year}", "投诉-{people}-{n}", '投诉"-{n}'):
        assert send(root, page, "preview", pattern=bad, **given).status_code == 422
    wanted = "诉{year}{month:02}-{unit}-{n:03}"
    preview = send(root, page, "preview", pattern=wanted, **given)
    assert all(
        text in shown(preview) for text in (f"{stem}0002", f"诉202603-{matter.unit.name}-001")
    )  # each month begins at 1
    assert send(root, page, pattern=wanted, **given).status_code == 302
    approved()
    assert [what for what, *_rest in written()] == ["policy.propose", "policy.approve"]
    officer = Person.objects.get(username="jingban")
    held = officer.appointments.select_related("post__unit").get().post
    with clock.at(matter.opened_at + timedelta(minutes=1)):
        said = {"channel": "电话", "text": "又漏了"}
        second = take_in(matter.unit, said, actor=Actor(officer, held.name, held.unit))
    assert second.number == f"诉202603-{matter.unit.name}-001"


def test_the_organisation_comes_from_a_workbook_after_a_dry_run(root: Client) -> None:
    from io import BytesIO

    import xlsxwriter

    stream = BytesIO()
    with xlsxwriter.Workbook(stream, {"in_memory": True}) as book:
        page = book.add_worksheet("人员")
        for row, line in enumerate((("登录名", "姓名"), ("daoru", "导入人"))):
            page.write_row(row, 0, line)
    from django.core.files.uploadedfile import SimpleUploadedFile

    file = SimpleUploadedFile("org.xlsx", stream.getvalue())
    preview = send(root, "import/", "preview", file=file)
    assert (preview.status_code, "导入人" in shown(preview)) == (200, True)
    assert not Person.objects.filter(username="daoru").exists()
    assert send(root, "import/", kept=preview.context["form"].kept).status_code == 302
    assert Person.objects.get(username="daoru").name == "导入人"
    assert written()[0] == ("organisation.import", "organisation", "", "created 1, changed 0, ended 0, same 0")


def test_a_token_of_another_system_is_shown_once_and_revoked(root: Client) -> None:
    from shouwen.api.models import Integration, Token

    post = Post.objects.order_by("pk")[0]
    assert send(root, "integrations/add/", name="物业系统", post=post.pk).status_code == 302
    known = Integration.objects.get(name="物业系统")
    page = f"integrations/{known.pk}/token/"
    assert send(root, page, rate=60).status_code == 422
    once = send(root, page, scopes=["matters:read"], rate=60)
    token = Token.objects.get()
    assert (once.context["done"].once.startswith(token.prefix), token.scopes) == (True, ["matters:read"])
    assert once.context["done"].once not in shown(root.get(f"/administration/integrations/{known.pk}/"))
    assert send(root, f"integrations/tokens/{token.pk}/revoke/").status_code == 302
    token.refresh_from_db()
    assert token.revoked_at is not None
    assert [what for what, *_rest in written()] == ["integration.add", "token.add", "token.revoke"]
