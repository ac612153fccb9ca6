"""Tables and small models that can be explained, kept and evaluated the way an import does."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper
from skl2onnx import to_onnx
from skl2onnx.common.data_types import FloatTensorType, Int64TensorType, StringTensorType
from sklearn.compose import ColumnTransformer
from sklearn.ensemble import GradientBoostingClassifier, GradientBoostingRegressor
from sklearn.impute import SimpleImputer
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from core.models.inspect import inspect_model
from core.records.data import ColumnType, DatasetVersion, Split, Use
from core.records.evaluations import Evaluation
from core.records.models import Answer, ModelFacts, ModelVersion, Task
from core.runs.desk import Desk
from core.runs.drivers import Asked
from core.runs.evaluating import evaluate
from core.runs.explaining import Explained, explain
from core.runs.keeping import ModelToKeep, keep_model, keep_table
from tests.kept import Small, Values, column, to_keep

READ: Final = ("income", "debt", "late", "region")
NUMBERS: Final = READ[:3]
PERSON: Final = "ä-{k}"  # the id of a row
CLASSES: Final = {Task.BINARY: ("no", "yes"), Task.MULTICLASS: ("a", "b", "c")}


@dataclass(frozen=True)
class Loans:
    """What kind of table a test wants; `change` may edit its values before it is kept."""

    task: Task = Task.BINARY
    rows: int = 300
    seed: int = 3
    poorer: float = 0.0
    lacking: bool = True
    labels: bool = True
    change: Callable[[Values], None] = field(default=lambda _: None)


def draw_loans(kind: Loans) -> Small:
    """Draw a table: two amounts, one of them with gaps, a count, a region, an id, a label."""
    rng = np.random.default_rng(kind.seed)
    n = kind.rows
    income = rng.normal(40 - kind.poorer, 9, n).round(1)
    debt, late = rng.gamma(3, 4, n).round(1), rng.poisson(0.8, n)
    region = rng.choice(["North", "South", "West"], n, p=[0.3, 0.5, 0.2])
    amount = 0.3 * debt - 0.2 * income + 2 * late + 3 * (region == "North") * (late > 0)
    amount = amount + rng.normal(0, 1, n) + 5
    gaps = (rng.random(n) < 0.1) & kind.lacking
    values: Values = {
        "income": [None if gap else float(x) for gap, x in zip(gaps, income, strict=True)],
        "debt": debt.tolist(),
        "late": late.tolist(),
        "region": region.tolist(),
        "person": [PERSON.format(k=k) for k in range(n)],
        "label": _labels(kind.task, amount),
    }
    label = ColumnType.NUMBER if kind.task is Task.REGRESSION else ColumnType.TEXT
    columns = [
        column("income", ColumnType.NUMBER),
        column("debt", ColumnType.NUMBER),
        column("late", ColumnType.INTEGER),
        column("region", group=True),
        column("person", use=Use.ID),
    ]
    if kind.labels:
        columns.append(column("label", label, Use.LABEL))
    kind.change(values)
    return Small(tuple(columns), values)


def table_of(kind: Loans) -> Values:
    """Return the values alone."""
    small: Small = draw_loans(kind)
    return small.values  # noqa: PD011 - not of pandas


def _labels(task: Task, amount: NDArray[np.float64]) -> list[Any]:
    if task is Task.REGRESSION:
        return list(amount.round(2).tolist())
    edges = [2.0] if task is Task.BINARY else [1.0, 4.0]
    return list(np.take(np.array(CLASSES[task]), np.digitize(amount, edges)).tolist())


@dataclass(frozen=True)
class Trained:
    """A model file, what reads which columns of it, and what it is told to answer."""

    data: bytes
    answer: Answer
    feeds: tuple[tuple[str, tuple[str, ...]], ...]
    pipeline: Any = None


@cache
def train(task: Task = Task.BINARY) -> Trained:
    """Train a few boosted trees behind imputer, scaler and one-hot; one input per column."""
    values = table_of(Loans(task, rows=400, seed=1))
    frame, labels = as_frame(values), values["label"]
    few: dict[str, Any] = {"n_estimators": 8, "max_depth": 3, "random_state": 0}
    kind = (
        GradientBoostingRegressor if task is Task.REGRESSION else GradientBoostingClassifier
    )
    final = kind(**few)
    front = ColumnTransformer(
        [
            ("amounts", SimpleImputer(), ["income", "debt"]),
            ("counts", StandardScaler(), ["late"]),
            ("names", OneHotEncoder(handle_unknown="ignore"), ["region"]),
        ]
    )
    pipeline = make_pipeline(front, final).fit(frame, labels)
    made = to_onnx(
        pipeline,
        initial_types=[
            ("income", FloatTensorType([None, 1])),
            ("debt", FloatTensorType([None, 1])),
            ("late", Int64TensorType([None, 1])),
            ("region", StringTensorType([None, 1])),
        ],
        options={id(final): {"zipmap": False}} if task is not Task.REGRESSION else None,
        target_opset={"": 18, "ai.onnx.ml": 3},
    )
    output = made.graph.output[-1].name
    positive = "yes" if task is Task.BINARY else ""
    answer = Answer(task, output, classes=CLASSES.get(task, ()), positive=positive)
    feeds = tuple((name, (name,)) for name in READ)
    return Trained(made.SerializeToString(), answer, feeds, pipeline)


def as_frame(values: Values) -> pd.DataFrame:
    """Return the columns that the model reads, as its pipeline takes them."""
    frame = pd.DataFrame({name: values[name] for name in READ})
    return frame.astype({"income": np.float64, "debt": np.float64, "late": np.int64})


def margin_of(pipeline: Pipeline, values: Values) -> NDArray[np.float64]:
    """Return what the pipeline itself adds up for rows (rows, outputs)."""
    last = "decision_function" if hasattr(pipeline, "decision_function") else "predict"
    found = np.asarray(getattr(pipeline, last)(as_frame(values)), np.float64)
    return found.reshape(len(found), -1)


WEIGHTS: Final = np.array([[0.05, -0.1], [0.08, 0.06], [0.5, -0.4]], np.float32)
SECOND: Final = np.array([[0.9], [-1.1]], np.float32)


@cache
def network() -> Trained:
    """Build a small neural network: logistic(max(0, x W) V), over three numbers."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"]),
        helper.make_node("Relu", ["h"], ["r"]),
        helper.make_node("MatMul", ["r", "v"], ["s"]),
        helper.make_node("Sigmoid", ["s"], ["y"]),
    ]
    return _built(nodes, [("w", WEIGHTS), ("v", SECOND)], "y")


