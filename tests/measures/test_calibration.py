"""Calibration reproduces what was published, judges fairly, and meets every edge with a sentence."""

import os
from functools import cache
from math import inf
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import beta, chi2
from sklearn.calibration import CalibratedClassifierCV, calibration_curve
from sklearn.datasets import make_blobs, make_classification
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.naive_bayes import GaussianNB

from core.measures.average_gap import measure_gap
from core.measures.calibration import judge_calibration, measure_calibration
from core.measures.calibration_slope import expit, logit
from core.measures.corp import measure_distances
from core.measures.score_groups import ScoreGroups, equal_count, equal_width
from core.measures.score_moments import moments_of_groups
from core.records.calibration import Calibration, Expert, Light
from core.records.estimate import Estimate, Measured
from tests.measures.scored_rows import draw_calibrated, draw_stretched, group_rows

RUNS = 1_000 if os.environ.get("PROVE") else 100
Figures = dict[str, float]

# calzone 0.1.0, documentation: scores from beta(1/2, 1/2), seed 123, and with doubled log odds.
CALZONE = {
    "z": (0.3763269161877356, 1e-9),
    "z p": (0.7066738713391099, 1e-9),
    "ECE-H": (0.01208775955804901, 1e-12),
    "MCE-H": (0.04848338618970194, 1e-12),
    "ECE-C": (0.008732220150659309, 1e-12),
    "HL-H": (8.884991559088098, 1e-9),
    "HL-H p, 8 degrees": (0.35209, 5e-6),
    "HL-H p, 10 degrees": (0.54305, 5e-6),
    "HL-C": (3.694945717669845, 1e-9),
    "slope": (0.9942499557748269, 1e-7),
    "slope low": (0.93729, 5e-6),
    "slope high": (1.05121, 5e-6),
    "intercept": (-0.04497652296600376, 1e-7),
    "intercept low": (-0.12349, 5e-6),
    "intercept high": (0.03353, 5e-6),
    "ICI of the line": (0.005610391483826338, 1e-7),
    "doubled z": (29.626, 5e-4),
    "doubled ECE-H": (0.081446, 5e-7),
    "doubled MCE-H": (0.168115, 5e-7),
    "doubled ECE-C": (0.079939, 5e-7),
    "doubled HL-H": (1027.940, 5e-4),
    "doubled HL-C": (1857.584, 5e-4),
    "doubled slope": (0.497202, 5e-7),
    "doubled slope low": (0.468735, 5e-7),
    "doubled slope high": (0.52567, 5e-6),
    "doubled intercept": (-0.044977, 5e-7),
    "doubled ICI of the line": (0.078058, 5e-7),
}
# scikit-learn 1.8, plot_calibration_curve; MCB and DSC by model-diagnostics' decompose;
# slopes by statsmodels.
SKLEARN = {
    "Logistic Brier": (0.098932, 5e-7),
    "NB Brier": (0.117608, 5e-7),
    "Isotonic Brier": (0.098332, 5e-7),
    "Sigmoid Brier": (0.108880, 5e-7),
    "Temperature Brier": (0.096678, 5e-7),
    "Logistic log loss": (0.323200, 5e-7),
    "Sigmoid log loss": (0.368896, 5e-7),
    "Temperature log loss": (0.313269, 5e-7),
    "Isotonic log loss, clipped": (0.370738, 5e-7),
    "NB log loss": (inf, 0),
    "Isotonic log loss": (inf, 0),
    "Logistic MCB": (0.000896, 5e-7),
    "NB MCB": (0.021357, 5e-7),
    "Isotonic MCB": (0.001628, 5e-7),
    "Sigmoid MCB": (0.012519, 5e-7),
    "Temperature MCB": (0.000420, 5e-7),
    "Logistic DSC": (0.151964, 5e-7),
    "NB DSC": (0.153748, 5e-7),
    "Isotonic DSC": (0.153296, 5e-7),
    "Sigmoid DSC": (0.153639, 5e-7),
    "Temperature DSC": (0.153742, 5e-7),
    "Logistic UNC": (0.25, 1e-6),
    "Logistic log MCB": (0.004844, 5e-7),
    "Sigmoid log MCB": (0.057382, 5e-7),
    "Temperature log MCB": (0.002219, 5e-7),
    "NB log MCB": (inf, 0),
    "Isotonic log MCB": (inf, 0),
    "Logistic slope": (0.883, 5e-4),
    "NB slope": (0.22322203, 5e-9),
    "NB intercept": (-0.09996557, 5e-9),
    "Isotonic slope": (0.765, 5e-4),
    "Sigmoid slope": (1.004, 5e-4),
    "Temperature slope": (0.937, 5e-4),
    "Logistic smECE": (0.0204, 5e-5),
    "Sigmoid smECE": (0.0309, 5e-5),
    "Temperature smECE": (0.0110, 5e-5),
}
# scikit-learn, plot_calibration (weighted); issue 10883 (12 points, two models).
MORE = {
    "blobs, no calibration": (0.104, 5e-4),
    "blobs, isotonic": (0.084, 5e-4),
    "blobs, sigmoid": (0.109, 5e-4),
    "A Brier": (1 / 6, 1e-12),
    "A MCB": (0.0, 1e-12),
    "A DSC": (1 / 12, 1e-12),
    "A UNC": (0.25, 1e-12),
    "B Brier": (1 / 12, 1e-12),
    "B MCB": (1 / 24, 1e-12),
    "B DSC": (5 / 24, 1e-12),
    "B UNC": (0.25, 1e-12),
}


