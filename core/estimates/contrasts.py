"""A slice against the rest: could the difference be chance? For thousands at once.

The rest is what lies outside the slice, never all rows, so that both sides are
independent. NaN where a side is empty and there is nothing to compare.
"""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray
from scipy.special import erfc, stdtr, xlogy

from core.estimates.many import Floats, quiet
from core.estimates.many_rankings import newcombe_variance, unsure

Integers = NDArray[np.int64]
ENOUGH: Final = 5  # rows expected in each cell, before G follows its chi-square
TIE: Final = 1e-7  # tables whose log probabilities differ by less are equally likely
BATCH: Final = 1_000_000


@dataclass(frozen=True, slots=True, eq=False)
class Means:
    """Means with the variance of their rows (not of the mean) and Kish's rows."""

    mean: Floats
    variance: Floats
    rows: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Rankings:
    """AUCs with DeLong's variance and the rows of both sides."""

    auc: Floats
    variance: Floats
    positives: Floats
    negatives: Floats


def contrast_shares(
    hits: Integers, total: Integers, rest_hits: Integers, rest_total: Integers
) -> Floats:
    """Return the p-value of hits / total against rest_hits / rest_total, from counts.

    The G-test (likelihood ratio, 1 degree of freedom) where every cell expects 5 rows or
    more, else Fisher's exact test with mid-p: tables less likely than the one seen, and
    half of those as likely. 1 where all rows are hits, or none is.
    Source: Agresti (2013), Categorical Data Analysis, 3.2 and 3.5; Lancaster (1961).
    """
    shape = np.broadcast_shapes(
        *(np.shape(x) for x in (hits, total, rest_hits, rest_total))
    )
    seen = [np.broadcast_to(x, shape) for x in (hits, total - hits)]
    rest = [np.broadcast_to(x, shape) for x in (rest_hits, rest_total - rest_hits)]
    table = np.stack([*seen, *rest]).reshape(2, 2, -1).astype(np.int64)
    rows, columns, n = table.sum(axis=1), table.sum(axis=0), table.sum(axis=(0, 1))
    with quiet():
        expected = rows[:, None] * columns[None] / n
        likelihood = 2 * xlogy(table, table / expected).sum(axis=(0, 1))
    p = erfc(np.sqrt(np.maximum(0.0, likelihood) / 2))
    alike, empty = (columns == 0).any(axis=0), (rows == 0).any(axis=0)
    p[alike] = 1.0
    p[empty] = np.nan
    small = (expected.min(axis=(0, 1)) < ENOUGH) & ~alike & ~empty
    p[small] = _mid_p(table[0, 0, small], rows[:, small], columns[0, small])
    found: Floats = p.reshape(shape)
    return found


def contrast_weighted_shares(
    share: Floats, effective: Floats, rest_share: Floats, rest_effective: Floats
) -> Floats:
    """Return the p-value of a weighted share against the rest's, by the score z.

    Weighted rows have no exact test: Kish's rows stand for the counts. z = (a - b) /
    sqrt(s (1 - s) (1 / n + 1 / m)), s the share of both together; 1 where s is 0 or 1.
    """
    with quiet():
        pooled = (share * effective + rest_share * rest_effective) / (
            effective + rest_effective
        )
        spread = pooled * (1 - pooled) * (1 / effective + 1 / rest_effective)
        p = _two_sided((share - rest_share) / np.sqrt(spread))
    return np.where((pooled <= 0) | (pooled >= 1), 1.0, p)


def contrast_means(one: Means, other: Means) -> Floats:
    """Return the p-value of one mean against another, by Welch's t-test.

    Degrees of freedom after Satterthwaite. NaN with fewer than two rows on a side, or
    without any spread to measure the difference by.
    Source: Welch (1947), Biometrika 34, 28-35.
    """
    with quiet():
        rows = (np.where(side.rows >= 2, side.rows, np.nan) for side in (one, other))  # noqa: PLR2004
        n, m = rows
        v, w = one.variance / n, other.variance / m
        t = (one.mean - other.mean) / np.sqrt(v + w)
        freedom = (v + w) ** 2 / (v**2 / (n - 1) + w**2 / (m - 1))
        p: Floats = 2 * stdtr(freedom, -np.abs(t))
    return p


