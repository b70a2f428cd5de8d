"""金科 第三条, every path, carried from the first word to the end by hand in a real browser."""

from tests.browser.officer import Clock, Desk, Desks

from shouwen.journal.models import Duty, Subject

ENDED = "已终结"
LEAK = "屋面防水、外墙面、厨房和卫生间地面、地下室的防水工程、管道渗漏"
CRACK = "墙体开裂(指框架结构填充墙)"


def duties(clause: str) -> dict[str, str]:
    """The only matter's duties of a clause that hold: rule's own name and instance → state."""
    subject = Subject.objects.get()
    rows = Duty.objects.filter(subject=subject, rule__startswith=f"jinke/{clause}:").exclude(state="void")
    return {duty.key.partition(":")[2]: duty.state for duty in rows}


def sign_plan(desk: Desk, path: str, order: str = "1") -> None:
    """第六条 1: the three signatures before work begins."""
    for party in ("施工单位现场代表", "工程部现场代表", "客户"):
        desk.do(path, "签署", paper="整改方案", order=order, party=party, form="签字")


def test_invalid(desks: Desks, house: Clock) -> None:
    """第三条 1：请求协助 → 配合 → 判定无效 → 解释 → 办结。"""
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般性投诉", "邻居装修太吵，要求公司赔偿。")
    desk.do(path, "请求协助")
    house.forward(hours=5)
    desks("gongcheng").do(path, "配合协助")
    desk.do(path, "判定有效性", valid="false", on_the_spot="false")
    desk.do(path, "解释", to_satisfaction="true")
    desk.do(path, "办结", result="已向业主解释")
    assert desk.state(path) == ENDED
    assert duties("3.1") == {
        "assistance_given": "kept",
        "validity_decided": "kept",
        "explained": "kept",
    }


def agree(desks: Desks, path: str) -> None:
    """From agreement with the customer to the leader's signature."""
    desk = desks("jingban")
    desk.do(path, "协商", result="一致")
    desk.do(path, "签订协议", parties=["客户", "客户服务分部", "相关部门", "施工单位"])
    desk.do(path, "报批", paper="协议书", to=["公司领导"])
    desks("lingdao").do(path, "签署处理意见", paper="协议书", approved="true", opinion="同意")


def repair(desks: Desks, path: str, order: str = "1") -> None:
    """Work between the signatures and the customer's acceptance."""
    desks("jingban").do(path, "开始整改", order=order)
    desks("xianchang").do(path, "整改完成", order=order)
    desks("jingban").do(path, "检查整改", order=order, passed="true", findings="闭水试验无渗漏。")
    desks("jingban").do(path, "业主验收", order=order, accepted="true")


def test_general(desks: Desks, house: Clock) -> None:
    """第三条 2 A：协助 → 有效 → 协商 → 协议书 → 领导24小时签署 → 10日内处理完毕 → 办结。"""
    desk = desks("jingban")
    path = desk.take_in("hhb", "一般性投诉", "会所一直没有开放。")
    desk.do(path, "请求协助")
    desks("gongcheng").do(path, "配合协助")
    desk.do(path, "判定有效性", valid="true")
    house.forward(hours=20)
    agree(desks, path)
    desk.do(path, "处理完毕", result="已补偿")
    desk.do(path, "办结", result="处理完毕")
    assert desk.state(path) == ENDED
    assert duties("3.2.A") == {
        "assistance_given": "kept",
        "negotiated": "kept",
        "agreement_signed": "kept",
        "approval_requested": "kept",
        "approval_decided": "kept",
        "settled": "kept",
    }


def test_minor_quality(desks: Desks, house: Clock) -> None:
    """第三条 2 B (1)：24小时核实、24小时方案、24小时通知书；三方签字；验收满意才办结；逾期如实显示。"""
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "飘窗渗水。")
    house.forward(hours=25)
    desk.page.goto(path)
    assert desk.page.locator(".duties .chip.red").first.inner_text() == "逾期 1小时0分"
    desk.do(path, "核实", findings="属实。")
    desk.do(path, "拟定方案", way="整改", text="外墙打胶。")
    desk.do(path, "发出限时整改通知书", item=LEAK, contractor="恒固建筑")
    sign_plan(desk, path)
    repair(desks, path)
    desk.do(path, "办结", result="业主验收满意")
    assert desk.state(path) == ENDED
    assert duties("3.2.B.1") == {
        "verified": "late",
        "plan_made": "kept",
        "rectification_ordered": "kept",
        "inspected@1": "kept",
        "closed": "kept",
    }


