"""A confirmed slice is counted on rows that had no part in finding it."""

import numpy as np
import pytest

from core.engine.coded import CodedRows
from core.errors import WrongInputError
from core.measures.best import Limits
from core.measures.confirming import confirm, find_confirmed
from core.measures.covering import cover_worst
from tests.measures.coded_tables import has, make_table, plant


def test_the_second_half_is_counted() -> None:
    """Against counting the rows of the second half one by one."""
    rng = np.random.default_rng(31)
    coded = make_table(rng, 4001, [3, 4, 5, 3])
    table = plant(rng, coded, 0.15, {((0, 1), (1, 2)): 0.5})
    order = np.random.default_rng(6).permutation(4001)
    second = np.zeros(4001, np.bool_)
    second[order[2001:]] = True
    confirmed = confirm(coded, table.wrong, Limits(61, 3), seed=6)
    assert confirmed[0].pattern.items == ((0, 1), (1, 2))
    assert all(each.pattern.rows >= 31 for each in confirmed)
    for each in confirmed:
        rows = has(coded, each.pattern.items)
        assert each.pattern.rows == (rows & ~second).sum()
        assert each.rows == (rows & second).sum()
        assert each.errors == (rows & second & table.wrong).sum()
        assert each.rows + each.rest_rows == 2000
        assert each.errors + each.rest_errors == (second & table.wrong).sum()


def test_it_does_not_flatter_where_the_search_does() -> None:
    """Without any slice, the worst looks bad where it was chosen and average elsewhere."""
    chosen, other, rest = [], [], []
    for seed in range(40):
        rng = np.random.default_rng([32, seed])
        table = plant(rng, make_table(rng, 1000, [4, 5, 6]), 0.2, {})
        first = confirm(table.coded, table.wrong, Limits(40, 1), seed=seed)[0]
        chosen.append(first.pattern.errors / first.pattern.rows)
        other.append(first.errors / first.rows)
        rest.append(first.rest_errors / first.rest_rows)
    assert np.mean(chosen) > 0.3
    assert abs(np.mean(other) - np.mean(rest)) < 3 * np.std(other) / np.sqrt(40)


def test_a_slice_of_all_rows_is_found_again_by_its_rows() -> None:
    """Under the words of either half; a slice of other rows is not."""
    rng = np.random.default_rng(33)
    codes = make_table(rng, 4000, [4, 5, 3])
    twice = np.array([codes.column(c) for c in (0, 1, 2, 0)])
    table = plant(rng, CodedRows(twice, (4, 5, 3, 4)), 0.1, {((0, 2),): 0.4})
    confirmed = confirm(table.coded, table.wrong, Limits(50, 2), seed=1)
    (whole,) = cover_worst(table.coded, table.wrong, Limits(50, 1))
    found = find_confirmed(table.coded, whole.pattern.items, confirmed)
    assert found == confirmed[0]
    assert find_confirmed(table.coded, ((3, 2),), confirmed) == found
    assert find_confirmed(table.coded, ((3, 2), (2, 1)), confirmed) is None


def test_one_row_has_no_halves() -> None:
    """Nor have errors that are not those of the rows."""
    coded = make_table(np.random.default_rng(1), 1, [2])
    with pytest.raises(WrongInputError, match="no two halves"):
        confirm(coded, np.ones(1, np.bool_), Limits(1), seed=1)
