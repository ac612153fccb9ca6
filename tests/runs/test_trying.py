"""Rows are tried against a sample of the reference, the same in every run."""

import numpy as np
import pyarrow as pa
import pytest

from core.engine.one_row import read_sample
from core.models.tried import Tried
from core.runs import trying
from core.runs.desk import Desk
from core.runs.trying import Places, try_rows
from core.runs.watch import Watch
from tests.runs.explained import (
    NUMBERS,
    Loans,
    draw_loans,
    evaluate_loans,
    keep_loans,
    network,
    network_score,
)


def test_places_stand_for_values_column_by_column() -> None:
    """Texts and numbers alike, gaps among them."""
    lists = (pa.array([1.5, None, 2.5]), pa.array(["x", "y", "z"]))
    batch = Places(lists, ("a", "b")).batch(np.array([[0, 2], [1, 1], [2, 0]]))
    assert batch.to_pydict() == {"a": [1.5, None, 2.5], "b": ["z", "y", "x"]}


def test_tried_rows_start_at_the_mean_of_the_reference_sample(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows and reference by hash; base and pushes are those of numpy's own network."""
    monkeypatch.setattr(trying, "ROWS", 5)
    monkeypatch.setattr(trying, "REFERENCE", 9)
    loans, others = (Loans(rows=60, lacking=False, seed=seed) for seed in (3, 4))
    evaluation = evaluate_loans(desk, loans, network())
    reference = keep_loans(desk, draw_loans(others), name="Reference")

    def run() -> dict[int, Tried]:
        return dict(try_rows(desk, evaluation, reference, Watch()))

    found = run()
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    sample = read_sample(desk.work, dataset.object, NUMBERS, 5)
    assert list(found) == sample["row"].to_pylist()
    few = read_sample(desk.work, reference.object, NUMBERS, 9)
    base = network_score(np.array([few[name].to_numpy() for name in NUMBERS]).T).mean()
    for row, tried in found.items():
        x = np.array([[float(draw_loans(loans).values[name][row]) for name in NUMBERS]])
        assert tried.base == pytest.approx([base], abs=1e-6)
        whole = base + tried.values.sum()
        assert whole == pytest.approx(network_score(x)[0], abs=1e-5)
    for row, tried in run().items():
        assert tried.values.tobytes() == found[row].values.tobytes()