def network_score(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the same by numpy."""
    return np.asarray(
        1 / (1 + np.exp(-np.maximum(0, x @ WEIGHTS) @ SECOND))[:, 0], np.float64
    )


@cache
def constant() -> Trained:
    """Build a model that reads three numbers and always answers 0.07."""
    nodes = [
        helper.make_node("MatMul", ["x", "w"], ["h"]),
        helper.make_node("Add", ["h", "b"], ["y"]),
    ]
    tensors = [("w", np.zeros((3, 1), np.float32)), ("b", np.array([0.07], np.float32))]
    return _built(nodes, tensors, "y")


def _built(nodes: list[Any], tensors: list[tuple[str, Any]], output: str) -> Trained:
    ports = [
        helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 3]),
        helper.make_tensor_value_info(output, TensorProto.FLOAT, [None, 1]),
    ]
    held = [numpy_helper.from_array(values, name) for name, values in tensors]
    graph = helper.make_graph(nodes, "g", ports[:1], ports[1:], held)
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9
    )
    answer = Answer(Task.BINARY, output, classes=("no", "yes"), positive="yes")
    return Trained(made.SerializeToString(), answer, (("x", NUMBERS),))


def keep_loans(
    desk: Desk, small: Small, split: Split = Split.VALIDATION, name: str = "Loans"
) -> DatasetVersion:
    """Keep a table under a split."""
    prepared = replace(to_keep(desk, replace(small, name=name)), split=split)
    return keep_table(desk, prepared, actor="test")


def keep_trained(desk: Desk, trained: Trained, name: str = "Default") -> ModelVersion:
    """Keep a model file."""
    facts = _facts(trained.data)
    brought = ModelToKeep(trained.data, facts, trained.answer, trained.feeds, name)
    return keep_model(desk, brought, actor="test")


def evaluate_loans(
    desk: Desk, kind: Loans | Small | None = None, trained: Trained | None = None
) -> Evaluation:
    """Keep a table and a model and evaluate one on the other."""
    kind = kind or Loans()
    small = draw_loans(kind) if isinstance(kind, Loans) else kind
    task = kind.task if isinstance(kind, Loans) else Task.BINARY
    model = keep_trained(desk, trained or train(task))
    return evaluate(desk, model.id, keep_loans(desk, small).id, actor="test")


@cache
def _facts(data: bytes) -> ModelFacts:
    return inspect_model(data).facts


@dataclass(frozen=True)
class Open:
    """A desk with an explained evaluation, for tests that only read."""

    desk: Desk
    evaluation: Evaluation
    explained: Explained
    small: Small

    @property
    def asked(self) -> Asked:
        """The question about all rows of the first output."""
        return Asked(self.desk, self.explained, self.explained.facts.outputs[0])


def open_loans(desk: Desk, kind: Loans | None = None) -> Open:
    """Keep, evaluate and explain a table."""
    loans = kind or Loans()
    evaluation = evaluate_loans(desk, loans)
    return Open(desk, evaluation, explain(desk, evaluation), draw_loans(loans))


def pushes_of(desk: Desk, explained: Explained) -> NDArray[np.float64]:
    """Return all values (rows, outputs, players) of an explanation, in the order of rows."""
    table = pq.read_table(desk.workspace.objects.path(explained.object))
    shape = len(explained.facts.outputs), len(explained.facts.players)
    columns = [table[f"v{k}"].to_numpy() for k in range(shape[0] * shape[1])]
    return np.array(columns, np.float64).T.reshape(table.num_rows, *shape)