def _measure(p: Any, y: Any, w: Any = None, **more: Any) -> Calibration:
    groups = group_rows(p, y, w)
    return measure_calibration(groups, moments_of_groups(groups), **more)


def _expert(found: Calibration) -> Expert:
    assert found.expert
    return found.expert


def _known(measured: Measured) -> Estimate:
    assert isinstance(measured, Estimate)
    return measured


def _hosmer_lemeshow(bins: ScoreGroups) -> float:
    gap = (bins.events - bins.stated) ** 2
    return float(np.sum(gap / (bins.stated * (1 - bins.stated / bins.weight))))


def _beta_rows() -> tuple[Any, Any]:
    np.random.seed(123)  # noqa: NPY002, TID251 - as published
    p = beta.rvs(0.5, 0.5, size=5000)
    return p, np.random.binomial(1, p=p)  # noqa: NPY002


@cache
def _calzone() -> Figures:
    p, y = _beta_rows()
    return _of_calzone(p, y, "") | _of_calzone(expit(2 * logit(p)), y, "doubled ")


def _of_calzone(p: Any, y: Any, prefix: str) -> Figures:
    groups = group_rows(p, y)
    wide, even = equal_width(groups, 10), equal_count(groups, 10)
    expert = _expert(_measure(p, y))
    by_width, by_count = measure_gap(wide), measure_gap(even)
    assert by_width
    assert by_count
    assert expert.spiegelhalter
    slope, intercept = (
        _known(x) for x in (expert.logistic.slope, expert.logistic.intercept)
    )
    line = expit(intercept.value + slope.value * logit(groups.said))
    figures = {
        "z": expert.spiegelhalter.statistic,
        "z p": expert.spiegelhalter.p,
        "ECE-H": by_width.value,
        "MCE-H": by_width.widest,
        "ECE-C": by_count.value,
        "HL-H": _hosmer_lemeshow(wide),
        "HL-H p, 8 degrees": float(chi2.sf(_hosmer_lemeshow(wide), 8)),
        "HL-H p, 10 degrees": float(chi2.sf(_hosmer_lemeshow(wide), 10)),
        "HL-C": _hosmer_lemeshow(even),
        "slope": slope.value,
        "slope low": slope.low,
        "slope high": slope.high,
        "intercept": intercept.value,
        "intercept low": intercept.low,
        "intercept high": intercept.high,
        "ICI of the line": measure_distances(groups, line).mean,
    }
    return {prefix + name: value for name, value in figures.items()}


@cache
def _sklearn() -> tuple[Figures, Any, Any]:
    x, y = make_classification(
        n_samples=100_000, n_features=20, n_informative=2, n_redundant=10, random_state=42
    )
    x, x_test, y, y_test = train_test_split(x, y, test_size=0.99, random_state=42)
    models = {
        "Logistic": LogisticRegression(),
        "NB": GaussianNB(),
        **{
            method.capitalize(): CalibratedClassifierCV(GaussianNB(), cv=2, method=method)
            for method in ("isotonic", "sigmoid", "temperature")
        },
    }
    figures: Figures = {}
    bayes = None
    for name, model in models.items():
        p = model.fit(x, y).predict_proba(x_test)[:, 1]
        bayes = p if name == "NB" else bayes
        expert = _expert(_measure(p, y_test))
        brier, log_loss = expert.brier, expert.log_loss
        figures |= {
            f"{name} Brier": brier.score,
            f"{name} MCB": brier.miscalibration,
            f"{name} DSC": brier.discrimination,
            f"{name} UNC": brier.uncertainty,
            f"{name} log loss": log_loss.score,
            f"{name} log loss, clipped": log_loss.clipped or log_loss.score,
            f"{name} log MCB": log_loss.miscalibration,
            f"{name} slope": _known(expert.logistic.slope).value,
            f"{name} intercept": _known(expert.logistic.intercept).value,
            f"{name} smECE": expert.smooth_gap,
        }
    return figures, bayes, y_test


