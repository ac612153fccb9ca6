"""Each of thousands of slices is measured as it would be alone, and so is its rest."""

from collections.abc import Iterator
from dataclasses import dataclass
from math import isnan
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy import stats
from sklearn import metrics as sk

from core.engine.answered import AnsweredRows
from core.engine.cells import UNIT
from core.engine.lattice import lay_out
from core.engine.ranking import Ranking
from core.estimates.contrasts import contrast_shares
from core.estimates.intervals import estimate_mean
from core.estimates.many import Intervals
from core.measures.classes import count_classes
from core.measures.lattice import (
    Compared,
    compare_answers,
    compare_classes,
    compare_errors,
    compare_ranks,
    compare_scores,
)
from core.measures.metrics import find_metric, metrics_for
from core.measures.outcomes import KINDS, Asked, Confusion, Errors, Sums, sort_out
from core.measures.quality import measure_auc
from core.measures.tallies import (
    count_answers,
    count_errors,
    count_ranks,
    count_scores_of,
)
from core.records.estimate import Measured, NotEstimable
from core.records.models import Task
from tests.kept import BINARY, THREE
from tests.measures.answered_tables import (
    Table,
    make_amounts,
    make_binary,
    make_classes,
    members,
)

SEEDS = st.integers(0, 10**6)
ROWS = st.sampled_from([1, 12, 150])
Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Side:
    """One slice, or its rest: where its values stand, and which rows it has."""

    at: int
    found: Intervals
    has: Mask

    @property
    def three(self) -> list[float]:
        """Value, low and high."""
        ends = (self.found.value, self.found.low, self.found.high)
        return [float(end[self.at]) for end in ends]

    def agrees(self, alone: Measured, **near: Any) -> None:
        """Compare with what the formula says of these rows alone."""
        if isinstance(alone, NotEstimable):
            assert np.isnan(self.three).all(), alone
        else:
            assert self.three == pytest.approx([alone.value, alone.low, alone.high], **near)


def _sides(compared: Compared, table: Table) -> Iterator[Side]:
    """Yield each slice and each rest."""
    for at, has in enumerate(members(table.rows.codes, table.layout)):
        yield Side(at, compared.values, has)
        yield Side(at, compared.rest, ~has)


def _weight(rows: AnsweredRows) -> NDArray[np.int64]:
    return np.ones(len(rows.label), np.int64) if rows.weight is None else rows.weight


def _sums(weight: NDArray[np.int64]) -> Sums:
    return Sums(len(weight), int(weight.sum()), sum(int(w) ** 2 for w in weight))


def _confusion(rows: AnsweredRows, has: Mask, asked: Asked) -> Confusion:
    kind, weight = sort_out(rows.label, rows.said, asked), _weight(rows)
    return Confusion(*(_sums(weight[has & (kind == k)]) for k in range(KINDS)))


@given(SEEDS, ROWS, st.booleans(), st.sampled_from([0, 300, 500, 1000]))
def test_answers_are_those_of_the_formula_slice_by_slice(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
    threshold: int,
) -> None:
    """Every metric of right and wrong: value and interval of the slice and of its rest.

    Missing labels count for the selection rate only; where the formula gives a reason
    instead of a number there is none; the denominators are rows.
    """
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    asked = Asked(BINARY, threshold)
    tally = count_answers(table.rows, table.layout, asked)
    for metric in metrics_for(Task.BINARY, of_class=False):
        assert metric.formula is not None
        compared = compare_answers(metric, tally)
        for side in _sides(compared, table):
            alone = metric.formula(_confusion(table.rows, side.has, asked))
            side.agrees(alone, rel=1e-9, abs=1e-12)
            if side.found is compared.values and not isinstance(alone, NotEstimable):
                assert compared.denominators[side.at] == alone.rows


@given(SEEDS, st.sampled_from(["", "a", "c"]))
def test_classes_are_those_of_the_formula_slice_by_slice(seed: int, of_class: str) -> None:
    """All classes together, or one against the rest."""
    table = make_classes(np.random.default_rng(seed), 80)
    asked = Asked(THREE, of_class=of_class)
    tally = count_answers(table.rows, table.layout, asked)
    for metric in metrics_for(Task.MULTICLASS, of_class=bool(of_class)):
        assert metric.formula is not None
        compared = compare_answers(metric, tally)
        for side in _sides(compared, table):
            alone = metric.formula(_confusion(table.rows, side.has, asked))
            side.agrees(alone, rel=1e-9, abs=1e-12)


