"""By slice: the worst group comes first, and chance alone seldom names one."""

import os
from typing import Any

import numpy as np
import pytest

from core.engine.score_slices import ScoreSlices
from core.measures.calibration_slope import measure_logistic
from core.measures.calibration_tests import measure_observed
from core.measures.score_moments import moments_of_groups
from core.measures.slice_calibration import measure_slices
from core.records.calibration import CalibrationBySlice
from core.records.codes import Code, Codebook, CodedColumn
from core.records.data import ColumnType
from core.records.estimate import Estimate, NotEstimable
from tests.measures.scored_rows import draw_calibrated, group_rows

RUNS = 500 if os.environ.get("PROVE") else 25
UNIT = 1 << 40


def count_slices(code: Any, p: Any, y: Any) -> ScoreSlices:
    """Count one coded column by another way than SQL."""
    step = np.minimum(np.floor(p * 1000), 1000).astype(np.int64)
    keys, place = np.unique(code * 2000 + step, return_inverse=True)

    def add(mass: Any) -> Any:
        return np.bincount(place, mass, len(keys))

    n = add(np.ones(len(p))).astype(np.int64)
    return ScoreSlices(
        part=np.zeros(len(keys), dtype=np.int64),
        code=keys // 2000,
        step=keys % 2000,
        n=n,
        s=add(y).astype(np.int64),
        w=n,
        w2=n,
        wy=add(y).astype(np.int64),
        wp=np.rint(add(p) * UNIT).astype(np.int64),
        wv=np.rint(add(p * (1 - p)) * UNIT).astype(np.int64),
        object="",
    )


def _book(codes: int) -> Codebook:
    every = tuple(Code(f"r{k}", f"region = r{k}") for k in range(codes))
    return Codebook((CodedColumn("region", ColumnType.TEXT, every, tuple("x" * codes)),))


def test_a_slice_is_measured_like_its_rows_alone() -> None:
    """Rows, events and O / E exactly, the slope within its steps of a thousandth."""
    rng = np.random.default_rng(1)
    p, y = draw_calibrated(rng, 4_000)
    code = rng.integers(0, 3, 4_000)
    found = {
        line.code: line for line in measure_slices(count_slices(code, p, y), _book(3)).lines
    }
    for k in range(3):
        groups = group_rows(p[code == k], y[code == k])
        alone = measure_observed(moments_of_groups(groups))
        line = found[k]
        assert line.rows == (code == k).sum()
        assert isinstance(alone, Estimate)
        assert isinstance(line.observed_expected, Estimate)
        assert isinstance(line.slope, Estimate)
        mine = line.observed_expected
        assert (mine.value, mine.low, mine.high) == pytest.approx(
            (alone.value, alone.low, alone.high), rel=1e-8
        )
        slope = measure_logistic(groups).slope
        assert isinstance(slope, Estimate)
        assert line.slope.value == pytest.approx(slope.value, abs=0.01)


def test_the_planted_slice_comes_first() -> None:
    """Of six slices one is told 20 % where 30 % happens; its sentence says so."""
    rng = np.random.default_rng(2)
    p = np.full(6_000, 0.2)
    code = rng.integers(0, 6, 6_000)
    y = rng.random(6_000) < np.where(code == 4, 0.3, 0.2)
    lines = measure_slices(count_slices(code, p, y), _book(6)).lines
    worst = lines[0]
    assert (worst.words, worst.apart) == ("r4", True)
    assert isinstance(worst.gap, Estimate)
    assert worst.gap.low < 0.1 < worst.gap.high
    assert worst.sentence.startswith("r4: stated 20")
    assert not any(line.apart for line in lines[1:])
    assert worst.p <= worst.adjusted


def test_a_wrong_shape_is_found_where_the_sum_is_right() -> None:
    """Too high below and too low above: O / E is 1, Kuiper's range is not."""
    rng = np.random.default_rng(3)
    p = np.repeat([0.3, 0.7], 1_000)
    y = rng.random(2_000) < np.repeat([0.2, 0.8], 1_000)
    (line,) = measure_slices(count_slices(np.ones(2_000, dtype=int), p, y), _book(2)).lines
    assert isinstance(line.observed_expected, Estimate)
    assert line.observed_expected.low < 1 < line.observed_expected.high
    assert line.apart
    assert line.average_gap == pytest.approx(0.1, abs=0.03)


@pytest.mark.parametrize("centre", [-1.0, -4.0])
def test_chance_seldom_names_a_slice(centre: float) -> None:
    """At least one of 100 calibrated slices in at most 5 % of 500 tables (by default 25)."""
    rng = np.random.default_rng(4)
    named = 0
    for _ in range(RUNS):
        p, y = draw_calibrated(rng, 10_000, centre=centre)
        code = rng.integers(0, 100, 10_000)
        named += any(
            line.apart
            for line in measure_slices(count_slices(code, p, y), _book(100)).lines
        )
    assert named <= max(2, 0.05 * RUNS)


