"""R2 of many slices is that of scikit-learn, with an interval that holds."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import r2_score

from core.engine.answered import AnsweredRows
from core.engine.lattice import lay_out
from core.measures.explained import explained_many
from core.measures.tallies import count_errors

Floats = NDArray[np.float64]
LAYOUT = lay_out((2,), paired=())


def _rows(error: Floats, code: NDArray[np.integer]) -> AnsweredRows:
    zeros = np.zeros(len(error), np.int16)
    codes = code.astype(np.uint8)[np.newaxis]
    return AnsweredRows(codes, (2,), zeros, zeros, None, error, None)


def test_by_hand() -> None:
    """Labels 0, 2, 4 with errors 1, 0, -1: 1 - (2/3) / (8/3) = 0.75."""
    rows = _rows(np.array([1.0, 0.0, -1.0]), np.ones(3, int))
    found = explained_many(count_errors(rows, LAYOUT, np.array([0.0, 2.0, 4.0])))
    assert found.value[1] == pytest.approx(0.75)
    assert np.isnan(found.value[0])


def test_values_are_those_of_sklearn() -> None:
    """In each slice and in its rest, whatever the labels are measured from."""
    rng = np.random.default_rng(3)
    label = 1000 + rng.normal(0, 5, 300)
    error, code = rng.normal(0.5, 2, 300), rng.integers(0, 2, 300)
    tally = count_errors(_rows(error, code), LAYOUT, label)
    for group in range(2):
        mine = code == group
        expected = r2_score(label[mine], label[mine] + error[mine])
        assert explained_many(tally).value[group] == pytest.approx(expected, abs=1e-9)
        others = r2_score(label[~mine], label[~mine] + error[~mine])
        assert explained_many(tally.rest).value[group] == pytest.approx(others, abs=1e-9)


def test_the_interval_holds_the_truth_about_95_times_of_100() -> None:
    """Simulated: true R2 = 1 - 1 / 4 with normal errors; 300 tables of 300 rows."""
    rng = np.random.default_rng(11)
    held = 0
    for _ in range(300):
        signal = rng.normal(0, np.sqrt(3), 300)
        noise = rng.normal(0, 1, 300)
        tally = count_errors(_rows(-noise, np.ones(300, int)), LAYOUT, signal + noise)
        found = explained_many(tally)
        held += bool(found.low[1] <= 0.75 <= found.high[1])
    assert 0.91 <= held / 300 <= 0.98


def test_a_label_that_never_changes_has_no_r2() -> None:
    """Not 0 and not minus infinity: not estimable."""
    rows = _rows(np.array([1.0, -1.0]), np.ones(2, int))
    found = explained_many(count_errors(rows, LAYOUT, np.array([3.0, 3.0])))
    assert np.isnan(found.value[1])