def _errors(table: Table, has: Mask, scale: float) -> Errors:
    """Return the errors of some rows in the fixed point of the roll-up."""
    rows = table.rows
    known = has & (rows.label >= 0)
    weight = _weight(rows)
    assert rows.error is not None
    e0, e1, e2, e4 = (
        sum(
            int(w) * int(np.floor(x * UNIT + 0.5))
            for w, x in zip(weight[known], each(rows.error[known]), strict=True)
        )
        for each in (np.abs, np.asarray, np.square, lambda x: x**4)
    )
    unlabelled = has & (rows.label < 0)
    sides = _sums(weight[known]), _sums(weight[unlabelled])
    return Errors(*sides, e0, e1, e2, e4, scale)


@given(SEEDS, st.sampled_from([1, 3, 100]), st.booleans(), st.sampled_from([0.25, 64.0]))
def test_errors_are_those_of_the_formula_slice_by_slice(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
    scale: float,
) -> None:
    """MAE, bias and RMSE against the formula and scikit-learn, in units of the label."""
    table = make_amounts(np.random.default_rng(seed), rows, weighed=weighed)
    tally = count_errors(table.rows, table.layout, table.score)
    weight = _weight(table.rows)
    for name in ("mae", "bias", "rmse"):
        metric = find_metric(name)
        assert metric.formula is not None
        compared = compare_errors(metric, tally, scale=scale)
        for side in _sides(compared, table):
            alone = metric.formula(_errors(table, side.has, scale))
            side.agrees(alone, rel=1e-6, abs=1e-6)
            if isinstance(alone, NotEstimable) or table.rows.error is None:
                continue
            known = side.has & (table.rows.label >= 0)
            x, w = table.rows.error[known] * scale, weight[known]
            expected = {
                "mae": sk.mean_absolute_error(x * 0, x, sample_weight=w),
                "bias": np.average(x, weights=w),
                "rmse": sk.root_mean_squared_error(x * 0, x, sample_weight=w),
            }
            assert side.three[0] == pytest.approx(expected[name], rel=1e-9, abs=1e-12)