def test_small_slices_are_not_judged_and_smaller_ones_not_shown() -> None:
    """29 rows have no number; 4 rows are hidden where 5 are the limit."""
    p = np.full(133, 0.5)
    code = np.repeat([0, 1, 2], [100, 29, 4])
    lines = measure_slices(
        count_slices(code, p, np.zeros(133)), _book(3), privacy_limit=5
    ).lines
    assert [line.code for line in lines] == [0, 1]
    assert isinstance(lines[1].gap, NotEstimable)
    assert np.isnan(lines[1].p)
    assert lines[1].sentence == "r1: too few cases to tell (29)."


def test_one_class_in_a_slice_gets_its_lines() -> None:
    """No slope, but observed and expected; nothing counted gives no lines."""
    counted = count_slices(np.zeros(50, dtype=int), np.full(50, 0.1), np.zeros(50))
    (line,) = measure_slices(counted, _book(1)).lines
    assert isinstance(line.slope, NotEstimable)
    assert isinstance(line.observed_expected, Estimate)
    empty = np.zeros(0)
    assert not measure_slices(count_slices(empty.astype(int), empty, empty), _book(1)).lines


def _grouped(rng: np.random.Generator, offset: float, planted: float) -> CalibrationBySlice:
    """Six slices of 2,000 rows: all are off by `offset` log odds, the fourth by `planted` more."""
    p, _ = draw_calibrated(rng, 12_000)
    code = np.arange(12_000) % 6
    odds = np.log(p / (1 - p)) + offset + planted * (code == 3)
    y = rng.random(12_000) < 1 / (1 + np.exp(-odds))
    return measure_slices(count_slices(code, p, y), _book(6))


def test_what_is_wrong_everywhere_is_said_first() -> None:
    """Then the slice that is off beyond that, and only this one is marked."""
    found = _grouped(np.random.default_rng(5), 0.4, 0.6)
    assert sum(line.apart for line in found.lines) == 6
    assert [line.words for line in found.lines if line.beyond] == ["r3"]
    assert found.lines[0].words == "r3"
    assert found.sentence.startswith("The model expects too little almost everywhere: ")
    assert "Beyond that one slice is off, r3: stated" in found.sentence
    assert isinstance(found.whole, Estimate)
    assert found.whole.low > 1
    over = _grouped(np.random.default_rng(6), -0.4, 0.0)
    assert over.sentence.startswith("The model expects too much almost everywhere: ")
    assert over.sentence.endswith("No slice is off beyond that.")


def test_the_whole_is_not_blamed_for_one_slice() -> None:
    """A slice that is off alone is the sentence; so is one that is off to its own side."""
    alone = _grouped(np.random.default_rng(7), 0.0, 0.7)
    assert [line.words for line in alone.lines if line.beyond][:1] == ["r3"]
    assert "r3: stated" in alone.sentence


def test_a_wrong_shape_of_the_whole_is_said_first() -> None:
    """Too extreme in every slice alike: right on average, but not score by score."""
    rng = np.random.default_rng(8)
    x = rng.normal(0, 1.5, 12_000)
    y = rng.random(12_000) < 1 / (1 + np.exp(-0.6 * x))
    found = measure_slices(
        count_slices(np.arange(12_000) % 6, 1 / (1 + np.exp(-x)), y), _book(6)
    )
    assert found.sentence.startswith(
        "The model is right on average, but not score by score."
    )
    assert not any(line.beyond for line in found.lines)
    off = [line.sentence for line in found.lines if line.apart and not line.sure_gap]
    assert off
    assert all("points score by score" in sentence for sentence in off)


def test_chance_seldom_names_a_slice_beyond_the_whole() -> None:
    """Where all are off alike, at least one of six in at most 5 % of 500 tables."""
    rng = np.random.default_rng(9)
    named = sum(
        any(line.beyond for line in _grouped(rng, 0.4, 0.0).lines) for _ in range(RUNS)
    )
    assert named <= max(2, 0.05 * RUNS)


def test_a_whole_of_one_kind_cannot_be_set_right() -> None:
    """Nothing happened where much was promised: no line through that, no slice beyond it."""
    p = np.tile([0.2, 0.4], 300)
    code = np.repeat([0, 1], 300)
    found = measure_slices(count_slices(code, p, np.zeros(600)), _book(2))
    assert all(line.apart and not line.beyond for line in found.lines)
    assert found.sentence.endswith("No slice is off beyond that.")
