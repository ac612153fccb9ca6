"""Bands around the calibration curve: where it may lie, and where it should."""

from typing import Final

import numpy as np
from scipy.special import betaincinv

from core.estimates.isotonic import rising
from core.measures.score_groups import Floats, ScoreGroups, equal_count
from core.records.calibration import Band, HonestBand

GROUPS: Final = 1_024
HONEST_GROUPS: Final = 200
RESAMPLES: Final = 1_000
SEED: Final = 20260702
ENDS: Final = (0.025, 0.975)
ALPHA: Final = 0.05
LIKELY: Final = (
    "If we had other data of the same kind, the line would most likely lie here."
)
IF_PERFECT: Final = (
    "A perfectly calibrated model would stay inside this band 95 % of the time."
)


def likely_band(
    groups: ScoreGroups, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Band:
    """Return where the curve would lie for other rows: the pointwise 95 % bootstrap band.

    Each of at most 1,024 groups of rows draws its events and its other rows as Poisson
    counts, which equals the drawing of rows with replacement; a curve is fitted each time.
    Source: Chamandy et al. (2012), Estimating Uncertainty for Massive Data Streams.
    """
    few = equal_count(groups, GROUPS)
    rng = np.random.default_rng(seed)
    size = few.weight / few.effective  # of one count
    hits = rng.poisson(few.events / size, (resamples, len(size)))
    others = rng.poisson((few.weight - few.events) / size, (resamples, len(size)))
    return _band(few, (hits + others) * size, hits * size, LIKELY)


def consistency_band(
    groups: ScoreGroups, *, resamples: int = RESAMPLES, seed: int = SEED
) -> Band:
    """Return where the curve would lie if the model were right: the band on the diagonal.

    Events of each of at most 1,024 groups are drawn as the model says.
    Source: Dimitriadis, Gneiting and Jordan (2021), PNAS 118, consistency by resampling.
    """
    few = equal_count(groups, GROUPS)
    rng = np.random.default_rng(seed)
    trials = np.maximum(1, np.rint(few.effective)).astype(np.int64)
    drawn = rng.binomial(trials, few.said, (resamples, len(trials)))
    weight = np.broadcast_to(few.weight, drawn.shape)
    return _band(few, weight, drawn * (few.weight / trials), IF_PERFECT)


def honest_band(groups: ScoreGroups, *, alpha: float = ALPHA) -> HonestBand:
    """Return a band that holds the true curve everywhere at once, if that curve rises.

    The rows are put into at most K = 200 groups. Every run of neighbouring groups gets a
    Clopper-Pearson interval at alpha / (K (K + 1)); as the curve rises, the lower end of a
    run holds to its right and the upper end to its left. `largest` is the most that said
    and true chance can differ between the 5th and the 95th percentile of the scores.
    Source: Dimitriadis, Duembgen, Henzi, Puke and Ziegel (2022), arXiv 2203.04065.
    """
    few = equal_count(groups, HONEST_GROUPS)
    k = len(few.rows)
    trials, hits = few.effective, few.happened * few.effective
    first, last = np.triu_indices(k)
    n, s = (
        np.concatenate([[0.0], np.cumsum(each)])[last + 1]
        - np.concatenate([[0.0], np.cumsum(each)])[first]
        for each in (trials, hits)
    )
    level = alpha / (k * (k + 1))
    some, not_all = s > 0, s < n
    lows, highs = np.zeros(len(n)), np.ones(len(n))
    lows[some] = betaincinv(s[some], (n - s)[some] + 1, level)
    highs[not_all] = betaincinv(s[not_all] + 1, (n - s)[not_all], 1 - level)
    low, high = np.zeros(k), np.ones(k)
    np.maximum.at(low, last, lows)
    np.minimum.at(high, first, highs)
    low, high = np.maximum.accumulate(low), np.minimum.accumulate(high[::-1])[::-1]
    return _honest(few, low, high)


def _honest(few: ScoreGroups, low: Floats, high: Floats) -> HonestBand:
    """Return the band; within a group what is said may lie at any of its scores."""
    said = few.said
    reached = np.cumsum(few.weight) / few.weight.sum()
    inside = (reached > ALPHA) & (reached - few.weight / few.weight.sum() < 1 - ALPHA)
    # low holds from the end of its group on, high up to its beginning
    left = np.concatenate([[0.0], said[:-1]])
    right = np.concatenate([said[1:], [1.0]])
    before = np.concatenate([[0.0], low[:-1]])
    after = np.concatenate([high[1:], [1.0]])
    widest = np.maximum(right - before, after - left)
    largest = float(np.max(np.where(inside, widest, 0.0)))
    contradicted = bool(np.any(low > right) or np.any(high < left))
    sentence = (
        "With 95 % confidence, stated and true chance differ by at most "
        f"{100 * largest:.0f} points anywhere between the 5th and the 95th percentile "
        "of the scores."
    )
    band = _as_band(few, low, high, sentence)
    return HonestBand(band, largest, contradicted)


def _band(few: ScoreGroups, weight: Floats, events: Floats, sentence: str) -> Band:
    curves = np.stack([rising(*pair) for pair in zip(weight, events, strict=True)])
    low, high = np.quantile(curves, ENDS, axis=0)
    return _as_band(few, low, high, sentence)


def _as_band(few: ScoreGroups, low: Floats, high: Floats, sentence: str) -> Band:
    ends = (tuple(each.tolist()) for each in (few.said, low, high))
    said, lows, highs = ends
    return Band(said, lows, highs, few.all_rows, sentence)
