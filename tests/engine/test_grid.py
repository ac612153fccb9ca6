"""All pages cut scores at the same edges, and the edges are where the model has them."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.grid import BUCKETS, STEPS, WIDTH, buckets, is_single, thresholds
from core.records.data import ColumnType
from core.runs.desk import Desk
from tests.kept import Small, column, lay


@pytest.mark.parametrize("kind", ["float32", "float64"])
def test_a_score_reaches_a_threshold_exactly_if_its_step_does(kind: str) -> None:
    """At all 1,001 thresholds k/1000, with the neighbours of each on both sides."""
    dtype = np.dtype(kind)
    edges = (np.arange(STEPS + 1) / STEPS).astype(dtype)
    scores = np.concatenate(
        [edges, np.nextafter(edges, dtype.type(0)), np.nextafter(edges, dtype.type(1))]
    )
    steps = buckets(scores) // WIDTH
    for k in range(STEPS + 1):
        reached = scores >= dtype.type(k / STEPS)  # as the model itself compares
        assert ((steps >= k) == reached).all(), k


@given(st.lists(st.floats(0, 1), min_size=1), st.sampled_from(["float32", "float64"]))
def test_buckets_rise_with_the_score(values: list[float], kind: str) -> None:
    """No score stands in a higher bucket than a larger one, and all lie in 0 to 64,000."""
    scores = np.sort(np.array(values, dtype=kind))
    found = buckets(scores)
    assert (np.diff(found) >= 0).all()
    assert found.min() >= 0
    assert found.max() <= BUCKETS
    assert (np.abs(found / BUCKETS - scores) <= 1 / BUCKETS + 1e-7).all()


def test_a_float32_reaches_a_threshold_that_it_misses_as_a_double() -> None:
    """float32(0.35) < 0.35, and still the model says yes at 0.35."""
    score = np.array([0.35], dtype=np.float32)
    assert float(score[0]) < 0.35
    assert buckets(score)[0] // WIDTH == 350
    assert buckets(score.astype(np.float64))[0] // WIDTH == 349
    assert thresholds(np.dtype("float32"))[349] == float(score[0])


def test_ends_of_the_grid() -> None:
    """0 is in the first bucket and 1 in a bucket of its own."""
    assert buckets(np.array([0.0, 1.0, 1 - 2**-53])).tolist() == [0, 64_000, 63_999]


def test_float32_scores_in_a_file_are_recognised(desk: Desk) -> None:
    """Every value must be a float32 written as a double; one other and none is."""
    single = [float(np.float32(0.1)), 0.5, None]
    columns = column("score", ColumnType.NUMBER), column("other", ColumnType.NUMBER)
    table = lay(desk, Small(columns, {"score": single, "other": [0.1, 0.5, 0.5]}))
    assert is_single(desk.count, table, "score")
    assert not is_single(desk.count, table, "other")
