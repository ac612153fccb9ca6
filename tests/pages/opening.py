"""Workspaces with one evaluation each, made in the test, and pages opened on them."""

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
}
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
    uses = {"label": Use.LABEL, "weight": Use.WEIGHT}
    use = Use.SCORE if arrow.name.startswith("score") else uses.get(arrow.name, Use.FEATURE)
    type_ = TYPES[str(arrow.type)]
    return Column(arrow.name, type_, use, group=arrow.name in ("region", "plan"))


def open_page(page: str = "", **parameters: str) -> AppTest:
    """Open a page as an address with parameters would."""
    app = AppTest.from_file(ROUTER, default_timeout=30)
    for name, value in parameters.items():
        app.query_params[name] = value
    app.run()
    return app.switch_page(page).run() if page else app


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
