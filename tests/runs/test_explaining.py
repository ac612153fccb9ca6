"""Scores are explained once, every row of them, and the file says how."""

import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from typing import Any

import numpy as np
import pyarrow.parquet as pq
import pytest

from core.errors import NotFoundError, StoppedError
from core.measures.score_links import LINKS
from core.records.data import Split
from core.records.evaluations import Evaluation
from core.records.explanations import Game, Link
from core.records.models import Task
from core.runs import trying
from core.runs.answered import scores_in
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.explaining import explain, explained_of, reference_of
from core.runs.jobs import Job, Jobs
from core.runs.kinds import RUNNERS
from core.runs.provenance import erase_version
from core.runs.watch import Watch
from tests.kept import Values
from tests.runs.explained import (
    NUMBERS,
    READ,
    Loans,
    constant,
    draw_loans,
    evaluate_loans,
    keep_loans,
    margin_of,
    network,
    network_score,
    pushes_of,
    train,
)
from tests.runs.sliced import Kind, make

CLOSE = 1e-5


@pytest.mark.parametrize("game", [Game.INTERVENTIONAL, Game.PATH])
@pytest.mark.parametrize("task", list(Task))
def test_every_row_adds_up_to_what_the_trained_model_says(
    desk: Desk, task: Task, game: Game
) -> None:
    """The sum of scikit-learn's own pipeline, with gaps and texts; and its scores by the link."""
    loans = Loans(task)
    evaluation = evaluate_loans(desk, loans)
    found = explain(desk, evaluation, game=game)
    facts, values = found.facts, pushes_of(desk, found)
    margin = margin_of(train(task).pipeline, draw_loans(loans).values)
    made = np.array(facts.base) + values.sum(axis=2)
    assert np.abs(made - margin).max() < CLOSE * (1 + np.abs(margin).max())
    assert facts.additivity < CLOSE
    assert (facts.rows, facts.game, facts.error) == (loans.rows, game, 0.0)
    assert [player.columns for player in facts.players] == [(name,) for name in READ]
    assert facts.largest == pytest.approx(np.abs(values).max(), rel=1e-6)
    scores = scores_in(desk, evaluation).reshape(loans.rows, -1)
    assert np.abs(LINKS[facts.link](made).reshape(scores.shape) - scores).max() < CLOSE


def test_the_same_question_is_answered_by_the_same_object(desk: Desk) -> None:
    """Nobody explained it before; then once for all, and again after everything is let go."""
    evaluation = evaluate_loans(desk)
    assert explained_of(desk, evaluation) is None
    first = explain(desk, evaluation)
    desk.forget()
    assert explain(desk, evaluation) == first == explained_of(desk, evaluation)
    assert explained_of(desk, evaluation, game=Game.PATH) is None
    other = explain(desk, evaluation, game=Game.PATH)
    assert other.object != first.object


def test_the_reference_is_training_data_else_a_reference_split_else_the_rows(
    desk: Desk,
) -> None:
    """And the base is the mean sum of exactly those rows."""
    evaluation = evaluate_loans(desk)
    pipeline = train().pipeline
    tables = {
        Split.VALIDATION: draw_loans(Loans()),
        Split.REFERENCE: draw_loans(Loans(rows=120, seed=20, poorer=5)),
        Split.TRAINING: draw_loans(Loans(rows=90, seed=21, poorer=-5)),
    }
    for split, small in tables.items():
        if split is not Split.VALIDATION:
            keep_loans(desk, small, split, name=f"{split} rows")
        reference = reference_of(desk, evaluation)
        assert reference.split is split
        facts = explain(desk, evaluation).facts
        assert facts.reference == reference.id
        assert facts.reference_rows == reference.rows == len(small.values["debt"])
        mean = margin_of(pipeline, small.values).mean()
        assert facts.base[0] == pytest.approx(mean, abs=CLOSE)


def test_rows_that_were_erased_are_no_reference(desk: Desk) -> None:
    """The next in line takes their place."""
    evaluation = evaluate_loans(desk)
    training = keep_loans(desk, draw_loans(Loans(seed=21)), Split.TRAINING, "Training")
    assert reference_of(desk, evaluation) == training
    erase_version(desk, training.id, why="The customers asked for it", actor="ada")
    assert reference_of(desk, evaluation).id == evaluation.dataset


def test_a_table_without_a_column_that_the_model_reads_is_no_reference(desk: Desk) -> None:
    """Whatever its split."""
    evaluation = evaluate_loans(desk)
    small = draw_loans(Loans(seed=21))
    fewer = replace(small, columns=small.columns[1:])
    keep_loans(desk, fewer, Split.TRAINING, "Training")
    keep_loans(desk, fewer, Split.REFERENCE, "Reference")
    assert reference_of(desk, evaluation).id == evaluation.dataset


def test_without_a_file_there_is_nothing_to_explain(desk: Desk) -> None:
    """Scores only."""
    evaluation = make(desk, Kind())
    with pytest.raises(NotFoundError, match="needs the model file"):
        explain(desk, evaluation)
    assert explained_of(desk, evaluation) is None


