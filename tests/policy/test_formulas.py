"""Formulas (公式): exact sums, units, and the worked examples that the regulations give."""

from decimal import Decimal
from fractions import Fraction

import pytest

from shouwen.policy import load_named
from shouwen.policy.conditions import ConditionError
from shouwen.policy.figures import said_formula
from shouwen.policy.formulas import comes_to, compile_formula
from shouwen.policy.model import Waiting


def reckoned(text: str, **given: str) -> Fraction | None:
    numbers = {name: Decimal(one) for name, one in given.items()}
    return compile_formula(text, numbers).value(numbers)


@pytest.mark.parametrize(
    ("text", "given", "result"),
    [
        ("total / 3 * score / 100", {"total": "3000", "score": "90"}, Fraction(900)),
        ("a / 3", {"a": "1"}, Fraction(1, 3)),
        ("a / 3 + a / 3 + a / 3", {"a": "1"}, Fraction(1)),
        ("a * 0.1 + b * 0.2", {"a": "1", "b": "1"}, Fraction(3, 10)),
        ("-a - b", {"a": "1.05", "b": "2"}, Fraction(-61, 20)),
        ("a > 100 ? 100 : a", {"a": "104"}, Fraction(100)),
        ("a > 100 || a < 0 ? 0 : a", {"a": "54"}, Fraction(54)),
        ("b != 0 && a / b > 1 ? a : b", {"a": "3", "b": "0"}, Fraction(0)),
        ("a / b", {"a": "1", "b": "0"}, None),
    ],
)
def test_sums_are_exact(text: str, given: dict[str, str], result: Fraction | None) -> None:
    assert reckoned(text, **given) == result


def test_what_is_not_given_gives_nothing() -> None:
    assert compile_formula("a + b", {"a": "甲", "b": "乙"}).value({"a": Decimal(1)}) is None


@pytest.mark.parametrize("text", ["a + c", "a > 1", "a +", '"x"', "a.b", "size(a)", "a in [1, 2]", "__import__(a)"])
def test_nothing_else_is_a_formula(text: str) -> None:
    with pytest.raises(ConditionError):
        compile_formula(text, {"a": "甲"})


@pytest.mark.parametrize(
    ("result", "written", "same"),
    [
        (Fraction(2, 3), "0.67", True),
        (Fraction(2, 3), "0.66", False),
        (Fraction(2, 3), "1", True),
        (Fraction(-2, 3), "-0.67", True),
        (Fraction(1, 8), "0.13", False),  # it ends: an example gives it whole
        (Fraction(1, 8), "0.125", True),
        (Fraction(45), "45.00", True),
        (None, "0", False),
    ],
)
def test_an_example_is_right_to_the_last_place_it_gives(result: Fraction | None, written: str, same: bool) -> None:
    assert comes_to(result, Decimal(written)) is same


def test_units_of_a_result() -> None:
    per_case = compile_formula("hours / cases", {"hours": "时长", "cases": "件数"})
    assert per_case.unit({"hours": "小时", "cases": "件"}) == {"小时": 1, "件": -1}
    assert per_case.unit({"hours": "小时"}) is None
    rate = compile_formula("done * 100 / all", {"done": "完成", "all": "全部"})
    assert rate.unit({"done": "件", "all": "件"}) == {}


CLAUSE = "4.7"


def measure(policy: str, clause: str, name: str) -> dict[str, object]:
    rules = [rule.rule for rule in load_named(policy).all_of(Waiting) if rule.clause == f"{policy}/{clause}"]
    (found,) = (dict(rule) for rule in rules if rule.get("measure") == name)
    return found


def worth(policy: str, clause: str, name: str, **given: str) -> Fraction | None:
    rule = measure(policy, clause, name)
    numbers = {key: Decimal(one) for key, one in given.items()}
    return compile_formula(str(rule["formula"]), numbers).value(numbers)


def test_the_worked_example_of_signage_care() -> None:
    """四.6：54 ÷ 60 × 50 = 45、54 ÷ 60 × 20 = 18、51 ÷ 60 × 20 = 17、60 ÷ 60 × 10 = 10，共 90 分；绩效薪资 90%."""
    parts = [
        worth("signage-care", CLAUSE, "部门主管考核绩效得分", mark="54"),
        worth("signage-care", CLAUSE, "市场部考核绩效得分", mark="54"),
        worth("signage-care", CLAUSE, "生产部考核绩效得分", mark="51"),
        worth("signage-care", CLAUSE, "部门互评考核绩效得分", mark="60"),
    ]
    assert parts == [45, 18, 17, 10]
    whole = worth("signage-care", CLAUSE, "总绩效考核得分", head="54", market="54", production="51", peers="60")
    assert whole == 90


def test_a_formula_is_said_in_the_clauses_words() -> None:
    assert list(said_formula(measure("signage-care", CLAUSE, "部门主管考核绩效得分"))) == [
        "部门主管考核绩效得分 = 部门主管考核得分 × 50 ÷ 60",
        "算例：部门主管考核得分 54，得 45",
    ]
