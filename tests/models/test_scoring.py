"""A table is scored in another process, bit for bit as in this one."""

import os
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pyarrow as pa
import pytest
from numpy.typing import NDArray
from onnx import TensorProto, helper

from core.errors import RefusedModelError, StoppedError
from core.models.answers import propose_answer
from core.models.inspect import inspect_model
from core.models.scoring import BATCH_ROWS, Scoring, limits_for, score_table
from core.records.models import Answer, OutputKind, Task
from tests.models import graphs, trained

LABELS = {"binary": ("0", "1"), "multiclass": ("a", "b", "c"), "regression": ()}
CONVERTED = [
    *product(["logistic", "sklearn", "lightgbm"], ["binary", "multiclass"], [False, True]),
    *product(["xgboost"], ["binary", "multiclass"], [False]),
    *product(["sklearn", "lightgbm", "xgboost"], ["regression"], [False]),
]
REGRESSION = Answer(Task.REGRESSION, "y")


def _table(values: NDArray[np.float32], names: Sequence[str]) -> pa.RecordBatch:
    return pa.record_batch(
        {n: values[:, i].astype(float).tolist() for i, n in enumerate(names)}
    )


def _plan(
    data: bytes, columns: tuple[str, ...] = ("x",), answer: Answer = REGRESSION
) -> Scoring:
    inputs = inspect_model(data).facts.inputs
    return Scoring(data, inputs, tuple((port.name, columns) for port in inputs), answer)


def _score(plan: Scoring, batch: pa.RecordBatch) -> NDArray[np.float64]:
    return np.concatenate(list(score_table(plan, [batch], batch.num_rows)))


def _here(data: bytes, output: str, fed: dict[str, Any]) -> Any:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        data, options, providers=["CPUExecutionProvider"]
    )
    return session.run([output], fed)[0]


@pytest.mark.parametrize(("library", "task", "zipmap"), CONVERTED)
def test_scores_equal_onnxruntime_bit_for_bit(
    library: str, task: str, *, zipmap: bool
) -> None:
    """Every converter, task and output shape: proposed, scored, compared."""
    data = trained.train(library, task, zipmap=zipmap)
    look = inspect_model(data)
    labels = LABELS[task]
    if library == "xgboost" and task == "multiclass":
        labels = ("0", "1", "2")
    answer = propose_answer(look.facts, labels, Task(task), classes=look.classes)
    assert answer.kind is (OutputKind.MAPS if zipmap else OutputKind.TENSOR)
    assert answer.classes == labels
    feeds = (("X", trained.NAMES),)
    plan = Scoring(data, look.facts.inputs, feeds, answer)
    scores = _score(plan, _table(trained.table(), trained.NAMES))
    here = _here(data, answer.output, {"X": trained.table()})
    if zipmap:
        here = np.array([list(row.values()) for row in here])
    wanted = (
        here[:, 1] if task == "binary" else here.ravel() if task == "regression" else here
    )
    assert np.array_equal(scores, wanted.astype(np.float64))


def test_labels_alone_become_zero_and_one() -> None:
    """A classifier that only names classes is scored by what it names."""
    data = trained.train("sklearn", "multiclass", zipmap=True)
    inputs = inspect_model(data).facts.inputs
    answer = Answer(Task.MULTICLASS, "output_label", OutputKind.LABEL, ("c", "b", "a"))
    plan = Scoring(data, inputs, (("X", trained.NAMES),), answer)
    scores = _score(plan, _table(trained.table(), trained.NAMES))
    here = _here(data, "output_label", {"X": trained.table()})
    assert np.array_equal(scores, np.array([[x == k for k in "cba"] for x in here]))


@pytest.mark.parametrize("library", ["logistic", "sklearn", "lightgbm", "xgboost"])
def test_neither_batches_nor_threads_change_a_score(library: str) -> None:
    """Rows are scored alike whatever stands beside them, and in the table's order."""
    data = trained.train(library, "binary", zipmap=False)
    look = inspect_model(data)
    answer = propose_answer(look.facts, ("0", "1"), Task.BINARY, classes=look.classes)
    plan = Scoring(data, look.facts.inputs, (("X", trained.NAMES),), answer)
    batch = _table(trained.table(), trained.NAMES)
    whole = _score(plan, batch)
    assert np.array_equal(_score(replace(plan, threads=1), batch), whole)
    for size in (1, 7, 399):
        pieces = [batch.slice(i, size) for i in range(0, trained.ROWS, size)]
        parts = list(score_table(plan, pieces, trained.ROWS))
        assert np.array_equal(np.concatenate(parts), whole)