def contrast_aucs(one: Rankings, other: Rankings) -> Floats:
    """Return the p-value of one AUC against another on other rows: z with V1 + V2.

    Where DeLong's variance cannot be trusted (fewer than 10 rows on a side, an AUC of 0 or
    1), Hanley and McNeil's at the common AUC takes its place, so that four lucky pairs are
    no proof. 1 where both rank everything alike right, or wrong.
    Source: Hanley and McNeil (1983), Radiology 148; DeLong et al. (1988), Biometrics 44.
    """
    with quiet():
        pairs = [side.positives * side.negatives for side in (one, other)]
        sizes = [
            p / (side.positives + side.negatives)
            for p, side in zip(pairs, (one, other), strict=True)
        ]
        common = (one.auc * sizes[0] + other.auc * sizes[1]) / (sizes[0] + sizes[1])
        variances = [_trusted(side, common) for side in (one, other)]
        z = (one.auc - other.auc) / np.sqrt(variances[0] + variances[1])
    alike = ((common == 0) | (common == 1)) & (np.minimum(*pairs) > 0)
    return np.where(alike, 1.0, _two_sided(z))


def _trusted(side: Rankings, common: Floats) -> Floats:
    """Return the variance, NaN where a side is empty."""
    null = newcombe_variance(common, side.positives, side.negatives)
    variance = np.where(
        unsure(side.auc, side.positives, side.negatives), null, side.variance
    )
    return np.where(np.minimum(side.positives, side.negatives) > 0, variance, np.nan)


def _two_sided(z: Floats) -> Floats:
    """Return how often a standard normal value lies at least as far from 0."""
    return np.asarray(erfc(np.abs(z) / np.sqrt(2)), dtype=np.float64)


def _mid_p(hits: Integers, rows: Integers, all_hits: Integers) -> Floats:
    """Return Fisher's mid-p of tables with these margins, in batches of bounded memory."""
    p = np.empty(len(hits))
    least = np.maximum(0, all_hits - rows[1])
    size = np.minimum(rows[0], all_hits) - least + 1
    batch = (np.cumsum(size) - 1) // BATCH
    for number in np.unique(batch):
        mine = np.flatnonzero(batch == number)
        first = np.concatenate(([0], np.cumsum(size[mine])[:-1]))
        margins = rows[0, mine], rows[1, mine], all_hits[mine]
        chances = _hypergeometric(margins, least[mine], size[mine], first)
        seen = np.repeat(chances[first + hits[mine] - least[mine]], size[mine])
        weight = np.where(
            chances < seen - TIE, 1.0, np.where(chances <= seen + TIE, 0.5, 0)
        )
        chance = np.exp(chances)
        whole = np.add.reduceat(chance, first)
        p[mine] = np.add.reduceat(chance * weight, first) / whole
    return p


def _hypergeometric(
    margins: tuple[Integers, Integers, Integers],
    least: Integers,
    size: Integers,
    first: Integers,
) -> Floats:
    """Return the log chance of each possible count, table after table, the top being 0.

    `size` counts follow from `least` on, table i starting at first[i]. Each chance follows
    from the one before: P(x + 1) / P(x) = (m - x)(K - x) / ((x + 1)(M - K + x + 1)).
    """
    m, other, hits = (np.repeat(margin, size) for margin in margins)
    x = np.arange(size.sum()) - np.repeat(first, size) + np.repeat(least, size) - 1
    with quiet():
        steps = np.log((m - x) * (hits - x)) - np.log((x + 1) * (other - hits + x + 1))
    steps[first] = 0.0
    chances = np.cumsum(steps)
    chances -= np.repeat(np.maximum.reduceat(chances, first), size)
    return chances
