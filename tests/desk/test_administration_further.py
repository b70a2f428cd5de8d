"""Administration in pages: calendars, what the worker does, webhooks, and what each arranges for himself."""

from collections.abc import Callable
from datetime import date, datetime

import pytest
from django.test import Client
from tests.desk.administering import force_of, send, shown, upload, written

from shouwen.governance.actions import put_in_force
from shouwen.governance.calendars import calendar_for
from shouwen.governance.models import CalendarDay, CalendarTable
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import Duty, Entry, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import take_in
from shouwen.organisation.models import Delegation, Person, Unit

SignedIn = Callable[[str], Client]


def test_a_year_is_refused_by_line_then_shown_then_made_official(root: Client, matter: Subject) -> None:
    bad = "date,kind,name\n2026-03-33,放假,X\n2026-03-04,假的,Y\n"
    refused = send(root, "calendars/import/", "preview", file=upload(bad, "bad.csv"), note="通知")
    assert refused.status_code == 422
    assert all(text in shown(refused) for text in ("Line 2", "Line 3"))
    year = "date,kind,name\n2026-03-03,放假,厂休\n2026-03-04,放假,厂休\n"
    days = list(CalendarDay.objects.order_by("pk").values_list("pk", flat=True))
    preview = send(root, "calendars/import/", "preview", file=upload(year, "2026.csv"), note="通知")
    assert (preview.status_code, "2026-03-03" in shown(preview)) == (200, True)
    assert list(CalendarDay.objects.order_by("pk").values_list("pk", flat=True)) == days
    kept = preview.context["form"].kept
    due = dict(Duty.objects.filter(subject=matter).values_list("key", "due_at"))
    assert send(root, "calendars/import/", kept=kept, note="通知").status_code == 302
    assert CalendarDay.objects.filter(date="2026-03-03", kind="holiday").count() == 1
    assert dict(Duty.objects.filter(subject=matter).values_list("key", "due_at")) == due
    told = send(root, "calendars/recount/", "preview", reason="年历")
    assert "Looked at 1 of 1 subjects with 1 open duties: 0 get another due time" in shown(told)
    before = matter.calendar_version_id
    assert send(root, "calendars/recount/", reason="年历").status_code == 302
    matter.refresh_from_db()
    rebased = Entry.objects.get(subject=matter, type="rebased").data
    assert (rebased["from"], rebased["to"], rebased["reason"]) == (before, matter.calendar_version_id, "年历")
    assert "No open duty is counted under an older calendar." in shown(
        send(root, "calendars/recount/", "preview", reason="年历")
    )
    assert {what for what, *_rest in written()} == {"calendar.import", "calendar.recount"}


def test_a_day_and_the_hours_of_a_week_are_shown_then_set_each_with_an_entry(root: Client, matter: Subject) -> None:
    """单日与服务时段：先看哪些义务会动，再生效；不重新计时，时限不动。"""
    unit = matter.unit
    holiday = {"unit": unit.pk, "date": "2026-03-03", "kind": "holiday", "name": "停业", "source": "通知"}
    assert send(root, "calendars/day/", "preview", **{**holiday, "hours": "25点"}).status_code == 422
    preview = send(root, "calendars/day/", "preview", **holiday)
    assert (preview.status_code, CalendarDay.objects.filter(table__unit=unit).count()) == (200, 0)
    assert "Looked at 1 of 1 subjects" in shown(preview)
    done = send(root, "calendars/day/", **holiday)
    assert (done.status_code, done.headers["Location"]) == (302, f"/administration/calendars/recount/?unit={unit.pk}")
    assert CalendarDay.objects.get(table__unit=unit).kind == "holiday"
    assert send(root, "calendars/day/", **{**holiday, "kind": ""}).status_code == 302
    assert CalendarDay.objects.filter(table__unit=unit).count() == 0
    page = f"calendars/hours/?unit={unit.pk}"
    week = {"own": "on", "day1": "08:30-12:00 14:00-17:30", "day6": "09:00-12:00", "workdays": ["1", "6"]}
    assert send(root, page, "preview", **{**week, "day1": "12:00-08:30、9"}).status_code == 422
    assert "08:30-12:00" in shown(send(root, page, "preview", **week))
    assert send(root, page, **week).status_code == 302
    monday, sunday = (calendar_for(unit).hours_on(date(2026, 3, day)) for day in (2, 8))
    assert ([str(one) for one in monday], sunday) == (["08:30-12:00", "14:00-17:30"], ())
    assert root.get(f"/administration/{page}").context["form"]["day6"].value() == "09:00-12:00"
    assert send(root, page, day1="").status_code == 302
    assert CalendarTable.objects.get(unit=unit).week is None
    assert [what for what, *_rest in written()] == ["calendar.day", "calendar.day", "calendar.hours", "calendar.hours"]


