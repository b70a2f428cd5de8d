"""Matters of the demonstration: when each came in (hours before now), and what happened to it since (hours later)."""

from collections.abc import Mapping
from typing import Any, NamedTuple


class Scene(NamedTuple):
    """A matter: hours ago, number of the customer (from 1), who took it in, what was said, what followed."""

    hours_ago: float
    customer: int
    taken_by: str
    received: Mapping[str, Any]
    steps: tuple[tuple[float, str, str, str, Mapping[str, Any]], ...] = ()
    """(hours after it came in, event, sign-in name of the writer, role whose act it is, data)."""


DESK, LEADER, ENGINEER, CUSTOMER = "客户服务分部", "公司领导", "工程部", "客户"
GENERAL, MINOR, MAJOR = "一般性投诉", "一般工程质量投诉", "重大工程质量投诉"
MANAGER, NAME, PASSED_ON = "属物管公司处理的投诉", "可能影响公司声誉的投诉", "物管公司转交过来的重大业主投诉"
LEAK = "屋面防水、外墙面、厨房和卫生间地面、地下室的防水工程、管道渗漏"


def said(channel: str, text: str, category: str = "", **more: Any) -> dict[str, Any]:
    return {"channel": channel, "text": text, **({"category": category} if category else {}), **more}


def ordered(number: str, item: str) -> dict[str, Any]:
    return {"order": number, "item": item, "contractor": "恒固建筑"}


def signatures(start: float, number: str = "1") -> tuple[tuple[float, str, str, str, Mapping[str, Any]], ...]:
    """The three that 第六条 1 asks for before work begins."""
    parties = ("施工单位现场代表", "工程部现场代表", CUSTOMER)
    return tuple(
        (start + place, "signed", "jingban", party,
         {"paper": "整改方案", "order": number, "party": party, "form": "签字"})
        for place, party in enumerate(parties)
    )  # fmt: skip


def repaired(item: str, plan: str, verified: float = 5) -> tuple[tuple[float, str, str, str, Mapping[str, Any]], ...]:
    """From verification to the order for a common defect; verified later than 24 hours, it is late."""
    return (
        (verified, "verified", "jingban", DESK, {"result": "属实", "findings": "现场查看，情况属实，已拍照留存。"}),
        (verified + 15, "plan_made", "jingban", DESK, {"way": "整改", "text": plan}),
        (verified + 25, "rectification_ordered", "jingban", DESK, ordered("1", item)),
    )


AGREED = {"result": "一致"}
APPROVED = {"paper": "协议书", "approved": True, "opinion": "同意，按协议办理。"}

