"""Evaluations that can be sliced: each task, with weights, gaps and planted errors."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.records.data import Column, ColumnType, Use
from core.records.estimate import Estimate, Measured
from core.records.evaluations import Evaluation
from core.records.models import Answer, OutputKind, Task
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, Small, evaluated

GUESSES: Final = Answer(Task.MULTICLASS, "", OutputKind.TENSOR, ("a", "b", "c"), "")
ANSWERS: Final = {Task.BINARY: BINARY, Task.MULTICLASS: GUESSES, Task.REGRESSION: AMOUNT}
FIRST_DAY: Final = date(2026, 1, 1)
MISSING: Final = 0.1  # of the labels and of the ages


@dataclass(frozen=True)
class Kind:
    """What kind of table a test wants."""

    task: Task = Task.BINARY
    rows: int = 400
    seed: int = 5
    weights: bool = False
    labels: bool = True


def draw(kind: Kind) -> Small:
    """Draw a table of four columns that are cut, a time and perhaps weights."""
    rng = np.random.default_rng(kind.seed)
    n = kind.rows
    columns = [
        Column("region", ColumnType.TEXT, Use.FEATURE, group=True),
        Column("sex", ColumnType.TEXT, Use.FEATURE, sensitive=True),
        Column("age", ColumnType.INTEGER, Use.FEATURE),
        Column("mobile", ColumnType.BOOLEAN, Use.FEATURE),
        Column("on", ColumnType.DATE, Use.TIME),
        Column("email", ColumnType.TEXT, Use.ID),
    ]
    ages = rng.integers(18, 80, n)
    values: dict[str, list[Any]] = {
        "region": rng.choice(["North", "South", "Tiny"], n, p=[0.4, 0.59, 0.01]).tolist(),
        "sex": rng.choice(["f", "m"], n).tolist(),
        "age": _gaps(rng, ages.tolist()),
        "mobile": (rng.random(n) < 0.5).tolist(),
        "on": [FIRST_DAY + timedelta(days=int(d)) for d in rng.integers(0, 90, n)],
        "email": [f"p{k}@example.org" for k in range(n)],
    }
    scores, labels = SCORED[kind.task](rng, n)
    columns += [Column(name, ColumnType.NUMBER, Use.SCORE) for name in scores]
    values |= scores
    if kind.labels:
        amount = kind.task is Task.REGRESSION
        type_ = ColumnType.NUMBER if amount else ColumnType.TEXT
        columns.append(Column("label", type_, Use.LABEL))
        values["label"] = _gaps(rng, labels)
    if kind.weights:
        columns.append(Column("weight", ColumnType.NUMBER, Use.WEIGHT))
        values["weight"] = rng.choice([0.5, 1.0, 2.0, 5.0], n).tolist()
    return Small(tuple(columns), values)


def make(desk: Desk, kind: Kind) -> Evaluation:
    """Keep a drawn table and evaluate it."""
    return keep_and_evaluate(desk, draw(kind), kind.task)


def keep_and_evaluate(desk: Desk, small: Small, task: Task = Task.BINARY) -> Evaluation:
    """Keep a table and evaluate the scores in it."""
    scores = [c.name for c in small.columns if c.use is Use.SCORE]
    return evaluated(desk, small, ANSWERS[task], scores)


def planted(rows: int = 3000, *, odds: tuple[float, float] = (0.5, 0.05)) -> Small:
    """Draw a table whose model is wrong on northern women at the first rate, else the second."""
    small = draw(Kind(rows=rows))
    rng = np.random.default_rng(17)
    pairs = zip(small.values["region"], small.values["sex"], strict=True)
    inside = np.array([pair == ("North", "f") for pair in pairs])
    wrong = rng.random(rows) < np.where(inside, *odds)
    yes = rng.random(rows) < 0.5
    small.values["label"] = np.where(yes, "yes", "no").tolist()
    small.values["score"] = np.where(yes ^ wrong, 0.9, 0.1).tolist()
    return small


def known(measured: Measured | None) -> Estimate:
    """Return an estimate that must be there."""
    assert isinstance(measured, Estimate)
    return measured


def _gaps(rng: np.random.Generator, values: Sequence[Any]) -> list[Any]:
    return [None if rng.random() < MISSING else value for value in values]


def _binary(
    rng: np.random.Generator, n: int
) -> tuple[dict[str, list[float]], list[object]]:
    score = rng.random(n).round(4)
    return {"score": score.tolist()}, np.where(rng.random(n) < score, "yes", "no").tolist()


def _guesses(
    rng: np.random.Generator, n: int
) -> tuple[dict[str, list[float]], list[object]]:
    raw: NDArray[np.float64] = rng.dirichlet([1, 1, 1], n).round(4)
    names = np.array(["a", "b", "c"])
    label = np.where(rng.random(n) < 0.7, names[raw.argmax(axis=1)], rng.choice(names, n))
    return {f"score_{k}": raw[:, k].tolist() for k in range(3)}, label.tolist()


def _amounts(
    rng: np.random.Generator, n: int
) -> tuple[dict[str, list[float]], list[object]]:
    score = rng.normal(50, 10, n).round(2)
    return {"score": score.tolist()}, (score + rng.normal(0, 3, n)).round(2).tolist()


SCORED: Final = {
    Task.BINARY: _binary,
    Task.MULTICLASS: _guesses,
    Task.REGRESSION: _amounts,
}