def test_a_long_batch_is_cut_and_an_empty_one_skipped() -> None:
    """At most 65,536 rows are under way; progress counts rows."""
    values = np.arange(BATCH_ROWS + 1, dtype=float)
    batch = pa.record_batch({"x": pa.array(values)})
    heard: list[tuple[float, str]] = []
    parts = list(
        score_table(
            _plan(graphs.scale()),
            [batch.slice(0, 0), batch],
            len(values),
            progress=lambda share, text: heard.append((share, text)),
        )
    )
    assert [len(part) for part in parts] == [BATCH_ROWS, 1]
    assert np.array_equal(np.concatenate(parts), values / 2)
    assert heard[-1] == (1.0, "65,537 of 65,537 rows scored")


def test_six_types_of_columns_reach_the_model() -> None:
    """Numbers, whole numbers, yes/no and texts arrive as they are; missing ones too."""
    kinds = {
        "float": TensorProto.FLOAT,
        "double": TensorProto.DOUBLE,
        "int64": TensorProto.INT64,
        "int32": TensorProto.INT32,
        "bool": TensorProto.BOOL,
        "string": TensorProto.STRING,
    }
    nodes = [helper.make_node("Identity", [k], [f"{k}_out"]) for k in kinds]
    inputs = [graphs.port(k, v) for k, v in kinds.items()]
    outputs = [graphs.port(f"{k}_out", v) for k, v in kinds.items()]
    data = graphs.model(graphs.graph(nodes, inputs, outputs)).SerializeToString()
    columns: dict[str, Any] = {
        "float": pa.array([1.5, None, 0.1]),
        "double": pa.array([1, None, 2**53]),
        "int64": pa.array([-(2**63), 0, 2**63 - 1]),
        "int32": pa.array([True, False, True]),
        "bool": pa.array([True, False, True]),
        "string": pa.array(["é", None, "日本"]).dictionary_encode(),
    }
    batch = pa.record_batch(columns)
    ports = inspect_model(data).facts.inputs
    feeds = tuple((port.name, (port.name,)) for port in ports)
    texts = Answer(Task.MULTICLASS, "string_out", OutputKind.LABEL, ("", "é", "日本"))
    assert _score(Scoring(data, ports, feeds, texts), batch).argmax(axis=1).tolist() == [
        1,
        0,
        2,
    ]
    for name, wanted in (("int64", [-(2.0**63), 0, 2.0**63]), ("int32", [1, 0, 1])):
        answer = Answer(Task.REGRESSION, f"{name}_out")
        assert _score(Scoring(data, ports, feeds, answer), batch).tolist() == wanted
    for name, last in (("float", float(np.float32(0.1))), ("double", 2.0**53)):
        answer = Answer(Task.REGRESSION, f"{name}_out")
        with pytest.raises(RefusedModelError, match="1 of 3 scores are not numbers"):
            _score(Scoring(data, ports, feeds, answer), batch)
        assert _score(Scoring(data, ports, feeds, answer), batch.slice(2))[0] == last


def test_a_text_tensor_keeps_its_columns_apart() -> None:
    """Two text columns in one input: the second is not read as the first."""
    nodes = [
        helper.make_node("Gather", ["x", "c"], ["y"], axis=1),
    ]
    constant = helper.make_tensor("c", TensorProto.INT64, [1], [1])
    text = TensorProto.STRING
    inner = graphs.graph(
        nodes, [graphs.port("x", text, [None, 2])], [graphs.port("y", text)], [constant]
    )
    data = graphs.model(inner).SerializeToString()
    answer = Answer(Task.BINARY, "y", OutputKind.LABEL, ("n", "y"), "y")
    batch = pa.record_batch({"a": ["n", "n", "n"], "b": ["y", "n", "y"]}).slice(1)
    assert _score(_plan(data, ("a", "b"), answer), batch).tolist() == [0.0, 1.0]


def test_a_flat_input_gets_a_flat_column() -> None:
    """An input of one dimension is fed without a second one."""
    shape = [None]
    inner = graphs.graph(
        [graphs.same()], [graphs.port("x", shape=shape)], [graphs.port("y", shape=shape)]
    )
    plan = _plan(graphs.model(inner).SerializeToString())
    assert _score(plan, pa.record_batch({"x": [1.0, 2.0]})).tolist() == [1.0, 2.0]