@pytest.mark.parametrize("after", [0, 1, 2, 3])
def test_cancel_keeps_nothing(desk: Desk, after: int) -> None:
    """At whichever step it is pressed; a later run is whole."""
    evaluation = evaluate_loans(desk)
    steps: list[float] = []
    watch = Watch(lambda: len(steps) >= after, lambda share, _text: steps.append(share))
    before = len(desk.workspace.state.rollups)
    if after < 3:
        with pytest.raises(StoppedError):
            explain(desk, evaluation, watch=watch)
        assert explained_of(desk, evaluation) is None
        assert len(desk.workspace.state.rollups) == before
    assert explain(desk, evaluation).facts.rows == 300
    assert steps == sorted(steps)


def _tried(desk: Desk, patch: pytest.MonkeyPatch, **loans: Any) -> Evaluation:
    patch.setattr(trying, "ROWS", 6)
    patch.setattr(trying, "REFERENCE", 10)
    return evaluate_loans(desk, Loans(rows=40, lacking=False, **loans), network())


def test_a_network_is_tried_and_the_reason_is_kept(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On a few rows, in the unit of the score; each row adds up to it, with an error."""
    evaluation = _tried(desk, monkeypatch)
    found = explain(desk, evaluation)
    facts = found.facts
    assert (facts.game, facts.rows, facts.link) == (Game.TRIED, 6, Link.IDENTITY)
    assert facts.why.startswith("All columns are mixed before the model adds up")
    assert [player.columns for player in facts.players] == [(name,) for name in NUMBERS]
    assert 0 < facts.error < 0.05
    small = draw_loans(Loans(rows=40, lacking=False))
    x = np.array([small.values[name] for name in NUMBERS], np.float32).T
    table = pq.read_table(desk.workspace.objects.path(found.object))
    rows = table["row"].to_numpy()
    made = facts.base[0] + pushes_of(desk, found)[:, 0].sum(axis=1)
    assert made == pytest.approx(network_score(x.astype(np.float64))[rows], abs=1e-5)


def test_cancel_stops_the_trying_too(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """After some rows; nothing is kept."""
    evaluation = _tried(desk, monkeypatch)
    steps: list[str] = []
    watch = Watch(lambda: len(steps) > 5, lambda _share, text: steps.append(text))
    with pytest.raises(StoppedError):
        explain(desk, evaluation, watch=watch)
    assert explained_of(desk, evaluation) is None
    assert "1 of 6 rows tried" in steps


def test_a_model_that_always_answers_the_same_is_pushed_by_nothing(desk: Desk) -> None:
    """Exactly zero in every row; the base is the answer."""
    evaluation = evaluate_loans(desk, Loans(lacking=False), constant())
    found = explain(desk, evaluation)
    assert not pushes_of(desk, found).any()
    assert found.facts.base == pytest.approx((0.07,))
    assert (found.facts.largest, found.facts.link) == (0.0, Link.IDENTITY)


def _not_numbers(values: Values) -> None:
    values["income"] = [float("nan")] * 100 + values["income"][100:]
    values["region"] = ["Atlantis"] * 50 + values["region"][50:]


def test_gaps_and_texts_never_seen_are_explained(desk: Desk) -> None:
    """A third of an amount is no number, a sixth of the regions nobody knows."""
    loans = Loans(change=_not_numbers)
    found = explain(desk, evaluate_loans(desk, loans))
    margin = margin_of(train().pipeline, draw_loans(loans).values)
    made = found.facts.base + pushes_of(desk, found).sum(axis=2)
    assert np.abs(made - margin).max() < CLOSE * (1 + np.abs(margin).max())


def test_a_job_explains_and_names_the_object(desk: Desk) -> None:
    """The same as asking directly; another game is another job."""
    evaluation = evaluate_loans(desk)
    with closing(Jobs(desk, RUNNERS)) as jobs:
        for game in (Game.INTERVENTIONAL, Game.PATH):
            asked = {"evaluation": evaluation.id, "game": game}
            job = _ended(jobs, jobs.start("explain", asked, actor="ada"))
            found = explained_of(desk, evaluation, game=game)
            assert found is not None
            assert (job.state, job.result) == ("done", found.object)


def _ended(jobs: Jobs, id_: str) -> Job:
    end = time.monotonic() + 20
    while time.monotonic() < end:
        job = jobs.job(id_)
        if job is not None and not job.live:
            return job
        time.sleep(0.01)
    pytest.fail(f"the job stands at {jobs.job(id_)}")


def test_another_table_of_the_same_model_has_the_same_base(desk: Desk) -> None:
    """Both against one reference, so that their sums can be compared."""
    evaluation = evaluate_loans(desk)
    keep_loans(desk, draw_loans(Loans(seed=20)), Split.REFERENCE, "Reference")
    later = keep_loans(desk, draw_loans(Loans(seed=9, poorer=6)), name="April")
    other = evaluate(desk, evaluation.model, later.id, actor="test")
    one, two = (explain(desk, each).facts for each in (evaluation, other))
    assert (one.base, one.players, one.reference) == (two.base, two.players, two.reference)


def test_starting_up_loads_no_explainer_that_only_few_models_need() -> None:
    """Neither shap nor pyplot: they are loaded where a model is tried."""
    check = (
        "import sys, core.runs.kinds; print({'shap', 'matplotlib.pyplot'} & {*sys.modules})"
    )
    done = subprocess.run(
        [sys.executable, "-c", check], capture_output=True, check=True, text=True
    )
    assert done.stdout.strip() == "set()"
