"""All regulations in one place: the list, search over clauses, and side by side (issue 4, point 9)."""

from collections.abc import Callable
from io import BytesIO
from zipfile import ZipFile

import pytest
from django.test import Client

SignedIn = Callable[[str], Client]


def page(client: Client, address: str, **query: str) -> str:
    answer = client.get(address, query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_list_names_every_regulation_and_where_it_holds(signed_in: SignedIn) -> None:
    from shouwen.policy import policy_names

    text = page(signed_in("jingban"), "/regulations/")
    assert [name for name in policy_names() if f"<code>{name}</code>" not in text] == []
    assert "随产品提供" in text
    assert '<span class="chip green">' in text
    narrowed = page(signed_in("jingban"), "/regulations/", trade="供热")
    assert [name for name in policy_names() if f"<code>{name}</code>" in narrowed] == ["heat-supply"]


def test_a_regulation_of_the_library_is_read_without_figures(signed_in: SignedIn) -> None:
    client = signed_in("jingban")
    text = page(client, "/regulations/heat-supply/", version="library", q="30分钟")
    assert 'id="heat-supply/9.10"' in text
    assert "<mark>30分钟</mark>" in text
    assert "已执行 " in text
    figures = page(client, "/regulations/heat-supply/figures/", version="library", q="30分钟")
    assert ("没有人受它约束" in figures, "/supervision/list/" in figures) == (True, False)
    assert client.get("/clauses/heat-supply/9.10").headers["Location"] == (
        "/regulations/heat-supply/?version=library#heat-supply/9.10"
    )


def test_search_over_the_clauses_of_all(signed_in: SignedIn) -> None:
    client = signed_in("jingban")
    text = page(client, "/clauses/", q="首问")
    assert 'href="/regulations/greentown/?version=' in text
    assert 'href="/regulations/property-branch/?version=library&amp;q=%E9%A6%96%E9%97%AE#property-branch/' in text
    assert "<mark>首问</mark>" in text
    assert "至少两个字" in page(client, "/clauses/", q="首")
    assert "没有条款" in page(client, "/clauses/", q="从未写过的词")
    only = page(client, "/clauses/", q="首问", name="greentown")
    assert "#property-branch/" not in only


def test_side_by_side_every_line_leads_to_its_clause(signed_in: SignedIn) -> None:
    client = signed_in("jingban")
    overview = page(client, "/comparison/")
    assert '<b lang="zh-CN">限24小时内</b> <span lang="zh-CN">核实和分析投诉情况</span>' in overview
    replied = page(client, "/comparison/", by="first", name="heat-supply")
    assert replied.index("限30分钟内") < replied.index("限2小时内")
    assert 'href="/regulations/heat-supply/?version=library#heat-supply/9.10"' in replied
    assert "jinke/" not in replied
    kept = page(client, "/comparison/", by="kept", trade="物业管理")
    assert "自鉴定起1年" in kept


def test_side_by_side_as_an_excel_file(signed_in: SignedIn) -> None:
    answer = signed_in("jingban").get("/comparison/", {"by": "reports", "name": "jinke", "as": "xlsx"})
    assert answer.headers["Content-Type"].endswith("spreadsheetml.sheet")
    strings = ZipFile(BytesIO(answer.content)).read("xl/sharedStrings.xml").decode()
    said = "呈报《客户投诉分析报告》：分部月度，次月5日前（含当日）；客户服务分部报集团公司客户服务中心"
    assert f"{said} [jinke/duty.2.5]" in strings


@pytest.mark.parametrize("address", ["/clauses/", "/comparison/", "/regulations/"])
def test_strangers_are_sent_to_the_sign_in(db: None, address: str) -> None:
    assert Client().get(address).status_code == 302
