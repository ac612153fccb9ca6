"""A model is cut open in a limited process; whatever the file is, this one goes on."""

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import numpy as np
import pytest
from onnx import ModelProto, helper

from core.errors import NoExactAccountError, RefusedModelError, StoppedError
from core.measures.explainer import make_explainer
from core.measures.score_links import Outcome
from core.models import opened
from core.models.forest import Forest
from core.models.inspect import inspect_model
from core.models.opened import CutModel, Linear
from core.models.scoring import Scoring
from core.records.explanations import Game, Link
from core.records.models import Answer, ModelInput, Task
from core.sandbox.frames import Header
from tests.models import ensembles, graphs
from tests.models.cut_here import cut_here
from tests.models.fitted import batch_of, fitted

ROW = {"x": np.array([0.0, 1.0], np.float32)}


def _scoring(data: bytes, feeds: Any = (("x", ("x",)),)) -> Scoring:
    return Scoring(data, inspect_model(data).facts.inputs, feeds, Answer(Task.REGRESSION))


@pytest.mark.parametrize("name", ["piped trees", "lightgbm multiclass", "rate", "double"])
def test_the_process_says_what_is_said_here(name: str) -> None:
    """Arrays cross the border bit for bit, and rows come back in their order."""
    model = fitted(name)
    here = cut_here(model)
    with CutModel(_scoring(model.data, model.feeds), model.batch, 600) as cut:
        mine, theirs = cut.opened, here.opened
        assert (mine.columns, mine.origins, mine.met) == (
            theirs.columns,
            theirs.origins,
            theirs.met,
        )
        assert type(mine.head) is type(theirs.head)
        assert isinstance(mine.head, Forest | Linear)
        batches = [model.batch.slice(0, 100), model.batch.slice(100)]
        parts = list(cut.derive_all(batches))
    whole = here.derive(model.batch)
    features = np.concatenate([part.features for part in parts], axis=1)
    bare = np.concatenate([part.bare for part in parts])
    np.testing.assert_array_equal(features, whole.features)
    np.testing.assert_array_equal(bare, whole.bare)
    assert features.dtype == (np.float64 if name == "double" else np.float32)


def test_only_what_is_read_is_derived() -> None:
    """Features that the head never reads are left out; the others keep their order."""
    model = fitted("forest regression")
    cut = cut_here(model)
    features = cut.derive(model.batch).features
    assert len(features) == len(cut.opened.origins) < len(model.columns)
    for line, (column,) in zip(features, cut.opened.origins, strict=True):
        np.testing.assert_array_equal(line, model.columns[cut.opened.columns[column]])
    assert all(a < b for (a,), (b,) in pairwise(cut.opened.origins))


