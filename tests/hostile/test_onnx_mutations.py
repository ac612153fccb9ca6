"""Whatever is changed in a model file: facts and scores, or one sentence; never harm."""

import os
import re
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from core.records.models import Task
from tests.hostile.onnx_mutations import VOCABULARY, Mutated, mutate
from tests.models.cases import ACCEPTED
from tests.models.judging import (
    MOST_MEMORY,
    ROWS,
    Outcome,
    complain,
    forget_peak,
    hurry,
    judge,
    peak,
)

WHOLE = 2_500
STEP = 1 if os.environ.get("PROVE") else 10
TASKS = (Task.BINARY, Task.MULTICLASS, Task.REGRESSION)
KNOWN = [re.compile(sentence, re.DOTALL) for sentence in VOCABULARY]


def _meet(number: int) -> tuple[str, str]:
    """Give what is wrong with how a file was met, or nothing, and what it was told."""
    changed = mutate(number)
    try:
        outcome = judge(changed.data, TASKS[number % 3])
        wrong = _check_twice(changed, number, outcome)
    except Exception as error:  # noqa: BLE001 - any other exception is what is looked for
        return f"{changed.title}: {type(error).__name__}: {error}", "another exception"
    kind = next((k.pattern for k in KNOWN if k.fullmatch(outcome.says)), "nobody knows it")
    return wrong, f"accepted, {changed.name}" if outcome.when == ACCEPTED else kind


def _check_twice(changed: Mutated, number: int, outcome: Outcome) -> str:
    wrong = complain(outcome) if outcome.when != ACCEPTED else _complain_of_scores(outcome)
    if outcome.scores is not None:
        again = judge(changed.data, TASKS[number % 3]).scores
        if again is None or not np.array_equal(outcome.scores, again):
            wrong = "other scores when asked again"
    elif not any(known.fullmatch(outcome.says) for known in KNOWN):
        wrong = f"a sentence nobody knows: {outcome.says}"
    return f"{changed.title}: {wrong}" if wrong else ""


def _complain_of_scores(outcome: Outcome) -> str:
    scores = outcome.scores
    if scores is None or len(scores) != ROWS or not np.isfinite(scores).all():
        return f"scores that are none: {scores}"
    return ""


@pytest.fixture
def told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Counter[str]]:
    """Count what the files are told; printed where all of them are tried."""
    hurry(monkeypatch)
    counted: Counter[str] = Counter()
    yield counted
    if STEP == 1:
        with capsys.disabled():
            for sentence, count in counted.most_common():
                print(f"\n{count:6,} {sentence}", end="")  # noqa: T201 - the report


def test_no_changed_file_does_harm(told: Counter[str]) -> None:
    """2,500 files with PROVE=1, a tenth of them otherwise, two at a time.

    Each gives facts and scores, the same when asked again, or a sentence that we know.
    """
    mutate(0)  # the whole files are made, and counted as ours
    before = forget_peak()
    with ThreadPoolExecutor(2) as pool:
        met = list(pool.map(_meet, range(0, WHOLE, STEP)))
    told.update(says for _, says in met)
    assert not [wrong for wrong, _ in met if wrong]
    assert peak() - before < MOST_MEMORY
    assert sum(told.values()) == len(range(0, WHOLE, STEP))


def test_a_number_brings_its_file_back() -> None:
    """The same number gives the same bytes, another one others."""
    assert mutate(7).data == mutate(7).data
    assert len({mutate(number).data for number in range(40)}) > 30
    assert mutate(7).title.startswith("seed 20260731, number 7 (")
