"""Label plan: how many labels, and of which rows, to know how often a model is right."""

from itertools import pairwise
from math import ceil, sqrt
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.score_counts import ScoreCounts
from core.estimates.intervals import Z95
from core.estimates.wording import say_points
from core.measures.label_free import Meaning
from core.records.changes import LabelPlan, Stratum

Floats = NDArray[np.float64]
Counts = NDArray[np.int64]
STRATA: Final = 5
LEAST: Final = 10  # rows of a stratum
OFF: Final = 0.05  # by how much scores may mean something else than before
SAFE: Final = 1.1  # few rows of a range are not yet normal
Z_ONE: Final = 1.645  # 95 % on one side
BUCKETS: Final = 64


def plan_labels(
    counts: ScoreCounts, meaning: Meaning | None, edge: int | None, half: float
) -> LabelPlan:
    """Return how many rows need a label to know accuracy within `half` (a share).

    Rows drawn at random: n = z^2 a (1 - a) / h^2 (Cochran, 1977, eq. 4.2, as if the table
    were without end, since intervals are counted so). Rows drawn by score: within five
    ranges with about as many rows each, most where answers are least sure (Neyman, 1934).
    Both rest on what scores meant before and still hold where each answer is right more or
    less often by 5 points; the first also where chance makes the interval of the sample
    itself wider than it should be (19 times in 20).
    """
    rows = int(counts.n.sum())
    right = _right(counts, meaning, edge)
    share = counts.n / max(1, rows)
    mean = float(share @ right)
    random = min(rows, ceil(Z95**2 * _spread(mean, OFF + Z_ONE / Z95 * half) / half**2))
    cuts = _cuts(counts)
    inside = [(counts.bucket >= low) & (counts.bucket < high) for low, high in cuts]
    weights = np.array([float(share[mine].sum()) for mine in inside])
    sizes = np.array([int(counts.n[mine].sum()) for mine in inside])
    deviations = np.array([_deviation(counts.n[mine], right[mine]) for mine in inside])
    wanted = SAFE * (Z95 * float(weights @ deviations) / half) ** 2
    allotted = wanted * weights * deviations / max(float(weights @ deviations), 1e-12)
    asked = [
        min(int(size), max(LEAST, ceil(float(n))))
        for n, size in zip(allotted, sizes, strict=True)
    ]
    strata = tuple(
        Stratum(low // BUCKETS, high // BUCKETS, int(size), n)
        for (low, high), size, n in zip(cuts, sizes, asked, strict=True)
        if size
    )
    stratified = sum(stratum.asked for stratum in strata)
    fewest = min(random, stratified)
    how = "drawn by score" if stratified < random else "drawn at random"
    sentence = (
        f"{fewest:,} rows {how} would give accuracy within ±{say_points(half)}."
        if fewest < rows
        else f"All {rows:,} rows would be needed for ±{say_points(half)}."
    )
    return LabelPlan(half, random, stratified, strata, sentence)


def _right(counts: ScoreCounts, meaning: Meaning | None, edge: int | None) -> Floats:
    """Return the chance that the answer to a row is right, by bucket; one half if unknown."""
    if meaning is None:
        return np.full(len(counts.bucket), 0.5)
    chance = meaning.of(counts.bucket)
    yes = np.ones(len(chance), np.bool_) if edge is None else counts.bucket >= edge
    return np.where(yes, chance, 1 - chance)


def _cuts(counts: ScoreCounts) -> list[tuple[int, int]]:
    """Return five ranges of the score with about as many rows each, cut at thousandths."""
    total = np.cumsum(counts.n)
    ends = [
        int(counts.bucket[np.searchsorted(total, total[-1] * k / STRATA)])
        // BUCKETS
        * BUCKETS
        for k in range(1, STRATA)
    ]
    edges = [0, *sorted(set(ends) - {0}), 1001 * BUCKETS]
    return list(pairwise(edges))


def _deviation(n: Counts, right: Floats) -> float:
    if not n.sum():
        return 0.0
    return sqrt(_spread(float(n @ right / n.sum()), OFF))


def _spread(mean: float, off: float) -> float:
    """Return the largest variance of an answer that is right within `off` of that often."""
    nearest = min(mean + off, 0.5) if mean < 0.5 else max(mean - off, 0.5)  # noqa: PLR2004 - even odds
    return nearest * (1 - nearest)
