"""Small ONNX files made by hand, kind and hostile."""

from collections.abc import Sequence

import numpy as np
from onnx import (
    AttributeProto,
    GraphProto,
    ModelProto,
    NodeProto,
    SparseTensorProto,
    TensorProto,
    ValueInfoProto,
    helper,
    numpy_helper,
)

FLOAT = TensorProto.FLOAT
ROWS = (None, 1)


def port(
    name: str, kind: int = FLOAT, shape: Sequence[int | str | None] | None = ROWS
) -> ValueInfoProto:
    """Give an input or output; rows are open."""
    return helper.make_tensor_value_info(name, kind, shape)


def graph(
    nodes: Sequence[NodeProto],
    inputs: Sequence[ValueInfoProto] | None = None,
    outputs: Sequence[ValueInfoProto] | None = None,
    constants: Sequence[TensorProto] = (),
) -> GraphProto:
    """Give a graph from `x` to `y` unless told otherwise."""
    return helper.make_graph(
        list(nodes),
        "g",
        [port("x")] if inputs is None else list(inputs),
        [port("y")] if outputs is None else list(outputs),
        list(constants),
    )


def model(inner: GraphProto, opset: int = 20, domain: str = "") -> ModelProto:
    """Give a model that onnxruntime can read."""
    opsets = [helper.make_opsetid("", opset), helper.make_opsetid("ai.onnx.ml", 3)]
    if domain:
        opsets.append(helper.make_opsetid(domain, 1))
    return helper.make_model(inner, opset_imports=opsets, ir_version=10)


def same() -> NodeProto:
    """Give the node y = x."""
    return helper.make_node("Identity", ["x"], ["y"])


def data_of(made: ModelProto) -> bytes:
    """Give the file of a model."""
    data: bytes = made.SerializeToString()
    return data


def scale(factor: float = 0.5) -> bytes:
    """Give the model y = factor * x."""
    constant = numpy_helper.from_array(np.array([factor], np.float32), "c")
    node = helper.make_node("Mul", ["x", "c"], ["y"])
    return data_of(model(graph([node], constants=[constant])))


def reference(path: str) -> TensorProto:
    """Give a tensor whose values lie in another file."""
    tensor = TensorProto(name="c", data_type=TensorProto.UINT8, dims=[8])
    tensor.data_location = TensorProto.EXTERNAL
    tensor.external_data.add(key="location", value=path)
    return tensor


def undeclared_reference(path: str) -> TensorProto:
    """Give a tensor that names another file and claims not to."""
    tensor = reference(path)
    tensor.data_location = TensorProto.DEFAULT
    return tensor


def _constant(tensor: TensorProto) -> NodeProto:
    return helper.make_node("Constant", [], ["c"], value=tensor)


def _either(inner: GraphProto) -> NodeProto:
    other = graph([same()], [])
    return helper.make_node("If", ["b"], ["y"], then_branch=inner, else_branch=other)


def hidden(path: str) -> dict[str, ModelProto]:
    """Give models that refer to `path`, from every place that can hold a tensor."""
    outside = reference(path)
    byte = TensorProto.UINT8
    plain = [port("y", byte, [8])]
    sparse = SparseTensorProto(values=outside, dims=[8])
    found = {
        "initializer": model(graph([same()], constants=[outside])),
        "undeclared": model(graph([same()], constants=[undeclared_reference(path)])),
        "attribute": model(graph([_constant(outside), same()])),
        "subgraph": model(graph([_either(graph([_constant(outside)], [], plain))])),
        "subgraph initializer": model(
            graph([_either(graph([same()], [], plain, [outside]))])
        ),
        "sparse attribute": model(
            graph([helper.make_node("Constant", [], ["c"], sparse_value=sparse), same()])
        ),
    }
    for place in ("sparse initializer", "function", "training", "tensors", "graphs"):
        found[place] = model(graph([same()]))
    found["sparse initializer"].graph.sparse_initializer.append(sparse)
    found["function"].functions.add(name="f", domain="").node.append(_constant(outside))
    training = found["training"].training_info.add()
    training.algorithm.initializer.append(outside)
    many = found["tensors"].graph.node[0].attribute.add(name="many")
    many.tensors.append(outside)
    nested = found["graphs"].graph.node[0].attribute.add(name="nested")
    nested.graphs.add().initializer.append(outside)
    return found