@cache
def _more() -> Figures:
    x, y = make_blobs(
        50_000, centers=[(-5, -5), (0, 0), (5, 5)], shuffle=False, random_state=42
    )
    y = (np.arange(50_000) >= 25_000).astype(int)
    weight = np.random.RandomState(42).rand(50_000)
    x, x_test, y, y_test, w, w_test = train_test_split(
        x, y, weight, test_size=0.9, random_state=42
    )
    models = {"no calibration": GaussianNB().fit(x, y)} | {
        method: CalibratedClassifierCV(GaussianNB(), cv=2, method=method).fit(x, y, w)
        for method in ("isotonic", "sigmoid")
    }
    figures: Figures = {}
    for name, model in models.items():
        p = model.predict_proba(x_test)[:, 1]
        figures[f"blobs, {name}"] = _expert(_measure(p, y_test, w_test)).brier.score
    quarters = {
        "A": [0, 1, 1, 1, 1, 2, 2, 3, 3, 3, 3, 4],
        "B": [0, 1, 1, 1, 3, 2, 2, 1, 3, 3, 3, 4],
    }
    happened = [0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1]
    for name, said in quarters.items():
        split = _expert(_measure(np.array(said) / 4, happened)).brier
        figures |= {
            f"{name} Brier": split.score,
            f"{name} MCB": split.miscalibration,
            f"{name} DSC": split.discrimination,
            f"{name} UNC": split.uncertainty,
        }
    return figures


@pytest.mark.parametrize("name", CALZONE)
def test_figures_of_calzone(name: str) -> None:
    """As printed in its documentation."""
    value, tolerance = CALZONE[name]
    assert _calzone()[name] == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize("name", SKLEARN)
def test_figures_of_scikit_learn(name: str) -> None:
    """Of five models of 99,000 rows."""
    value, tolerance = SKLEARN[name]
    assert _sklearn()[0][name] == pytest.approx(value, abs=tolerance)


@pytest.mark.parametrize("name", MORE)
def test_figures_of_other_examples(name: str) -> None:
    """Weighted Brier scores, and a lower one that is calibrated worse."""
    value, tolerance = MORE[name]
    assert _more()[name] == pytest.approx(value, abs=tolerance)


def test_the_curve_of_the_docstring() -> None:
    """calibration_curve's own example, with its three bins."""
    y, p = [0, 0, 0, 0, 1, 1, 1, 1, 1], [0.1, 0.2, 0.3, 0.4, 0.65, 0.7, 0.8, 0.9, 1.0]
    bins = equal_width(group_rows(p, y), 3)
    assert bins.happened == pytest.approx([0, 0.5, 1.0])
    assert bins.said == pytest.approx([0.2, 0.525, 0.85])


# --- what other tools get wrong (reference/calibration.md, 2b)


def test_spiegelhalter_looks_both_ways() -> None:
    """MAPIE tests one side only: an under-confident model passed with p = 1."""
    rng = np.random.default_rng(5)
    x = rng.normal(0, 1.5, 20_000)
    y = rng.random(20_000) < expit(x)
    found = _expert(_measure(expit(x / 2), y)).spiegelhalter
    assert found
    assert found.statistic < -20
    assert found.p < 1e-90
    small = _expert(_measure([0.8, 0.3, 0.5, 0.5, 0.7, 0.1], [1, 0, 1, 0, 1, 0]))
    assert small.spiegelhalter
    assert small.spiegelhalter.p / 2 == pytest.approx(1 - 0.8486, abs=5e-5)


