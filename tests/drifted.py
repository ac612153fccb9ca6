"""A model with a reference and production windows, the last of which were planted with drift."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

import numpy as np

from core.records.data import Column, ColumnType, DatasetVersion, Split, Use
from core.records.evaluations import Evaluation
from core.records.models import Answer, OutputKind, Task
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import ModelToKeep, keep_model, keep_table
from tests.kept import AMOUNT, BINARY, Small, to_keep

GUESSES: Final = Answer(Task.MULTICLASS, "", OutputKind.TENSOR, ("a", "b", "c"), "")
ANSWERS: Final = {Task.BINARY: BINARY, Task.MULTICLASS: GUESSES, Task.REGRESSION: AMOUNT}
PLATFORM: Final = 0.1  # of the rows in a moved window
Values = dict[str, list[Any]]


@dataclass(frozen=True)
class World:
    """What is brought: the task, rows a table, which windows moved; `change` edits a window.

    In a moved window a tenth of the rows have a job that was not there before, on which the
    model is wrong half of the time, and income is higher.
    """

    task: Task = Task.BINARY
    rows: int = 1200
    moved: tuple[bool, ...] = (False, False, False, True)
    labels: bool = True
    rival: bool = False
    dated: bool = True
    change: Callable[[int, Values], None] = field(default=lambda _, __: None)


def bring(desk: Desk, world: World) -> tuple[Evaluation, ...]:
    """Keep the tables and the model, and return the reference and each window, evaluated."""
    tables = [_table(desk, world, k) for k in range(len(world.moved) + 1)]
    names = [column.name for column in tables[0].columns if column.use is Use.SCORE]
    scores = [name for name in names if name.startswith("score")]
    if world.rival:  # version 1, so that the model is version 2
        earlier = _model(desk, world, ["before"])
        for each in tables:
            evaluate(desk, earlier, each.id, actor="test")
    model = _model(desk, world, scores)
    return tuple(evaluate(desk, model, each.id, actor="test") for each in tables)


def _model(desk: Desk, world: World, scores: Sequence[str]) -> str:
    feeds = (("scores", tuple(scores)),)
    brought = ModelToKeep(None, None, ANSWERS[world.task], feeds, "Churn")
    return keep_model(desk, brought, actor="test").id


def _table(desk: Desk, world: World, k: int) -> DatasetVersion:
    values = drawn(world, k)
    world.change(k, values)
    columns = tuple(_column(name, world.task) for name in values)
    name = f"Window {k}" if k else "Validation"
    kept = to_keep(desk, Small(columns, values, name=name))
    if k:
        window = (f"2026-{k:02}-01", f"2026-{k:02}-28")
        kept = replace(kept, split=Split.PRODUCTION, window=window)
    return keep_table(desk, kept, actor="test")


def drawn(world: World, k: int) -> Values:
    """Draw a table: 0 is the reference, then come the windows."""
    rng = np.random.default_rng(100 + k)
    n, moved = world.rows, k > 0 and world.moved[k - 1]
    jobs = ["clerk", "driver", "nurse"]
    job = rng.choice(jobs, n).astype(object)
    new = (rng.random(n) < PLATFORM) & moved
    job[new] = "platform"
    start = date(2026, k or 12, 1)
    days = rng.integers(0, 28, n)
    values: Values = {
        "region": rng.choice(["North", "South"], n, p=[0.3, 0.7]).tolist(),
        "job": job.tolist(),
        "income": (rng.lognormal(10, 0.4, n) * (1.4 if moved else 1.0)).round(2).tolist(),
        "email": [f"p{k}-{row}@example.org" for row in range(n)],
    }
    if world.dated:
        values["on"] = [start + timedelta(days=int(d)) for d in days]
        values["came"] = [
            start + timedelta(days=int(d + w))
            for d, w in zip(days, rng.integers(1, 60, n), strict=True)
        ]
    wrong = rng.random(n) < np.where(new, 0.5, 0.1)
    values |= _answers(world.task, rng, wrong)
    if not world.labels:
        del values["label"]
    return values


def _answers(task: Task, rng: np.random.Generator, wrong: Any) -> Values:
    n = len(wrong)
    if task is Task.REGRESSION:
        score = rng.normal(50, 10, n).round(2)
        miss = rng.choice([-1, 1], n) * np.where(wrong, 10.0, 2.0)
        return {"score": score.tolist(), "label": (score + miss).round(2).tolist()}
    if task is Task.MULTICLASS:
        label = rng.integers(0, 3, n)
        said = np.where(wrong, (label + 1) % 3, label)
        sure = rng.uniform(0.5, 0.9, n).round(3)
        rest = (1 - sure) / 2
        scores = {
            f"score_{name}": np.where(said == k, sure, rest).tolist()
            for k, name in enumerate("abc")
        }
        return scores | {"label": np.array(list("abc"))[label].tolist()}
    yes = rng.random(n) < 0.4
    apart = rng.uniform(0.1, 0.45, n).round(3)
    before = yes ^ (rng.random(n) < 0.05)
    return {
        "score": np.where(yes ^ wrong, 0.5 + apart, 0.5 - apart).round(3).tolist(),
        "before": np.where(before, 0.9, 0.1).tolist(),
        "label": np.where(yes, "yes", "no").tolist(),
    }


def _column(name: str, task: Task) -> Column:
    uses = {
        "label": Use.LABEL,
        "on": Use.TIME,
        "came": Use.LABEL_TIME,
        "email": Use.ID,
        "before": Use.SCORE,
    }
    use = Use.SCORE if name.startswith("score") else uses.get(name, Use.FEATURE)
    numbers = dict.fromkeys(("income", "income_eur"), ColumnType.NUMBER)
    types = numbers | dict.fromkeys(("on", "came"), ColumnType.DATE)
    type_ = ColumnType.NUMBER if use is Use.SCORE else types.get(name, ColumnType.TEXT)
    if name == "label" and task is Task.REGRESSION:
        type_ = ColumnType.NUMBER
    return Column(name, type_, use, group=name == "region")
