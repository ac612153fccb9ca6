"""No model file harms the app, reads a file or takes long; each is told one sentence."""

import re
import time
from pathlib import Path

import numpy as np
import pytest

from core.errors import RefusedModelError
from core.models.asking import MODULE, load_model, run_model
from core.models.inspect import inspect_model
from core.sandbox.child import ENVIRONMENT, Child
from core.sandbox.limits import Limits
from tests.hostile.onnx_corpus import CASES
from tests.models import graphs
from tests.models.cases import ACCEPTED, AMOUNT, SHARE, TIME, Case
from tests.models.judging import (
    MOST_MEMORY,
    TABLE,
    complain,
    forget_peak,
    hurry,
    judge,
    peak,
)
from tests.models.odd import SECRET, changed, told

PASSWORD = "kraken-7391"  # noqa: S105 - what must not be seen again
SECONDS = 30  # the machine may have other work
SOON = 3.0  # for files that never end
NAMES = {case.name: case for case in CASES}


@pytest.fixture(autouse=True)
def planted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Plant a secret where a relative name would find it, and let no file take long."""
    below = tmp_path / "app"
    below.mkdir()
    for place in (tmp_path, below):
        (place / SECRET).write_text(PASSWORD, encoding="utf-8")
    monkeypatch.chdir(below)
    hurry(monkeypatch)
    return below


def test_every_case_has_a_name_of_its_own() -> None:
    """At least a hundred files, none of them twice."""
    assert len(NAMES) == len(CASES) > 100


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_file_is_told_its_sentence(
    case: Case, planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Refused where it has to be, in plain words, in seconds, and nothing is read."""
    data = case.make()
    if TIME in case.says:
        hurry(monkeypatch, SOON)
    before, started = forget_peak(), time.monotonic()
    outcome = judge(data, case.answer)
    assert time.monotonic() - started < SECONDS
    assert peak() - before < MOST_MEMORY
    assert outcome.when == case.when, outcome
    assert re.search(case.says, outcome.says), outcome
    assert outcome.when == ACCEPTED or not complain(outcome)
    assert PASSWORD not in repr(outcome)
    assert [path.name for path in planted.iterdir()] == [SECRET]


def test_a_good_model_scores_after_the_worst() -> None:
    """After a crash, too much memory, too much time and a refusal, 50 rows are halved."""
    for name in ("chain of 20,000 questions", "zeros of 160 GB", "loop"):
        assert judge(NAMES[name].make(), AMOUNT).when != ACCEPTED
    outcome = judge(graphs.scale(), SHARE)
    wanted = TABLE.column("float").to_numpy().astype(np.float32) / 2
    assert outcome.scores is not None
    assert np.array_equal(outcome.scores, wanted.astype(np.float64))


def test_no_file_sets_the_options_of_its_session(
    planted: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Onnxruntime takes options from a file when its environment says so: it never does."""
    monkeypatch.setenv("ORT_LOAD_CONFIG_FROM_MODEL", "1")
    assert "ORT_LOAD_CONFIG_FROM_MODEL" not in ENVIRONMENT
    with Child(MODULE, Limits(open_files=16)) as child:
        load_model(child, changed(told), seconds=20, stop=lambda: False)
        seen = Path(f"/proc/{child.pid}/environ").read_bytes().split(b"\0")
    assert {line.split(b"=")[0].decode() for line in seen if line} == set(ENVIRONMENT)
    assert [path.name for path in planted.iterdir()] == [SECRET]


def test_an_accepted_file_gives_the_same_scores_twice() -> None:
    """What is accepted can be repeated, bit for bit."""
    for case in CASES:
        if case.when == ACCEPTED and case.name.startswith(("sound", "threshold", "drop")):
            first, second = (judge(case.make(), case.answer).scores for _ in range(2))
            assert first is not None
            assert second is not None
            assert np.array_equal(first, second)


@pytest.mark.parametrize("rows", [1, 50])
def test_an_answer_too_large_for_the_app_stays_where_it_is(rows: int) -> None:
    """A million columns or letters per row are refused before they are sent."""
    for name in ("a million columns", "a million letters"):
        data = NAMES[name].make()
        with Child(MODULE, Limits(open_files=16)) as child:
            load_model(child, data, seconds=20, stop=lambda: False)
            feed = {"name": "x", "type": "float", "columns": 1}
            question = {"rows": rows, "feeds": [feed], "output": "y", "threads": 1}
            column = np.zeros(rows, np.float32).tobytes()
            before = forget_peak()
            with pytest.raises(RefusedModelError, match="The output `y`"):
                run_model(child, question, [column], seconds=20, stop=lambda: False)
            assert peak() - before < 1_000


def test_facts_hold_what_the_file_says_and_no_more() -> None:
    """Markup is kept as it is written: pages escape it, nobody runs it."""
    look = inspect_model(changed(told))
    assert "<img" in look.facts.description
    assert len(look.facts.description) < 2_001
    assert [port.name for port in look.facts.inputs] == ["x"]
