"""The demonstration's group: its units, who works there in which post, who lives there. All names are invented.

The ground (江城, 南湖) is small and written out by hand; the other six branches are made from it by a pattern.
Telephones begin with 169: a range that is given to nobody.
"""

from collections.abc import Iterator
from random import Random
from typing import NamedTuple

from shouwen.demonstration.writing import read


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


class Home(NamedTuple):
    """A customer and what he holds: name, telephone, project's key, building, entrance, room."""

    name: str
    phone: str
    project: str
    building: str
    entrance: str
    room: str


GROUND_UNITS = (
    Place("group", "云麓集团", "group", ""),
    Place("jn", "江南片区", "region", "group"),
    Place("jc", "江城公司", "branch", "jn"),
    Place("jc-fin", "江城财务部", "department", "jc"),
    Place("jc-hr", "江城人事行政部", "department", "jc"),
    Place("ts", "听松苑", "project", "jc"),
    Place("wj", "望江台", "project", "jc"),
    Place("nh", "南湖公司", "branch", "jn"),
    Place("nh-fin", "南湖财务部", "department", "nh"),
    Place("nhl", "南湖里", "project", "nh"),
    Place("hengu", "恒固建筑", "contractor", "jc"),
    Place("qingwa", "青瓦装饰", "contractor", "nh"),
)

