"""Errors are yes or no, or amounts with exact sums."""

import numpy as np
import pytest

from core.engine.coded import CodedRows
from core.errors import WrongInputError
from core.measures.row_errors import Wrong, count_errors

CODED = CodedRows(np.array([[0, 1, 1, 0]], np.uint8), (2,))


def test_wrong_rows_are_counted() -> None:
    """By hand: one error in each of two values."""
    errors = count_errors(CODED, np.array([1, 0, 1, 0], np.uint8))
    assert (errors.total, errors.largest, errors.amount(2)) == (2, 1.0, 2)
    assert errors.counter.singles().tolist() == [1, 1]


def test_amounts_are_summed_in_fixed_point() -> None:
    """0.1 + 0.2 + 0.3 in any order is one number, within 2^-51 of the sum."""
    errors = count_errors(CODED, np.array([0.1, 0.2, 0.0, 0.3]))
    assert errors.amount(errors.total) == pytest.approx(0.6, rel=1e-15)
    assert [errors.amount(int(n)) for n in errors.counter.singles()] == pytest.approx(
        [0.4, 0.2], rel=1e-15
    )
    assert errors.amount(int(errors.largest)) == pytest.approx(0.3, rel=1e-15)


@pytest.mark.parametrize(
    ("wrong", "match"),
    [
        (np.array([1, 0], np.uint8), "There are 4 rows"),
        (np.array([0, 2, 0, 0], np.uint8), "yes or no"),
        (np.array([0, 1, 0, 0]), "not int64"),
        (np.array([0.0, -1.0, 0.0, 0.0]), "from 0 on"),
        (np.array([0.0, np.nan, 0.0, 0.0]), "finite"),
    ],
)
def test_other_errors_are_refused(wrong: Wrong, match: str) -> None:
    """One per row, of a known kind."""
    with pytest.raises(WrongInputError, match=match):
        count_errors(CODED, wrong)
