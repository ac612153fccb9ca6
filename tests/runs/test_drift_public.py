"""Two public tables as a bank would bring them: CSV windows, a small model, its estimates.

car_loan is NannyML's synthetic example, whose scores keep their meaning; elec (Harries, 1999)
is a market that changed, so that they do not.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pytest
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import HistGradientBoostingClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

from core.records.changes import LabelFree
from core.records.drift import Side
from core.records.estimate import Estimate, Word
from core.records.evaluations import Evaluation
from core.runs.changing import change_of
from core.runs.commands import run
from core.runs.desk import Desk
from core.runs.drifting import compare
from core.runs.performance import performance_of, reference_for, windows_of
from tests.measures.coded_tables import public
from tests.models.fitted import plain_numbers

WINDOWS: Final = 12


@dataclass(frozen=True)
class Public:
    """A public table in the order of time, its features and its label; `first` rows train."""

    rows: pd.DataFrame
    numbers: tuple[str, ...]
    names: tuple[str, ...]
    label: str
    first: int
    then: int


def car_loan() -> Public:
    """Read both parts of car_loan as one."""
    later = pd.read_csv(public("car_loan", "analysis.csv")).merge(
        pd.read_csv(public("car_loan", "analysis_target.csv")), on="id"
    )
    rows = pd.concat([pd.read_csv(public("car_loan", "reference.csv")), later])
    numbers = ("car_value", "debt_to_income_ratio", "loan_length", "driver_tenure")
    names = ("salary_range", "size_of_downpayment")
    whole = (*numbers, "repaid_loan_on_prev_car")
    rows = rows.sort_values("timestamp").astype({"repaid": int})
    return Public(rows, whole, names, "repaid", 20_000, 20_000)


def elec() -> Public:
    """Read the market of New South Wales."""
    rows = pd.read_csv(public("elec", "elec.csv"))
    numbers = tuple(name for name in rows.columns if name != "class")
    return Public(rows, numbers, (), "class", 9_000, 6_000)


def model_of(table: Public) -> bytes:
    """Train a small model on the earliest rows, as its users would convert it."""
    rows = table.rows[: table.first]
    columns = [*table.numbers, *table.names]
    coded = OneHotEncoder(handle_unknown="ignore", sparse_output=False)
    model = make_pipeline(
        ColumnTransformer([("c", coded, list(table.names))], remainder="passthrough"),
        HistGradientBoostingClassifier(max_iter=60, max_leaf_nodes=15, random_state=0),
    ).fit(rows[columns], rows[table.label])
    kinds = [(name, FloatTensorType([None, 1])) for name in table.numbers]
    kinds += [(name, StringTensorType([None, 1])) for name in table.names]
    options = {id(model): {"zipmap": False}}
    with plain_numbers():
        made = to_onnx(
            model,
            initial_types=kinds,
            options=options,
            target_opset={"": 18, "ai.onnx.ml": 3},
        )
    data: bytes = made.SerializeToString()
    return data


def bring(desk: Desk, table: Public, folder: Path) -> tuple[Evaluation, ...]:
    """Import the model, a reference and twelve windows by the command line; evaluate all."""
    (folder / "model.onnx").write_bytes(model_of(table))
    after = np.array_split(np.arange(table.first + table.then, len(table.rows)), WINDOWS)
    parts = [np.arange(table.first, table.first + table.then), *after]
    kept = [*table.numbers, *table.names, table.label]
    features = ",".join((*table.numbers, *table.names))
    for k, part in enumerate(parts):
        name = f"Window {k:02}" if k else "Reference"
        table.rows.iloc[part][kept].to_csv(folder / "part.csv", index=False)
        split = ("--split", "production") if k else ("--split", "validation")
        window = ("--window", f"2020-{k:02}-01", f"2020-{k:02}-28") if k else ()
        said = ("import-data", "part.csv", "--name", name, "--label", table.label)
        typed(desk, folder, *said, "--feature", features, *split, *window)
        if not k:
            model = ("import-model", "model.onnx", "--name", "Small", "--data", name)
            typed(desk, folder, *model, "--positive", "1")
        typed(desk, folder, "evaluate", "--model", "Small v1", "--data", name)
    evaluations = tuple(desk.workspace.state.evaluations.values())
    return windows_of(desk, evaluations[-1])


def typed(desk: Desk, folder: Path, *argv: str) -> None:
    """Type a command; that a gate fails is no fault."""
    told: list[Any] = []
    assert run(desk, argv, cwd=folder, say=told.append) in {0, 1, 3}, told


def realised(found: LabelFree) -> list[Estimate]:
    """Return the metric of each window, counted with labels."""
    return [w.realised for w in found.windows if w.realised is not None]


def test_car_loan_shows_an_estimate_whose_band_holds(desk: Desk, tmp_path: Path) -> None:
    """The estimate beats "nothing changed"; the band of the others holds in 9 of 10 windows."""
    windows = bring(desk, car_loan(), tmp_path)
    found = performance_of(desk, windows[-1], "accuracy")
    assert len(windows) == WINDOWS
    assert found.trusted
    assert "do not rely" not in found.sentence
    inside = [
        w.low <= w.realised.value <= w.high
        for w in found.windows
        if w.realised and w.low is not None and w.high is not None
    ]
    assert len(inside) == WINDOWS
    assert np.mean(inside) >= 0.9
    assert found.held == sum(inside)
    reference = reference_for(desk, windows[-1])
    assert reference is not None
    compared = compare(desk, Side(reference.dataset), Side(windows[-1].dataset))
    moved = [shift.column for shift in compared.shifts if shift.word is Word.FAIL]
    assert "car_value" in moved  # what its authors moved
    change = change_of(desk, reference, windows[-1])
    assert change is not None
    for split in change.splits:
        whole = split.mix.value + split.inside.value
        assert whole == pytest.approx(change.difference.value, abs=1e-12)


def test_elec_refuses_an_estimate_worse_than_no_change(desk: Desk, tmp_path: Path) -> None:
    """What scores meant is lost: the estimate is not shown, and its past says why."""
    windows = bring(desk, elec(), tmp_path)
    found = performance_of(desk, windows[-1], "accuracy")
    assert len(realised(found)) == WINDOWS
    assert not found.trusted
    assert found.sentence.endswith("do not rely on it.")
    assert np.mean(np.abs(found.errors)) > np.mean(np.abs(found.idle))
