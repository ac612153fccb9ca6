"""Model files changed by chance, in their bytes or in their parts: seeded, so repeatable."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Final, TypeVar

import numpy as np
import onnx
from numpy.random import Generator
from onnx import ModelProto, TensorProto, helper, numpy_helper

from tests.hostile.mutating import DAMAGES, splice
from tests.models import ensembles, graphs, odd, trained

Thing = TypeVar("Thing")
Message = Any  # protobuf messages have no types
Change = Callable[[Generator, Message, list[Message]], None]

SEED: Final = 20_260_731
MOST_BYTES: Final = 1 << 20
INTEGERS: Final = (
    *(-(2**63), -(2**31), -1_000, -2, -1, 0, 1, 2, 3, 4, 7, 8, 9, 10, 13, 16, 20, 22, 26),
    *(255, 256, 1_000, 65_536, 10**6, 2**31 - 1, 2**31, 2**32, 2**40, 2**62, 2**63 - 1),
)
FLOATS: Final = (
    float("nan"),
    float("inf"),
    -float("inf"),
    0.0,
    -0.0,
    1e38,
    -1e-45,
    0.5,
    2.0,
)
WORDS: Final = (
    *("", "x", "y", "X", "c", "probabilities", "output_label", "variable", "ai.onnx.ml"),
    *(
        "com.microsoft",
        "axis",
        "axes",
        "to",
        "BRANCH_EQ",
        "LEAF",
        "SOFTMAX",
        "PROBIT",
        "LOGISTIC",
    ),
    *("../secret.txt", "/etc/passwd", "\u202e", "<b>", "n" * 5_000, "location", "{"),
)
OPERATORS: Final = tuple(sorted({schema.name for schema in onnx.defs.get_all_schemas()}))
DEEPEST: Final = 12
BYTES: Final = 0.3  # of all files; most of them can no longer be read at all


@dataclass(frozen=True)
class Mutated:
    """A changed file, and what brings it back."""

    number: int
    name: str
    data: bytes

    @property
    def title(self) -> str:
        """The words in which a failure is reported."""
        return f"seed {SEED}, number {self.number} ({self.name})"


def mutate(number: int) -> Mutated:
    """Give the changed file of that number."""
    rng = np.random.default_rng([SEED, number])
    files = whole_files()
    name = _pick(rng, sorted(files))
    other = files[_pick(rng, sorted(files))]
    if rng.random() < BYTES:
        return Mutated(number, f"{name}, bytes", _change_bytes(rng, files[name], other))
    return Mutated(number, f"{name}, parts", _change_parts(rng, files[name], other))


@cache
def whole_files() -> dict[str, bytes]:
    """Give the files before any change: trained, made by hand, and hostile."""
    return {
        "logistic": trained.train("logistic", "binary", zipmap=False),
        "logistic maps": trained.train("logistic", "multiclass", zipmap=True),
        "forest": trained.train("sklearn", "binary", zipmap=False),
        "forest of numbers": trained.train("sklearn", "regression", zipmap=False),
        "boosted": trained.train("lightgbm", "multiclass", zipmap=True),
        "tree": ensembles.tree(),
        "classifier": ensembles.classifier(),
        "set five": ensembles.tree_of_set_five(),
        "texts": texts(),
        "several": several(),
        "doubling": graphs.doubling(12, constant=False),
        "maps": odd.zipmap([0, 1]),
        "branch": odd.branching(),
        "loop": graphs.looping(9),
        "words": odd.changed(odd.told),
    }


def texts() -> bytes:
    """Give a model of one text and one number: 1 where the text is `t1`, times the number."""
    nodes = [
        helper.make_node("Equal", ["t", "k"], ["e"]),
        helper.make_node("Cast", ["e"], ["f"], to=TensorProto.FLOAT),
        odd.node("Mul", "x", "f"),
    ]
    known = numpy_helper.from_array(np.array(["t1"], object), "k")
    ports = [graphs.port("t", TensorProto.STRING), graphs.port("x")]
    return odd.made(nodes, [known], inputs=ports)


def several() -> bytes:
    """Give a model with five answers: numbers, whole numbers, yes/no, a text, two columns."""
    kinds = {"y": 1, "whole": 7, "yes": 9, "text": 8}
    nodes = [
        helper.make_node("Cast", ["x"], [name], to=kind) for name, kind in kinds.items()
    ]
    nodes.append(helper.make_node("Concat", ["x", "x"], ["two"], axis=1))
    outputs = [graphs.port(name, kind) for name, kind in kinds.items()]
    outputs.append(graphs.port("two", shape=[None, 2]))
    return odd.made(nodes, outputs=outputs)


def _change_bytes(rng: Generator, data: bytes, other: bytes) -> bytes:
    if rng.random() < 0.1:
        return splice(rng, data, other)[:MOST_BYTES]
    if rng.random() < 0.6:  # one bit, or one byte: what follows can often be read
        at, new = int(rng.integers(len(data))), int(rng.integers(256))
        byte = data[at] ^ (1 << new % 8) if rng.random() < 0.7 else new
        return data[:at] + bytes([byte]) + data[at + 1 :]
    for _ in range(int(rng.integers(1, 4))):
        data = _pick(rng, DAMAGES)(rng, data)[:MOST_BYTES]
    return data


def _change_parts(rng: Generator, data: bytes, other: bytes) -> bytes:
    model = ModelProto.FromString(data)
    lenders = [*_messages(model), *_messages(ModelProto.FromString(other))]
    for _ in range(int(rng.integers(1, 5))):
        _change_field(rng, _pick_message(rng, _messages(model)), lenders)
    changed: bytes = model.SerializeToString()
    return changed[:MOST_BYTES]


def _messages(message: Message, depth: int = 0) -> list[Message]:
    """Give a message and all that stand in it."""
    found = [message]
    for field, value in message.ListFields():
        if field.type == field.TYPE_MESSAGE and depth < DEEPEST:
            for inner in value if field.is_repeated else (value,):
                found += _messages(inner, depth + 1)
    return found


def _pick_message(rng: Generator, messages: list[Message]) -> Message:
    """Choose the kind first: a large graph has more values than anything else."""
    kind = _pick(rng, sorted({message.DESCRIPTOR.name for message in messages}))
    return _pick(rng, [message for message in messages if message.DESCRIPTOR.name == kind])


def _change_field(rng: Generator, message: Message, lenders: list[Message]) -> None:
    """Change a field that is set, or now and then any that could be."""
    present = [field for field, _ in message.ListFields()]
    fields = present if present and rng.random() < 0.8 else message.DESCRIPTOR.fields
    field = _pick(rng, list(fields))
    if field.is_repeated:
        _change_list(rng, message, field, lenders)
    elif rng.random() < 0.15:
        message.ClearField(field.name)
    elif field.type == field.TYPE_MESSAGE:
        _lend(rng, getattr(message, field.name), lenders)
    else:
        setattr(message, field.name, _value(rng, field))


def _change_list(
    rng: Generator, message: Message, field: Message, lenders: list[Message]
) -> None:
    values = list(getattr(message, field.name))
    at = int(rng.integers(len(values) + 1))
    match int(rng.integers(5)):
        case 0:
            del values[at : at + 1]
        case 1:
            values[at:at] = values[at : at + int(rng.integers(1, 5))]
        case 2:
            values = [values[i] for i in rng.permutation(len(values))]
        case 3:
            values = values[:at]
        case _:
            values[at : at + 1] = [_element(rng, field, lenders)]
    values = [v.__deepcopy__({}) if hasattr(v, "DESCRIPTOR") else v for v in values]
    message.ClearField(field.name)
    getattr(message, field.name).extend(values)


def _element(rng: Generator, field: Message, lenders: list[Message]) -> Any:
    if field.type != field.TYPE_MESSAGE:
        return _value(rng, field)
    kind = field.message_type
    able = [message for message in lenders if message.DESCRIPTOR is kind]
    return _pick(rng, able) if able else getattr(onnx, kind.name.split(".")[-1])()


def _lend(rng: Generator, message: Message, lenders: list[Message]) -> None:
    able = [lender for lender in lenders if lender.DESCRIPTOR is message.DESCRIPTOR]
    if able:
        message.MergeFrom(_pick(rng, able))
    else:
        message.SetInParent()


def _value(rng: Generator, field: Message) -> Any:
    if field.type == field.TYPE_STRING:
        known = OPERATORS if field.name == "op_type" else WORDS
        return _pick(rng, known)
    if field.type == field.TYPE_BYTES:
        return _pick(rng, (b"", b"\xff\xfe", b"x" * 9, bytes(64), rng.bytes(16)))
    if field.type in (field.TYPE_FLOAT, field.TYPE_DOUBLE):
        return _pick(rng, FLOATS)
    if field.type == field.TYPE_ENUM:
        return _pick(rng, field.enum_type.values).number
    number = _pick(rng, INTEGERS)
    if field.type == field.TYPE_INT32:
        return max(-(2**31), min(number, 2**31 - 1))
    return max(number, 0) if field.type == field.TYPE_UINT64 else number


def _pick(rng: Generator, things: Sequence[Thing]) -> Thing:
    return things[int(rng.integers(len(things)))]


# All that a person may be told of a model file; nothing else comes out.
VOCABULARY: Final = (
    r"This file cannot be read as an ONNX model\.",
    r"This ONNX file refers to another file on disk; such files are refused\.",
    r"The file is written in ONNX version -?\d+; up to \d+ can be read\.",
    r"The model uses operator set \d+ of `[\w.]+`; up to \d+ can be run\.",
    r"The model uses the operator `[^`]*` of `[^`]*`, which is not accepted\.",
    r"The model uses `\w+`, which (may run without end|answers the same row differently.*)\.",
    r"The model has more than [\d,]+ (parts|nodes|inputs or outputs, or endless names)\.",
    r"The model nests graphs more than 8 deep\.",
    r"The model brings functions of its own; such files are refused\.",
    r"The model has two inputs or two outputs called `.*`\.",
    r"The model names (the class `.*` twice|a class with an endless text)\.",
    r"The model (has no input to fill|gives no table)\.",
    r"The input `.*` (wants [\w ]+; tables hold .*|has \d+ dimensions; a table has two)\.",
    r"The input `.*` takes exactly -?[\d,]+ rows at a time\.",
    r"The input `.*` wants \w+; the column `.*` holds \w+\.",
    r"The model cannot be (loaded|run on this table); onnxruntime says: .+",
    r"The model cannot be (loaded|run on this table): it needs more memory than .*\.",
    r"The model (took too long|used more memory than a model may have,) and was stopped\.",
    r"The model crashed the process that ran it; nothing else was harmed\.",
    r"None of the model's \d+ outputs answers a \w+ question\.",
    r"Two classes of the model mean the label `.*`\.",
    r"The output `.*` does not hold one answer per row\.",
    r"The output `.*` (has|scores) [\d,]+ (columns|classes); at most 1,000 are read\.",
    r"The output `.*` holds texts of more than 2,000 letters\.",
    r"The output `.*` has the shape [\dx ,]+; one .* is wanted\.",
    r"The output `.*` is (no number|no map list|a list of tensors)\.",
    r"The model answers `.*`, which is no value of the label\.",
    r"The model gives no score for the class `.*`; it scores .*\.",
    r"`.*` is not one of two classes of the output `.*`\.",
    r"[\d,]+ of [\d,]+ scores (are not numbers|lie outside 0 to 1)\.",
)
