"""Error levels: is a predicted amount right on average, wherever it lies?

Of a model that gives one amount only: bias and spread by predicted value.
Source: Gneiting and Resin (2023), Electron. J. Stat. 17, 3226-3286: conditional mean and
median calibration.
"""

from dataclasses import replace
from typing import Final

import numpy as np
from scipy.special import ndtri

from core.engine.score_cube import UNIT
from core.engine.score_levels import ScoreLevels
from core.estimates.intervals import (
    Z95,
    estimate_mean,
    estimate_root,
    estimate_share,
    kish,
)
from core.estimates.wording import decimals, say_interval, say_number
from core.measures.reading_line import FEW
from core.measures.score_groups import as_floats
from core.records.calibration import ErrorLevel, ErrorLevels
from core.records.estimate import Estimate, Measured

LEVELS: Final = 10
ALPHA: Final = 0.05
ALL: Final = "No level of the prediction is biased for sure."
COLUMNS: Final = ("n", "w", "w2", "p", "above", "same", "e1", "e2", "e4")


def measure_levels(counted: ScoreLevels, *, scale: float) -> ErrorLevels:
    """Return at most ten levels of about as many rows each, lowest predictions first.

    `scale` is the error scale in units of the label. A level is `apart` if its bias is more
    than chance at 5 % over all levels together (Bonferroni).
    """
    kept = counted.w > 0
    sums = {name: as_floats(getattr(counted, name))[kept] for name in COLUMNS}
    if not len(sums["n"]):
        return ErrorLevels(None, (), "No row has a label.")
    middle = np.cumsum(sums["w"]) - sums["w"] / 2
    place = np.floor(middle * LEVELS / sums["w"].sum()).astype(np.int64)
    starts = np.flatnonzero(np.diff(np.minimum(place, LEVELS - 1), prepend=-1))
    binned = {name: np.add.reduceat(each, starts) for name, each in sums.items()}
    levels = tuple(
        _measure(counted, {name: float(each[k]) for name, each in binned.items()}, scale)
        for k in range(len(starts))
    )
    z = float(ndtri(1 - ALPHA / 2 / len(levels)))
    judged = tuple(replace(level, apart=_is_apart(level.bias, z)) for level in levels)
    whole = _measure(
        counted, {name: float(each.sum()) for name, each in sums.items()}, scale
    )
    apart, sentence = _is_apart(whole.bias, Z95), say_whole(whole.bias)
    whole = replace(whole, apart=apart, sentence=sentence)
    worst = max((level for level in judged if level.apart), key=_size, default=None)
    return ErrorLevels(whole, judged, worst.sentence if worst else ALL)


def say_level(predicted: float, bias: Measured) -> str:
    """Return a level as a sentence.

    >>> say_level(1200.0, Estimate(45.2, 30.1, 60.3, 2140, 2140, ""))
    'Where it predicts about 1,200, it is 45 too high on average (30–60, 2,140 rows).'
    """
    rows = f"{bias.rows:,} rows"
    if not isinstance(bias, Estimate) or bias.rows < FEW:
        return f"Where it predicts about {say_about(predicted)}, there are too few rows ({rows})."
    size, interval = _sized(bias)
    return (
        f"Where it predicts about {say_about(predicted)}, it is {size} on average "
        f"({interval}, {rows})."
    )


def say_about(amount: float) -> str:
    """Return an amount with three significant digits.

    >>> say_about(6009.4), say_about(0.012345)
    ('6,010', '0.0123')
    """
    if not amount:
        return "0"
    digits = 2 - int(np.floor(np.log10(abs(amount))))
    return say_number(round(amount, digits), max(0, digits))


def say_whole(bias: Measured) -> str:
    """Return the mean error of all rows as a sentence.

    >>> say_whole(Estimate(-0.52, -0.9, -0.14, 400, 400, ""))
    'On average it predicts 0.5 too low (0.1–0.9, 400 rows).'
    """
    if not isinstance(bias, Estimate) or bias.rows < FEW:
        return f"There are too few rows with a label ({bias.rows:,}); {FEW} are needed."
    size, interval = _sized(bias)
    return f"On average it predicts {size} ({interval}, {bias.rows:,} rows)."


def _sized(bias: Estimate) -> tuple[str, str]:
    """Return `45 too high` and its interval, turned so that the size is positive."""
    turned = bias
    if bias.value < 0:
        turned = replace(bias, value=-bias.value, low=-bias.high, high=-bias.low)
    size = say_number(turned.value, decimals(bias))
    side = "low" if bias.value < 0 else "high"
    return f"{size} too {side}", say_interval(turned, "number")


def _measure(counted: ScoreLevels, sums: dict[str, float], scale: float) -> ErrorLevel:
    rows, w = round(sums["n"]), sums["w"]
    effective = kish(w, sums["w2"])
    e1, e2, e4 = (
        sums[name] / UNIT / w * scale**power
        for name, power in (("e1", 1), ("e2", 2), ("e4", 4))
    )
    predicted = counted.low + sums["p"] / UNIT / w * (counted.high - counted.low)
    bias = estimate_mean(e1, e2, rows=rows, effective_rows=effective)
    return ErrorLevel(
        predicted=predicted,
        bias=bias,
        spread=estimate_root(e2, e4, rows=rows, effective_rows=effective),
        above=estimate_share(
            sums["above"] + sums["same"] / 2,
            w,
            rows=rows,
            effective_rows=effective,
            nothing="no rows",
        ),
        rows=rows,
        apart=False,
        sentence=say_level(predicted, bias),
    )


def _is_apart(bias: Measured, z: float) -> bool:
    """Return whether 0 lies outside an interval of `z` instead of 1.96 errors."""
    if not isinstance(bias, Estimate) or bias.rows < FEW:
        return False
    return abs(bias.value) > (bias.high - bias.low) / 2 * z / Z95


def _size(level: ErrorLevel) -> float:
    return abs(level.bias.value) if isinstance(level.bias, Estimate) else 0.0
