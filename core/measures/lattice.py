"""All slices: one metric of thousands of slices, each held against everybody else."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from core.engine.lattice import Floats
from core.engine.ranks import Ranks
from core.estimates.contrasts import (
    Means,
    Rankings,
    contrast_aucs,
    contrast_means,
    contrast_shares,
    contrast_weighted_shares,
)
from core.estimates.intervals import Z95
from core.estimates.many import (
    Intervals,
    f1_many,
    mcc_many,
    mean_many,
    quiet,
    root_many,
    score_many,
    wilson_many,
)
from core.estimates.many_rankings import (
    auc_many,
    average_precision_many,
    newcombe_variance,
)
from core.estimates.mover import average_many, difference_many
from core.estimates.observed_expected import as_counts, observed_expected_exact
from core.measures.classes import ClassTally, macro_many
from core.measures.explained import explained_many
from core.measures.formulas import Rate
from core.measures.metrics import Metric
from core.measures.outcomes import FN, FP, TN, TP
from core.measures.tallies import AnswerTally, MomentTally, divide, kish_many

Tally = AnswerTally | MomentTally | tuple[Ranks, Ranks]
RECALL: Final = ((TP,), (TP, FN))
SPECIFICITY: Final = ((TN,), (FP, TN))


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """One metric of many slices: arrays of one length, NaN where nothing can be estimated.

    `denominators` are the rows that the value rests on; `rest` is the value of the rows
    outside of the slice, `difference` slice minus rest, `p` whether that could be chance.
    """

    values: Intervals
    denominators: NDArray[np.int64]
    rest: Intervals
    difference: Intervals
    p: Floats


def compare_answers(metric: Metric, tally: AnswerTally) -> Compared:
    """Return a metric of right and wrong answers, of each slice and against its rest.

    Shares are compared by the G-test or Fisher's mid-p (weighted: score z); F1, balanced
    accuracy and the correlation of Matthews by the normal test on the standard error that
    their intervals imply (MOVER).
    """
    mine, others = tally, tally.rest
    if isinstance(metric.formula, Rate):
        rate = metric.formula
        values, rest = (_share(side, rate.top, rate.bottom) for side in (mine, others))
        p = _share_p(mine, others, rate)
        rows = mine.rows(rate.bottom)
    else:
        form, bottom = COMPOSITES[metric.id]
        values, rest = form(mine), form(others)
        rows = mine.rows(bottom)
        p = _implied_p(values, rest)
    return Compared(values, rows, rest, difference_many(values, rest), p)


def compare_scores(metric: Metric, tally: MomentTally) -> Compared:
    """Return Brier score, log loss, observed / expected or top-2 accuracy of each slice.

    Means are compared by Welch's t-test, observed / expected by the implied normal test.
    """
    mine, others = tally, tally.rest
    if metric.id == "top_2":
        share = [side.mean("top_2") for side in (mine, others)]
        values, rest = (
            score_many(each, side.effective)
            for each, side in zip(share, (mine, others), strict=True)
        )
        p = contrast_weighted_shares(share[0], mine.effective, share[1], others.effective)
    elif metric.id == "observed_expected":
        values, rest = (
            observed_expected_exact(*as_counts(*side.promised)) for side in (mine, others)
        )
        p = _implied_p(values, rest)
    else:
        name = MEANS[metric.id]
        values, rest = (_mean(side, *name) for side in (mine, others))
        p = contrast_means(_spread(mine, *name), _spread(others, *name))
    return Compared(values, mine.n, rest, difference_many(values, rest), p)


def compare_classes(metric: Metric, tally: ClassTally) -> Compared:
    """Return a macro average of each slice and its rest, by the implied normal test."""
    values, rest = macro_many(metric.id, tally), macro_many(metric.id, tally.rest)
    return Compared(
        values, tally.rows, rest, difference_many(values, rest), _implied_p(values, rest)
    )


def compare_errors(metric: Metric, tally: MomentTally, *, scale: float) -> Compared:
    """Return the errors of a regression in units of the label; `scale` turns them back."""
    mine, others = tally, tally.rest
    if metric.id == "r2":
        values, rest = explained_many(mine), explained_many(others)
        p = _implied_p(values, rest)
        return Compared(values, mine.n, rest, difference_many(values, rest), p)
    if metric.id == "rmse":
        values, rest = (
            root_many(side.mean("e2"), side.mean("e4"), side.effective)
            for side in (mine, others)
        )
        p = _implied_p(values, rest)
    else:
        name = ERRORS[metric.id]
        values, rest = (_mean(side, name, "e2") for side in (mine, others))
        p = contrast_means(_spread(mine, name, "e2"), _spread(others, name, "e2"))
    found, other = _scaled(values, scale), _scaled(rest, scale)
    return Compared(found, mine.n, other, difference_many(found, other), p)


def compare_ranks(metric: Metric, tally: tuple[Ranks, Ranks]) -> Compared:
    """Return AUC or average precision of each slice; AUC also against its rest.

    The rest's AUC is exact: of all pairs of the table, those within the slice and those
    across its border are taken away. Its variance is Hanley and McNeil's. An average
    precision depends on how many positives there are, so it is held against nobody.
    """
    mine, whole = tally
    if metric.id == "average_precision":
        positives = kish_many(mine.wp, mine.wp2)
        values = average_precision_many(divide(mine.precision, mine.wp), positives)
        nothing = np.full_like(values.value, np.nan)
        none = Intervals(nothing, nothing, nothing)
        return Compared(values, mine.positives, none, none, nothing)
    found, other = _rankings(mine), _outside(mine, whole)
    values, rest = (
        auc_many(each.auc, each.variance, each.positives, each.negatives)
        for each in (found, other)
    )
    rows = mine.positives + mine.negatives
    p = contrast_aucs(found, other)
    return Compared(values, rows, rest, difference_many(values, rest), p)


def _share(side: AnswerTally, top: tuple[int, ...], bottom: tuple[int, ...]) -> Intervals:
    return wilson_many(side.weight(top), side.weight(bottom), side.effective(bottom))


def _share_p(mine: AnswerTally, others: AnswerTally, rate: Rate) -> Floats:
    if mine.w is mine.w2:  # every row counts once
        return contrast_shares(
            *(
                side.rows(kinds)
                for side in (mine, others)
                for kinds in (rate.top, rate.bottom)
            )
        )
    pairs = []
    for side in (mine, others):
        pairs.append(divide(side.weight(rate.top), side.weight(rate.bottom)))
        pairs.append(side.effective(rate.bottom))
    return contrast_weighted_shares(*pairs)


def _f1(side: AnswerTally) -> Intervals:
    wrong = side.weight((FP, FN))
    return f1_many(side.weight((TP,)), wrong, side.effective((TP, FP, FN)))


def _balanced(side: AnswerTally) -> Intervals:
    return average_many(_share(side, *RECALL), _share(side, *SPECIFICITY))


def _mcc(side: AnswerTally) -> Intervals:
    every = (TP, FP, FN, TN)
    shrink = divide(side.effective(every), side.weight(every))  # to Kish's rows
    with quiet():
        return mcc_many(*(side.weight((kind,)) * shrink for kind in every))


COMPOSITES: Final[dict[str, tuple[Callable[[AnswerTally], Intervals], tuple[int, ...]]]] = {
    "f1": (_f1, (TP, FP, FN)),
    "balanced_accuracy": (_balanced, (TP, FP, FN, TN)),
    "mcc": (_mcc, (TP, FP, FN, TN)),
}
MEANS: Final = {"brier": ("square", "square2"), "log_loss": ("loss", "loss2")}
ERRORS: Final = {"mae": "e0", "bias": "e1"}


def _mean(side: MomentTally, name: str, square: str) -> Intervals:
    return mean_many(side.mean(name), side.mean(square), side.effective)


def _spread(side: MomentTally, name: str, square: str) -> Means:
    mean, rows = side.mean(name), side.effective
    with quiet():
        variance = np.maximum(0.0, side.mean(square) - mean**2) * rows / (rows - 1)
    return Means(mean, variance, rows)


def _scaled(found: Intervals, scale: float) -> Intervals:
    return Intervals(found.value * scale, found.low * scale, found.high * scale)


def _implied_p(one: Intervals, other: Intervals) -> Floats:
    """Return the p-value of one value against another, from the arms of their intervals.

    Source: Zou and Donner (2008), Stat. Med. 27, 1693-1702: each arm is z standard errors.
    """
    difference = difference_many(one, other)
    above = difference.value > 0
    arm = np.where(
        above, difference.value - difference.low, difference.high - difference.value
    )
    with quiet():
        z = np.abs(difference.value) / (arm / Z95)
    return np.where(difference.value == 0, 1.0, 2 * ndtr(-z))


def _rankings(ranks: Ranks) -> Rankings:
    """Return AUC = U / (P Q) with DeLong's variance, as `measure_auc` does for one."""
    positives, negatives = kish_many(ranks.wp, ranks.wp2), kish_many(ranks.wq, ranks.wq2)
    auc = divide(ranks.ahead, ranks.wp * ranks.wq)
    with quiet():
        below = ranks.ahead2 / (ranks.wp * ranks.wq**2) - auc**2
        above = ranks.behind2 / (ranks.wq * ranks.wp**2) - auc**2
    variance = below / np.maximum(positives - 1, 1) + above / np.maximum(negatives - 1, 1)
    return Rankings(auc, np.maximum(variance, 0.0), positives, negatives)


def _outside(mine: Ranks, whole: Ranks) -> Rankings:
    wp, wq = whole.wp - mine.wp, whole.wq - mine.wq
    pairs = whole.ahead - mine.out_of_slice + mine.ahead
    auc = np.clip(divide(pairs, wp * wq), 0.0, 1.0)
    positives = kish_many(wp, whole.wp2 - mine.wp2)
    negatives = kish_many(wq, whole.wq2 - mine.wq2)
    with quiet():
        variance = newcombe_variance(auc, positives, negatives)
    return Rankings(auc, variance, positives, negatives)
