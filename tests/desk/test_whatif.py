"""What-if in pages: a limit is changed, the worker counts, nothing of the house changes (docs/engine.md, 13)."""

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook
from tests.desk.administering import shown, written

from shouwen.desk.administration import background
from shouwen.desk.models import Task
from shouwen.governance.models import PolicyVersion
from shouwen.insight.models import WhatIf
from shouwen.insight.whatif_kept import attach
from shouwen.journal import clock
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import AccessLog, Duty, Entry, Involved, Subject
from shouwen.journal.record import record
from shouwen.organisation import actions
from shouwen.organisation.administration import AUTHORITY
from shouwen.organisation.models import Person, Unit

SignedIn = Callable[[str], Client]
CLAUSE = "jinke/3.2.B.1"


@pytest.fixture
def verified(matter: Subject, house: datetime) -> Subject:
    """The leak of 2 March, 9:00, verified at 19:00, after ten hours."""
    person = Person.objects.get(username="jingban")
    post = person.appointments.get().post
    now = house + timedelta(hours=10)
    record(
        Draft(matter, "verified", {"result": "属实", "findings": "现场查看"}),
        actor=Actor(person, post.name, post.unit),
        now=now,
    )
    return matter


def asked(client: Client, verified: Subject, **other: Any) -> Any:
    """The form under the clause, with eight hours for verifying and all else as it stands."""
    page = f"/administration/whatif/new/{verified.policy_version_id}/?clause={CLAUSE}"
    with clock.at(clock.now() + timedelta(days=1)):
        seen = client.get(page)
        form = seen.context["form"]
        given = {name: field.initial for name, field in form.fields.items() if field.initial is not None}
        (limit,) = [name for name, one in form.numbers.items() if one.key == f"{CLAUSE}:verified"]
        root = Unit.objects.get(pk=verified.unit.line[0])
        return client.post(page, {**given, limit: "8h", "unit": root.pk, **other})


def counted(client: Client, verified: Subject, **other: Any) -> WhatIf:
    answer = asked(client, verified, **other)
    assert answer.status_code == 302, shown(answer)
    address = answer.headers["Location"]
    assert "0 of 1 matters" in shown(client.get(address))
    task = Task.objects.get(kind="whatif")
    with clock.at(clock.now() + timedelta(days=1)):
        background.work(str(task.pk))
    found = WhatIf.objects.get(pk=task.asked["whatif"])
    assert (found.state, address) == ("done", f"/administration/whatif/{found.pk}/")
    assert client.get(address, headers={"HX-Request": "true"}).headers["HX-Refresh"] == "true"
    return found


def test_eight_hours_under_a_clause(root: Client, verified: Subject) -> None:
    """第三条 2 B (1) 的24小时改为8小时：10小时后才核实的一件转迟2小时。系统里什么都没有改。"""
    reader = shown(root.get("/regulations/jinke/"))
    address = f"/administration/whatif/new/{verified.policy_version_id}/?clause={CLAUSE}"
    assert address in reader
    stood = Entry.objects.count(), list(Duty.objects.order_by("pk").values())
    found = counted(root, verified)
    assert (Entry.objects.count(), list(Duty.objects.order_by("pk").values())) == stood
    assert found.name == "3.2.B.1 核实和分析投诉情况：24小时 → 8小时"
    assert found.summary["total"]["counts"]["turned_late"] == 1
    assert found.summary["total"]["lateness"] == {"before": None, "after": [2.0, 2.0]}
    (where, before, after), *rest = found.said
    assert (where, "限24小时内" in before, "限8小时内" in after, rest) == ("3.2.B.1:verified 义务", True, True, [])
    assert [one["subjects"] for one in found.from_versions] == [1]
    page = shown(root.get(f"/administration/whatif/{found.pk}/"))
    assert all(text in page for text in ("Turn late", "限8小时内", f"{CLAUSE}"))
    row = [line["label"] for line in found.summary["tables"]["clause"]].index([CLAUSE])
    for by, place in (("clause", row), ("total", 0)):
        listed = root.get(f"/administration/whatif/{found.pk}/matters/?by={by}&row={place}&figure=turned_late")
        assert str(verified) in shown(listed)
    for wrong in ("by=clause&row=999&figure=late", "by=nothing&row=0&figure=late", "by=total&row=0&figure=x", ""):
        assert root.get(f"/administration/whatif/{found.pk}/matters/?{wrong}").status_code == 404
    assert found.name in shown(root.get("/administration/whatif/"))
    assert f"/administration/whatif/{found.pk}/" in shown(root.get("/administration/tasks/"))


