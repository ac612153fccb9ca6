"""A label plan keeps its promise: with so many labels accuracy is known that well."""

from math import ceil
from typing import Final

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engine.score_counts import ScoreCounts
from core.estimates.intervals import wilson
from core.measures.label_free import Meaning, learn_meaning
from core.measures.label_plan import plan_labels
from core.records.changes import LabelPlan

TIMES: Final = 2000
EDGE: Final = 32_000
HALF: Final = 0.03
Chances = NDArray[np.float64]


def window(shape: tuple[float, float], rows: int = 20_000) -> ScoreCounts:
    """Return a window whose scores are true chances, all labels known."""
    rng = np.random.default_rng(1)
    bucket = (rng.beta(*shape, rows) * 1000).astype(np.int64) * 64
    happened = rng.random(rows) < bucket / 64_000
    places, at = np.unique(bucket, return_inverse=True)
    n = np.bincount(at)
    return ScoreCounts(places, n, n, np.bincount(at, happened).astype(np.int64))


def right_of(counts: ScoreCounts, off: float) -> Chances:
    """Return how often the answer to each score is right, moved by `off`."""
    chance = counts.bucket / 64_000
    right = np.where(counts.bucket >= EDGE, chance, 1 - chance)
    return np.clip(right + off, 0, 1)


def plan(counts: ScoreCounts, half: float = HALF) -> LabelPlan:
    """Return the plan that rests on the window's own labels."""
    return plan_labels(counts, learn_meaning(counts), EDGE, half)


@pytest.mark.parametrize("off", [-0.05, -0.025, 0.0, 0.05])
@pytest.mark.parametrize("shape", [(0.5, 1.5), (2.0, 2.0), (0.2, 0.2)])
def test_rows_at_random_keep_the_promise(shape: tuple[float, float], off: float) -> None:
    """In 95 % of simulations: the sample's Wilson interval is that narrow, and near the truth."""
    counts = window(shape)
    right = right_of(counts, off)
    truth = float(counts.n @ right / counts.n.sum())
    asked = plan(counts).random
    hits = np.random.default_rng(2).binomial(asked, truth, TIMES)
    ends = np.array([wilson(int(h) / asked, asked) for h in np.unique(hits)])
    narrow = {
        int(h): (hi - lo) / 2 <= HALF
        for h, (lo, hi) in zip(np.unique(hits), ends, strict=True)
    }
    assert np.mean([narrow[int(h)] for h in hits]) >= 0.95
    assert np.mean(np.abs(hits / asked - truth) <= HALF) >= 0.95


@pytest.mark.parametrize("off", [-0.05, -0.025, 0.0, 0.05])
@pytest.mark.parametrize("shape", [(0.5, 1.5), (2.0, 2.0), (0.2, 0.2)])
def test_rows_by_score_keep_the_promise(shape: tuple[float, float], off: float) -> None:
    """In 95 % of simulations the weighted accuracy of the sample is within the promised width."""
    counts = window(shape)
    right = right_of(counts, off)
    truth = float(counts.n @ right / counts.n.sum())
    rng = np.random.default_rng(3)
    found = np.zeros(TIMES)
    step = counts.bucket // 64
    for stratum in plan(counts).strata:
        mine = (step >= stratum.low) & (step < stratum.high)
        share = counts.n[mine] / counts.n[mine].sum()
        assert int(counts.n[mine].sum()) == stratum.rows
        drawn = rng.choice(right[mine], (TIMES, stratum.asked), p=share)
        mean = (rng.random(drawn.shape) < drawn).mean(axis=1)
        found += mean * stratum.rows / counts.n.sum()
    assert np.mean(np.abs(found - truth) <= HALF) >= 0.95


def test_by_hand() -> None:
    """All scores 0.9, all yes, right in 90 %: spread at 0.9 - 0.05 - 0.84 x 0.03 = 0.825."""
    counts = ScoreCounts(*(np.array([k], np.int64) for k in (57_600, 9000, 9000, 8100)))
    spread = 0.9 - 0.05 - 1.645 / 1.959963984540054 * 0.03
    expected = ceil(1.959963984540054**2 * spread * (1 - spread) / 0.03**2)
    assert plan(counts).random == expected == 617
    assert (
        plan(counts).sentence
        == f"{plan(counts).stratified} rows drawn by score would give accuracy within ±3 points."
    )


def test_without_a_meaning_answers_are_a_toss_up() -> None:
    """z^2 / 4 h^2 = 1,068 rows for three points, the most there can be."""
    counts = window((2.0, 2.0))
    assert plan_labels(counts, None, EDGE, HALF).random == 1068


def test_a_small_window_is_labelled_whole() -> None:
    """Two hundred rows are fewer than any plan."""
    found = plan(window((2.0, 2.0), 200), 0.01)
    assert found.random == 200
    assert all(each.asked <= each.rows for each in found.strata)
    assert found.sentence == "All 200 rows would be needed for ±1 point."


def test_the_narrower_the_more() -> None:
    """Half the width asks for about four times the rows."""
    counts = window((2.0, 2.0), 1_000_000)
    many, few = plan(counts, 0.01).random, plan(counts, 0.02).random
    assert 3.7 < many / few < 4.1


def test_strata_cover_every_row_once() -> None:
    """Also where half of the rows have one score."""
    counts = window((0.2, 3.0))
    strata = plan(counts).strata
    assert sum(each.rows for each in strata) == counts.n.sum()
    assert [each.low for each in strata[1:]] == [each.high for each in strata[:-1]]
    assert isinstance(learn_meaning(counts), Meaning)
