"""Names in pinyin (拼音), so that an officer finds them from the keyboard."""

from functools import lru_cache

SURNAMES = {
    "单": ("shan",),
    "單": ("shan",),
    "曾": ("zeng",),
    "解": ("xie",),
    "仇": ("qiu",),
    "区": ("ou",),
    "區": ("ou",),
    "查": ("zha",),
    "盖": ("ge",),
    "蓋": ("ge",),
    "朴": ("piao",),
    "覃": ("qin",),
    "乐": ("yue",),
    "樂": ("yue",),
    "翟": ("zhai",),
    "洗": ("xian",),
    "秘": ("bi",),
    "缪": ("miao",),
    "繆": ("miao",),
    "员": ("yun",),
    "員": ("yun",),
    "折": ("she",),
    "祭": ("zhai",),
    "黑": ("he",),
    "种": ("chong",),
    "繁": ("po",),
    "召": ("shao",),
    "适": ("kuo",),
    "隗": ("wei",),
    "郇": ("xun",),
    "佴": ("nai",),
    "阚": ("kan",),
    "闞": ("kan",),
    "粘": ("nian",),
    "乜": ("nie",),
    "能": ("nai",),
    "万俟": (
        "mo",
        "qi",
    ),
    "萬俟": (
        "mo",
        "qi",
    ),
    "尉迟": (
        "yu",
        "chi",
    ),
    "尉遲": (
        "yu",
        "chi",
    ),
    "长孙": (
        "zhang",
        "sun",
    ),
    "長孫": (
        "zhang",
        "sun",
    ),
    "澹台": (
        "tan",
        "tai",
    ),
    "澹臺": (
        "tan",
        "tai",
    ),
    "单于": (
        "chan",
        "yu",
    ),
    "單于": (
        "chan",
        "yu",
    ),
}
"""Surnames (姓) that are read otherwise than the word which they begin."""

LONGEST_NAME = 4
"""Longer names are companies', whose first character is no surname (单位, 解放路)."""

_COMPOUND = """
欧阳 太史 端木 上官 司马 东方 独孤 南宫 万俟 闻人 夏侯 诸葛 尉迟 公羊 赫连 澹台 皇甫 宗政 濮阳 公冶 太叔 申屠 公孙
慕容 仲孙 钟离 长孙 宇文 司徒 鲜于 司空 闾丘 令狐 轩辕 单于 呼延 东郭 西门 百里 拓跋 纳兰 第五 歐陽 東方 獨孤 南宮
諸葛 尉遲 鍾離 長孫 司馬 軒轅
"""
COMPOUND = frozenset(_COMPOUND.split())
"""Surnames of two characters (复姓)."""


@lru_cache(maxsize=4096)
def _syllables(name: str) -> tuple[str, ...]:
    from pypinyin import Style, lazy_pinyin  # its dictionary takes a while: not before a name is read

    name = "".join(name.split()).lower()
    if len(name) <= LONGEST_NAME:
        for length in (2, 1):
            if reading := SURNAMES.get(name[:length]):
                return (*reading, *lazy_pinyin(name[length:], style=Style.NORMAL))
    return tuple(lazy_pinyin(name, style=Style.NORMAL))


def pinyin(name: str) -> str:
    """The whole name in small letters without tones or spaces; ü is v, as it is typed."""
    return "".join(_syllables(name))


def initials(name: str) -> str:
    """The first letter of every syllable; Latin words and digits stand as they are."""
    written = name.lower()
    return "".join(syllable if syllable in written else syllable[:1] for syllable in _syllables(name))


def surname(name: str) -> str:
    """The family name: two characters where it is a compound surname (复姓)."""
    return name[:2] if len(name) > 2 and name[:2] in COMPOUND else name[:1]
