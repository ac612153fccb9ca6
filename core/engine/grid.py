"""The score grid: one set of edges, so that no two pages disagree about a threshold."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import DatasetVersion

SINGLE_SQL: Final = """
select coalesce(bool_and(cast(cast({score} as real) as double) = {score}), false) from {table}
"""
BUCKETS: Final = 64_000
STEPS: Final = 1_000
WIDTH: Final = BUCKETS // STEPS


def thresholds(dtype: np.dtype[np.floating]) -> NDArray[np.float64]:
    """Return the thresholds k/1000 as a model of that precision would compare them.

    A float32 score is compared with the threshold rounded to float32: a score of
    float32(0.35) reaches the threshold 0.35, although it is smaller as a double.
    """
    edges = np.arange(1, STEPS + 1) / STEPS
    return edges.astype(dtype).astype(np.float64)


def buckets(scores: NDArray[np.floating]) -> NDArray[np.int32]:
    """Return the bucket (0 to 64,000) of each score between 0 and 1.

    bucket = floor(64000 p), held inside its step; step k = bucket // 64 counts the
    thresholds k/1000 that the score reaches, so score >= k/1000 exactly if step >= k.
    """
    exact = scores.astype(np.float64)
    step = np.searchsorted(thresholds(scores.dtype), exact, side="right")
    fine = np.floor(exact * BUCKETS).astype(np.int64)
    low = step * WIDTH
    return np.clip(fine, low, np.minimum(low + WIDTH - 1, BUCKETS)).astype(np.int32)


def is_single(engine: Engine, dataset: DatasetVersion, score: str) -> bool:
    """Return whether every score of a column is a float32, written as a double."""
    text = SINGLE_SQL.format(score=name(score), table=engine.source(dataset.object))
    return bool(engine.rows(text)[0][0])
