"""Groups are compared where they can be, and the reason is given where not."""

from dataclasses import replace

import pytest

from core.errors import WrongInputError
from core.measures.group_rates import (
    Group,
    compare_rates,
    compare_ratios,
    deciding_rate,
    hidden_groups,
)
from core.measures.outcomes import Confusion, Sums
from core.records.estimate import Estimate, NotEstimable
from tests.measures.grouped import POLICY, chosen, group, known

LOOSE = replace(POLICY, privacy_limit=0, min_rows=0, min_denominator=0)


def test_each_reason_for_leaving_a_group_out() -> None:
    """No value, few rows, few positives; only the other two are compared."""
    groups = [
        group("large", 30, 10, 10, 50),
        group("other", 20, 10, 20, 50),
        group("none", 0, 10, 0, 50),
        group("few", 10, 0, 10, 9),
        group("rare", 2, 10, 2, 50),
    ]
    found = compare_rates(groups, "recall", POLICY)
    assert found.left_out == (
        "",
        "",
        "no positives here",
        "29 rows are too few to judge",
        "only 4 rows count towards this rate",
    )
    assert found.pool.titles == ("large", "other")
    assert known(found.extreme.measured).value == pytest.approx(0.25)
    assert known(found.measured[4]).value == 0.5


def test_weights_count_as_many_rows_as_they_are_worth() -> None:
    """By hand: 40 positives, one of weight 200: 239^2 / 40,039 = 1.4 rows."""
    heavy = Sums(40, 239, 40_039)
    groups = [Group("heavy", Confusion(tp=heavy)), group("plain", 30, 0, 10, 0)]
    found = compare_rates(groups, "recall", POLICY)
    assert found.left_out == ("only 1 rows count towards this rate", "")


def test_small_groups_are_hidden_with_who_would_give_them_away() -> None:
    """4 rows hide the 7 next to them; 3 and 4 hide each other; nobody hides alone."""
    small, seven, many = (chosen(str(n), 1, n) for n in (4, 7, 90))
    hidden = hidden_groups([many, seven, small], 5)
    assert hidden == {
        "4": "hidden, fewer than 5 rows",
        "7": "hidden, it would give away a smaller group",
    }
    pair = hidden_groups([many, small, chosen("3", 1, 3)], 5)
    assert set(pair) == {"3", "4"}
    assert set(hidden_groups([small], 5)) == {"4"}
    assert hidden_groups([many, chosen("0", 0, 0)], 5) == {}
    found = compare_rates([many, seven, small], "selection_rate", POLICY)
    assert found.measured[2] == NotEstimable("hidden, fewer than 5 rows", 4)


def test_the_four_fifths_rule_leaves_out_the_smallest_groups() -> None:
    """40 of 2,041 rows are less than 2 %; 41 of 2,041 are not."""
    for rows, why in ((40, "fewer than 2\u00a0% of all rows"), (41, "")):
        groups = [chosen("A", 500, 2041 - rows), chosen("B", 20, rows)]
        assert compare_ratios(groups, "selection_rate", POLICY).left_out[1] == why
        assert compare_rates(groups, "selection_rate", POLICY).left_out == ("", "")


def test_of_two_rates_the_larger_difference_decides() -> None:
    """The interval is of the larger of both; a rate that nobody has leaves no answer."""
    groups = [group("A", 60, 20, 40, 80), group("B", 50, 40, 50, 60)]
    both = [
        compare_rates(groups, rate, LOOSE, families=2)
        for rate in ("recall", "false_positive_rate")
    ]
    recall, balance = (known(rates.extreme.measured) for rates in both)
    found = deciding_rate(both)
    assert found.id == "false_positive_rate"
    assert known(found.extreme.measured).value == pytest.approx(0.2)
    assert known(found.extreme.measured).low == max(recall.low, balance.low)
    assert known(found.extreme.measured).high == max(recall.high, balance.high)
    lonely = compare_rates([groups[0], group("C", 0, 5, 0, 95)], "recall", LOOSE)
    assert deciding_rate([both[1], lonely]) is lonely


def test_calibration_is_compared_as_it_is_given() -> None:
    """O / E of each group with its own interval; without scores there is none."""
    values = [Estimate(v, v - 0.1, v + 0.1, 100, 100, "") for v in (1.0, 1.3)]
    groups = [
        group(title, 25, 25, 25, 25, calibration=value)
        for title, value in zip("AB", values, strict=True)
    ]
    found = compare_rates([*groups, group("C", 25, 25, 25, 25)], "calibration", POLICY)
    assert found.left_out[2] == "no scores to hold against what happened"
    assert known(found.extreme.measured).value == pytest.approx(0.3)


@pytest.mark.parametrize("rate", ["f1", "mae"])
def test_what_is_no_share_is_refused(rate: str) -> None:
    """Intervals of all pairs are made for shares of rows."""
    with pytest.raises(WrongInputError, match=f"`{rate}` is no share of rows"):
        compare_rates([group("A", 9, 9, 9, 9)], rate, POLICY)