def test_a_score_of_0_and_the_smallest_score_count() -> None:
    """Calzone's bins are open below: it lost 477 of 2,000 rows, and always the smallest."""
    rng = np.random.default_rng(6)
    p = np.maximum(0.0, rng.random(2_000) - 0.24).round(2)
    y = rng.random(2_000) < p
    groups = group_rows(p, y)
    assert (p == 0).sum() > 400
    for bins in (equal_width(groups, 10), equal_count(groups, 10)):
        assert bins.all_rows == 2_000
    p, y = _beta_rows()
    kept = p > p.min()
    lost = measure_gap(equal_count(group_rows(p[kept], y[kept]), 10))
    assert lost
    assert lost.value * kept.sum() / 5000 != pytest.approx(_calzone()["ECE-C"], abs=1e-9)


@given(st.integers(0, 10**6))
def test_the_order_of_rows_inside_ties_does_not_count(seed: int) -> None:
    """MCGrad's p-value went from 0.52 to 2e-16 when the negatives came first."""
    rng = np.random.default_rng(seed)
    p = rng.choice([0.2, 0.7], 400)
    y = rng.random(400) < p
    order = np.argsort(y, kind="stable")
    first, second = _measure(p, y), _measure(p[order], y[order])
    assert first == second
    assert _expert(first).kuiper


def test_ties_do_not_break_bins_and_their_number_is_told() -> None:
    """Netcal's equal-mass bins fail on ties; scikit-learn gives 9 of 10 without a word."""
    rng = np.random.default_rng(7)
    p = np.where(rng.random(3_000) < 0.25, 0.1, rng.random(3_000).round(2))
    y = rng.random(3_000) < p
    found = _measure(p, y)
    assert found.gap
    assert found.gap.bins == len(found.lines) < 10
    assert sum(line.rows for line in found.lines) == 3_000
    assert len(calibration_curve(y, p, n_bins=10, strategy="quantile")[0]) < 10


def test_the_slope_is_found_where_plain_newton_fails() -> None:
    """Naive Bayes piles scores up at 0 and 1; the damped steps agree with statsmodels."""
    figures, p, y = _sklearn()
    logistic = _expert(_measure(p, y)).logistic
    assert figures["NB slope"] == pytest.approx(0.22322203, abs=5e-9)
    assert logistic.clipped > 30_000


def test_impossible_things_are_counted() -> None:
    """scikit-learn clips scores of 0 and 1 silently; here the log loss is infinite and says why."""
    split = _expert(_measure([0.0, 1.0, 0.5, 0.0], [0, 0, 1, 1])).log_loss
    assert (split.score, split.miscalibration, split.infinite) == (inf, inf, 2)
    assert split.clipped == pytest.approx((2 * 52 * np.log(2) + np.log(2)) / 4)


# --- what must always hold


@given(st.integers(0, 10**6))
def test_turning_the_question_round_changes_nothing(seed: int) -> None:
    """Y to 1 - y and p to 1 - p: the same gap, MCB and size of z."""
    rng = np.random.default_rng(seed)
    p = rng.integers(0, 65, 200) / 64  # 1 - p is exact
    y = rng.random(200) < p
    mine, other = _measure(p, y), _measure(1 - p, ~y)
    a, b = _expert(mine), _expert(other)
    assert a.brier.miscalibration == pytest.approx(b.brier.miscalibration, abs=1e-12)
    assert a.spiegelhalter
    assert b.spiegelhalter
    assert a.spiegelhalter.statistic == pytest.approx(b.spiegelhalter.statistic, abs=1e-9)
    wide = [measure_gap(group_rows(*pair)) for pair in ((p, y), (1 - p, ~y))]
    assert wide[0]
    assert wide[1]
    assert wide[0].value == pytest.approx(wide[1].value, abs=1e-12)


@given(st.integers(0, 10**6))
def test_repeated_rows_are_weights(seed: int) -> None:
    """Values do not tell them apart; intervals do."""
    rng = np.random.default_rng(seed)
    p, y = draw_calibrated(rng, 100)
    times = rng.integers(1, 4, 100)
    weighed, repeated = (
        _measure(p, y, times),
        _measure(np.repeat(p, times), np.repeat(y, times)),
    )
    a, b = _expert(weighed), _expert(repeated)
    for name in ("score", "miscalibration", "discrimination", "uncertainty"):
        assert getattr(a.brier, name) == pytest.approx(getattr(b.brier, name), abs=1e-12)
        assert getattr(a.log_loss, name) == pytest.approx(getattr(b.log_loss, name))
    assert a.smooth_gap == pytest.approx(b.smooth_gap)
    assert _known(a.logistic.slope).value == pytest.approx(_known(b.logistic.slope).value)
    wide, narrow = (_known(each.observed_expected) for each in (weighed, repeated))
    assert wide.value == pytest.approx(narrow.value)


