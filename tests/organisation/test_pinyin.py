"""Names in pinyin: a surname is read as a surname."""

import pytest

from shouwen.organisation.pinyin import initials, pinyin, surname


@pytest.mark.parametrize(
    ("name", "whole", "letters"),
    [
        ("单晓雨", "shanxiaoyu", "sxy"),
        ("曾国华", "zengguohua", "zgh"),
        ("解缙", "xiejin", "xj"),
        ("仇英", "qiuying", "qy"),
        ("区大海", "oudahai", "odh"),
        ("查良镛", "zhaliangyong", "zly"),
        ("尉迟恭", "yuchigong", "ycg"),
        ("欧阳锋", "ouyangfeng", "oyf"),
        ("单于明", "chanyuming", "cym"),
        ("吕布", "lvbu", "lb"),
        ("曾", "zeng", "z"),
        ("單曉雨", "shanxiaoyu", "sxy"),
        ("张 三", "zhangsan", "zs"),
        ("Tom王", "tomwang", "tomw"),
        ("单位食堂管理处", "danweishitangguanlichu", "dwstglc"),
        ("", "", ""),
    ],
)
def test_reading(name: str, whole: str, letters: str) -> None:
    assert (pinyin(name), initials(name)) == (whole, letters)


def test_rare_characters_stand_as_they_are() -> None:
    assert pinyin("𠮷田") == "𠮷tian"


def test_family_names() -> None:
    assert [surname(name) for name in ("王小明", "欧阳锋", "欧阳", "单于明", "李")] == [
        "王",
        "欧阳",
        "欧",
        "单于",
        "李",
    ]
