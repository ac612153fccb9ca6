"""Workspaces with one evaluation each, made in the test, and pages opened on them."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from streamlit.testing.v1 import AppTest

from core.records.data import Column, ColumnType, ReadAs, Reading, Split, Use
from core.records.evaluations import Evaluation
from core.records.models import Answer, OutputKind, Task
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import ModelToKeep, TableToKeep, keep_model, keep_table

ROUTER = str(Path(__file__).parents[2] / "pages" / "_router.py")
TYPES = {
    "string": ColumnType.TEXT,
    "double": ColumnType.NUMBER,
    "int64": ColumnType.INTEGER,
    "bool": ColumnType.BOOLEAN,
    "date32[day]": ColumnType.DATE,
}
USES = {"label": Use.LABEL, "weight": Use.WEIGHT, "on": Use.TIME, "email": Use.ID}
CLASSES = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("a", "b", "c")}


@dataclass
class Table:
    """Rows of a task as a test wants them; `change` may edit the columns before they are kept."""

    task: Task = Task.BINARY
    rows: int = 400
    labels: bool = True
    weights: bool = False
    change: Callable[[dict[str, Any]], None] = field(default=lambda _: None)


def columns_of(table: Table) -> dict[str, Any]:
    """Return the same columns each time: two groups, one feature, scores, perhaps labels."""
    rng = np.random.default_rng(11)
    n = table.rows
    columns: dict[str, Any] = {
        "region": rng.choice(["North", "South"], n, p=[0.3, 0.7]),
        "plan": rng.choice(["basic", "full", "trial"], n),
        "age": rng.integers(18, 80, n),
    }
    if table.task is Task.REGRESSION:
        columns["score"] = rng.normal(50, 10, n).round(2)
        columns["label"] = (columns["score"] + rng.normal(0, 3, n)).round(2)
    elif table.task is Task.BINARY:
        columns["score"] = rng.random(n).round(4)
        columns["label"] = np.where(rng.random(n) < columns["score"], "yes", "no")
    else:
        raw = rng.dirichlet([1, 1, 1], n).round(4)
        for k, name in enumerate("abc"):
            columns[f"score_{name}"] = raw[:, k]
        columns["label"] = np.array(list("abc"))[raw.argmax(axis=1)]
        columns["label"][: n // 4] = "a"
    if not table.labels:
        del columns["label"]
    if table.weights:
        columns["weight"] = rng.choice([1.0, 2.0, 5.0], n)
    table.change(columns)
    return columns


def rich(columns: dict[str, Any]) -> None:
    """Add sensitive columns, a time, a boolean and ids; plant errors on northern trials."""
    rng = np.random.default_rng(12)
    n = len(columns["region"])
    columns["sex"] = rng.choice(["f", "m"], n)
    columns["town"] = rng.choice(["Bonn", "Ulm"], n)
    columns["mobile"] = rng.random(n) < 0.5
    columns["on"] = np.datetime64("2026-01-01", "D") + rng.integers(0, 90, n)
    columns["email"] = [f"p{k}@example.org" for k in range(n)]
    planted = (columns["region"] == "North") & (columns["plan"] == "trial")
    wrong = rng.random(n) < np.where(planted, 0.6, 0.05)
    yes = rng.random(n) < 0.5
    columns["label"] = np.where(yes, "yes", "no")
    apart = rng.uniform(0.05, 0.45, n).round(3)
    columns["score"] = np.where(yes ^ wrong, 0.5 + apart, 0.5 - apart)
    columns["rival"] = np.where(yes ^ (rng.random(n) < 0.05), 0.9, 0.1)


def rival(desk: Desk, evaluation: Evaluation) -> Evaluation:
    """Evaluate a second model, whose scores stand in `rival`, on the same table."""
    feeds = (("scores", ("rival",)),)
    brought = ModelToKeep(None, None, evaluation.answer, feeds, "Rival")
    model = keep_model(desk, brought, actor="test")
    return evaluate(desk, model.id, evaluation.dataset, actor="test")


def evaluated(desk: Desk, folder: Path, table: Table) -> Evaluation:
    """Keep the table and a scores-only model, and return their evaluation."""
    arrow = pa.table(columns_of(table))
    clean = folder / "clean.parquet"
    pq.write_table(arrow, clean)
    scores = tuple(name for name in arrow.column_names if name.startswith("score"))
    kept = TableToKeep(
        parquet=clean,
        reading=Reading(ReadAs("csv"), table.rows, (), (), 0, (), "t.csv", "0" * 64, 1),
        columns=tuple(_column(field_) for field_ in arrow.schema),
        name="Validation",
        split=Split.VALIDATION,
    )
    dataset = keep_table(desk, kept, actor="test")
    classes = CLASSES.get(table.task, ())
    positive = "yes" if table.task is Task.BINARY else ""
    answer = Answer(table.task, "", OutputKind.TENSOR, classes, positive)
    model = keep_model(
        desk, ModelToKeep(None, None, answer, (("scores", scores),), "Churn"), actor="test"
    )
    return evaluate(desk, model.id, dataset.id, actor="test")


def _column(arrow: "pa.Field[Any]") -> Column:
    scored = arrow.name.startswith(("score", "rival"))
    use = Use.SCORE if scored else USES.get(arrow.name, Use.FEATURE)
    type_, group = TYPES[str(arrow.type)], arrow.name in ("region", "plan")
    return Column(arrow.name, type_, use, group, sensitive=arrow.name in ("sex", "town"))


def open_page(page: str = "", **parameters: str) -> AppTest:
    """Open a page as an address with parameters would."""
    app = AppTest.from_file(ROUTER, default_timeout=30)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(page).run() if page else app


def select(app: AppTest, key: str, **selection: Any) -> AppTest:
    """Run the app again as a browser does where somebody selects in a chart or a table.

    `points` are keys of a chart, `box` its two ends; `rows` are numbers of a table's lines,
    `cells` pairs of a line's number and a column's name.
    """
    elements = (e for kind in ("plotly_chart", "dataframe") for e in app.get(kind))
    (id_,) = {e.proto.id for e in elements if e.proto.id.endswith(f"-{key}")}
    empty: dict[str, Any] = {
        "points": [],
        "box": [],
        "rows": [],
        "columns": [],
        "cells": [],
    }
    if "points" in selection:
        selection["points"] = [{"customdata": [p]} for p in selection["points"]]
    if "box" in selection:
        selection["box"] = [{"x": list(selection["box"])}]
    states = app._tree.get_widget_states()
    told = json.dumps({"selection": empty | selection})
    states.widgets.add(id=id_, string_value=told)
    return app._run(states)


def texts(app: AppTest) -> str:
    """Return all words of a page, one element a line."""
    kinds = (
        "title",
        "header",
        "markdown",
        "caption",
        "error",
        "warning",
        "success",
        "info",
    )
    return "\n".join(
        str(getattr(element, "value", "")) for kind in kinds for element in app.get(kind)
    )
