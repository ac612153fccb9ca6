"""Drivers are means with their t intervals; what moved closes with the whole."""

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import stats

from core.engine.pushes import BINS, ONE, DriverSums, Swarm
from core.estimates.intervals import wilson
from core.measures.drivers import (
    direction_of,
    float_of,
    measure_drivers,
    measure_moved,
    place_squares,
    span_of,
)
from core.records.estimate import NotEstimable
from core.records.explanations import Player, Square
from tests.runs.sliced import known

PLAYERS = tuple(Player((name,)) for name in "abc")
UNIT = 4.0


def _pushes(rows: int = 60, seed: int = 0, shift: float = 0.0) -> NDArray[np.float64]:
    """Draw pushes of three players; the second hardly pushes."""
    rng = np.random.default_rng(seed)
    return rng.normal([0.5 + shift, 0, -0.2], [1.0, 0.01, 0.4], (rows, 3))


def _sums(*parts: NDArray[np.float64], unit: float = UNIT) -> DriverSums:
    """Add up parts of rows as the engine does."""

    def fixed(values: NDArray[np.float64]) -> NDArray[Any]:
        return np.floor(values * ONE + 0.5).astype(object)

    scaled = [part / unit for part in parts]
    best = [np.abs(part).argmax(axis=1) if len(part) else [] for part in parts]
    return DriverSums(
        np.arange(len(parts)),
        np.array([len(part) for part in parts]),
        np.array([fixed(np.abs(each)).sum(axis=0) for each in scaled]),
        np.array([fixed(each).sum(axis=0) for each in scaled]),
        np.array([fixed(each**2).sum(axis=0) for each in scaled]),
        np.array([np.bincount(each, minlength=3) for each in best]),
        "",
    )


def test_strength_and_direction_have_the_t_interval_of_scipy() -> None:
    """Of |push| and of push, the strongest player first."""
    pushes = _pushes()
    found = measure_drivers(_sums(pushes), PLAYERS, UNIT)
    order = np.argsort(-np.abs(pushes).mean(axis=0)).tolist()
    assert [driver.number for driver in found] == order
    for driver in found:
        mine = pushes[:, driver.number]
        for measured, values in ((driver.strength, np.abs(mine)), (driver.mean, mine)):
            estimate = known(measured)
            low, high = stats.t.interval(
                0.95, len(values) - 1, values.mean(), stats.sem(values)
            )
            assert estimate.value == pytest.approx(values.mean(), abs=1e-10)
            assert (estimate.low, estimate.high) == pytest.approx((low, high), abs=1e-9)
            assert estimate.rows == len(values)


def test_the_share_of_rows_where_it_is_strongest_has_a_wilson_interval() -> None:
    """Counted by hand: 40 of 60."""
    sums = _sums(_pushes())
    sums.top[0] = [40, 0, 20]
    top = known(measure_drivers(sums, PLAYERS, UNIT)[0].top)
    assert top.value == pytest.approx(40 / 60)
    assert (top.low, top.high) == pytest.approx(wilson(40 / 60, 60))


def test_each_part_has_drivers_of_its_own() -> None:
    """Those of its rows alone; nothing for a part of one row, or one that is not there."""
    first, second = _pushes(30), _pushes(50, 1, 2.0)
    sums = _sums(first, second, _pushes(1))
    found = measure_drivers(sums, PLAYERS, UNIT, part=1)
    assert found[0].player.name == "a"
    assert known(found[0].mean).value == pytest.approx(second[:, 0].mean())
    assert measure_drivers(sums, PLAYERS, UNIT, part=2) == ()
    assert measure_drivers(sums, PLAYERS, UNIT, part=7) == ()