@given(st.integers(0, 10**6), st.sampled_from([np.float32, np.float64]))
def test_scores_split_into_their_parts(seed: int, kind: type[np.floating]) -> None:
    """S = MCB - DSC + UNC to 1e-12, and no part is below 0."""
    rng = np.random.default_rng(seed)
    p, y = draw_stretched(rng, 300)
    expert = _expert(_measure(p.astype(kind), y))
    for split in (expert.brier, expert.log_loss):
        parts = split.miscalibration - split.discrimination + split.uncertainty
        assert split.score == pytest.approx(parts, abs=1e-12)
        assert split.miscalibration >= 0
        assert split.discrimination >= 0


def test_a_model_that_keeps_its_word_loses_nothing() -> None:
    """1 of 5 at 0.2 and 3 of 4 at 0.75: MCB is 0, and so is every gap."""
    found = _measure([0.2] * 50 + [0.75] * 40, [1, 0, 0, 0, 0] * 10 + [1, 1, 1, 0] * 10)
    assert _expert(found).brier.miscalibration == 0
    assert found.gap
    assert found.gap.value == pytest.approx(0, abs=1e-12)
    assert found.verdict.light is Light.NO_GAP


@pytest.mark.parametrize(
    ("p", "y", "light"),
    [
        ([0.5] * 3, [1, 0, 1], Light.TOO_FEW),
        ([], [], Light.TOO_FEW),
        ([0.4] * 100, [1] * 40 + [0] * 60, Light.NO_GAP),
        ([0.4] * 100, [0] * 100, Light.GAP),
        ([0.0] * 100, [0] * 100, Light.NO_GAP),
        ([0.0] * 100, [0] * 99 + [1], Light.SMALL_GAP),
        ([1.0] * 100, [0] * 100, Light.GAP),
        ([0.001] * 8000, [0] * 8000, Light.SMALL_GAP),
    ],
)
def test_odd_data_get_a_sentence(p: list[float], y: list[int], light: Light) -> None:
    """No rows, 3 rows, one score, one class, scores of 0 and 1."""
    found = _measure(np.array(p, dtype=np.float64), y)
    assert found.verdict.light is light
    assert found.verdict.sentence.endswith(".")
    assert (found.expert is None) == (not p)


def test_the_tolerance_decides_what_a_real_gap_means() -> None:
    """The same gap of 5 points, tolerated or not."""
    rng = np.random.default_rng(8)
    p, y = draw_stretched(rng, 20_000, slope=0.7)
    strict, loose = (_measure(p, y, tolerance=t).verdict for t in (0.02, 0.1))
    assert (strict.light, loose.light) == (Light.GAP, Light.SMALL_GAP)
    assert "tolerates 2 points" in strict.sentence
    assert "within the tolerance of 10 points" in loose.sentence


@pytest.mark.parametrize("rows", [300, 1_000, 10_000, 100_000])
@pytest.mark.parametrize("centre", [-1.0, -4.0])
def test_a_calibrated_model_is_called_wrong_at_most_6_times_in_100(
    rows: int, centre: float
) -> None:
    """Also where events are rare. By default a tenth of 1,000 models, 50 of 100,000 rows."""
    rng = np.random.default_rng(rows)
    runs = RUNS // 2 if rows == 100_000 else RUNS
    alarms = 0
    for _ in range(runs):
        p, y = draw_calibrated(rng, rows, centre=centre)
        groups = group_rows(np.round(p, 5), y)
        gap = measure_gap(equal_count(groups, 10), seed=int(rng.integers(2**31)))
        light = judge_calibration(moments_of_groups(groups), gap).light
        alarms += light is not Light.NO_GAP
    assert alarms <= 0.06 * runs


def test_a_model_that_is_wrong_is_found() -> None:
    """Slope 0.7 in 1,000 rows: mostly."""
    rng = np.random.default_rng(9)
    found = 0
    for _ in range(40):
        groups = group_rows(*draw_stretched(rng, 1_000))
        gap = measure_gap(equal_count(groups, 10))
        found += judge_calibration(moments_of_groups(groups), gap).light is Light.GAP
    assert found >= 30