def test_failed_inspection_takes_a_second_order(desks: Desks, house: Clock) -> None:
    """第三条 2 B (1)：不合格的继续督促重新限时整改；第二份通知书代替第一份。"""
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般工程质量投诉", "墙体开裂。")
    desk.do(path, "核实", findings="属实。")
    desk.do(path, "拟定方案", way="整改")
    desk.do(path, "发出限时整改通知书", item=CRACK)
    sign_plan(desk, path)
    desks("jingban").do(path, "开始整改", order="1")
    desks("xianchang").do(path, "整改完成", order="1")
    desk.do(path, "检查整改", order="1", passed="false", findings="仍有细裂纹。")
    desk.do(path, "发出限时整改通知书", item=CRACK)
    sign_plan(desk, path, "2")
    repair(desks, path, "2")
    desk.do(path, "办结", result="业主验收满意")
    assert desk.state(path) == ENDED
    assert duties("3.2.B.1")["ordered_again@1"] == "kept"


def test_major_quality(desks: Desks, house: Clock) -> None:
    """第三条 2 B (2)：核实当日上报两处；协议书经公司领导48小时内签署；整改；验收；办结。"""
    desk = desks("jingban")
    path = desk.take_in("hhb", "重大工程质量投诉", "楼板贯通裂缝。")
    desk.do(path, "核实", findings="裂缝宽零点三毫米。")
    desk.do(path, "上报", to=["公司领导"], form="书面")
    desk.page.goto(path)
    clock = desk.page.locator(".duties li", has_text="上报公司领导和集团公司客户服务中心备案")
    assert "1／2" in clock.inner_text()
    assert "还缺： 集团公司客户服务中心" in clock.inner_text()
    desk.do(path, "上报", to=["集团公司客户服务中心"], form="书面")
    agree(desks, path)
    desk.do(path, "发出限时整改通知书", item="钢筋混凝土楼板厚度及房屋空间尺寸", contractor="恒固建筑")
    sign_plan(desk, path)
    repair(desks, path)
    desk.do(path, "办结", result="业主验收满意")
    assert desk.state(path) == ENDED
    assert duties("3.2.B.2.1") == {
        "verified": "kept",
        "reported_up": "kept",
        "negotiated": "kept",
        "agreement_signed": "kept",
    }
    assert duties("3.2.B.2.2") == {
        "agreement_signed": "kept",
        "approval_requested": "kept",
        "approval_decided": "kept",
        "rectification_ordered": "kept",
        "closed": "kept",
    }


def test_property_manager(desks: Desks, house: Clock) -> None:
    """第三条 2 C：24小时内转送物管公司签收 → 处理 → 跟踪 → 回访。"""
    desk = desks("jingban")
    path = desk.take_in("hhb", "属物管公司处理的投诉", "电梯厅的灯坏了。")
    desk.do(path, "转送", papers="投诉记录")
    desks("wuguan").do(path, "签收")
    desks("wuguan").do(path, "处理完毕", result="已换灯")
    desk.do(path, "跟进")
    desk.do(path, "回访", satisfaction="满意")
    desk.do(path, "办结", result="业主满意")
    assert desk.state(path) == ENDED
    assert duties("3.2.C") == {
        "forwarded": "kept",
        "signed_for": "kept",
        "settled": "kept",
        "followed_up": "kept",
        "called_back": "kept",
    }


