"""Estimates without labels: by hand, row by row, and trusted only by their own past."""

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.isotonic import IsotonicRegression

from core.engine.score_counts import ScoreCounts
from core.measures.label_free import (
    FORMULAS,
    Meaning,
    expect,
    judge_estimates,
    learn_meaning,
)
from core.records.changes import Window
from core.records.estimate import Estimate

EDGE = 32_000


def counts_of(
    bucket: list[int], n: list[int], labelled: list[int], happened: list[int]
) -> ScoreCounts:
    """Return counts written down by hand."""
    return ScoreCounts(
        *(np.array(each, np.int64) for each in (bucket, n, labelled, happened))
    )


@given(
    st.lists(
        st.tuples(st.integers(0, 64_000), st.booleans(), st.booleans()),
        min_size=2,
        max_size=60,
    )
)
def test_the_meaning_is_the_isotonic_regression(rows: list[tuple[int, bool, bool]]) -> None:
    """Of the labelled rows, as scikit-learn has it."""
    bucket, known, yes = (np.array(each) for each in zip(*rows, strict=True))
    places, at = np.unique(bucket, return_inverse=True)
    sums = [np.bincount(at, weights).astype(np.int64) for weights in (known, known & yes)]
    counts = ScoreCounts(places, np.bincount(at), *sums)
    meaning = learn_meaning(counts)
    if not known.any():
        assert meaning is None
        return
    assert meaning is not None
    peer = IsotonicRegression(out_of_bounds="clip").fit(bucket[known], yes[known])
    assert meaning.of(places) == pytest.approx(peer.predict(places), abs=1e-12)


@given(st.lists(st.integers(0, 1000), min_size=1, max_size=50), st.integers(0, 1000))
def test_it_is_what_rows_give_one_by_one(scores: list[int], threshold: int) -> None:
    """By brute force: a yes with chance p is right with p, a no with 1 - p (CBPE)."""
    bucket = np.array(scores, np.int64) * 64
    places, n = np.unique(bucket, return_counts=True)
    counts = ScoreCounts(places, n, n * 0, n * 0)
    same = Meaning(np.array([0, 64_000]), np.array([0.0, 1.0]))
    found = expect(counts, same, threshold * 64)
    chances = [score / 1000 for score in scores]
    said = [score >= threshold for score in scores]
    pairs = list(zip(chances, said, strict=True))
    rows = len(scores)
    assert found.tp == pytest.approx(sum(p for p, yes in pairs if yes) / rows)
    assert found.fp == pytest.approx(sum(1 - p for p, yes in pairs if yes) / rows)
    assert found.fn == pytest.approx(sum(p for p, yes in pairs if not yes) / rows)
    assert found.tn == pytest.approx(sum(1 - p for p, yes in pairs if not yes) / rows)


def test_metrics_by_hand() -> None:
    """Eight rows at 0.75 and two at 0.25: right in 3 of 4, precision 3/4, recall 12/13."""
    counts = counts_of([16_000, 48_000], [2, 8], [0, 0], [0, 0])
    same = Meaning(np.array([0, 64_000]), np.array([0.0, 1.0]))
    found = {
        name: formula(expect(counts, same, EDGE)) for name, formula in FORMULAS.items()
    }
    tp, fp, fn, tn = 0.6, 0.2, 0.05, 0.15
    assert found == pytest.approx(
        {
            "accuracy": tp + tn,
            "error_rate": fp + fn,
            "recall": tp / (tp + fn),
            "false_negative_rate": fn / (tp + fn),
            "precision": tp / (tp + fp),
            "specificity": tn / (tn + fp),
            "false_positive_rate": fp / (tn + fp),
            "f1": 2 * tp / (2 * tp + fp + fn),
        }
    )


def test_a_top_label_is_always_a_yes() -> None:
    """Of several classes every answer is one: accuracy is the mean chance of the top one."""
    counts = counts_of([32_000, 64_000], [1, 3], [0, 0], [0, 0])
    same = Meaning(np.array([0, 64_000]), np.array([0.0, 1.0]))
    assert FORMULAS["accuracy"](expect(counts, same, None)) == pytest.approx(0.875)


