"""What becomes of a model file on the way that a person takes it."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pytest
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models import scoring
from core.models.answers import propose_answer
from core.models.inspect import inspect_model
from core.models.scoring import Scoring, score_table
from core.records.models import Answer, ModelInput, Task
from tests.models.cases import ACCEPTED, INSPECT, SCORE

ROWS: Final = 50
WIDEST: Final = 64  # columns are laid into an open input
TABLE: Final = pa.record_batch(
    {
        "float": np.linspace(0, 1, ROWS),
        "int64": np.arange(ROWS),
        "bool": np.arange(ROWS) % 2 == 0,
        "string": [f"t{i % 5}" for i in range(ROWS)],
    }
)
COLUMN: Final = {"double": "float", "int32": "int64"}
MOST_SENTENCE: Final = 300
PATHS: Final = re.compile(r"onnxruntime_src|site-packages|/[\w.-]+/|\.(?:cc|h|py):\d")
NAMES: Final = re.compile("`[^`]*`")  # they may look like paths
MOST_MEMORY: Final = 200_000  # kB that this process may grow by for any file


LABELS: Final = {
    Task.BINARY: ("0", "1"),
    Task.MULTICLASS: ("a", "b", "c"),
    Task.REGRESSION: (),
}


@dataclass(frozen=True)
class Outcome:
    """How far a file came, and the sentence it was told or the scores it gave."""

    when: str
    says: str = ""
    hint: str = ""
    scores: NDArray[np.float64] | None = None


def judge(data: bytes, answer: Answer | Task, *, seconds: int = 20) -> Outcome:
    """Look at a file and score a table of 50 rows with it.

    Where only the task is known, the answer is the one that a person is shown first.
    """
    when = INSPECT
    try:
        look = inspect_model(data, seconds=seconds)
        when = SCORE
        if isinstance(answer, Task):
            answer = propose_answer(
                look.facts, LABELS[answer], answer, classes=look.classes
            )
        plan = plan_of(data, look.facts.inputs, answer)
        scores = np.concatenate(list(score_table(plan, [TABLE], ROWS)))
    except RefusedModelError as refused:
        return Outcome(when, str(refused), refused.hint)
    return Outcome(ACCEPTED, scores=scores)


def plan_of(data: bytes, ports: tuple[ModelInput, ...], answer: Answer) -> Scoring:
    """Feed every input with the column of its type, as often as it is wide."""
    feeds = tuple((p.name, (COLUMN.get(p.type, p.type),) * _width(p)) for p in ports)
    return Scoring(data, ports, feeds, answer)


def _width(port: ModelInput) -> int:
    return min(port.width or 1, WIDEST)


def hurry(monkeypatch: pytest.MonkeyPatch, seconds: float = 20.0) -> None:
    """Let no batch take longer than that."""
    monkeypatch.setattr(scoring, "LEAST_SECONDS", seconds)
    monkeypatch.setattr(scoring, "LOAD_SECONDS", seconds)


def forget_peak() -> int:
    """Begin to watch the largest memory of this process; give what it has now in kB."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return peak()


def peak() -> int:
    """Give the largest memory of this process since then in kB."""
    told = Path("/proc/self/status").read_text(encoding="ascii")
    return int(told.split("VmHWM:")[1].split()[0])


def complain(outcome: Outcome) -> str:
    """Say what is wrong with the words of a refusal, or nothing."""
    if len(outcome.says) > MOST_SENTENCE:
        return f"{len(outcome.says)} characters: {outcome.says}"
    if PATHS.search(NAMES.sub("", outcome.says)):
        return f"a path: {outcome.says}"
    return "" if outcome.hint else f"no hint: {outcome.says}"