def test_reputation(desks: Desks, house: Clock) -> None:
    """第三条 2 D：安抚；接诉当天电告公司领导和集团中心；请求协助；预防媒体；核实后办结。"""
    desk = desks("jingban")
    path = desk.take_in("hhb", "可能影响公司声誉的投诉", "多户准备联名向媒体反映。")
    desk.do(path, "联系客户", how="电话", reached="true")
    desk.do(path, "上报", form="电告")
    desk.do(path, "请求协助", to=["相关部门"])
    desk.do(path, "请求协助", to=["公司领导", "集团公司客户服务中心"])
    desk.do(path, "采取防范措施", what="统一口径。")
    desks("gongcheng").do(path, "配合协助")
    desk.do(path, "判定有效性", valid="true")
    desk.do(path, "办结", result="业主撤回联名")
    assert desk.state(path) == ENDED
    assert duties("3.2.D") == {
        "contacted": "kept",
        "reported_up": "kept",
        "help_requested": "kept",
        "precaution_taken": "kept",
    }


def test_passed_on_by_the_property_manager(desks: Desks, house: Clock) -> None:
    """第三条 2 E：24小时明确责任 → 开发商责任24小时达成一致 → 整改；维修单上两次签字；办结。"""
    desk = desks("jingban")
    path = desk.take_in("hhb", "物管公司转交过来的重大业主投诉", "天花板脱落。")
    desk.do(path, "明确责任", party="开发商", cause="吊杆锈蚀")
    desk.do(path, "协商", result="一致")
    desk.do(path, "拟定方案", way="整改")
    desk.do(path, "发出限时整改通知书", item="墙面、顶棚抹灰层、地面空鼓开裂、大面积起沙", contractor="恒固建筑")
    sign_plan(desk, path)
    desk.do(path, "签署", paper="整改维修单", order="1", party="客户", stage="整改方案")
    repair(desks, path)
    desk.do(path, "签署", paper="整改维修单", order="1", party="客户", stage="整改结果")
    desk.do(path, "办结", result="业主签字确认")
    assert desk.state(path) == ENDED
    assert duties("3.2.E.1") == {
        "responsibility_decided": "kept",
        "negotiated": "kept",
        "plan_made": "kept",
        "rectification_ordered": "kept",
    }
    assert duties("3.2.E.2") == {"result_signed@1": "kept"}


def test_invalid_on_the_spot(desks: Desks, house: Clock) -> None:
    """第三条 1、第五条 3：当场判明的，接待的同时就须完成解释。"""
    desk = desks("jingban")
    path = desk.take_in("zmy", "一般性投诉", "要求退还已用完的储值卡。")
    desk.do(path, "判定有效性", valid="false", on_the_spot="true")
    desk.do(path, "解释", to_satisfaction="true")
    desk.do(path, "办结", result="已向业主解释")
    assert desk.state(path) == ENDED
    assert duties("5.3") == {"explained": "kept"}


def test_passed_on_and_settled_by_a_discount(desks: Desks, house: Clock) -> None:
    """第三条 2 E、第六条 2：整改折价，协议书各方共签，《请示》经领导批准，财务部从保证金扣除，一周内处理完毕。"""
    desk = desks("jingban")
    path = desk.take_in("hhb", "物管公司转交过来的重大业主投诉", "天花板脱落。")
    desk.do(path, "明确责任", party="开发商", cause="吊杆锈蚀")
    desk.do(path, "协商", result="一致")
    desk.do(path, "拟定方案", way="整改折价")
    desk.do(path, "签订协议", parties=["客户", "客户服务分部", "相关部门", "施工单位"], amount="8000.00")
    desk.do(path, "出具文书", paper="请示")
    desks("gongcheng").do(path, "签署", paper="请示", party="相关部门", form="签字")
    desk.do(path, "报批", paper="请示")
    desks("lingdao").do(path, "签署处理意见", paper="请示", approved="true")
    desks("caiwu").do(path, "扣除保证金", account="恒固建筑保证金", amount="8000.00")
    desk.do(path, "处理完毕", result="已折价")
    desk.do(path, "办结", result="业主签收折价款")
    assert desk.state(path) == ENDED
    assert duties("5.2") == {"settled": "kept"}
    assert {name: state for name, state in duties("6.2").items() if name != "paid_directly"} == {
        "paper_issued": "kept",
        "signed": "kept",
        "approval_requested": "kept",
        "approval_decided": "kept",
        "deducted": "kept",
    }
