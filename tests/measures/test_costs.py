"""The cheapest threshold of each slice, and the price of one for all."""

import numpy as np

from core.engine.answered import AnsweredRows
from core.engine.lattice import lay_out
from core.measures.costs import find_cheapest
from core.measures.tallies import STEPS, count_cube


def _rows(step: list[int], label: list[int], code: list[int]) -> AnsweredRows:
    said = np.array(step, np.int16)
    codes = np.array([code], np.uint8)
    bucket = said.astype(np.int32) * 64
    return AnsweredRows(codes, (3,), np.array(label, np.int16), said, bucket, None, None)


def test_by_hand() -> None:
    """Group 1 is found from 0.2 on, group 2 from 0.8 on: each has a threshold of its own."""
    rows = _rows([100, 200, 700, 800], [0, 1, 0, 1], [1, 1, 2, 2])
    found = find_cheapest(count_cube(rows, lay_out((3,), paired=())), missed=1.0)
    assert found.best.tolist() == [0, 101, 701]
    assert found.least.tolist() == [0.0, 0.0, 0.0]
    assert found.common == 101  # one false alarm in group 2, nobody is missed
    assert found.paid.tolist() == [0.0, 0.0, 1.0]


def test_a_dear_miss_lowers_the_threshold() -> None:
    """The costs of a missed case move the threshold from above a doubtful row to below it."""
    rows = _rows([300, 300, 300, 600], [0, 0, 1, 1], [1, 1, 1, 1])
    cube = count_cube(rows, lay_out((3,), paired=()))
    assert find_cheapest(cube, missed=1.5).common == 301
    assert find_cheapest(cube, missed=2.5).common == 0


def test_costs_are_those_of_counting_row_by_row() -> None:
    """Independent: every threshold is tried on every row of seeded tables, missing labels too."""
    rng = np.random.default_rng(20261125)
    for _ in range(10):
        n = int(rng.integers(5, 80))
        step, code = rng.integers(0, STEPS, n), rng.integers(0, 3, n)
        label = rng.integers(-1, 2, n)
        rows = _rows(step.tolist(), label.tolist(), code.tolist())
        missed = float(rng.choice([0.5, 1.0, 5.0]))
        found = find_cheapest(count_cube(rows, lay_out((3,), paired=())), missed=missed)
        for group in range(3):
            mine = code == group
            costs = [
                ((step >= t) & (label == 0) & mine).sum()
                + missed * ((step < t) & (label == 1) & mine).sum()
                for t in range(STEPS)
            ]
            assert found.best[group] == int(np.argmin(costs))
            assert found.least[group] == min(costs)
            assert found.paid[group] == costs[found.common]
