"""A model file is described without trusting it; a hostile one is refused in a sentence."""

import time
from collections.abc import Callable
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import numpy as np
import onnxruntime
import pytest
from onnx import ModelProto, TensorProto, helper

from core.errors import RefusedModelError, StoppedError
from core.models.inspect import inspect_model
from core.models.walk import (
    MOST_NODES,
    NEWEST_IR,
    NEWEST_OPSETS,
    parse_model,
    walk_model,
)
from core.records.models import ModelInput, ModelOutput, OutputKind
from tests.models import graphs

PLACES = sorted(graphs.hidden("x"))


def _with(change: Callable[[ModelProto], object]) -> bytes:
    made = graphs.model(graphs.graph([graphs.same()]))
    change(made)
    return graphs.data_of(made)


def _foreign(domain: str, operator: str = "Anything") -> bytes:
    node = helper.make_node(operator, ["x"], ["y"], domain=domain)
    return graphs.data_of(graphs.model(graphs.graph([node]), domain=domain))


def test_a_file_is_described_by_its_ports_operators_and_words() -> None:
    """The facts of y = 0.5 x, as they stand in the file."""
    made = graphs.model(graphs.graph([graphs.same()]))
    made.producer_name, made.producer_version, made.doc_string = "by hand", "1", "Same."
    data = made.SerializeToString()
    facts = inspect_model(data).facts
    assert facts.sha256 == sha256(data).hexdigest()
    assert facts.bytes == len(data)
    assert facts.inputs == (ModelInput("x", "float", 1),)
    assert facts.outputs == (ModelOutput("y", OutputKind.TENSOR, "float", 1),)
    assert (facts.nodes, facts.operators) == (1, (("Identity", 1),))
    assert facts.opsets == (("ai.onnx", 20), ("ai.onnx.ml", 3))
    assert (facts.producer, facts.description) == ("by hand 1", "Same.")


def test_an_initializer_is_no_input() -> None:
    """Old files list their weights among the inputs; nobody has to feed them."""
    made = ModelProto.FromString(graphs.scale())
    made.graph.input.append(graphs.port("c", shape=[1]))
    assert [i.name for i in inspect_model(made.SerializeToString()).facts.inputs] == ["x"]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("path", ["/etc/hostname", "secret.txt", "../secret.txt"])
def test_a_tensor_in_another_file_is_found_in_every_place(place: str, path: str) -> None:
    """Absolute, relative or climbing: the walk refuses before any session."""
    data = graphs.hidden(path)[place].SerializeToString()
    with pytest.raises(RefusedModelError, match="refers to another file on disk"):
        walk_model(parse_model(data))