GROUND_SEATS = (
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

_GROUND_HOMES = (
    ("张明远", "ts", "1-1-301"),
    ("王淑芬", "ts", "1-1-502"), ("李建国", "ts", "1-2-1201"), ("赵一鸣", "ts", "1-2-1502"),
    ("单晓雨", "ts", "2-1-402"), ("陈思齐", "ts", "2-1-701"), ("刘长安", "ts", "2-2-902"), ("黄丽华", "ts", "2-2-1103"),
    ("吴桐", "ts", "3-1-201"), ("徐志强", "ts", "3-1-603"), ("孙倩", "ts", "3-2-1001"), ("马跃", "ts", "3-2-1402"),
    ("朱琳", "wj", "1-1-302"), ("胡海波", "wj", "1-1-801"), ("郭文静", "wj", "1-2-1203"), ("何振宇", "wj", "1-2-1601"),
    ("高雅", "wj", "2-1-501"), ("林子昂", "wj", "2-1-903"), ("欧阳晴", "wj", "2-2-1102"), ("罗敏", "wj", "2-2-1701"),
    ("梁志远", "wj", "3-1-402"), ("宋佳", "wj", "3-1-1003"), ("郑海燕", "wj", "3-2-1301"), ("谢安然", "wj", "3-2-1802"),
    ("韩冰", "nhl", "1--101"), ("唐雨桐", "nhl", "1--203"), ("冯晓东", "nhl", "2--301"), ("于洋", "nhl", "2--402"),
    ("董洁", "nhl", "3--501"), ("萧然", "nhl", "3--602"), ("程功", "nhl", "4--702"), ("曹颖", "nhl", "4--801"),
    ("袁野", "nhl", "5--902"), ("邓小禾", "nhl", "5--1001"), ("许晴川", "ts", "3-2-1601"), ("傅雷", "ts", "1-1-802"),
    ("沈月", "wj", "1-1-1403"), ("曾子墨", "wj", "2-1-1501"), ("彭越", "nhl", "1--302"), ("吕静", "nhl", "2--503"),
)  # fmt: skip

REGIONS = (("cy", "川云片区"), ("hs", "湖山片区"))
_BRANCHES = (
    # key, name, region, pattern, projects beyond the ground's, contractors
    ("jc", "江城公司", "jn", "jinke", ("枕流居",), ("固舟防水",)),
    ("nh", "南湖公司", "jn", "jinke", ("荷风里", "采薇园"), ()),
    ("yp", "云浦公司", "jn", "jinke", ("浣月湾", "栖梧里", "云浦花庭"), ("垒山建筑",)),
    ("qc", "青川公司", "cy", "jinke", ("竹外轩", "揽翠峰", "青川雅筑"), ("拙匠装饰",)),
    ("lg", "临港公司", "cy", "jinke", ("听涛阁", "海棠里", "临港汇"), ("明牖门窗", "升云电梯")),
    ("sm", "石门公司", "cy", "jinke", ("松间院", "半山亭", "石门印"), ("泉眼给排水",)),
    ("lw", "澜湾公司", "hs", "greentown", ("晴雪园", "桂语庭", "澜湾里"), ("青壤园林",)),
    ("xh", "西泽公司", "hs", "greentown", ("沁芳洲", "兰心苑", "西泽湖居"), ("织网弱电",)),
)
GREENTOWN_REGION = "hs"
"""Where `greentown` holds; everywhere else in the group `jinke` does."""
SLOW_BRANCH = "lg"
"""The branch that everybody can see is behind."""

_POSTS = {
    "jinke": (
        ("qiantai", "客户服务分部"), ("jingban", "客户服务分部"), ("jingban2", "客户服务分部"),
        ("fuze", "客户服务分部负责人"), ("lingdao", "公司分管领导"), ("zongjingli", "子公司总经理"),
        ("gongcheng", "工程部"), ("gongcheng", "相关部门"), ("xianchang", "工程部现场代表"),
        ("xianchang", "职能处理部门"), ("caiwu", "财务部"), ("renshi", "人事行政部"), ("wuguan", "物管公司"),
        ("guanjia", "小区客户服务处"), ("xiaoshou", "销售部客户服务处"),
    ),
    "greentown": (
        ("xiaozu", "客户服务小组"), ("kefu", "客服专员"), ("kefu2", "客服专员"), ("zhuanren", "专案专人"),
        ("fenguan", "客户服务分管领导"), ("fuzeren", "项目公司负责人"), ("gongcheng", "工程部"),
        ("yingxiao", "营销部"),
    ),
}  # fmt: skip
_DEPARTMENTS = {"财务部": "fin", "人事行政部": "hr"}
_ABOVE = (
    ("jn", "jiangnan", (("zongjian", "片区总监"),)),
    ("cy", "chuanyun", (("zongjian", "片区总监"),)),
    (
        "hs",
        "hushan",
        (("yunying", "片区运营管理部"), ("zhuanyuan", "片区客户服务专员"), ("zhixing", "分管片区执行总经理")),
    ),
    (
        "group",
        "jituan",
        (("kefubu", "集团公司客户服务部"), ("fenguan", "客户服务分管领导"), ("zhixing", "分管集团公司执行总经理")),
    ),
)


def units(*, whole: bool) -> Iterator[Place]:
    """The ground, and for the whole group everything else, superiors first."""
    yield from GROUND_UNITS
    if not whole:
        return
    known = {place.key for place in GROUND_UNITS}
    for key, name in REGIONS:
        yield Place(key, name, "region", "group")
    for key, name, region, pattern, projects, contractors in _BRANCHES:
        if key not in known:
            yield Place(key, name, "branch", region)
        wanted = {_DEPARTMENTS[post]: post for _slug, post in _POSTS[pattern] if post in _DEPARTMENTS}
        for short, post in wanted.items():
            if f"{key}-{short}" not in known:
                yield Place(f"{key}-{short}", f"{name.removesuffix('公司')}{post}", "department", key)
        yield Place(f"{key}-pm", f"云麓物业{name.removesuffix('公司')}中心", "property", key)
        for number, project in enumerate(projects, 1):
            yield Place(f"{key}-p{number}", project, "project", key)
        for number, contractor in enumerate(contractors, 1):
            yield Place(f"{key}-c{number}", contractor, "contractor", key)


def seats(*, whole: bool) -> Iterator[Seat]:
    """Who sits where; the ground's first."""
    yield from GROUND_SEATS
    if not whole:
        return
    names = _names(Random("seats"))  # noqa: S311  nothing secret: the same people in every demonstration
    taken = {(seat.unit, seat.post) for seat in GROUND_SEATS}
    for key, _name, _region, pattern, _projects, _contractors in _BRANCHES:
        given: dict[str, str] = {}
        wanted = [(slug, post, _seat_unit(key, post)) for slug, post in _POSTS[pattern]]
        for place, (slug, post, unit) in enumerate(wanted):
            if (unit, post) not in taken:
                name = given.setdefault(slug, next(names))
                yield Seat(f"{key}-{slug}", name, unit, post, duty=place == 0)
        yield Seat(f"{key}-wuye", next(names), f"{key}-pm", "物业经理")
    for unit, prefix, posts in _ABOVE:
        for slug, post in posts:
            yield Seat(f"{prefix}-{slug}", next(names), unit, post)


def _seat_unit(branch: str, post: str) -> str:
    return f"{branch}-{_DEPARTMENTS[post]}" if post in _DEPARTMENTS else branch


def _name(rng: Random) -> str:
    parts = read("names.yaml")
    return str(rng.choice(parts["surnames"]) + rng.choice(parts["given"]))


def _names(rng: Random) -> Iterator[str]:
    given: set[str] = {seat.name for seat in GROUND_SEATS}
    while True:
        name = _name(rng)
        if name not in given:
            given.add(name)
            yield name


def homes(*, whole: bool, customers: int = 5_000) -> Iterator[Home]:
    """Who lives where: the ground's forty, and for the whole group as many as are wanted, over all projects."""
    known = set()
    for number, (name, project, room) in enumerate(_GROUND_HOMES, 1):
        known.add((project, room))
        yield Home(name, f"1690001{number:04}", project, *room.split("-"))
    if not whole:
        return
    rng = Random("homes")  # noqa: S311  nothing secret
    projects = [place.key for place in units(whole=True) if place.kind == "project"]
    for number in range(len(_GROUND_HOMES) + 1, customers + 1):
        project = projects[number % len(projects)]
        while (home := (project, _home(rng))) in known:
            pass
        known.add(home)
        name = _name(rng)
        yield Home(name, f"1690001{number:04}", project, *home[1].split("-"))


def _home(rng: Random) -> str:
    return f"{rng.randint(1, 12)}-{rng.randint(1, 3)}-{rng.randint(1, 18)}{rng.randint(1, 4):02}"
