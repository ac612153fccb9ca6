"""Files put together by hand, most of them with intent."""

import io
import pickle
import zipfile
from collections.abc import Callable, Sequence
from typing import Any, Final

import numpy as np
from onnx import AttributeProto, ModelProto, NodeProto, TensorProto, ValueInfoProto, helper
from onnx.numpy_helper import from_array

from tests.hostile.texts import MARKUP, TURNED
from tests.models import ensembles, graphs

SECRET: Final = "secret.txt"  # noqa: S105 - the name of a file
ML: Final = "ai.onnx.ml"
BIG: Final = 1 << 40


def made(
    nodes: Sequence[NodeProto],
    constants: Sequence[TensorProto] = (),
    inputs: Sequence[ValueInfoProto] | None = None,
    outputs: Sequence[ValueInfoProto] | None = None,
    opset: int = 20,
) -> bytes:
    """Give the file of a graph from `x` to `y` unless told otherwise."""
    inner = graphs.graph(nodes, inputs, outputs, constants)
    return graphs.data_of(graphs.model(inner, opset))


def changed(change: Callable[[ModelProto], object], data: bytes = b"") -> bytes:
    """Give the file y = x, or another, after a change."""
    model = ModelProto.FromString(data or made([graphs.same()]))
    change(model)
    return graphs.data_of(model)


def node(operator: str, *inputs: str, domain: str = "", **attributes: Any) -> NodeProto:
    """Give a node from `x`, or from the names given, to `y`."""
    return helper.make_node(
        operator, list(inputs) or ["x"], ["y"], domain=domain, **attributes
    )


def numbers(name: str, *values: float, kind: type = np.int64) -> TensorProto:
    """Give a constant."""
    return from_array(np.array(values, kind), name)


def single(name: str, value: float, kind: type = np.int64) -> TensorProto:
    """Give a constant without dimensions."""
    return from_array(np.array(value, kind), name)


def summed(operator: str, *inputs: str, **attributes: Any) -> list[NodeProto]:
    """Give the nodes of y = x + the sum of what an operator makes."""
    return [
        helper.make_node(operator, list(inputs), ["z"], **attributes),
        helper.make_node("Cast", ["z"], ["f"], to=graphs.FLOAT),
        helper.make_node("ReduceSum", ["f"], ["s"], keepdims=0),
        node("Add", "x", "s"),
    ]


def output(kind: int = graphs.FLOAT, shape: Sequence[int | None] | None = None) -> Any:
    """Give the output `y` of another type or shape."""
    return [graphs.port("y", kind, shape)]


def declared(*dims: int) -> bytes:
    """Give a model whose constant says to be larger than its data, and is used."""
    bold = TensorProto(name="c", data_type=graphs.FLOAT, dims=dims, raw_data=b"1234")
    return made(summed("Identity", "c"), [bold])


def external(place: str, path: str = SECRET) -> Callable[[], bytes]:
    """Give a model that refers to another file from that place."""
    return lambda: graphs.data_of(graphs.hidden(path)[place])


def broken(make: Callable[..., bytes] = ensembles.tree, **changes: Any) -> Any:
    """Give a forest with other attributes."""
    return lambda: make(**changes)


def scanning() -> bytes:
    """Give a model that scans its rows."""
    body = helper.make_graph(
        [helper.make_node("Identity", ["r"], ["q"])],
        "body",
        [graphs.port("r", shape=[1])],
        [graphs.port("q", shape=[1])],
    )
    return made([node("Scan", body=body, num_scan_inputs=1)])


def multiplying(times: int = 2_000) -> bytes:
    """Give a model that multiplies large matrices for hours, one after the other."""
    nodes = [
        helper.make_node("ConstantOfShape", ["n"], ["a"]),
        helper.make_node("ReduceSum", ["x"], ["t"], keepdims=0),
        helper.make_node("Add", ["a", "t"], ["c0"]),
    ]
    nodes += [
        helper.make_node("MatMul", [f"c{i}", "c0"], [f"c{i + 1}"]) for i in range(times)
    ]
    nodes.append(helper.make_node("ReduceSum", [f"c{times}"], ["s"], keepdims=0))
    return made([*nodes, node("Add", "x", "s")], [numbers("n", 2_000, 2_000)])


