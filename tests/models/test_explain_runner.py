"""The child of an explanation answers frames; what it refuses travels as a sentence."""

import numpy as np
import pytest

from core.models.explain_runner import Cut
from core.sandbox.frames import Header
from tests.models import ensembles, graphs
from tests.models.fitted import fitted
from tests.models.random_trees import first_dialect, grow

FEED = {"name": "x", "type": "float", "columns": 1, "numbers": [0]}


def _ask(cut: Cut, op: str, *buffers: bytes, rows: int = 1) -> Header:
    question = {"op": op, "rows": rows, "feeds": [FEED], "threads": 1}
    header, _ = cut.handle(question, [bytearray(b) for b in buffers], lambda _s, _t: None)
    return header


def _floats(*values: float) -> bytes:
    return np.array(values, np.float32).tobytes()


def test_a_tree_comes_as_arrays() -> None:
    """Operator, origins and type of the features, and an array for each part of a forest."""
    header = _ask(Cut(), "open", ensembles.tree(), _floats(0.0))
    assert (header["kind"], header["operator"]) == ("trees", "TreeEnsembleRegressor")
    assert (header["origins"], header["bare"], header["double"]) == ([[0]], 1, False)
    assert {"name": "threshold", "type": "<f8", "shape": [3]} in header["arrays"]


@pytest.mark.parametrize(
    ("data", "says"),
    [
        (graphs.scale(), "neither made of trees nor linear"),
        (ensembles.tree(nodes_truenodeids=[9, 0, 0]), "cannot be loaded"),
        (b"no model", "cannot be read"),
        (graphs.hidden("x")["initializer"].SerializeToString(), "another file"),
    ],
    ids=["scale", "broken", "none", "outside"],
)
def test_refusals_are_sentences_with_a_hint(data: bytes, says: str) -> None:
    """The same walk and the same words as on import."""
    header = _ask(Cut(), "open", data, _floats(0.0))
    assert says in header["refused"]
    assert header["hint"]


def test_nothing_is_derived_before_a_model_is_open() -> None:
    """The frame that comes too early is no crash of the parent: the child says an error."""
    with pytest.raises(AttributeError):
        _ask(Cut(), "derive", _floats(0.0))


def test_features_beside_the_trees_do_not_count() -> None:
    """Of six features only those that are asked about are sent, whatever their number."""
    tree = grow(np.random.default_rng(1), 6, 2, [0])
    data = first_dialect([tree], width=6)
    feed = FEED | {"columns": 6, "numbers": list(range(6))}
    question = {"op": "open", "rows": 1, "feeds": [feed]}
    columns = [bytearray(_floats(0.0)) for _ in range(6)]
    header, _ = Cut().handle(question, [bytearray(data), *columns], lambda _s, _t: None)
    assert header["origins"] == [[k] for k in sorted(set(tree.feature))]


def test_many_rows_come_in_the_order_of_one() -> None:
    """8,192 rows are run at a time; seams are not seen."""
    cut = Cut()
    _ask(cut, "open", ensembles.tree(), _floats(0.0))
    values = np.random.default_rng(0).random(20_000).astype(np.float32)
    question = {"op": "derive", "rows": len(values), "feeds": [FEED], "threads": 2}
    header, (features, bare) = cut.handle(
        question, [bytearray(values.tobytes())], lambda _s, _t: None
    )
    assert [array["shape"] for array in header["arrays"]] == [[1, 20_000], [20_000, 1]]
    np.testing.assert_array_equal(np.frombuffer(features, np.float32), values)
    expected = np.where(values <= 0.5, 0.25, 0.75)
    np.testing.assert_array_equal(np.frombuffer(bare, np.float64), expected)


def test_scores_of_a_trained_model_are_needed_for_nothing() -> None:
    """Only the features and the bare sum are answers of the cut model."""
    cut = Cut()
    feed = {"name": "X", "type": "float", "columns": 6, "numbers": list(range(6))}
    model = fitted("gradient binary")
    columns = [bytearray(values[:1].tobytes()) for values in model.columns.values()]
    cut.handle(
        {"op": "open", "rows": 1, "feeds": [feed]},
        [bytearray(model.data), *columns],
        lambda _s, _t: None,
    )
    assert len(cut.session.get_outputs()) == 1
