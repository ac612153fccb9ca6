"""Leakage: how far one column alone tells the outcome."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.stats import rankdata

from core.estimates.intervals import estimate_auc
from core.records.estimate import Estimate, Measured, NotEstimable

FEWEST: Final = 30  # rows on each side, below which a perfect order may be chance
FOLDS: Final = 2
Truth = NDArray[np.bool_]
Values = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Told:
    """How far a column tells the outcome: its AUC, turned so that it is at least 0.5."""

    column: str
    auc: Measured


def tell_outcome(names: Sequence[str], sample: pa.Table, event: Truth) -> tuple[Told, ...]:
    """Return how far each column of `sample` alone tells `event`, the strongest first.

    AUC is the chance that a row with the event has the higher value (ties count half).
    Numbers, dates and times rank as they are, missing values below all others; texts rank
    by the share of events among the *other half* of the rows, so that a column with a
    value per row does not seem to know anything. Rows, the half a row is in and ties are
    fixed; nothing is drawn.
    Source: Kaufman et al. (2012), Leakage in data mining, ACM TKDD 6(4).
    """
    told = [
        Told(name, measure_auc(_ranks(sample.column(place), event), event))
        for place, name in enumerate(names)
    ]
    return tuple(sorted(told, key=_strength, reverse=True))


def measure_auc(values: Values, event: Truth) -> Measured:
    """Return the AUC of `values` for `event`, turned to at least 0.5, with its interval.

    DeLong's variance from ranks: with V10 and V01 the placements, var = var(V10) / P +
    var(V01) / Q.
    Source: DeLong et al. (1988), Biometrics 44, equations 1-4; Sun and Xu (2014), IEEE SPL.
    """
    positives, negatives = int(event.sum()), int((~event).sum())
    rows = positives + negatives
    if min(positives, negatives) < FEWEST:
        side = "with" if positives < negatives else "without"
        return NotEstimable(f"too few rows {side} the outcome", rows)
    ranks = rankdata(values)
    above = (ranks[event] - rankdata(values[event])) / negatives
    below = 1 - (ranks[~event] - rankdata(values[~event])) / positives
    auc = float(above.mean())
    variance = float(above.var(ddof=1) / positives + below.var(ddof=1) / negatives)
    turned = max(auc, 1 - auc)
    return estimate_auc(
        turned, variance, positives=positives, negatives=negatives, rows=rows
    )


def _ranks(column: "pa.ChunkedArray[Any]", event: Truth) -> Values:
    """Return a number per row that rises with what the column says of the outcome."""
    kind = column.type
    if pa.types.is_string(kind) or pa.types.is_boolean(kind):
        return _rates(column, event)
    if pa.types.is_temporal(kind):
        width = pa.int32() if pa.types.is_date32(kind) else pa.int64()
        column = column.cast(width)
    values = column.cast(pa.float64(), safe=False).to_numpy()
    return np.where(np.isnan(values), -np.inf, values)


def _rates(column: "pa.ChunkedArray[Any]", event: Truth) -> Values:
    """Return for each row the share of events among equal values in the other half."""
    encoded: Any = column.combine_chunks().dictionary_encode()
    places = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False) + 1
    half = np.arange(len(event)) % FOLDS
    rates: Values = np.zeros(len(event))
    for fold in range(FOLDS):
        others = half != fold
        size = int(places.max(initial=0)) + 1
        n = np.bincount(places[others], minlength=size)
        hits = np.bincount(places[others], weights=event[others], minlength=size)
        base = float(event[others].mean()) if others.any() else 0.0
        rates[half == fold] = ((hits + base) / (n + 1))[places[half == fold]]
    return rates


def _strength(told: Told) -> float:
    return told.auc.value if isinstance(told.auc, Estimate) else 0.0