def odd_input(value: ValueInfoProto) -> Callable[[], bytes]:
    """Give a model with another input."""
    return lambda: made([graphs.same()], inputs=[value])


def invalid_name(place: str) -> bytes:
    """Give a model in which a name is no UTF-8."""
    data = changed(lambda m: setattr(m.graph, "name", "QQQQ"))
    if place == "input":
        data = made(
            [node("Identity", "QQQQ")],
            inputs=[graphs.port("QQQQ")],
        )
    if place == "operator":
        data = made([node("QQQQ")])
    if place == "words":
        data = changed(lambda m: setattr(m, "doc_string", "QQQQ"))
    if place == "constant":
        data = made([node("Mul", "x", "QQQQ")], [numbers("QQQQ", 1, kind=np.float32)])
    return data.replace(b"QQQQ", b"Q\xff\xfe\xc0")


def packed(what: str) -> bytes:
    """Give a file of another format."""
    if what == "pickle":
        return pickle.dumps({"weights": [1.0]})
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("model.onnx", graphs.scale())
    return file.getvalue()


def zipmap(classes: Sequence[int] | Sequence[str]) -> bytes:
    """Give a model whose answer is a list of maps, one per row."""
    texts = isinstance(classes[0], str)
    sequence = helper.make_sequence_type_proto(
        helper.make_map_type_proto(
            TensorProto.STRING if texts else TensorProto.INT64,
            helper.make_tensor_type_proto(graphs.FLOAT, None),
        )
    )
    named = {f"classlabels_{'strings' if texts else 'int64s'}": list(classes)}
    nodes = [
        helper.make_node("Concat", ["x"] * len(classes), ["p"], axis=1),
        node("ZipMap", "p", domain=ML, **named),
    ]
    return made(nodes, outputs=[helper.make_value_info("y", sequence)])


def told(model: ModelProto) -> None:
    """Write session options, paths and markup wherever a file can hold words."""
    options = (
        '{"session_options": {"enable_profiling": 1, "optimized_model": "secret.txt"}}'
    )
    model.metadata_props.add(key="ort_config", value=options)
    model.metadata_props.add(key=MARKUP[0], value="../" + SECRET)
    model.doc_string = MARKUP[1] + TURNED[0]
    model.producer_name = TURNED[1]
    model.graph.node[0].name = MARKUP[2]
    model.graph.node[0].doc_string = MARKUP[3]


def branching() -> bytes:
    """Give a model that draws numbers in a branch nobody takes."""
    flag = single("b", 1, bool)
    drawn = graphs.graph([node("RandomNormalLike")], [])
    same = graphs.graph([graphs.same()], [])
    return made([node("If", "b", then_branch=same, else_branch=drawn)], [flag])


def long_texts(letters: int = 10**6) -> bytes:
    """Give a model that answers a text of that many letters for every row."""
    end = from_array(np.array(["l" * letters], object), "e")
    nodes = [
        helper.make_node("Cast", ["x"], ["t"], to=TensorProto.STRING),
        node("StringConcat", "t", "e"),
    ]
    return made(nodes, [end], outputs=output(TensorProto.STRING))


def unknown_label() -> bytes:
    """Give a model that answers 5 for every row."""
    nodes = [
        helper.make_node("Mul", ["x", "c"], ["m"]),
        helper.make_node("Add", ["m", "f"], ["a"]),
        node("Cast", "a", to=TensorProto.INT64),
    ]
    constants = [numbers("c", 0, kind=np.float32), numbers("f", 5, kind=np.float32)]
    return made(nodes, constants, outputs=output(TensorProto.INT64))


def renamed(name: str, answer: str = "y") -> bytes:
    """Give y = x with another name for its input."""
    return made(
        [helper.make_node("Identity", [name], [answer])], inputs=[graphs.port(name)]
    )


def attribute_of_no_kind(model: ModelProto) -> None:
    """Give an attribute that says to be a float and holds texts."""
    attribute = model.graph.node[0].attribute.add(name="axis", type=AttributeProto.FLOAT)
    attribute.strings.append(b"\xff\xfe")
