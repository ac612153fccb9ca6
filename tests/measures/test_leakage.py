"""How far one column tells the outcome is what scikit-learn says, and never by memory."""

from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from core.measures.leakage import FEWEST, measure_auc, tell_outcome
from core.records.estimate import Estimate, NotEstimable

N = 400


def _event(seed: int) -> tuple[np.random.Generator, "np.typing.NDArray[np.bool_]"]:
    rng = np.random.default_rng(seed)
    event = rng.random(N) < 0.4
    event[:FEWEST], event[FEWEST : 2 * FEWEST] = True, False
    return rng, event


@given(st.integers(0, 10**6), st.integers(1, 50))
def test_the_auc_of_numbers_is_that_of_scikit_learn(seed: int, steps: int) -> None:
    """With ties, and turned to at least one half."""
    rng, event = _event(seed)
    values = (np.round(rng.normal(size=N) + event * rng.normal(), 1) * steps).astype(
        np.float64
    )
    found = measure_auc(values, event)
    assert isinstance(found, Estimate)
    auc = roc_auc_score(event, values)
    assert found.value == pytest.approx(max(auc, 1 - auc))
    assert found.low <= found.value <= found.high


def test_a_leak_is_the_first() -> None:
    """A copy of the outcome, as number, text, flag and as a gap, beats every honest column."""
    rng, event = _event(1)
    columns: dict[str, Any] = {
        "c0": rng.normal(size=N),
        "c1": event * 1.0 + rng.random(N) * 0.1,
        "c2": np.where(event, "late", "in time"),
        "c3": event,
        "c4": pa.array([None if e else 1.0 for e in event]),
    }
    table = pa.table(columns)
    told = tell_outcome(["honest", "number", "text", "flag", "gap"], table, event)
    assert told[-1].column == "honest"
    for each in told[:-1]:
        assert isinstance(each.auc, Estimate)
        assert each.auc.value > 0.99


def test_a_value_per_row_knows_nothing() -> None:
    """Texts are rated by the other half of the rows, so that ids do not seem to tell."""
    rng, event = _event(3)
    noise = rng.choice(["a", "b"], N).tolist()
    table = pa.table({"c0": [f"id {k}" for k in range(N)], "c1": noise})
    for each in tell_outcome(["id", "noise"], table, event):
        assert isinstance(each.auc, Estimate)
        assert each.auc.low < 0.55


def test_dates_and_times_are_ranked() -> None:
    """A date that moves with the outcome tells it, a missing one ranks below all."""
    _, event = _event(4)
    days = pa.array([1 if e else 0 for e in event], pa.int32()).cast(pa.date32())
    moments = pa.array([1 if e else None for e in event], pa.int64()).cast(
        pa.timestamp("us")
    )
    for each in tell_outcome(
        ["day", "moment"], pa.table({"c0": days, "c1": moments}), event
    ):
        assert isinstance(each.auc, Estimate)
        assert each.auc.value == 1.0


def test_few_rows_with_the_outcome_are_no_evidence() -> None:
    """29 rows may be in perfect order by chance."""
    event = np.arange(N) < FEWEST - 1
    found = measure_auc(event.astype(np.float64), event)
    assert found == NotEstimable("too few rows with the outcome", N)
