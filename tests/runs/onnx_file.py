"""A tiny model file: the score is one of its two inputs."""

from onnx import TensorProto, helper

from core.models.inspect import inspect_model
from core.records.models import Answer, ModelVersion, Task
from core.runs.desk import Desk
from core.runs.keeping import ModelToKeep, keep_model

ANSWER = Answer(Task.BINARY, output="y", classes=("no", "yes"), positive="yes")


def one_of_two() -> bytes:
    """Return the file of y = a + 0 b."""
    ports = [helper.make_tensor_value_info(n, TensorProto.FLOAT, [None, 1]) for n in "aby"]
    zero = helper.make_tensor("zero", TensorProto.FLOAT, [1], [0.0])
    nodes = [
        helper.make_node("Mul", ["b", "zero"], ["nothing"]),
        helper.make_node("Add", ["a", "nothing"], ["y"]),
    ]
    graph = helper.make_graph(nodes, "g", ports[:2], ports[2:], [zero])
    made = helper.make_model(
        graph, opset_imports=[helper.make_opsetid("", 20)], ir_version=10
    )
    data: bytes = made.SerializeToString()
    return data


def keep_onnx(desk: Desk, first: str, second: str, answer: Answer = ANSWER) -> ModelVersion:
    """Keep the file with the two columns that feed it."""
    data = one_of_two()
    facts = desk.once(("facts",), lambda: inspect_model(data)).facts
    feeds = (("a", (first,)), ("b", (second,)))
    return keep_model(desk, ModelToKeep(data, facts, answer, feeds, "Tiny"), actor="test")