@pytest.mark.parametrize("place", ["initializer", "subgraph", "function"])
def test_a_planted_secret_is_never_read(
    place: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The relative name that onnxruntime would follow leads to a refusal."""
    (tmp_path / "secret.txt").write_text("password", encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    data = graphs.hidden("secret.txt")[place].SerializeToString()
    with pytest.raises(RefusedModelError, match="refers to another file") as caught:
        inspect_model(data)
    assert "password" not in str(caught.value)
    assert caught.value.hint


HOSTILE = {
    "nothing": (b"", "cannot be read as an ONNX"),
    "text": (b"PK\x03\x04 no model at all", "cannot be read as an ONNX"),
    "cut short": (graphs.scale()[:-9], "cannot be read as an ONNX"),
    "own format": (b"\x08\x0a\x12\x02ORTM" + graphs.scale(), "cannot be read as an ONNX"),
    "loop": (graphs.looping(10**15), "uses `Loop`, which may run without end"),
    "deep": (graphs.nested(9), "nests graphs more than 8 deep"),
    "very deep": (graphs.nested(40), "cannot be read|nests graphs"),
    "cycle": (graphs.cyclic(), "cannot be loaded; onnxruntime says"),
    "foreign": (_foreign("evil.org"), "`Anything` of `evil.org`"),
    "context": (_foreign("com.microsoft", "EPContext"), "`EPContext` of `com.microsoft`"),
    "unknown": (_foreign(""), "cannot be loaded; onnxruntime says"),
    "opset": (
        graphs.model(graphs.graph([graphs.same()]), opset=99).SerializeToString(),
        "operator set 99 of `ai.onnx`; up to 26",
    ),
    "ir": (_with(lambda m: setattr(m, "ir_version", 99)), "ONNX version 99; up to 13"),
    "function": (_with(lambda m: m.functions.add(name="f")), "functions of its own"),
    "empty": (_with(lambda m: m.graph.ClearField("node")), "cannot be read as an ONNX"),
    "no input": (_with(lambda m: m.graph.ClearField("input")), "no input to fill"),
    "no output": (_with(lambda m: m.graph.ClearField("output")), "gives no table"),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_seconds(name: str) -> None:
    """A sentence and a hint; this process lives, and no attack takes long."""
    data, sentence = HOSTILE[name]
    started = time.monotonic()
    with pytest.raises(RefusedModelError, match=sentence) as caught:
        inspect_model(data, seconds=10)
    assert caught.value.hint
    assert time.monotonic() - started < 15


@pytest.mark.parametrize(
    "data", [graphs.doubling(34, constant=True), graphs.huge_constant(40 * 10**9)]
)
def test_a_bomb_of_constants_is_met_in_seconds(data: bytes) -> None:
    """Sessions may leave it for later, or fail: either way soon, and in the child."""
    started = time.monotonic()
    with suppress(RefusedModelError):
        assert inspect_model(data).facts.inputs
    assert time.monotonic() - started < 10


@pytest.mark.parametrize(
    ("kind", "shape", "sentence"),
    [
        (TensorProto.FLOAT16, [None, 1], "wants float16; tables hold"),
        (TensorProto.COMPLEX64, [None, 1], "wants another type; tables hold"),
        (TensorProto.FLOAT, [None, 3, 8, 8], "has 4 dimensions; a table has two"),
        (TensorProto.FLOAT, [], "has 0 dimensions"),
        (TensorProto.FLOAT, [16, 1], "takes exactly 16 rows at a time"),
    ],
)
def test_an_input_that_no_table_fills_is_refused(
    kind: int, shape: list[int | str | None], sentence: str
) -> None:
    """Pictures, half floats and fixed batches are named."""
    inner = graphs.graph([graphs.same()], [graphs.port("x", kind, shape)])
    with pytest.raises(RefusedModelError, match=sentence):
        inspect_model(graphs.model(inner).SerializeToString())


def test_too_many_nodes_are_refused() -> None:
    """The cap counts nodes in subgraphs too."""
    made = graphs.model(graphs.graph([graphs.same()]))
    inner = made.graph.node[0].attribute.add(name="g").g
    inner.node.extend([helper.make_node("Abs", ["a"], ["b"])] * MOST_NODES)
    with pytest.raises(RefusedModelError, match="more than 100,000 nodes"):
        walk_model(made)


def test_words_of_a_file_are_capped() -> None:
    """Nobody can fill a page with a description."""
    facts = inspect_model(_with(lambda m: setattr(m, "doc_string", "x" * 10**6))).facts
    assert len(facts.description) == 2_000


def test_too_many_bytes_are_refused_before_anything_is_sent() -> None:
    """500 MB are enough."""
    with pytest.raises(RefusedModelError, match="has 501 MB; models may have 500 MB"):
        inspect_model(bytes(501_000_000))


def test_cancel_stops_the_look() -> None:
    """`stop()` is heard."""
    with pytest.raises(StoppedError):
        inspect_model(graphs.scale(), stop=lambda: True)


@pytest.mark.parametrize("domain", ["", "ai.onnx.ml"])
def test_the_newest_operator_set_is_what_onnxruntime_says(domain: str) -> None:
    """The installed runtime loads the newest set that is accepted, and not the next."""
    newest = NEWEST_OPSETS[domain]
    for version, accepted in ((newest, True), (newest + 1, False)):
        made = graphs.model(graphs.graph([graphs.same()]))
        for opset in made.opset_import:
            opset.version = version if opset.domain == domain else opset.version
        assert _loads(made) is accepted


def test_the_newest_format_is_what_onnxruntime_says() -> None:
    """The installed runtime reads the newest version that is accepted, and not the next."""
    made = graphs.model(graphs.graph([graphs.same()]))
    for version, accepted in ((NEWEST_IR, True), (NEWEST_IR + 1, False)):
        made.ir_version = version
        assert _loads(made) is accepted


def _loads(made: ModelProto) -> bool:
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 4
    try:
        session = onnxruntime.InferenceSession(made.SerializeToString(), options)
    except Exception:  # noqa: BLE001 - onnxruntime has no base of its own
        return False
    found = session.run(None, {"x": np.ones((1, 1), np.float32)})[0]
    return bool(found[0, 0] == 1)
