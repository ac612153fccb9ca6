"""Models as the product knows them: one ONNX file, or scores that somebody brought."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Task(StrEnum):
    """What the model answers."""

    BINARY = "binary"
    MULTICLASS = "multiclass"
    REGRESSION = "regression"


class OutputKind(StrEnum):
    """The shape in which a model gives its answer."""

    TENSOR = "tensor"  # one row of scores per case
    MAPS = "map list"  # one {class: score} map per case
    LABEL = "label only"  # the chosen class, no score


@dataclass(frozen=True, slots=True)
class ModelInput:
    """An input of the file; `width` is 1 for a single column, None when it is open."""

    name: str
    type: str  # float, double, int64, int32, bool or string
    width: int | None


@dataclass(frozen=True, slots=True)
class ModelOutput:
    """An output of the file; `classes` are the keys of a map list, where they are known."""

    name: str
    kind: OutputKind
    type: str
    width: int | None


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What a model file says of itself, read without running it."""

    sha256: str
    bytes: int
    inputs: tuple[ModelInput, ...]
    outputs: tuple[ModelOutput, ...]
    nodes: int
    operators: tuple[tuple[str, int], ...]
    opsets: tuple[tuple[str, int], ...]
    producer: str
    description: str


@dataclass(frozen=True, slots=True)
class InputMatch:
    """Which columns feed an input, in order, or the sentence that says why none does."""

    input: ModelInput
    columns: tuple[str, ...]
    trouble: str


@dataclass(frozen=True, slots=True)
class Answer:
    """How the answer of a model is understood; confirmed by a person, never guessed.

    `classes` are label values in the order of the score columns. For a binary task
    `positive` is the class whose score counts. Regression has neither.
    """

    task: Task
    output: str = ""
    kind: OutputKind = OutputKind.TENSOR
    classes: tuple[str, ...] = ()
    positive: str = ""


@dataclass(frozen=True, slots=True)
class ModelVersion:
    """An immutable model, named by the hash of its file.

    `object` is None for "scores only". `feeds` holds (input, columns) pairs: which
    columns of a table go into which input.
    """

    id: str
    name: str
    number: int
    object: str | None
    facts: ModelFacts | None
    answer: Answer
    feeds: tuple[tuple[str, tuple[str, ...]], ...]
    declared: tuple[tuple[str, str], ...]
    at: datetime
    actor: str

    @property
    def title(self) -> str:
        """The name on the screen, such as `Loan default v2`."""
        return f"{self.name} v{self.number}"
