"""How a due time came about, in both languages (第三条 2 B (1))."""

from datetime import datetime

from django.utils import translation

from shouwen.calendars import statutory_calendar
from shouwen.engine import Entry, Standing, Why, compile_policy
from shouwen.journal.arithmetic import lines_of
from shouwen.policy import load_named


def why() -> Why:
    standing = Standing(compile_policy(load_named("jinke"), statutory_calendar()), "M1")
    at = datetime.fromisoformat("2026-03-02T09:00:00+08:00")
    data = {"category": "一般工程质量投诉"}
    standing.step(Entry("e1", "M1", "complaint", "received", at, at, 1, "u", "客户服务分部", "一期", data))
    return standing.explain("jinke/3.2.B.1:verified", at)


def test_in_chinese_with_the_article_of_law() -> None:
    with translation.override("zh-hans"):
        lines = lines_of(why())
    assert lines[0] == "起算：2026年3月2日（周一）09:00，期限24小时"
    assert lines[2] == "截止：2026年3月3日（周二）09:00（按小时的自起点连续计算，民法典第201条）"


def test_in_english_every_word_is_english() -> None:
    with translation.override("en"):
        assert lines_of(why()) == (
            "Start: March 2, 2026, 9 a.m.",
            "Counted: March 2, 2026, 9 a.m. – March 3, 2026, 9 a.m.",
            "End: March 3, 2026, 9 a.m.",
        )