SCENES = (
    Scene(2, 1, "qiantai", said("电话", "主卧飘窗下方渗水，墙纸已经起泡，希望尽快来人看。", MINOR)),
    Scene(6, 5, "qiantai", said("来访", "卫生间地漏反味，洗手盆下面的柜子受潮发霉。", MINOR)),
    Scene(21, 9, "qiantai", said("微信", "客厅墙面出现一条从天花板到窗边的裂缝，约两米长。", MINOR)),
    Scene(30, 2, "qiantai", said("电话", "防盗门锁芯松动，多次报修没有人来。", MINOR)),
    Scene(
        46,
        3,
        "jingban",
        said("电话", "阳台推拉门关不严，下雨进水。", MINOR),
        repaired("门窗翘裂、五金件损坏、管道堵塞", "更换滑轮并调整门框")[:2],
    ),
    Scene(
        60,
        4,
        "jingban",
        said("来访", "厨房吊顶漏水，楼上卫生间防水失效。", MINOR),
        repaired(LEAK, "楼上卫生间重做防水，吊顶更换。"),
    ),
    Scene(
        200,
        6,
        "jingban",
        said("电话", "北卧外墙渗水，墙面发霉。", MINOR),
        repaired(LEAK, "外墙打胶并重做防水层。", 29) + signatures(60)[:2],
    ),
    Scene(
        300,
        7,
        "jingban",
        said("电话", "屋面渗漏，顶层客厅滴水。", MINOR),
        (
            *repaired(LEAK, "屋面局部重做防水。"),
            *signatures(40),
            (50, "work_started", "jingban", "施工单位", {"order": "1"}),
        ),
    ),
    Scene(
        520,
        8,
        "jingban",
        said("来访", "次卧墙体开裂，怀疑填充墙未挂网。", MINOR),
        (
            *repaired("墙体开裂(指框架结构填充墙)", "剔开重新挂网抹灰。"),
            *signatures(40),
            (50, "work_started", "jingban", "施工单位", {"order": "1"}),
            (260, "work_finished", "xianchang", "施工单位", {"order": "1"}),
            (280, "inspected", "jingban", DESK, {"order": "1", "passed": False, "findings": "阴角处仍有细裂纹。"}),
        ),
    ),
    Scene(
        900,
        10,
        "jingban",
        said("电话", "卫生间渗水到走廊。", MINOR),
        (
            *repaired(LEAK, "重做卫生间防水并闭水试验。"),
            *signatures(40),
            (50, "work_started", "jingban", "施工单位", {"order": "1"}),
            (170, "work_finished", "xianchang", "施工单位", {"order": "1"}),
            (180, "inspected", "jingban", DESK, {"order": "1", "passed": True, "findings": "闭水四十八小时无渗漏。"}),
            (200, "accepted_by_customer", "jingban", CUSTOMER, {"order": "1", "accepted": True}),
            (210, "closed", "jingban", DESK, {"result": "整改完成，业主验收满意"}),
        ),
    ),
    Scene(3, 13, "qiantai", said("电话", "装修押金三个月没有退，问了两次没有答复。", GENERAL)),
    Scene(
        28,
        14,
        "jingban",
        said("来函", "销售时承诺的会所一直没有开放。", GENERAL),
        (
            (1, "assistance_requested", "jingban", DESK, {"to": ["相关部门"]}),
            (22, "assistance_given", "gongcheng", "相关部门", {"party": "相关部门"}),
        ),
    ),
    Scene(
        120,
        15,
        "jingban",
        said("来访", "交房时样板间的智能门锁换成了普通锁。", GENERAL),
        (
            (1, "assistance_requested", "jingban", DESK, {"to": ["相关部门"]}),
            (20, "assistance_given", "gongcheng", "相关部门", {"party": "相关部门"}),
            (26, "validity_decided", "jingban", DESK, {"valid": True, "grounds": "交付标准与合同附件不符。"}),
            (50, "negotiated", "jingban", DESK, AGREED),
            (60, "agreement_signed", "jingban", DESK, {"parties": [CUSTOMER, DESK, "相关部门"]}),
            (62, "approval_requested", "jingban", DESK, {"paper": "协议书", "to": [LEADER]}),
        ),
    ),
    Scene(
        400,
        16,
        "jingban",
        said("电话", "地下车库车位划线与图纸不符，车停不进去。", GENERAL),
        (
            (1, "assistance_requested", "jingban", DESK, {"to": ["相关部门"]}),
            (20, "assistance_given", "gongcheng", "相关部门", {"party": "相关部门"}),
            (26, "validity_decided", "jingban", DESK, {"valid": True}),
            (50, "negotiated", "jingban", DESK, AGREED),
            (60, "agreement_signed", "jingban", DESK, {"parties": [CUSTOMER, DESK, "相关部门"]}),
            (62, "approval_requested", "jingban", DESK, {"paper": "协议书", "to": [LEADER]}),
            (80, "approval_decided", "lingdao", LEADER, APPROVED),
            (220, "settled", "jingban", DESK, {"way": "整改", "result": "重新划线"}),
            (240, "closed", "jingban", DESK, {"result": "处理完毕"}),
        ),
    ),
    Scene(
        70,
        17,
        "jingban",
        said("电话", "邻居装修噪声太大，要求公司赔偿。", GENERAL),
        (
            (1, "assistance_requested", "jingban", DESK, {"to": ["相关部门"]}),
            (18, "assistance_given", "gongcheng", "相关部门", {"party": "相关部门"}),
            (
                24,
                "validity_decided",
                "jingban",
                DESK,
                {"valid": False, "grounds": "属相邻关系，不在公司承诺责任范围内。"},
            ),
        ),
    ),
    Scene(
        150,
        18,
        "jingban",
        said("来访", "要求退还两年前已经使用的会所储值卡。", GENERAL),
        (
            (1, "assistance_requested", "jingban", DESK, {"to": ["相关部门"]}),
            (18, "assistance_given", "gongcheng", "相关部门", {"party": "相关部门"}),
            (24, "validity_decided", "jingban", DESK, {"valid": False, "grounds": "储值卡已按约定使用完毕。"}),
            (30, "explained", "jingban", DESK, {"to_satisfaction": True}),
            (31, "closed", "jingban", DESK, {"result": "已向业主解释"}),
        ),
    ),
    Scene(10, 19, "qiantai", said("来访", "楼板出现贯通裂缝，担心结构安全。", MAJOR, amount="30000.00")),
    Scene(
        90,
        20,
        "jingban",
        said("电话", "地下室外墙开裂大面积渗水，车辆被泡。", MAJOR, amount="86000.00"),
        (
            (8, "verified", "jingban", DESK, {"result": "属实", "findings": "渗水面积约四十平方米。"}),
            (10, "reported_up", "jingban", DESK, {"to": [LEADER], "form": "书面"}),
        ),
    ),
    Scene(
        480,
        21,
        "jingban",
        said("来访", "梁底出现斜裂缝。", MAJOR),
        (
            (8, "verified", "jingban", DESK, {"result": "属实", "findings": "裂缝宽零点三毫米，已请结构工程师查看。"}),
            (10, "reported_up", "jingban", DESK, {"to": [LEADER, "集团公司客户服务中心"], "form": "书面"}),
            (50, "negotiated", "jingban", DESK, {"result": "未一致"}),
        ),
    ),
    Scene(20, 22, "qiantai", said("电话", "电梯厅的灯坏了一周没有人修。", MANAGER)),
    Scene(
        55,
        23,
        "jingban",
        said("网络", "小区绿化长期无人修剪，蚊虫很多。", MANAGER),
        (
            (4, "forwarded", "jingban", DESK, {"to": ["物管公司"], "papers": ["投诉记录"]}),
            (9, "signed_for", "wuguan", "物管公司", {}),
        ),
    ),
    Scene(5, 24, "qiantai", said("电话", "多户业主准备联名向媒体反映供暖问题。", NAME, households=12)),
    Scene(
        22,
        25,
        "nanhu",
        said("转办", "物管公司转来：业主家中天花板脱落，险些伤人。", PASSED_ON, source="云麓物业南湖公司"),
    ),
    Scene(
        75,
        26,
        "nanhu",
        said("电话", "入户大理石台阶开裂。", MINOR),
        (
            (6, "verified", "nanhu", DESK, {"result": "属实", "findings": "三级台阶开裂。"}),
            (20, "plan_made", "nanhu", DESK, {"way": "整改"}),
        ),
    ),
    Scene(12, 27, "nanhu", said("来访", "合同约定的储物间没有交付。", GENERAL)),
)