def test_long_batches_are_cut(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wide features come in smaller batches, with nothing lost."""
    model = fitted("gradient binary")
    cut = cut_here(model)
    monkeypatch.setattr(opened, "MOST_WIDE", 600)
    parts = list(cut.derive_all([model.batch]))
    assert [part.features.shape[1] for part in parts] == [100, 100, 100]
    np.testing.assert_array_equal(
        np.concatenate([part.bare for part in parts]), cut.derive(model.batch).bare
    )


def test_a_table_without_rows() -> None:
    """There is nothing to look at, and that is said."""
    model = fitted("gradient binary")
    nothing = model.batch.slice(0, 0)
    with pytest.raises(NoExactAccountError, match="no row to explain"):
        CutModel(_scoring(model.data, model.feeds), nothing, 0)


def test_a_stop_ends_the_process() -> None:
    """Cancel is heard while the model is opened."""
    model = fitted("gradient binary")
    with pytest.raises(StoppedError):
        CutModel(_scoring(model.data, model.feeds), model.batch, 300, stop=lambda: True)


def test_a_model_without_a_head_says_why() -> None:
    """The sentence of the process is the sentence of the error."""
    with pytest.raises(NoExactAccountError, match="neither made of trees nor linear"):
        CutModel(_scoring(graphs.scale()), batch_of(ROW), 2)


def test_a_front_that_may_never_end_is_refused() -> None:
    """A loop before the trees is not run, not even once."""
    model = ModelProto.FromString(graphs.looping(2**40))
    tree = helper.make_node(
        "TreeEnsembleRegressor", ["y"], ["t"], domain="ai.onnx.ml", **ensembles.SOUND
    )
    model.graph.node.append(tree)
    model.graph.output[0].name = "t"
    ports = (ModelInput("x", "float", 1),)
    made = Scoring(graphs.data_of(model), ports, (("x", ("x",)),), Answer(Task.REGRESSION))
    with pytest.raises(NoExactAccountError, match="may run without end"):
        CutModel(made, batch_of(ROW), 2)


def _shared(levels: int) -> bytes:
    """Give one tree whose every branch is shared by both sides: 2^levels ways."""
    count = levels + 2
    places = list(range(levels))
    leaf = ["LEAF"] * 2
    return ensembles.tree(
        nodes_treeids=[0] * count,
        nodes_nodeids=list(range(count)),
        nodes_featureids=[0] * count,
        nodes_modes=["BRANCH_LEQ"] * levels + leaf,
        nodes_values=[float(k) for k in range(count)],
        nodes_truenodeids=[k + 1 for k in places] + [0, 0],
        nodes_falsenodeids=[k + 1 if k < levels - 1 else k + 2 for k in places] + [0, 0],
        target_nodeids=[levels, levels + 1],
    )


HOSTILE: dict[str, Callable[[], bytes]] = {
    "a circle": lambda: ensembles.tree(
        nodes_modes=["BRANCH_LEQ", "BRANCH_LEQ", "LEAF"],
        nodes_truenodeids=[1, 0, 0],
        nodes_falsenodeids=[2, 2, 0],
    ),
    "its own child": lambda: ensembles.tree(nodes_truenodeids=[0, 0, 0]),
    "shared branches": lambda: _shared(40),
    "an endless chain": lambda: ensembles.chain(3_000),
    "a feature out of range": lambda: ensembles.tree(nodes_featureids=[10**9, 0, 0]),
    "a feature below 0": lambda: ensembles.tree(nodes_featureids=[-1, 0, 0]),
    "a child out of range": lambda: ensembles.tree(nodes_truenodeids=[77, 0, 0]),
    "a target out of range": lambda: ensembles.tree(target_ids=[0, 10**9]),
    "a target below 0": lambda: ensembles.tree(target_ids=[0, -1], n_targets=2),
    "weights that are none": lambda: ensembles.tree(target_weights=[float("nan"), 1.0]),
    "endless weights": lambda: ensembles.tree(target_weights=[float("inf"), 1.0]),
    "a base that is none": lambda: ensembles.tree(base_values=[float("nan")]),
    "a root out of range": lambda: ensembles.tree_of_set_five(tree_roots=[5]),
    "2 billion targets": lambda: ensembles.tree(n_targets=2**31 - 1),
    "the smallest vote": lambda: ensembles.tree(aggregate_function="MIN"),
}


def _refused(data: bytes) -> RefusedModelError | None:
    """Explain two rows, and hold the pushes against the sum; give the refusal, if it is one."""
    ports, feeds = (ModelInput("x", "float", 1),), (("x", ("x",)),)
    plan, batch = Scoring(data, ports, feeds, Answer(Task.REGRESSION)), batch_of(ROW)
    try:
        with CutModel(plan, batch, 2) as cut:
            derived = cut.derive(batch)
            explainer = make_explainer(
                cut.opened,
                Outcome(np.eye(cut.opened.bare), Link.IDENTITY),
                lambda: iter([derived.features]),
                game=Game.INTERVENTIONAL,
            )
    except RefusedModelError as refused:
        return refused
    made = explainer.explain(derived.features)[0] + explainer.pushes.base[0]
    np.testing.assert_allclose(made, derived.bare[:, 0], atol=1e-5)
    return None


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_trees_are_told_a_sentence(name: str) -> None:
    """Circles, shared branches and ids out of range: refused or explained, never a crash."""
    refused = _refused(HOSTILE[name]())
    if refused is not None:
        assert str(refused).startswith("The ")
        assert refused.hint
        assert len(str(refused)) < 300


class _Lying:
    """Answers like a process whose model took it over."""

    def __init__(self, _module: str, _limits: object) -> None:
        self.header: Header = {}

    def __exit__(self, *_: object) -> None:
        """Nothing has to end."""

    def ask(self, *_: Any, **__: Any) -> tuple[Header, list[bytearray]]:
        """Answer with what the test has laid down."""
        return LIES[_Lying.told], [bytearray(8)] * 12

    told = ""


def _head(**changes: Any) -> Header:
    arrays = [
        {"name": name, "type": "<f8", "shape": [1]} for name in ("weights", "start", "more")
    ]
    sound: Header = {
        "kind": "linear",
        "operator": "Gemm",
        "origins": [[0]],
        "met": [],
        "double": False,
        "bare": 1,
        "arrays": arrays,
    }
    return sound | changes


LIES: dict[str, Header] = {
    "nothing": {},
    "a column that is not there": _head(origins=[[9]]),
    "a column below 0": _head(origins=[[-1]]),
    "weights of another shape": _head(),
    "arrays of objects": _head(arrays=[{"name": "weights", "type": "|O", "shape": [1]}]),
    "more than was sent": _head(arrays=[{"name": "w", "type": "<f8", "shape": [10**9]}]),
    "no trees": _head(kind="trees"),
}


@pytest.mark.parametrize("lie", LIES)
def test_a_process_that_lies_is_taken_for_dead(
    lie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing that comes back is trusted: shapes, types and ids are looked at."""
    monkeypatch.setattr(opened, "Child", _Lying)
    monkeypatch.setattr(_Lying, "told", lie)
    with pytest.raises(RefusedModelError, match="crashed the process"):
        CutModel(_scoring(ensembles.tree()), batch_of(ROW), 2)