def _field(number: int, content: bytes) -> bytes:
    size, digits = len(content), bytearray()
    while size > 127:
        digits.append(size & 127 | 128)
        size >>= 7
    return bytes([number << 3 | 2, *digits, size]) + content


def nested(depth: int) -> bytes:
    """Give If in If in If, put together from bytes: protobuf itself stops at depth 100."""
    other = helper.make_attribute("else_branch", graph([same()], []))
    branch = AttributeProto(name="then_branch", type=AttributeProto.GRAPH)
    node = NodeProto(input=["b"], output=["y"], op_type="If", attribute=[other])
    shell = graph([], []).SerializeToString()
    inner = graph([same()], []).SerializeToString()
    for _ in range(depth):
        attribute = branch.SerializeToString() + _field(6, inner)
        inner = shell + _field(1, node.SerializeToString() + _field(5, attribute))
    flag = numpy_helper.from_array(np.array(True), "b")  # noqa: FBT003 - a numpy scalar
    outer = graph([], outputs=[], constants=[flag]).SerializeToString()
    bare = model(graph([]))
    bare.ClearField("graph")
    return data_of(bare) + _field(7, outer + inner)


def doubling(times: int, *, constant: bool) -> bytes:
    """Give a model that joins a tensor with itself, again and again."""
    nodes = [
        helper.make_node("Concat", [f"a{i}", f"a{i}"], [f"a{i + 1}"], axis=1)
        for i in range(times)
    ]
    if constant:
        nodes.append(helper.make_node("ReduceSum", [f"a{times}"], ["s"], keepdims=1))
        nodes.append(helper.make_node("Add", ["x", "s"], ["y"]))
        seed = numpy_helper.from_array(np.ones((1, 1), np.float32), "a0")
        return data_of(model(graph(nodes, constants=[seed])))
    nodes.insert(0, helper.make_node("Identity", ["x"], ["a0"]))
    nodes.append(helper.make_node("ReduceSum", [f"a{times}"], ["y"], keepdims=0))
    return data_of(model(graph(nodes, outputs=[port("y", FLOAT, [None])])))


def huge_constant(count: int) -> bytes:
    """Give a model that makes `count` float zeros."""
    shape = numpy_helper.from_array(np.array([count], np.int64), "n")
    nodes = [
        helper.make_node("ConstantOfShape", ["n"], ["z"]),
        helper.make_node("ReduceSum", ["z"], ["s"], keepdims=1),
        helper.make_node("Add", ["x", "s"], ["y"]),
    ]
    return data_of(model(graph(nodes, constants=[shape])))


def looping(times: int) -> bytes:
    """Give a model that adds `times` times."""
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["c0"], ["c1"]),
            helper.make_node("Add", ["v0", "v0"], ["v1"]),
        ],
        "body",
        [
            port("i", TensorProto.INT64, []),
            port("c0", TensorProto.BOOL, []),
            port("v0", FLOAT, None),
        ],
        [port("c1", TensorProto.BOOL, []), port("v1", FLOAT, None)],
    )
    count = numpy_helper.from_array(np.array(times, np.int64), "m")
    node = helper.make_node("Loop", ["m", "", "x"], ["y"], body=body)
    return data_of(model(graph([node], constants=[count])))


def cyclic() -> bytes:
    """Give a model whose two nodes wait for each other."""
    nodes = [
        helper.make_node("Add", ["x", "b"], ["a"]),
        helper.make_node("Identity", ["a"], ["b"]),
        helper.make_node("Identity", ["a"], ["y"]),
    ]
    return data_of(model(graph(nodes)))
