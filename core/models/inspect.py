"""What a model file is, found out without trusting it."""

from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final

from core.models.asking import MODULE, Stop, load_model
from core.records.models import ModelFacts, ModelInput, ModelOutput, OutputKind
from core.sandbox.child import Child
from core.sandbox.limits import Limits

SECONDS: Final = 120
ROOM: Final = 1 << 30  # bytes: Python, onnx and onnxruntime take about 300 MB of it
COPIES: Final = 8  # of the file: its bytes, the parsed form, the session while it is made


@dataclass(frozen=True, slots=True)
class Look:
    """The facts of a file, and the classes it names, in the order of its scores.

    `classes` is empty where the file names none, or more than one list of them.
    """

    facts: ModelFacts
    classes: tuple[str, ...]


def inspect_model(
    data: bytes,
    *,
    seconds: int = SECONDS,
    stop: Stop = lambda: False,
) -> Look:
    """Tell what a model file says of itself, and that it loads.

    The bytes are parsed, walked and opened in a limited process; they never meet a parser
    in this one. The walk comes first: no session is opened on a file that fails it.

    Raises:
        RefusedModelError: the file is not accepted; the sentence says why.
        StoppedError: `stop()` became true.
    """
    memory = min(4 << 30, ROOM + COPIES * len(data))
    limits = Limits(memory=memory, cpu_seconds=seconds, open_files=16)
    with Child(MODULE, limits) as child:
        plain = load_model(child, data, seconds=seconds, stop=stop)
    return Look(_facts(data, plain), tuple(map(str, plain["classes"])))


def _facts(data: bytes, plain: dict[str, Any]) -> ModelFacts:
    return ModelFacts(
        sha256=sha256(data).hexdigest(),
        bytes=len(data),
        inputs=tuple(ModelInput(**port) for port in plain["inputs"]),
        outputs=tuple(
            ModelOutput(**port | {"kind": OutputKind(port["kind"])})
            for port in plain["outputs"]
        ),
        nodes=int(plain["nodes"]),
        operators=tuple((str(name), int(count)) for name, count in plain["operators"]),
        opsets=tuple((str(name), int(version)) for name, version in plain["opsets"]),
        producer=str(plain["producer"]),
        description=str(plain["description"]),
    )
