"""Who works in the demonstration's house and where. All names are invented."""

from typing import NamedTuple


class Place(NamedTuple):
    """A unit: key, name, kind, key of its superior."""

    key: str
    name: str
    kind: str
    above: str


class Seat(NamedTuple):
    """A person in a post: sign-in name, name, unit's key, post."""

    username: str
    name: str
    unit: str
    post: str
    duty: bool = False


UNITS = (
    Place("group", "云麓集团", "group", ""),
    Place("jc", "江城公司", "branch", "group"),
    Place("jc-fin", "江城财务部", "department", "jc"),
    Place("jc-hr", "江城人事行政部", "department", "jc"),
    Place("ts", "听松苑", "project", "jc"),
    Place("wj", "望江台", "project", "jc"),
    Place("nh", "南湖公司", "branch", "group"),
    Place("nh-fin", "南湖财务部", "department", "nh"),
    Place("nhl", "南湖里", "project", "nh"),
    Place("hengu", "恒固建筑", "contractor", "jc"),
    Place("qingwa", "青瓦装饰", "contractor", "nh"),
)

SEATS = (
    Seat("zhongxin", "沈清和", "group", "集团公司客户服务中心", duty=True),
    Seat("qiantai", "林小满", "jc", "客户服务分部", duty=True),
    Seat("jingban", "周砚", "jc", "客户服务分部"),
    Seat("fuze", "顾敏之", "jc", "客户服务分部负责人"),
    Seat("lingdao", "韩立诚", "jc", "公司分管领导"),
    Seat("zongjingli", "陆远舟", "jc", "子公司总经理"),
    Seat("gongcheng", "石磊", "jc", "工程部"),
    Seat("xianchang", "方大川", "jc", "工程部现场代表"),
    Seat("xianchang", "方大川", "jc", "职能处理部门"),
    Seat("gongcheng", "石磊", "jc", "相关部门"),
    Seat("caiwu", "钱芸", "jc-fin", "财务部"),
    Seat("renshi", "江映雪", "jc-hr", "人事行政部"),
    Seat("wuguan", "何巧", "jc", "物管公司"),
    Seat("guanjia", "宋禾", "jc", "小区客户服务处"),
    Seat("nanhu", "唐棠", "nh", "客户服务分部", duty=True),
    Seat("nanhuld", "邵平川", "nh", "公司分管领导"),
    Seat("nanhugc", "雷勇", "nh", "工程部"),
    Seat("nanhucw", "袁曼", "nh-fin", "财务部"),
)
"""公司领导, 工程部 and the others are the regulation's words; who holds two posts stands twice."""

CUSTOMERS = (
    ("张明远", "13800010001", "ts", "1", "1", "301"), ("王淑芬", "13800010002", "ts", "1", "1", "502"),
    ("李建国", "13800010003", "ts", "1", "2", "1201"), ("赵一鸣", "13800010004", "ts", "1", "2", "1502"),
    ("单晓雨", "13800010005", "ts", "2", "1", "402"), ("陈思齐", "13800010006", "ts", "2", "1", "701"),
    ("刘长安", "13800010007", "ts", "2", "2", "902"), ("黄丽华", "13800010008", "ts", "2", "2", "1103"),
    ("吴桐", "13800010009", "ts", "3", "1", "201"), ("徐志强", "13800010010", "ts", "3", "1", "603"),
    ("孙倩", "13800010011", "ts", "3", "2", "1001"), ("马跃", "13800010012", "ts", "3", "2", "1402"),
    ("朱琳", "13800010013", "wj", "1", "1", "302"), ("胡海波", "13800010014", "wj", "1", "1", "801"),
    ("郭文静", "13800010015", "wj", "1", "2", "1203"), ("何振宇", "13800010016", "wj", "1", "2", "1601"),
    ("高雅", "13800010017", "wj", "2", "1", "501"), ("林子昂", "13800010018", "wj", "2", "1", "903"),
    ("欧阳晴", "13800010019", "wj", "2", "2", "1102"), ("罗敏", "13800010020", "wj", "2", "2", "1701"),
    ("梁志远", "13800010021", "wj", "3", "1", "402"), ("宋佳", "13800010022", "wj", "3", "1", "1003"),
    ("郑海燕", "13800010023", "wj", "3", "2", "1301"), ("谢安然", "13800010024", "wj", "3", "2", "1802"),
    ("韩冰", "13800010025", "nhl", "1", "", "101"), ("唐雨桐", "13800010026", "nhl", "1", "", "203"),
    ("冯晓东", "13800010027", "nhl", "2", "", "301"), ("于洋", "13800010028", "nhl", "2", "", "402"),
    ("董洁", "13800010029", "nhl", "3", "", "501"), ("萧然", "13800010030", "nhl", "3", "", "602"),
    ("程功", "13800010031", "nhl", "4", "", "702"), ("曹颖", "13800010032", "nhl", "4", "", "801"),
    ("袁野", "13800010033", "nhl", "5", "", "902"), ("邓小禾", "13800010034", "nhl", "5", "", "1001"),
    ("许晴川", "13800010035", "ts", "3", "2", "1601"), ("傅雷", "13800010036", "ts", "1", "1", "802"),
    ("沈月", "13800010037", "wj", "1", "1", "1403"), ("曾子墨", "13800010038", "wj", "2", "1", "1501"),
    ("彭越", "13800010039", "nhl", "1", "", "302"), ("吕静", "13800010040", "nhl", "2", "", "503"),
)  # fmt: skip
"""Name, telephone, project, building, entrance, room."""