@pytest.mark.parametrize(
    ("kind", "values", "sentence"),
    [
        (
            TensorProto.INT64,
            [1, None],
            "column `x` misses 1 values in rows 1 to 2; the int64",
        ),
        (TensorProto.BOOL, [True, None], "the bool input `x` has no place for a missing"),
        (TensorProto.INT32, [1, 2**31], "1 values of the column `x` are too large"),
        (TensorProto.INT64, [1.5, 2.0], "wants int64; the column `x` holds double"),
        (TensorProto.FLOAT, ["a", "b"], "wants float; the column `x` holds string"),
        (TensorProto.STRING, [1, 2], "wants string; the column `x` holds int64"),
        (TensorProto.BOOL, [1, 0], "wants bool; the column `x` holds int64"),
    ],
)
def test_a_column_that_cannot_fill_an_input_is_named(
    kind: int, values: list[Any], sentence: str
) -> None:
    """Missing, too large or of another type: column, count and input are said."""
    inner = graphs.graph(
        [graphs.same()], [graphs.port("x", kind)], [graphs.port("y", kind)]
    )
    plan = _plan(graphs.model(inner).SerializeToString())
    with pytest.raises(RefusedModelError, match=sentence):
        _score(plan, pa.record_batch({"x": pa.array(values)}))


def test_an_input_without_a_column_is_named() -> None:
    """Nothing is started before every input has a column."""
    plan = _plan(graphs.scale(), ())
    with pytest.raises(RefusedModelError, match="input `x` has no column"):
        _score(plan, pa.record_batch({"x": [1.0]}))


def test_an_output_that_is_none_is_refused() -> None:
    """The words of onnxruntime are passed on, shortened."""
    plan = _plan(graphs.scale(), answer=Answer(Task.REGRESSION, "z"))
    with pytest.raises(RefusedModelError, match=r"cannot be run on this table.*z"):
        _score(plan, pa.record_batch({"x": [1.0]}))


def test_an_answer_for_the_whole_table_is_no_answer() -> None:
    """One number for three rows is refused, whatever the file promised."""
    node = helper.make_node("ReduceSum", ["x"], ["y"], keepdims=1)
    plan = _plan(graphs.model(graphs.graph([node])).SerializeToString())
    with pytest.raises(RefusedModelError, match="does not hold one answer per row"):
        _score(plan, pa.record_batch({"x": [1.0, 2.0, 3.0]}))


@pytest.mark.parametrize(
    "data", [graphs.doubling(34, constant=False), graphs.huge_constant(40 * 10**9)]
)
def test_a_bomb_ends_at_the_limit_of_memory(data: bytes) -> None:
    """16 GB by doubling, 160 GB at once: refused, and this process lives."""
    started = time.monotonic()
    with pytest.raises(RefusedModelError, match="more memory than a model may have"):
        _score(_plan(data), pa.record_batch({"x": [1.0]}))
    assert time.monotonic() - started < 25


def test_cancel_stops_between_and_within_batches() -> None:
    """`stop()` ends the table within a second, and its process with it."""
    batch = pa.record_batch({"x": [1.0]})
    asked = [False]

    def endless() -> Iterator[pa.RecordBatch]:
        while True:
            yield batch

    scores = score_table(_plan(graphs.scale()), endless(), 10**9, stop=lambda: asked[0])
    assert next(scores).tolist() == [0.5]
    asked[0] = True
    started = time.monotonic()
    with pytest.raises(StoppedError):
        list(scores)
    assert time.monotonic() - started < 1


def test_a_caller_who_leaves_takes_the_process_along() -> None:
    """Closing the iterator half way kills the child."""
    batch = pa.record_batch({"x": [1.0]})
    scores = score_table(_plan(graphs.scale()), [batch, batch], 2)
    next(scores)
    scores.close()  # type: ignore[attr-defined]
    left = Path(f"/proc/self/task/{os.getpid()}/children").read_text(encoding="ascii")
    names = [
        Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8") for pid in left.split()
    ]
    assert not [name for name in names if "core.models.runner" in name]


def test_time_grows_with_rows() -> None:
    """A million rows get hours, not the minutes of a small table."""
    assert limits_for(1_000_000).cpu_seconds == 180 + 20_000
    assert limits_for(0).memory == 4 << 30


def test_quantised_operators_run() -> None:
    """A file with the operators of onnxruntime's own quantisation is walked and scored."""
    scale, zero = (
        helper.make_tensor("s", graphs.FLOAT, [], [0.5]),
        helper.make_tensor("z", TensorProto.UINT8, [], [0]),
    )
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "s", "z"], ["q"], domain="com.microsoft"),
        helper.make_node(
            "QLinearAdd",
            ["q", "s", "z", "q", "s", "z", "s", "z"],
            ["t"],
            domain="com.microsoft",
        ),
        helper.make_node(
            "DequantizeLinear", ["t", "s", "z"], ["y"], domain="com.microsoft"
        ),
    ]
    inner = graphs.graph(nodes, constants=[scale, zero])
    data = graphs.model(inner, domain="com.microsoft").SerializeToString()
    scores = _score(_plan(data), pa.record_batch({"x": [1.0, 2.5]}))
    assert scores.tolist() == [2.0, 5.0]