def test_the_export_is_a_logged_act(root: Client, verified: Subject, tmp_path: Path) -> None:
    found = counted(root, verified)
    address = f"/administration/whatif/{found.pk}/"
    root.post(f"{address}export/", {"reason": " "})
    assert not Task.objects.filter(kind="whatif.export").exists()
    root.post(f"{address}export/", {"reason": "班子会讨论"})
    task = Task.objects.get(kind="whatif.export")
    background.work(str(task.pk))
    assert written() == [("whatif.export", f"whatif {found.pk}", "", "班子会讨论")]
    look = AccessLog.objects.get(kind="exported")
    assert (look.what, look.reason) == (f"what-if {found.pk}", "班子会讨论")
    assert f"/administration/whatif/file/{task.pk}/" in shown(root.get(address))
    path = tmp_path / "w.xlsx"
    path.write_bytes(b"".join(root.get(f"/administration/whatif/file/{task.pk}/").streaming_content))  # type: ignore[arg-type]
    heads, *rows = CalamineWorkbook.from_path(path).get_sheet_by_name("Duties").to_python()
    late = [row for row in rows if row[heads.index("Hours late then")] == 2.0]
    assert [(row[0], row[heads.index("Clause")]) for row in late] == [(str(verified), CLAUSE)]


def test_what_cannot_be_asked(root: Client, verified: Subject) -> None:
    nonsense = asked(root, verified, **{"limit-0": "bald"})
    assert (nonsense.status_code, "读不懂" in shown(nonsense)) == (422, True)
    early = asked(root, verified, until="2026-02-01")
    assert "There are no such matters" in shown(early)
    names = list(early.context["form"].numbers)
    same = asked(root, verified, **{name: early.context["form"].fields[name].initial for name in names})
    assert "Nothing is changed" in shown(same)
    assert not WhatIf.objects.exists()


def test_only_who_administers_policies_asks_and_reads(root: Client, signed_in: SignedIn, verified: Subject) -> None:
    """系统管理：连接、表单、结果、清单、文件都只给管理这个单位的人；清单只列他看得见的事项。"""
    found = counted(root, verified)
    address = f"/administration/whatif/{found.pk}/"
    client = signed_in("jingban")
    pages = ("/administration/whatif/", f"/administration/whatif/new/{verified.policy_version_id}/", address)
    assert [client.get(page).status_code for page in pages] == [403, 403, 403]
    assert "whatif/new" not in shown(client.get("/regulations/jinke/"))
    officer = Person.objects.get(username="jingban")
    held = officer.appointments.select_related("post__unit").get().post
    actions.grant(held, AUTHORITY, None, clock.now())
    assert client.get("/administration/whatif/").status_code == 200
    # The group's is not his: he administers a unit below it.
    assert [client.get(page).status_code for page in (address, f"{address}matters/?by=total&row=0&figure=new")] == [
        404
    ] * 2
    mine = Unit.objects.get(pk=held.unit_id)
    WhatIf.objects.filter(pk=found.pk).update(unit=mine.parent if mine.kind == "department" else mine)
    listed = f"{address}matters/?by=total&row=0&figure=turned_late"
    assert str(verified) in shown(client.get(listed))
    Subject.objects.filter(pk=verified.pk).update(confidential=True, owner_person=Person.objects.get(username="root"))
    Duty.objects.filter(subject=verified).update(person=None, post=None)
    Involved.objects.filter(subject=verified).delete()
    answer = shown(client.get(listed))
    assert (str(verified) in answer, "您看得见的 0 件" in answer) == (False, True)
    task = Task.objects.create(
        person=Person.objects.get(username="root"),
        kind="whatif.export",
        asked={},
        made_at=clock.now(),
        touched_at=clock.now(),
    )
    assert client.get(f"/administration/whatif/file/{task.pk}/").status_code == 404


def test_it_goes_with_the_version_that_is_published(root: Client, verified: Subject) -> None:
    found = counted(root, verified)
    version = PolicyVersion.objects.get(pk=verified.policy_version_id)
    attach(found, version)
    assert list(version.what_ifs.all()) == [found]
    assert f"Shown when {version} was published" in shown(root.get(f"/administration/whatif/{found.pk}/"))