@pytest.mark.parametrize("seed", range(5))
def test_what_moved_adds_up_to_the_whole_change(seed: int) -> None:
    """To 1e-9, in two units; each with the normal interval of Welch's standard error."""
    before, after = _pushes(300, seed), _pushes(500, seed + 100, 0.7)
    found = measure_moved(_sums(before), _sums(after, unit=16.0), PLAYERS, (UNIT, 16.0))
    whole = after.sum(axis=1).mean() - before.sum(axis=1).mean()
    assert sum(each.change.value for each in found) == pytest.approx(whole, abs=1e-9)
    sizes = [abs(each.change.value) for each in found]
    assert sizes == sorted(sizes, reverse=True)
    for each in found:
        k = "abc".index(each.player.name)
        low, high = stats.ttest_ind(
            after[:, k], before[:, k], equal_var=False
        ).confidence_interval()
        assert each.change.low == pytest.approx(low, abs=0.01 * (high - low))
        assert each.change.high == pytest.approx(high, abs=0.01 * (high - low))
        assert each.change.rows == 300


def test_nothing_moves_from_rows_to_themselves() -> None:
    """Zero, exactly."""
    sums = _sums(_pushes())
    found = measure_moved(sums, sums, PLAYERS, (UNIT, UNIT))
    assert [each.change.value for each in found] == [0.0, 0.0, 0.0]


def test_one_row_each_is_no_comparison() -> None:
    """No spread is known from a single row."""
    sums = _sums(_pushes(1)), _sums(_pushes(50))
    assert measure_moved(*sums, PLAYERS, (UNIT, UNIT)) == ()
    assert measure_moved(*sums[::-1], PLAYERS, (UNIT, UNIT)) == ()


def test_a_figure_reaches_four_spreads_of_the_strongest_but_no_further_than_any_push() -> (
    None
):
    """Or one unit where nothing is pushed."""
    pushes = _pushes(400)
    spread = np.sqrt((pushes**2).mean(axis=0).max())
    assert span_of(_sums(pushes), UNIT, 99.0) == pytest.approx(4 * spread)
    assert span_of(_sums(pushes), UNIT, 2.5) == 2.5
    assert span_of(_sums(0 * pushes), UNIT, 0.0) == 1.0


def test_squares_stand_in_the_middle_of_their_bins() -> None:
    """Bins 0, 50 and 99 of -2 to 2, by hand; a level is the mean code over the highest."""
    swarm = Swarm(
        *(np.array(v) for v in ([0, 0, 1], [0, 50, 99], [5, 8, 3], [4, 0, 3], [6, 0, 9]))
    )
    ordered, plain = place_squares(swarm, 2.0, [4, 0])
    assert BINS == 100
    assert [square.push for square in (*ordered, *plain)] == pytest.approx(
        [-1.98, 0.02, 1.98]
    )
    assert [(square.rows, square.level) for square in (*ordered, *plain)] == [
        (5, 0.5),
        (8, None),
        (3, None),
    ]


def test_a_column_of_one_range_has_no_level() -> None:
    """Low and high are the same."""
    swarm = Swarm(*(np.array([v]) for v in (0, 10, 5, 5, 0)))
    assert place_squares(swarm, 1.0, [1])[0][0].level is None


def test_the_direction_is_the_correlation_over_rows() -> None:
    """That of numpy with each square repeated for its rows."""
    rng = np.random.default_rng(3)
    squares = [
        Square(float(push), int(rows), float(level))
        for push, rows, level in zip(
            rng.normal(size=30), rng.integers(1, 9, 30), rng.random(30), strict=True
        )
    ]
    rows = [s.rows for s in squares]
    push = np.repeat([s.push for s in squares], rows)
    level = np.repeat([float(s.level or 0) for s in squares], rows)
    expected = np.corrcoef(push, level)[0, 1]
    assert direction_of([*squares, Square(9.0, 50, None)]) == pytest.approx(expected)


@pytest.mark.parametrize(
    "squares",
    [
        [],
        [Square(1.0, 5, 0.5)],
        [Square(1.0, 5, None), Square(2.0, 5, None)],
        [Square(1.0, 5, 0.5), Square(2.0, 5, 0.5)],
        [Square(1.0, 5, 0.1), Square(1.0, 5, 0.9)],
    ],
)
def test_without_a_spread_there_is_no_direction(squares: list[Square]) -> None:
    """None known, one only, or all alike."""
    assert direction_of(squares) == 0.0


def test_what_cannot_be_estimated_counts_as_nothing() -> None:
    """For sorting."""
    assert float_of(NotEstimable("fewer than two rows", 1)) == 0.0
