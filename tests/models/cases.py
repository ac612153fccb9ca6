"""What a hostile file is told, and when."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from core.records.models import Answer, OutputKind, Task

INSPECT, SCORE, ACCEPTED = "inspect", "score", "accepted"
AMOUNT: Final = Answer(Task.REGRESSION, "y")
SHARE: Final = Answer(Task.BINARY, "y", OutputKind.TENSOR, ("0", "1"), "1")
THREE: Final = Answer(Task.MULTICLASS, "y", OutputKind.TENSOR, ("a", "b", "c"))
NAMED: Final = Answer(Task.BINARY, "y", OutputKind.LABEL, ("0", "1"), "1")
MAPPED: Final = Answer(Task.BINARY, "y", OutputKind.MAPS, ("0", "1"), "1")

NO_MODEL: Final = "^This file cannot be read as an ONNX model"
ELSEWHERE: Final = "^This ONNX file refers to another file on disk"
NOT_LOADED: Final = "^The model cannot be loaded; onnxruntime says: "
NOT_RUN: Final = "^The model cannot be run on this table; onnxruntime says: "
MEMORY: Final = "needs? more memory than a model may have|^The model used more memory"
TIME: Final = "^The model took too long and was stopped"
CHANCE: Final = "^The model uses `{}`, which answers the same row differently each time"
ONE_EACH: Final = "^The output `y` does not hold one answer per row"


@dataclass(frozen=True)
class Case:
    """A file, the sentence it is told, and when: as it is looked at, scored, or never."""

    name: str
    make: Callable[[], bytes]
    says: str
    when: str = INSPECT
    answer: Answer = AMOUNT
