"""Finish: turn a draft into versions and evaluate them; the one way in for all imports."""

from dataclasses import dataclass

from core.errors import WrongInputError
from core.records.data import DatasetVersion
from core.records.draft import Draft
from core.records.evaluations import Evaluation
from core.records.models import ModelVersion, Task
from core.runs.asking import findings_of
from core.runs.checking import make_checks
from core.runs.desk import Desk
from core.runs.drafting import (
    clean_table,
    drop_draft,
    load_draft,
    model_bytes,
    say_columns,
    score_columns,
)
from core.runs.evaluating import evaluate
from core.runs.keeping import ModelToKeep, TableToKeep, keep_model, keep_table
from core.runs.watch import Watch


@dataclass(frozen=True, slots=True)
class Finished:
    """What became of a draft."""

    dataset: DatasetVersion
    model: ModelVersion
    evaluation: Evaluation


def finish_draft(
    desk: Desk, id_: str, *, actor: str, watch: Watch | None = None
) -> Finished:
    """Keep the table and the model of a draft, evaluate them, and drop the draft.

    Raises:
        WrongInputError: a step is not finished; the sentence says which.
        StoppedError: somebody pressed Cancel; the draft stays as it was.
    """
    watch = watch or Watch()
    draft = load_draft(desk, id_)
    if trouble := unfinished(draft):
        raise WrongInputError(trouble, hint="Go back to that step.")
    dataset = keep_draft_table(desk, draft, actor=actor, watch=watch.part(0.0, 0.3))
    model = keep_draft_model(desk, draft, actor=actor)
    evaluation = evaluate(
        desk, model.id, dataset.id, actor=actor, watch=watch.part(0.3, 0.9)
    )
    findings_of(desk, evaluation)
    make_checks(desk, dataset.id, watch.part(0.9, 1.0))
    drop_draft(desk, id_)
    return Finished(dataset, model, evaluation)


def unfinished(draft: Draft) -> str:
    """Return what is still missing, in one sentence, or nothing."""
    return _unfinished_table(draft) or _unfinished_model(draft) or _unfinished_answer(draft)


def _unfinished_table(draft: Draft) -> str:
    if draft.reading is None:
        return "The file has not been read yet."
    if not draft.columns_confirmed:
        return "The uses of the columns are not confirmed."
    return say_columns(draft.columns)


def _unfinished_model(draft: Draft) -> str:
    if draft.scores_only:
        return "" if score_columns(draft) else "No column holds scores or predictions."
    if draft.model_facts is None:
        return "There is no model yet; add one, or choose scores only."
    fed = dict(draft.feeds)
    lost = [port.name for port in draft.model_facts.inputs if not fed.get(port.name)]
    return f"The input `{lost[0]}` has no column." if lost else ""


def _unfinished_answer(draft: Draft) -> str:
    if draft.answer is None or not draft.answer_confirmed:
        return "Nobody has confirmed what the scores mean."
    known = len(draft.answer.classes)
    if draft.answer.task is Task.BINARY and known != 2:  # noqa: PLR2004 - yes and no
        return f"A binary model tells two classes apart; these are {known}."
    return ""


def keep_draft_table(
    desk: Desk, draft: Draft, *, actor: str, watch: Watch
) -> DatasetVersion:
    """Keep the table of a draft as a dataset version."""
    if draft.reading is None:
        raise WrongInputError("The file has not been read yet.", hint="Read it first.")
    table = TableToKeep(
        parquet=clean_table(desk, draft.id),
        reading=draft.reading,
        columns=draft.columns,
        name=draft.data_name,
        split=draft.split,
        window=draft.window,
        declared=draft.data_declared,
    )
    return keep_table(desk, table, actor=actor, watch=watch)


def keep_draft_model(desk: Desk, draft: Draft, *, actor: str) -> ModelVersion:
    """Keep the model of a draft as a model version."""
    if draft.answer is None:
        raise WrongInputError("Nobody has said what the scores mean.", hint="Confirm it.")
    feeds = (("scores", score_columns(draft)),) if draft.scores_only else draft.feeds
    model = ModelToKeep(
        data=model_bytes(desk, draft),
        facts=None if draft.scores_only else draft.model_facts,
        answer=draft.answer,
        feeds=feeds,
        name=draft.model_name or "Scores",
        declared=draft.model_declared,
    )
    return keep_model(desk, model, actor=actor)