@given(SEEDS, st.sampled_from([1, 3, 120]), st.booleans())
def test_scores_are_those_of_sklearn_slice_by_slice(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Brier score and log loss, with the t interval of their rows."""
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    tally = count_scores_of(table.rows, table.layout, table.score)
    weight = _weight(table.rows).astype(np.float64)
    y, p = table.rows.label, np.clip(table.score, 1e-15, 1 - 1e-15)
    losses = {
        "brier": (table.score - y) ** 2,
        "log_loss": -np.log(np.where(y == 1, p, 1 - p)),
    }
    for name, loss in losses.items():
        compared = compare_scores(find_metric(name), tally)
        for side in _sides(compared, table):
            known = side.has & (y >= 0)
            w = weight[known]
            effective = w.sum() ** 2 / (w**2).sum() if w.any() else 0.0
            mean, square = (
                (np.average(loss[known] ** k, weights=w) if effective else 0.0)
                for k in (1, 2)
            )
            alone = estimate_mean(mean, square, rows=len(w), effective_rows=effective)
            side.agrees(alone, rel=1e-9, abs=1e-9)
            if isinstance(alone, NotEstimable):
                continue
            expected = (
                sk.brier_score_loss(y[known], table.score[known], sample_weight=w)
                if name == "brier"
                else sk.log_loss(y[known], p[known], sample_weight=w, labels=[0, 1])
            )
            assert side.three[0] == pytest.approx(expected, rel=1e-9)


@given(SEEDS, st.sampled_from([1, 3, 120]), st.booleans())
def test_observed_to_expected_slice_by_slice(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Clopper and Pearson's ends for as many events and trials as the rows are worth."""
    table = make_binary(np.random.default_rng(seed), rows, weighed=weighed)
    tally = count_scores_of(table.rows, table.layout, table.score)
    compared = compare_scores(find_metric("observed_expected"), tally)
    weight = _weight(table.rows).astype(np.float64)
    for side in _sides(compared, table):
        known = side.has & (table.rows.label >= 0)
        w, y, p = weight[known], table.rows.label[known], table.score[known]
        expected, variance = (w * p).sum(), (w**2 * p * (1 - p)).sum()
        if not variance:
            assert np.isnan(side.three).all()
            continue
        typical = variance / (w * p * (1 - p)).sum()
        o, e = (w * y).sum() / typical, expected / typical
        trials = e / (1 - variance / typical**2 / e)
        if o > trials * (1 + 1e-9):
            low, high = stats.gamma.ppf(0.025, o), stats.gamma.ppf(0.975, o + 1)
        else:
            low = trials * stats.beta.ppf(0.025, o, trials - o + 1) if o else 0.0
            high = trials * (
                stats.beta.ppf(0.975, o + 1, trials - o) if o < trials else 1.0
            )
        assert side.three == pytest.approx([o / e, low / e, high / e], rel=1e-6)


@given(SEEDS, st.sampled_from([2, 30, 250]), st.booleans())
def test_auc_is_that_of_the_rows_alone(
    seed: int,
    rows: int,
    weighed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Value and DeLong interval are those of `measure_auc`; the rest's AUC is exact."""
    table = make_binary(np.random.default_rng(seed), rows, (3, 2), weighed=weighed)
    compared = compare_ranks(
        find_metric("auc"), count_ranks(table.rows, table.layout, table.score)
    )
    weight = _weight(table.rows)
    for side in _sides(compared, table):
        known = side.has & (table.rows.label >= 0)
        ranking = _ranking(table.score[known], table.rows.label[known], weight[known])
        alone = measure_auc(ranking)
        if side.found is compared.values:
            assert compared.denominators[side.at] == known.sum()
            side.agrees(alone, rel=1e-9, abs=1e-9)
        elif isinstance(alone, NotEstimable):
            assert np.isnan(side.three).all()
        else:
            w, y = weight[known], table.rows.label[known]
            exact = sk.roc_auc_score(y, table.score[known], sample_weight=w)
            assert side.three[0] == pytest.approx(exact, abs=1e-12)
            assert side.three[1] <= exact + 1e-12
            assert side.three[2] >= exact - 1e-12


def _ranking(score: Any, label: Any, weight: Any) -> Ranking:
    """Return the sums of the roll-up of some rows, from all pairs of them."""
    yes, no = label == 1, label == 0
    w, v = weight[yes].astype(object), weight[no].astype(object)
    twice = 2 * (score[yes][:, None] > score[no]) + (score[yes][:, None] == score[no])
    below = [sum(v[j] * int(line[j]) for j in range(len(v))) for line in twice]
    above = [sum(w[i] * int(line[i]) for i in range(len(w))) for line in twice.T]
    return Ranking(
        np=len(w),
        nq=len(v),
        wp=sum(w),
        wq=sum(v),
        wp2=sum(w * w),
        wq2=sum(v * v),
        u2=sum(a * b for a, b in zip(w, below, strict=True)),
        below2=sum(a * b * b for a, b in zip(w, below, strict=True)),
        above2=sum(a * b * b for a, b in zip(v, above, strict=True)),
        object="",
    )


@given(SEEDS, st.booleans())
def test_average_precision_is_that_of_sklearn(seed: int, weighed: bool) -> None:  # noqa: FBT001 - drawn
    """It rests on the positives, and is held against nobody."""
    table = make_binary(np.random.default_rng(seed), 120, (3, 2), weighed=weighed)
    metric = find_metric("average_precision")
    compared = compare_ranks(metric, count_ranks(table.rows, table.layout, table.score))
    weight = _weight(table.rows)
    for at, has in enumerate(members(table.rows.codes, table.layout)):
        known = has & (table.rows.label >= 0)
        y, w = table.rows.label[known], weight[known]
        assert compared.denominators[at] == y.sum()
        if w[y == 1].any():
            expected = sk.average_precision_score(y, table.score[known], sample_weight=w)
            assert compared.values.value[at] == pytest.approx(expected, abs=1e-12)
        else:
            assert np.isnan(compared.values.value[at])
    for nothing in (compared.p, compared.rest.value, compared.difference.value):
        assert np.isnan(nothing).all()


SAME_WEIGHTS = (
    "recall",
    "f1",
    "mcc",
    "balanced_accuracy",
    "brier",
    "observed_expected",
    "auc",
)


@pytest.mark.parametrize("name", SAME_WEIGHTS)
def test_equal_weights_change_nothing(name: str) -> None:
    """Rows that all weigh 3 are rows; only the test of shares is another (score z, not G)."""
    table = make_binary(np.random.default_rng(11), 300)
    rows = table.rows
    heavy = AnsweredRows(
        rows.codes,
        rows.cards,
        rows.label,
        rows.said,
        rows.bucket,
        None,
        np.full(len(rows.label), 3 << 16),
    )
    plain, same = (
        _compare(name, Table(r, table.score, table.layout)) for r in (rows, heavy)
    )
    for one, other in (
        (plain.values, same.values),
        (plain.rest, same.rest),
        (plain.difference, same.difference),
    ):
        assert one.value == pytest.approx(other.value, nan_ok=True)
        assert one.low == pytest.approx(other.low, nan_ok=True)
        assert one.high == pytest.approx(other.high, nan_ok=True)
    if name != "recall":
        assert plain.p == pytest.approx(same.p, nan_ok=True)


def _compare(name: str, table: Table) -> Compared:
    metric = find_metric(name)
    if name in {"auc", "average_precision"}:
        return compare_ranks(metric, count_ranks(table.rows, table.layout, table.score))
    if metric.formula is None:
        return compare_scores(
            metric, count_scores_of(table.rows, table.layout, table.score)
        )
    return compare_answers(metric, count_answers(table.rows, table.layout, Asked(BINARY)))


@pytest.mark.parametrize("name", ["error_rate", "recall", "f1", "log_loss", "auc"])
def test_the_difference_is_slice_minus_rest(name: str) -> None:
    """Its ends add the arms of both as squares; it and p are missing where a side is."""
    compared = _compare(name, make_binary(np.random.default_rng(5), 200))
    mine, rest, apart = compared.values, compared.rest, compared.difference
    assert apart.value == pytest.approx(mine.value - rest.value, nan_ok=True)
    low = np.sqrt((mine.value - mine.low) ** 2 + (rest.high - rest.value) ** 2)
    assert apart.value - apart.low == pytest.approx(low, nan_ok=True)
    alone = np.isnan(mine.value) | np.isnan(rest.value)
    assert np.isnan(apart.value[alone]).all()
    assert np.isnan(compared.p[alone]).all()
    known = compared.p[~np.isnan(compared.p)]
    assert ((known >= 0) & (known <= 1)).all()


def test_p_values_by_hand() -> None:
    """Shares: 12 of 20 wrong against 6 of 60. Means: Welch's t-test of scipy."""
    label = np.ones(80, np.int16)
    said = np.full(80, 900, np.int16)
    said[:12] = said[20:26] = 100
    codes = np.repeat([0, 1], [20, 60]).astype(np.uint8)[np.newaxis]
    rows = AnsweredRows(codes, (2,), label, said, None, None, None)
    table = Table(rows, np.linspace(0.1, 0.9, 80), lay_out((2,), paired=()))
    shares = _compare("error_rate", table)
    by_hand = contrast_shares(*(np.array([k]) for k in (12, 20, 6, 60)))[0]
    assert shares.p == pytest.approx([by_hand, by_hand])
    assert by_hand < 0.0001
    square = (table.score - 1) ** 2
    welch = stats.ttest_ind(square[:20], square[20:], equal_var=False).pvalue
    assert _compare("brier", table).p == pytest.approx([welch, welch])


def test_macro_averages_are_held_against_the_rest() -> None:
    """The denominators are labelled rows; the rest is the macro average of the others."""
    table = make_classes(np.random.default_rng(6), 200, (3,))
    tally = count_classes(table.rows, table.layout, 3)
    compared = compare_classes(find_metric("macro_recall"), tally)
    for side in _sides(compared, table):
        known = side.has & (table.rows.label >= 0)
        y, z = table.rows.label[known], table.rows.said[known]
        expected = sk.recall_score(y, z, average="macro")
        assert side.three[0] == pytest.approx(expected)
    every = table.rows.label >= 0
    assert compared.denominators.sum() == every.sum()
    assert not any(isnan(p) for p in compared.p)


FAIRLEARN = {
    "accuracy": sk.accuracy_score,
    "recall": sk.recall_score,
    "precision": sk.precision_score,
    "f1": sk.f1_score,
    "mcc": sk.matthews_corrcoef,
    "balanced_accuracy": sk.balanced_accuracy_score,
}


@pytest.mark.parametrize("weighed", [False, True])
@pytest.mark.parametrize("name", [*FAIRLEARN, "false_positive_rate", "selection_rate"])
def test_values_are_those_of_fairlearn(name: str, *, weighed: bool) -> None:
    """MetricFrame by one and by two columns, to 12 digits, weights included."""
    peer = pytest.importorskip("fairlearn.metrics")
    rng = np.random.default_rng(8)
    table = make_binary(rng, 2000, (3, 4), weighed=weighed, unlabelled=0.0)
    metric = FAIRLEARN.get(name) or getattr(peer, name)
    compared = _compare(name, table)
    weights = {"sample_weight": _weight(table.rows)} if weighed else {}
    for part, start in zip(table.layout.parts, table.layout.starts, strict=False):
        frame = peer.MetricFrame(
            metrics=metric,
            y_true=table.rows.label,
            y_pred=(table.rows.said >= 500).astype(np.int16),
            sensitive_features={f"c{column}": table.rows.codes[column] for column in part},
            sample_params=weights,
        )
        for key, expected in frame.by_group.items():
            place = np.ravel_multi_index(
                np.atleast_1d(np.array(key)), [table.rows.cards[c] for c in part]
            )
            if not isnan(expected):
                found = compared.values.value[start + place]
                assert found == pytest.approx(expected, abs=1e-12)
