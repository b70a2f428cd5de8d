"""Customers on the desk: masked unless there is a reason; every look recorded and to be asked by customer."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from shouwen.customers import actions, merging
from shouwen.customers.changes import last_of
from shouwen.customers.models import Change, Contact, Customer, Holding
from shouwen.journal import access_log, clock
from shouwen.journal.drafts import Actor, Draft
from shouwen.journal.models import AccessLog, Subject
from shouwen.journal.record import record
from shouwen.matters.actions import open_cause, take_in
from shouwen.organisation.models import Person, Unit

SignedIn = Callable[[str], Client]
Looks = list[tuple[str, str, str, str]]


def looks(customer: Customer) -> Looks:
    rows = AccessLog.objects.filter(customer=str(customer.pk)).order_by("pk")
    return list(rows.values_list("person__username", "kind", "what", "reason"))


@pytest.fixture
def zhang(house: datetime) -> Customer:
    """张明远 of 1-1-301, reached at 16900010001."""
    customer = Customer.objects.get(name="张明远")
    phone = customer.contacts.get()
    phone.value = "16900010001"
    phone.save()
    return customer


@pytest.fixture
def twin(zhang: Customer) -> Customer:
    """A second file of the same customer, kept by another project of the branch."""
    return actions.register(Unit.objects.get(name="望江台"), "张明远", zhang.registered_at, phones=["16900010001"])


def page(client: Client, customer: Customer, **reason: str) -> Any:
    address = reverse("desk:customer", args=[customer.pk])
    return client.post(address, {f"reason_{k}": v for k, v in reason.items()}) if reason else client.get(address)


class TestList:
    def test_masked_and_only_whom_ones_units_serve(self, signed_in: SignedIn, zhang: Customer) -> None:
        body = signed_in("jingban").get("/customers/?q=zmy").content.decode()
        assert "张**" in body
        assert "169****0001" in body
        assert [word for word in ("张明远", "16900010001", "1-1-301") if word in body] == []
        assert looks(zhang) == [("jingban", "searched", "customer list", "")]
        assert signed_in("nanhu").get("/customers/?q=zmy").context["listed"] == []
        assert len(looks(zhang)) == 1

    @pytest.mark.parametrize("asked", ["张明远", "zhangming", "zmy", "0001", "16900010001", "1-1-301"])
    def test_found_by(self, signed_in: SignedIn, zhang: Customer, asked: str) -> None:
        listed = signed_in("jingban").get("/customers/", {"q": asked}).context["listed"]
        assert zhang in [one.customer for one in listed]

    def test_list_and_count_are_one_set_under_every_filter(self, signed_in: SignedIn, house: datetime) -> None:
        client = signed_in("zhongxin")
        project = Unit.objects.get(name="听松苑")
        everybody = client.get("/customers/").context["page"].paginator.count
        assert everybody == Customer.objects.count()
        within = client.get("/customers/", {"unit": str(project.pk)}).context
        assert {one.customer.unit for one in within["listed"]} == {project}
        assert within["page"].paginator.count == len(within["listed"]) == Customer.objects.filter(unit=project).count()
        assert client.get("/customers/", {"kind": "company"}).context["page"].paginator.count == 0

    def test_sorted(self, signed_in: SignedIn, zhang: Customer) -> None:
        names = [one.customer.pinyin for one in signed_in("jingban").get("/customers/").context["listed"]]
        assert names == sorted(names)
        newest = actions.register(zhang.unit, "阿一", zhang.registered_at.replace(year=2030))
        assert signed_in("jingban").get("/customers/?sort=new").context["listed"][0].customer == newest

    @pytest.mark.parametrize("query", ["unit=x", "unit=99999999999999999999", "kind=x", "sort=x", "page=x", "q=%00"])
    def test_nonsense_in_the_address(self, signed_in: SignedIn, house: datetime, query: str) -> None:
        assert signed_in("jingban").get(f"/customers/?{query}").status_code == 200

    def test_queries_do_not_grow(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        client.get("/customers/")
        counts = []
        for number in range(2):
            with CaptureQueriesContext(connection) as queries:
                client.get("/customers/")
            counts.append(len(queries))
            for home in range(20):
                one = actions.register(
                    zhang.unit, f"新{number}{home}", zhang.registered_at, phones=[f"137000000{home:02}"]
                )
                actions.hold(one, actions.add_asset(zhang.unit, "9", f"{number}{home:02}"))
        assert counts[0] == counts[1]


class TestExport:
    def sheet(self, answer: Any) -> list[list[Any]]:
        content = b"".join(answer.streaming_content) if answer.streaming else answer.content
        return CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()

    def test_asks_why_and_is_written_down_for_every_customer(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        assert client.post("/customers/export/?q=zmy").status_code == 422
        answer = client.post("/customers/export/?q=zmy", {"reason_0": "检查统计"})
        head, row = self.sheet(answer)
        assert head == ["#", "姓名", "种类", "电话", "房产", "单位", "进行中", "事项", "登记"]
        assert row[1:5] == ["张**", "个人", "169****0001", "听松苑 1-****"]
        assert looks(zhang) == [("jingban", "exported", "customer list", "检查统计")]

    def test_in_full_for_who_serves_the_customer(self, signed_in: SignedIn, zhang: Customer) -> None:
        answer = signed_in("jingban").post("/customers/export/?q=zmy", {"reason_1": "上门核对", "whole": "whole"})
        assert self.sheet(answer)[1][1:5] == ["张明远", "个人", "16900010001", "听松苑 1-1-301"]

    def test_an_auditor_sees_all_and_only_masked(self, signed_in: SignedIn, zhang: Customer) -> None:
        Person.objects.filter(username="renshi").update(auditor=True)
        Person.objects.get(username="renshi").appointments.all().delete()
        client = signed_in("renshi")
        answer = client.post("/customers/export/?q=zmy", {"reason_1": "审计", "whole": "whole"})
        assert self.sheet(answer)[1][1] == "张**"
        assert client.post(reverse("desk:customer", args=[zhang.pk]), {"reason_0": "核实身份"}).status_code == 403

    def test_a_formula_stays_a_text(self, signed_in: SignedIn, zhang: Customer) -> None:
        actions.register(zhang.unit, "=1+1", zhang.registered_at, kind="company")
        answer = signed_in("jingban").post("/customers/export/?kind=company", {"reason_0": "检查统计"})
        assert self.sheet(answer)[1][1] == "=1+1"


class TestPage:
    def test_masked_until_a_reason_is_given_and_again_after(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        secret = ("张明远", "16900010001", "1-1-301")
        body = page(client, zhang).content.decode()
        assert [word for word in secret if word in body] == []
        refused = page(client, zhang, **{"0": "", "1": "  "})
        assert refused.status_code == 422
        assert [word for word in secret if word in refused.content.decode()] == []
        shown = page(client, zhang, **{"0": "联系客户"})
        assert [word for word in secret if word in shown.content.decode()] == list(secret)
        assert "no-store" in shown.headers["Cache-Control"]
        body = page(client, zhang).content.decode()
        assert [word for word in secret if word in body] == []
        kinds = [(kind, reason) for _who, kind, _what, reason in looks(zhang)]
        assert kinds == [("looked", ""), ("looked", ""), ("revealed", "联系客户"), ("looked", "")]

    def test_other_units_do_not_find_it(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("nanhu")
        for name in ("customer", "customer-history", "customer-looks", "customer-looks-export", "customer-merge"):
            assert client.get(reverse(f"desk:{name}", args=[zhang.pk])).status_code == 404, name
        assert client.get(reverse("desk:customer-act", args=[zhang.pk, "rename"])).status_code == 404
        assert looks(zhang) == []

    def test_all_about_the_customer_in_few_queries(
        self, signed_in: SignedIn, matter: Subject, zhang: Customer, twin: Customer
    ) -> None:
        """Matters of both files with repeats and causes, homes, contacts, history, looks: not a query for a row."""
        clerk = Person.objects.get(username="jingban")
        post = clerk.appointments.get().post
        actor = Actor(clerk, post.name, post.unit)
        merging.merge(twin, zhang, by=clerk)
        again = [
            take_in(
                matter.unit,
                {"customer": str(twin.pk), "channel": "电话", "text": "又漏了", "category": "一般工程质量投诉"},
                actor=actor,
                repeat_of=matter,
            )
            for _ in range(3)
        ]
        cause = open_cause(matter.unit, [matter], actor=actor)
        client = signed_in("jingban")
        page(client, zhang)
        with CaptureQueriesContext(connection) as queries:
            found = page(client, zhang).context["page"]
        assert {one.pk for one in found.matters} == {matter.pk, *(one.pk for one in again)}
        assert found.counts == {"all": 4, "open": 4}
        assert {(one.subject.pk, one.other.pk) for one in found.repeats} == {(one.pk, matter.pk) for one in again}
        assert [(one.subject.pk, one.other.pk) for one in found.causes] == [(matter.pk, cause.pk)]
        assert [kept.elsewhere for kept in found.contacts] == [False, True]
        assert [told.change.act for told in found.changes][:2] == ["took_in", "merged"]
        # The frame asks who is signed in, in which posts, and what the bell says.
        frame = ("django_session", "organisation_", "journal_outbox", "journal_heartbeat", "(SELECT")
        own = [q["sql"] for q in queries if not any(word in q["sql"].partition(" FROM ")[2][:30] for word in frame)]
        assert len(own) <= 12, "\n".join(sql[:150] for sql in own)

    def test_matters_that_one_may_not_see_are_neither_listed_nor_counted(
        self, signed_in: SignedIn, zhang: Customer, matter: Subject
    ) -> None:
        assert page(signed_in("zhongxin"), zhang).context["page"].counts == {"all": 1, "open": 1}
        Subject.objects.filter(pk=matter.pk).update(confidential=True)
        found = page(signed_in("zhongxin"), zhang).context["page"]
        assert (found.matters, found.counts) == ([], {"all": 0, "open": 0})

    def test_a_matter_put_right_is_the_right_customers(
        self, signed_in: SignedIn, zhang: Customer, matter: Subject
    ) -> None:
        """更正客户：事项归更正后的客户，两人的查阅都留痕。"""
        other = Customer.objects.exclude(pk=zhang.pk).filter(unit=zhang.unit, survivor=None).order_by("pk")[0]
        person = Person.objects.get(username="jingban")
        post = person.appointments.get().post
        said = {"customer": str(other.pk), "asset": str(other.holdings.all()[0].asset_id)}
        said |= {"contact": "13911112222", "text": "飘窗渗水，打13933334444。"}
        right = Draft(matter, "corrected", {"entry": "1", "reason": "登记错了人", "data": said})
        record(right, actor=Actor(person, post.name, post.unit))
        client = signed_in("jingban")
        shown = client.get(f"/matters/{matter.pk}/").content.decode()
        assert [text in shown for text in ("13911112222", "13933334444", "飘窗渗水，打139****4444。")] == [
            False,
            False,
            True,
        ]
        assert [page(client, one).context["page"].counts["all"] for one in (zhang, other)] == [0, 1]
        whole = client.post(f"/matters/{matter.pk}/customer/").content.decode()
        assert (other.name in whole, zhang.name in whole) == (True, False)
        assert all(text in whole for text in ("13911112222", "13933334444"))
        assert looks(zhang)[-1] == looks(other)[-1] == ("jingban", "revealed", "customer", f"办理 {matter.number}")
        again = client.get(f"/matters/{matter.pk}/entries/1/correct/").context["form"]
        assert again.initial["customer"] == str(other.pk)

    def test_a_merged_file_leads_to_the_one_that_goes_on(
        self, signed_in: SignedIn, zhang: Customer, twin: Customer
    ) -> None:
        merging.merge(twin, zhang)
        client = signed_in("jingban")
        assert page(client, twin).headers["Location"] == reverse("desk:customer", args=[zhang.pk])
        page(client, zhang)
        assert looks(twin) == looks(zhang) == [("jingban", "looked", "customer page", "")]

    def test_in_english(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        client.cookies["django_language"] = "en"
        page(client, zhang, **{"0": "联系客户"})
        body = client.get(reverse("desk:customer-looks", args=[zhang.pk])).content.decode()
        assert "to reach the customer" in body
        assert "the customer&#x27;s page" in body


class TestActs:
    def do(self, client: Client, customer: Customer, act: str, row: int | str = "", **data: Any) -> Any:
        address = f"{reverse('desk:customer-act', args=[customer.pk, act])}?row={row}"
        return client.post(address, {"seen": last_of(customer), **data})

    def test_name_contact_and_homes(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        phone, home = zhang.contacts.get(), zhang.holdings.get()
        sent = [
            self.do(client, zhang, "rename", name="章明远", kind="person"),
            self.do(client, zhang, "contact", kind="email", value="zmy@example.com", since="2026-03-01"),
            self.do(client, zhang, "end-contact", phone.pk, until="2026-03-02"),
            self.do(client, zhang, "hold", role="tenant", unit=zhang.unit_id, building="9栋", room="101"),
            self.do(client, zhang, "release", home.pk, until="2026-03-02"),
        ]
        assert [answer.status_code for answer in sent] == [302] * 5
        zhang.refresh_from_db()
        assert (zhang.name, zhang.pinyin) == ("章明远", "zhangmingyuan")
        assert list(Contact.objects.filter(customer=zhang).values_list("value", "until")) == [
            ("16900010001", date(2026, 3, 2)),
            ("zmy@example.com", None),
        ]
        held = Holding.objects.filter(customer=zhang).values_list("asset__building", "role", "until")
        assert list(held) == [("1", "owner", date(2026, 3, 2)), ("9", "tenant", None)]
        by = Change.objects.filter(customer=zhang, by__username="jingban").values_list("act", flat=True)
        assert list(by.order_by("pk")) == ["renamed", "contact_added", "contact_ended", "held", "released"]

    @pytest.mark.parametrize(
        ("act", "data", "field"),
        [
            ("rename", {"name": " ", "kind": "person"}, "name"),
            ("rename", {"name": "张" * 101, "kind": "person"}, "name"),
            ("contact", {"kind": "phone", "value": "不详"}, "value"),
            ("contact", {"kind": "phone", "value": "16900010001", "since": "昨天"}, "since"),
            ("hold", {"role": "owner"}, "asset"),
            ("hold", {"role": "owner", "asset": "999999"}, "asset"),
            ("hold", {"role": "owner", "asset": "x"}, "asset"),
        ],
    )
    def test_what_does_not_fit_is_said_at_its_field(
        self, signed_in: SignedIn, zhang: Customer, act: str, data: dict[str, str], field: str
    ) -> None:
        before = Change.objects.count()
        answer = self.do(signed_in("jingban"), zhang, act, **data)
        assert answer.status_code == 422
        assert list(answer.context["form"].errors) == [field]
        assert Change.objects.count() == before

    def test_an_end_before_its_beginning(self, signed_in: SignedIn, zhang: Customer) -> None:
        holding = zhang.holdings.get()
        answer = self.do(signed_in("jingban"), zhang, "release", holding.pk, until="1999-01-01")
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["until"])

    def test_two_officers_at_once(self, signed_in: SignedIn, zhang: Customer) -> None:
        seen = last_of(zhang)
        actions.rename(zhang, "章明远", by=Person.objects.get(username="qiantai"), seen=seen)
        answer = self.do(signed_in("jingban"), zhang, "contact", kind="phone", value="13700000001", seen=seen)
        body = answer.content.decode()
        assert answer.status_code == 409
        assert "章**" in body
        assert "林小满" in body
        assert 'value="13700000001"' in body
        assert f'name="seen" value="{last_of(zhang)}"' in body
        assert not Contact.objects.filter(value="13700000001").exists()

    def test_rows_of_others_and_acts_that_are_none(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        other = Contact.objects.exclude(customer=zhang).first()
        assert other is not None
        for row in (other.pk, "", "x", "9" * 30):
            assert self.do(client, zhang, "end-contact", row, until="2026-03-02").status_code == 404
        assert self.do(client, zhang, "erase").status_code == 404

    def test_the_form_that_shows_the_name_is_a_reveal(self, signed_in: SignedIn, zhang: Customer) -> None:
        signed_in("jingban").get(reverse("desk:customer-act", args=[zhang.pk, "rename"]))
        assert looks(zhang) == [("jingban", "revealed", "customer file", "更正档案")]

    def test_who_only_sees_changes_nothing(self, signed_in: SignedIn, zhang: Customer) -> None:
        Person.objects.filter(username="nanhu").update(auditor=True)
        client = signed_in("nanhu")
        assert page(client, zhang).status_code == 200
        assert self.do(client, zhang, "rename", name="甲", kind="person").status_code == 403
        assert page(client, zhang, **{"0": "联系客户"}).status_code == 403

    def test_the_history_says_what_each_act_was_about(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        self.do(client, zhang, "end-contact", zhang.contacts.get().pk, until="2026-03-02")
        self.do(client, zhang, "release", zhang.holdings.get().pk, until="2026-03-02")
        told = client.get(reverse("desk:customer-history", args=[zhang.pk])).context["changes"][:2]
        assert [[(line.title, line.before, line.after) for line in one.lines] for one in told] == [
            [("房产", "听松苑 1-****", "听松苑 1-****"), ("至", "", "2026-03-02")],
            [("联系方式", "169****0001", "169****0001"), ("至", "", "2026-03-02")],
        ]

    def test_today_is_the_day_here_before_eight_in_the_morning_too(
        self, signed_in: SignedIn, zhang: Customer, house: datetime
    ) -> None:
        """Seven in Shanghai is yesterday in UTC: who moved in today is found today."""
        actions.hold(zhang, actions.add_asset(zhang.unit, "9", "901"), since=date(2026, 3, 2))
        with clock.at(house.replace(hour=7).astimezone(UTC)):
            client = signed_in("jingban")
            assert [one.customer for one in client.get("/customers/?q=9-901").context["listed"]] == [zhang]
            assert "张明远" in client.get("/find/customers/?q=9-901").content.decode()
            form = client.get(reverse("desk:customer-act", args=[zhang.pk, "hold"])).context["form"]
            assert form["since"].value() == date(2026, 3, 2)


class TestRegistering:
    def test_with_number_and_home(self, signed_in: SignedIn, zhang: Customer) -> None:
        asset = zhang.holdings.get().asset
        sent = {"name": "周周", "kind": "person", "phone": "13700000001", "unit": zhang.unit_id}
        answer = signed_in("jingban").post("/customers/new/", {**sent, "asset": asset.pk, "role": "tenant"})
        made = Customer.objects.get(name="周周")
        assert answer.headers["Location"] == reverse("desk:customer", args=[made.pk])
        assert list(made.holdings.values_list("asset", "role")) == [(asset.pk, "tenant")]

    def test_nobody_twice_unless_it_is_said(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        sent = {"name": "李四", "kind": "person", "phone": "169-0001-0001", "unit": zhang.unit_id, "role": "owner"}
        answer = client.post("/customers/new/", sent)
        assert answer.status_code == 409
        assert [one.customer for one in answer.context["similar"]] == [zhang]
        assert not Customer.objects.filter(name="李四").exists()
        assert client.post("/customers/new/", {**sent, "anyway": "on"}).status_code == 302

    @pytest.mark.parametrize(
        ("data", "field"),
        [({"name": ""}, "name"), ({"phone": "不详"}, "phone"), ({"unit": ""}, "unit"), ({"asset": "x"}, "asset")],
    )
    def test_errors_at_the_field(self, signed_in: SignedIn, zhang: Customer, data: dict[str, str], field: str) -> None:
        sent = {"name": "周周", "kind": "person", "phone": "", "unit": zhang.unit_id, "role": "owner"}
        answer = signed_in("jingban").post("/customers/new/", {**sent, **data})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        assert not Customer.objects.filter(name="周周").exists()

    def test_not_for_a_unit_that_is_not_ones_own(self, signed_in: SignedIn, zhang: Customer) -> None:
        other = Unit.objects.get(name="南湖里").pk
        sent = {"name": "周周", "kind": "person", "phone": "", "unit": other, "role": "owner"}
        assert signed_in("jingban").post("/customers/new/", sent).status_code == 422


class TestMerging:
    def compare(self, client: Client, one: Customer, other: Customer, **data: Any) -> Any:
        address = reverse("desk:customer-compare", args=[one.pk, other.pk])
        return client.post(address, data) if data else client.get(address)

    def sent(self, stays: Customer, one: Customer, other: Customer) -> dict[str, Any]:
        return {
            "do": "merge",
            "stays": stays.pk,
            "seen_one": last_of(one),
            "seen_other": last_of(other),
            "reason": "同一人",
        }

    def test_offered_side_by_side_masked_merged_and_taken_back(
        self, signed_in: SignedIn, zhang: Customer, twin: Customer
    ) -> None:
        client = signed_in("jingban")
        (pair,) = client.get("/customers/duplicates/").context["pairs"]
        assert (pair.one.customer, pair.other.customer) == (zhang, twin)
        seen = self.compare(client, zhang, twin)
        assert [row.same for row in seen.context["rows"]] == [True, True, False, False]
        assert "张明远" not in seen.content.decode()
        assert self.compare(client, zhang, twin, **self.sent(zhang, zhang, twin)).status_code == 302
        twin.refresh_from_db()
        assert twin.survivor == zhang
        address = f"{reverse('desk:customer-act', args=[zhang.pk, 'unmerge'])}?row={twin.pk}"
        assert client.get(address).status_code == 200
        assert client.post(address, {"seen": last_of(zhang)}).status_code == 302
        twin.refresh_from_db()
        assert twin.survivor is None
        assert looks(zhang)[0] == ("jingban", "looked", "customers compared", "")

    def test_in_full_for_a_reason(self, signed_in: SignedIn, zhang: Customer, twin: Customer) -> None:
        client = signed_in("jingban")
        assert self.compare(client, zhang, twin, do="reveal").status_code == 422
        shown = self.compare(client, zhang, twin, do="reveal", reason_0="核实身份")
        assert "16900010001" in shown.content.decode()
        assert looks(twin)[-1] == ("jingban", "revealed", "customers compared", "核实身份")

    def test_others_changed_one_of_them_meanwhile(self, signed_in: SignedIn, zhang: Customer, twin: Customer) -> None:
        sent = self.sent(zhang, zhang, twin)
        actions.rename(twin, "章明远")
        answer = self.compare(signed_in("jingban"), zhang, twin, **sent)
        assert answer.status_code == 409
        assert "章**" in answer.content.decode()
        twin.refresh_from_db()
        assert twin.survivor is None

    def test_kept_apart_they_are_not_offered_again(self, signed_in: SignedIn, zhang: Customer, twin: Customer) -> None:
        client = signed_in("jingban")
        assert self.compare(client, zhang, twin, do="apart").status_code == 302
        assert client.get("/customers/duplicates/").context["pairs"] == []

    def test_both_must_be_ones_own_to_change(self, signed_in: SignedIn, zhang: Customer) -> None:
        far = Customer.objects.filter(unit__name="南湖里").first()
        assert far is not None
        assert self.compare(signed_in("jingban"), zhang, far).status_code == 404

    def test_any_other_file_can_be_named(self, signed_in: SignedIn, zhang: Customer, twin: Customer) -> None:
        client = signed_in("jingban")
        address = reverse("desk:customer-merge", args=[zhang.pk])
        assert [one.customer for one, _why in client.get(address).context["alike"]] == [twin]
        answer = client.get(address, {"other": twin.pk})
        assert answer.headers["Location"] == reverse("desk:customer-compare", args=[zhang.pk, twin.pk])
        assert client.get(address, {"other": "x"}).status_code == 200


class TestAccessLog:
    def test_every_place_says_whose_data_it_showed(self, signed_in: SignedIn, zhang: Customer, matter: Subject) -> None:
        client = signed_in("jingban")
        client.get("/find/customers/?q=zmy")
        client.get("/ledger/?q=张明远")
        client.get(f"/matters/new/known/?customer={zhang.pk}")
        client.get(f"/matters/new/?customer={zhang.pk}")
        client.post("/matters/new/repeats/", {"new_phone": "16900010001"})
        client.get(f"/matters/{matter.pk}/")
        client.post(f"/matters/{matter.pk}/customer/")
        assert looks(zhang) == [
            ("jingban", "searched", "customer search", ""),
            ("jingban", "searched", "ledger", ""),
            ("jingban", "looked", "intake", ""),
            ("jingban", "looked", "intake", ""),
            ("jingban", "searched", "customer by phone", ""),
            ("jingban", "looked", "page", ""),
            ("jingban", "revealed", "customer", f"办理 {matter.number}"),
        ]

    def test_who_looked_at_this_customer(self, signed_in: SignedIn, zhang: Customer, matter: Subject) -> None:
        page(signed_in("qiantai"), zhang)
        access_log.looked(Person.objects.get(username="zhongxin"), None, "sealed", customers=[access_log.EVERYBODY])
        found = signed_in("jingban").get(reverse("desk:customer-looks", args=[zhang.pk])).context["looks"]
        assert [(look.person.username, look.customer) for look in found] == [
            ("zhongxin", "*"),
            ("qiantai", str(zhang.pk)),
        ]

    def test_what_somebody_looked_at_is_asked_from_above(self, signed_in: SignedIn, zhang: Customer) -> None:
        for name in ("caiwu", "jingban", "nanhu"):
            access_log.looked(Person.objects.get(username=name), None, "page", customers=["1"])
        whom = {
            name: {look.person.username for look in signed_in(name).get("/customers/looks/").context["looks"]}
            for name in ("zhongxin", "jingban", "caiwu", "nanhu")
        }
        assert whom == {
            "zhongxin": {"caiwu", "jingban", "nanhu"},
            "jingban": {"caiwu", "jingban"},
            "caiwu": {"caiwu"},
            "nanhu": {"nanhu"},
        }

    def test_filtered(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("zhongxin")
        page(signed_in("qiantai"), zhang)
        page(signed_in("jingban"), zhang, **{"0": "联系客户"})
        jingban = Person.objects.get(username="jingban").pk
        for query, count in {
            "": 2,
            "kind=revealed": 1,
            f"person={jingban}": 1,
            f"customer={zhang.pk}": 2,
            "customer=0": 0,
            "since=2026-03-02&until=2026-03-02": 2,
            "since=2026-03-03": 0,
            "until=2026-03-01": 0,
            "person=x": 0,
            "since=x": 2,
        }.items():
            answer = client.get(f"/customers/looks/?{query}")
            assert (query, answer.status_code, len(answer.context["looks"])) == (query, 200, count)

    def test_a_confidential_matter_is_not_betrayed(self, signed_in: SignedIn, zhang: Customer, matter: Subject) -> None:
        signed_in("jingban").get(f"/matters/{matter.pk}/")
        client = signed_in("zhongxin")
        address = reverse("desk:customer-looks", args=[zhang.pk])
        assert len(client.get(address).context["looks"]) == 1
        Subject.objects.filter(pk=matter.pk).update(confidential=True)
        assert client.get(address).context["looks"] == []
        assert len(signed_in("jingban").get(address).context["looks"]) == 1

    def test_exporting_the_log_is_in_the_log(self, signed_in: SignedIn, zhang: Customer) -> None:
        client = signed_in("jingban")
        page(client, zhang)
        address = reverse("desk:customer-looks-export", args=[zhang.pk])
        assert client.post(address).status_code == 422
        answer = client.post(address, {"reason_0": "客户要求"})
        rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
        assert [row[1:4] for row in rows[1:]] == [["周砚", "查看", "客户页面"]]
        assert looks(zhang)[-1] == ("jingban", "exported", "access log", "客户要求")
        assert signed_in("jingban").post("/customers/looks/export/", {"reason_0": "检查统计"}).status_code == 200


def test_a_new_matter_joins_the_merged_ones(signed_in: SignedIn, zhang: Customer, twin: Customer) -> None:
    """Intake names the file that goes on, whichever of the two the form held."""
    merging.merge(twin, zhang)
    client = signed_in("jingban")
    assert client.get(f"/matters/new/?customer={twin.pk}").context["form"]["customer"].value() == str(zhang.pk)
    listed = client.get("/customers/?q=zmy").context["listed"]
    assert [one.customer for one in listed] == [zhang]


def test_the_same_intake_twice_registers_one_customer(signed_in: SignedIn, zhang: Customer) -> None:
    client = signed_in("jingban")
    sent = {
        "key": "k1", "new_name": "周周", "new_phone": "13700000001", "d-channel_0": "电话", "d-text": "漏水",
        "d-category": "一般工程质量投诉",
    }  # fmt: skip
    answers = [client.post("/matters/new/", sent) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert Customer.objects.filter(name="周周").count() == 1
    assert Change.objects.filter(customer__name="周周").values_list("act", "by__username").get() == (
        "registered",
        "jingban",
    )
