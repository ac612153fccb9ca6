"""The average gap: how far stated and true chances lie apart, and what chance alone gives."""

from typing import Final

import numpy as np
from scipy.fft import dct, idct

from core.estimates.wording import say_number
from core.measures.score_groups import Floats, ScoreGroups
from core.records.calibration import AverageGap

DRAWS: Final = 2_000
SEED: Final = 20260702
GRID: Final = 8_192
HALVINGS: Final = 10
FINEST: Final = 1e-3


def measure_gap(
    bins: ScoreGroups, *, draws: int = DRAWS, seed: int = SEED
) -> AverageGap | None:
    """Return the expected calibration error over some bins, beside its noise floor.

    ECE = sum w_g |happened_g - said_g| / W. Even a model that is right has one above 0;
    the floor is the same number for events drawn as the model says, `draws` times.
    Source: Naeini et al. (2015), AAAI; floor: Broecker and Smith (2007), Weather Forecast.
    22, consistency resampling.
    """
    if not len(bins.rows):
        return None
    gaps = np.abs(bins.happened - bins.said)
    value = _average(gaps, bins)
    floor = draw_floor(bins, draws=draws, seed=seed)
    chance = float(floor.mean())
    most, limit = (float(q) for q in np.quantile(floor, [0.95, 0.975]))
    return AverageGap(
        value=value,
        chance=chance,
        chance_most=most,
        chance_limit=limit,
        squared=measure_squared(bins),
        widest=float(gaps.max()),
        bins=len(bins.rows),
        rows=bins.all_rows,
        sentence=say_gap(value, chance, most),
    )


def draw_floor(bins: ScoreGroups, *, draws: int, seed: int) -> Floats:
    """Return average gaps of events that were drawn as the model says.

    Weighted bins count as many events as Kish's rows.
    """
    rng = np.random.default_rng(seed)
    trials = np.maximum(1, np.rint(bins.effective)).astype(np.int64)
    drawn = rng.binomial(trials, bins.said, size=(draws, len(trials))) / trials
    gaps: Floats = np.abs(drawn - bins.said) @ bins.weight / bins.weight.sum()
    return gaps


def measure_squared(bins: ScoreGroups) -> float:
    """Return the debiased mean square gap; below 0 where chance alone would give more.

    sum (w_g / W) [(y_g - p_g)^2 - y_g (1 - y_g) / (n_g - 1)], over bins of two rows or more.
    Source: Kumar, Liang and Ma (2019), NeurIPS, arXiv 1909.10155.
    """
    some = bins.effective > 1
    if not some.any():
        return 0.0
    y, p, n = bins.happened[some], bins.said[some], bins.effective[some]
    square = (y - p) ** 2 - y * (1 - y) / (n - 1)
    return float(np.average(square, weights=bins.weight[some]))


def measure_smooth_gap(groups: ScoreGroups) -> float:
    """Return smECE: the average gap of a smooth curve, without bins.

    smECE_s = integral |E[(y - p) K_s(t, p)]| dt with a Gaussian kernel reflected at 0 and
    1; the result is the s at which smECE_s = s. On a grid of 8,192 points, with mass split
    between neighbours, the kernel is a filter of the cosine transform.
    Source: Blasiok and Nakkiran (2023), arXiv 2309.12236.
    """
    place = np.clip(groups.said * GRID - 0.5, 0, GRID - 1)
    left = np.minimum(place.astype(np.int64), GRID - 2)
    share = place - left
    rest = (groups.events - groups.stated) / groups.weight.sum()
    mass = np.bincount(left, rest * (1 - share), GRID)
    mass += np.bincount(left + 1, rest * share, GRID)
    waves, number = dct(mass, type=2), np.arange(GRID)

    def smoothed(width: float) -> float:
        kernel = np.exp(-0.5 * (np.pi * number * width) ** 2)
        return float(np.abs(idct(waves * kernel, type=2)).sum())

    low, high = 0.0, 1.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        if middle < FINEST or middle < smoothed(middle):
            low = middle
        else:
            high = middle
    return smoothed(high)


def say_gap(value: float, chance: float, most: float) -> str:
    """Return the average gap as a sentence.

    >>> say_gap(0.025, 0.001, 0.0014)
    'On average the stated chance is off by 2.5 points; pure chance alone would give 0.10 (up to 0.14).'
    """
    digits = 1 if min(value, chance) >= 0.005 else 2  # noqa: PLR2004 - half a point
    first = say_number(100 * value, 1 if value >= 0.005 else 2)  # noqa: PLR2004 - as above
    alone, up_to = (say_number(100 * each, digits) for each in (chance, most))
    return (
        f"On average the stated chance is off by {first} points; "
        f"pure chance alone would give {alone} (up to {up_to})."
    )


def _average(gaps: Floats, bins: ScoreGroups) -> float:
    return float(np.average(gaps, weights=bins.weight))