def test_what_is_long_is_done_by_the_worker_and_can_be_left(
    root: Client, matter: Subject, monkeypatch: pytest.MonkeyPatch
) -> None:
    """后台任务：长的预览和重新计时交给后台，页面可以离开，回来看得到进度与结果；参数一改，时限怎么动看得见。"""
    from shouwen.desk.administration import background
    from shouwen.desk.models import Task

    monkeypatch.setattr(background, "AT_ONCE", 0)
    officer = Person.objects.get(username="jingban")
    held = officer.appointments.get().post
    for event, data in (("verified", {"result": "属实", "findings": "渗水"}), ("plan_made", {"way": "整改"})):
        record(Draft(matter, event, data), actor=Actor(officer, held.name, held.unit))
    # Where a unit below has its own, nothing changes.
    apart = Unit.objects.get(name="望江台")
    page = f"readings/{force_of(matter)}/"
    put_in_force(apart, "complaint", matter.policy_version, matter.opened_at)
    take_in(apart, {"channel": "电话", "text": "漏水"}, actor=Actor(officer, held.name, held.unit))
    form = root.get(f"/administration/{page}").context["form"]
    given = {name: form.get_initial_for_field(field, name) or "" for name, field in form.fields.items()}
    word = next(field for field, name in form.words.items() if name == "及时")
    told = send(root, page, "preview", **{**given, "version": "试行二", "why": "约定", word: "2h"})
    task = Task.objects.get()
    address = f"/administration/tasks/{task.pk}/"
    assert address in shown(told)
    assert "0 of 1 matters" in shown(root.get(address))
    background.work(str(task.pk))
    result = shown(root.get(address))
    assert all(text in result for text in ("Replayed: 1 of 1 matters", "2026-03-02 11:00", "向客户通报投诉处理情况"))
    assert address in shown(root.get("/administration/tasks/"))
    assert Client().get(address).status_code == 302
    # A confidential one is counted, and not named.
    Subject.objects.filter(pk=matter.pk).update(confidential=True)
    Task.objects.filter(pk=task.pk).update(state="failed")
    assert "Start anew" in shown(root.get(address))
    assert root.post(address).status_code == 302
    background.work(str(task.pk))
    result = shown(root.get(address))
    assert ("2026-03-02 11:00" in result, matter.number in result, "向客户通报" in result) == (True, False, False)
    day = {"unit": matter.unit_id, "date": "2026-03-03", "kind": "holiday", "source": "通知"}
    assert send(root, "calendars/day/", **day).status_code == 302
    answer = send(root, "calendars/recount/", unit=matter.unit_id, reason="停业")
    assert Entry.objects.filter(subject=matter, type="rebased").count() == 0
    background.work(answer.headers["Location"].rstrip("/").rpartition("/")[2])
    assert Entry.objects.get(subject=matter, type="rebased").data["reason"] == "停业"
    assert "Looked at 1 of 1 subjects" in shown(root.get(answer.headers["Location"]))


def test_the_log_of_a_webhook_is_there_and_it_is_switched_off_and_on(root: Client, house: datetime) -> None:
    from shouwen.channels.models import Webhook, WebhookDelivery
    from shouwen.journal.models import Outbox

    person = Person.objects.get(username="jingban")
    hook = Webhook.objects.create(person=person, url="https://example.org/hook", secret="whsec_AAAA", made_at=house)
    row = Outbox.objects.create(
        key="webhook:1:x:1", kind="entry", channel="webhook", data={"webhook": hook.pk, "seq": 1}, made_at=house
    )
    sent = {"webhook": hook, "outbox": row, "at": house, "milliseconds": 12}
    WebhookDelivery.objects.create(**sent, status=500, delivered=False, error="HTTP 500")
    last = WebhookDelivery.objects.create(**sent, status=200, delivered=True, answer="好")
    page = f"integrations/webhooks/{hook.pk}/"
    assert hook.url in shown(root.get("/administration/integrations/webhooks/?state=on"))
    for asked, count in (("", 2), ("?state=no", 1)):
        assert len(root.get(f"/administration/{page}{asked}").context["listing"].rows) == count
    assert send(root, f"{page}off/").status_code == 302
    assert hook.url in shown(root.get("/administration/integrations/webhooks/?state=off"))
    assert send(root, f"{page}on/").status_code == 302
    row.sent_at = house
    row.save()
    assert send(root, f"integrations/webhooks/again/{last.pk}/").status_code == 302
    row.refresh_from_db()
    assert (row.sent_at, row.try_at) == (None, house)
    assert [what for what, *_rest in written()] == ["webhook.off", "webhook.on", "webhook.again"]


def test_an_officer_enters_his_absence_and_his_deputy_himself(signed_in: SignedIn, house: datetime) -> None:
    """不在岗与代理：本人自己登记，旁人动不了；每次都有条目，缘由不进条目。"""
    officer, other = (Person.objects.get(username=one) for one in ("jingban", "qiantai"))
    client, second = signed_in("jingban"), signed_in("qiantai")

    def post(by: Client, address: str, **data: str) -> int:
        answer = by.get(f"/me/away/{address}")
        if answer.status_code != 200:
            return answer.status_code
        return by.post(f"/me/away/{address}", {"seen": answer.context["seen"], "step": "do", **data}).status_code

    assert post(client, "absence/", since="2026-03-02", until="2026-03-06", reason="年假") == 302
    assert post(client, "deputy/", deputy=str(other.pk), until="2026-03-06") == 302
    assert post(client, "deputy/", deputy=str(other.pk)) == 422
    assert [post(client, "absence/", since=day) for day in ("0001-01-01", "9999-12-31", "昨天")] == [422] * 3
    assert Delegation.objects.get(person=officer).deputy == other
    page = shown(client.get("/me/away/"))
    assert all(text in page for text in ("年假", other.name))
    assert officer.name in shown(second.get("/me/away/"))
    absence = officer.absences.get()
    # 3月6日是最后一天。
    assert f"{absence.until:%m-%d %H:%M}" == "03-06 16:00"
    assert post(second, f"absences/{absence.pk}/end/") == 404
    assert post(client, f"absences/{absence.pk}/end/", until="2026-03-04") == 302
    absence.refresh_from_db()
    assert f"{absence.until:%m-%d %H:%M}" == "03-03 16:00"
    assert [(what, thing) for what, thing, *_rest in written()] == [
        (what, f"person {officer.pk}") for what in ("absence.add", "delegation.add", "absence.end")
    ]
    assert "年假" not in str(list(Entry.objects.values_list("data", flat=True)))