def window(number: int, realised: float | None, estimate: float | None) -> Window:
    """Return a window of 100 rows."""
    known = (
        None
        if realised is None
        else Estimate(realised, realised - 0.1, realised + 0.1, 100, 100.0, "")
    )
    return Window(f"W{number}", f"e{number}", 100, 100, known, estimate, None, None)


def test_the_rule_by_hand() -> None:
    """Errors 1, 2, 4 points against 3, 3, 3: trusted, next band 4 points; each has the others'."""
    past = [window(1, 0.77, 0.78), window(2, 0.77, 0.75), window(3, 0.77, 0.81)]
    found = judge_estimates([*past, window(4, None, 0.70)], 0.80)
    assert found.errors == pytest.approx((0.01, -0.02, 0.04))
    assert found.idle == pytest.approx((0.03, 0.03, 0.03))
    assert found.trusted
    assert found.band == pytest.approx(0.04)
    bands = [w.high - w.estimate for w in found.windows if w.high and w.estimate]
    assert bands == pytest.approx([0.04, 0.04, 0.02, 0.04])
    assert found.held == 2
    assert found.sentence == (
        "In 3 past windows this estimate was off by 2.3 points on average, at most 4.0 points; "
        "to say that nothing changed would have been off by 3.0 points. Its band held in 2 of "
        "them."
    )


def test_worse_than_nothing_changed_is_refused() -> None:
    """Off by 6 points each time while nothing changed: do not rely on it."""
    past = [window(k, 0.80, 0.86) for k in range(4)]
    found = judge_estimates(past, 0.81)
    assert not found.trusted
    assert found.sentence.endswith(
        "more than to say that nothing changed (1.0 points); do not rely on it."
    )


def test_two_windows_are_no_past() -> None:
    """Without three of them there is no band, and no trust."""
    found = judge_estimates([window(1, 0.8, 0.8), window(2, 0.8, 0.8)], 0.8)
    assert (found.trusted, found.band, found.held) == (False, None, 0)
    assert "2 past windows are too few" in found.sentence


def test_bands_stay_between_0_and_1() -> None:
    """Near the end they are cut."""
    past = [window(k, 0.5, 0.9) for k in range(3)]
    found = judge_estimates([*past, window(9, None, 0.99)], 0.1)
    assert found.windows[-1].high == 1.0


@pytest.mark.parametrize("past", [3, 9, 18, 30])
def test_the_band_holds_as_often_as_it_says(past: int) -> None:
    """If errors stay alike: k of k + 1 windows, later 90 %; 400 simulations, to 4 points."""
    rng = np.random.default_rng(past)
    held = []
    for _ in range(400):
        errors = rng.standard_t(3, past + 1) * 0.02
        known = [window(k, 0.5, 0.5 + float(e)) for k, e in enumerate(errors[:-1])]
        band = judge_estimates(known, 0.3).band
        assert band is not None
        held.append(abs(errors[-1]) <= band)
    promised = min(past / (past + 1), 0.9) if past < 19 else 0.9
    assert np.mean(held) >= promised - 0.04


def test_leaving_one_out_holds_in_nine_of_ten() -> None:
    """From ten windows on at most a tenth lies outside of the band of the others."""
    rng = np.random.default_rng(5)
    for past in (10, 12, 24, 40):
        errors = rng.normal(0, 0.02, past)
        known = [window(k, 0.5, 0.5 + float(e)) for k, e in enumerate(errors)]
        assert judge_estimates(known, 0.3).held >= 0.9 * past


def test_windows_without_an_estimate_stay_as_they_are() -> None:
    """They get no band."""
    past = [window(k, 0.8, 0.81) for k in range(3)]
    bare = window(9, None, None)
    assert judge_estimates([*past, bare], 0.7).windows[-1] == replace(bare)
