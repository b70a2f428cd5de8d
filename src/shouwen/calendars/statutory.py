"""The seed (法定节假日): statutory holidays and make-up workdays of mainland China from the `holidays` package."""

from collections import Counter
from collections.abc import Container, Iterable, Mapping
from datetime import date, timedelta

from shouwen.calendars.calendar import Calendar
from shouwen.calendars.days import DayKind, SpecialDay

FIRST_OFFICIAL_YEAR = 2004
"""Earlier years of the package are not confirmed by a second source."""
DEFAULT_YEARS = range(FIRST_OFFICIAL_YEAR, 2041)

_NOTICE = "国务院办公厅关于部分节假日安排的通知"
_STATUTE = "全国年节及纪念日放假办法（推算）"
_DAY = timedelta(days=1)
_OBSERVED = "（补假）"
_SUBSTITUTED = "休息日"
_SHORT_NAMES = {"农历除夕": "春节", "中国人民抗日战争暨世界反法西斯战争胜利70周年纪念日": "抗战胜利70周年"}
# Weekends beside a holiday that the year's notice left as weekends (与周末连休, 公休), by month and day.
_LEFT_AS_WEEKENDS = {
    2011: ((6, 5),),
    2012: ((6, 23),),
    2014: ((5, 31), (6, 1), (9, 6), (9, 7)),
    2015: ((4, 4), (5, 2), (5, 3), (6, 21), (9, 5), (9, 26)),
    2016: ((1, 2), (1, 3), (4, 2), (4, 3), (4, 30), (12, 31)),
    2017: ((4, 29), (4, 30), (12, 30), (12, 31)),
    2018: ((6, 16), (6, 17), (9, 22), (9, 23)),
    2024: ((6, 8), (6, 9)),
}


def official_years(years: Iterable[int]) -> frozenset[int]:
    """Those of `years` for which the package holds the State Council's notice, from 2004 on."""
    from holidays.countries.china import ChinaStaticHolidays  # of all countries, hence not before it is asked for

    noticed = ChinaStaticHolidays.special_public_holidays
    return frozenset(year for year in years if year >= FIRST_OFFICIAL_YEAR and year in noticed)


def statutory_calendar(zone: str = "Asia/Shanghai", years: Iterable[int] = DEFAULT_YEARS) -> Calendar:
    """The statutory calendar: Monday to Friday, holidays, make-up workdays; it has no service hours.

    Official years follow the State Council's notice. Later ones hold the statutory days alone with their 补假
    (放假办法 第六条: a day that falls on a weekend is given on the next working day), no make-up workdays, and
    are provisional; so is every year without data.
    """
    import holidays  # as above

    wanted = frozenset(years)
    official = official_years(wanted)
    # A notice may move working days into the December before it, hence one year more.
    data = holidays.country_holidays("CN", years=sorted(wanted | {year + 1 for year in wanted}), language="zh_CN")
    off = {day: name for day, name in data.items() if day.year in wanted}
    makeup = {day for day in data.weekend_workdays if day.year in wanted}
    special = [
        SpecialDay(day, DayKind.HOLIDAY, _name(day, off, makeup), _NOTICE if day.year in official else _STATUTE)
        for day in sorted(set(off) | _weekends_within(off, makeup, official))
    ]
    special += [
        SpecialDay(day, DayKind.MAKEUP_WORKDAY, _made_up_for(day, data, makeup), _NOTICE) for day in sorted(makeup)
    ]
    return Calendar(zone=zone, name="cn", special_days=tuple(special), official_years=official)


def _weekends_within(off: dict[date, str], makeup: set[date], official: frozenset[int]) -> set[date]:
    """Weekend days that touch a holiday: the notices count them among its days."""
    found: set[date] = set()
    for day in off:
        for step in (_DAY, -_DAY):
            near = day + step
            while near.weekday() >= 5 and near not in makeup and near not in off:
                if near.year in official and (near.month, near.day) not in _LEFT_AS_WEEKENDS.get(near.year, ()):
                    found.add(near)
                near += step
    return found


def _name(day: date, off: Mapping[date, str], makeup: Container[date]) -> str:
    """The festival: the day's own, else the one with most days among the days off around it."""
    own = _festival(off.get(day, ""))
    if own:
        return own
    around: Counter[str] = Counter()
    for step in (_DAY, -_DAY):
        near = day + step
        while near in off or (near.weekday() >= 5 and near not in makeup):
            around[_festival(off.get(near, ""))] += 1
            near += step
    around.pop("", None)
    return around.most_common(1)[0][0] if around else "调休"


def _festival(name: str) -> str:
    if name.startswith(_SUBSTITUTED):
        return ""
    names = [part.removesuffix(_OBSERVED) for part in name.split("; ") if part]
    return "、".join(dict.fromkeys(_SHORT_NAMES.get(part, part) for part in reversed(names)))


def _made_up_for(day: date, data: Mapping[date, str], makeup: Container[date]) -> str:
    """The festival whose day off is worked in advance or afterwards on `day`."""
    rests = (rest for rest, name in data.items() if name.startswith(_SUBSTITUTED) and day.isoformat() in name)
    return next((_name(rest, data, makeup) for rest in rests), "")
