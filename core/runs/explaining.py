"""Explain: by how much each raw column moves the score of each row."""

import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow.parquet as pq

from core.engine.duck import DuckDB
from core.errors import NoExactAccountError
from core.measures import explainer as explainer_module
from core.measures.explainer import Explainer, make_explainer
from core.measures.score_links import Outcome, find_outcome
from core.models.forest import Forest
from core.models.opened import CutModel
from core.records.canonical import from_plain
from core.records.data import DatasetVersion, Split
from core.records.evaluations import Evaluation
from core.records.explanations import Explanation, Game, Link, Player
from core.records.models import Task
from core.runs.answered import scores_in
from core.runs.desk import Desk
from core.runs.feeding import batches_of, read_columns, scoring_of
from core.runs.rollups import Kind, fill_in, known
from core.runs.trying import try_rows
from core.runs.watch import Watch
from core.runs.writing import FACTS, Writing, take_rows, thin_rows

MOST_VALUES: Final = 125_000_000
MOST_WORK: Final = 200_000_000_000  # multiplications of two cores in about two minutes
LOOKED_AT: Final = 4_096  # rows whose scores tell the link
EXPLAINED: Final = Kind("explanation", 1, (explainer_module,))


@dataclass(frozen=True, slots=True)
class Explained:
    """An explanation and the object that holds its values."""

    facts: Explanation
    object: str


def explained_of(
    desk: Desk, evaluation: Evaluation, *, game: Game = Game.INTERVENTIONAL
) -> Explained | None:
    """Return the explanation of an evaluation, if somebody asked for it before."""
    name = known(desk, EXPLAINED, _inputs(desk, evaluation, game))
    return _read(desk, name) if name else None


def explain(
    desk: Desk,
    evaluation: Evaluation,
    *,
    game: Game = Game.INTERVENTIONAL,
    watch: Watch | None = None,
) -> Explained:
    """Return the explanation of an evaluation: every row, made now if nobody made it.

    Raises:
        RefusedModelError: the model has no head with an exact account, or breaks a limit.
        NotFoundError: only the scores of the model were brought.
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    work = _Work(desk, evaluation, game, watch or Watch())

    def fill(_engine: DuckDB, into: Path) -> None:
        work.write(into)

    inputs = _inputs(desk, evaluation, game)
    return _read(desk, fill_in(desk, evaluation.id, EXPLAINED, inputs, fill))


def reference_of(desk: Desk, evaluation: Evaluation) -> DatasetVersion:
    """Return the rows that stand in for columns that are left out.

    The training data of the model if it is here, else a reference table with the columns
    that the model reads, else the rows of the evaluation itself.
    """
    state = desk.workspace.state
    dataset = state.dataset(evaluation.dataset)
    needed = {column for _, columns in evaluation.feeds for column in columns}
    training = state.training_for(dataset)
    others = [d for d in reversed(state.datasets.values()) if d.split is Split.REFERENCE]
    for candidate in (*([training] if training else []), *others):
        here = candidate.object not in state.erased
        if here and needed <= {column.name for column in candidate.columns}:
            return candidate
    return dataset


def _inputs(desk: Desk, evaluation: Evaluation, game: Game) -> dict[str, object]:
    return {
        "scores": evaluation.scores,
        "model": evaluation.model,
        "reference": reference_of(desk, evaluation).object,
        "game": game,
    }


def _read(desk: Desk, name: str) -> Explained:
    def read() -> Explanation:
        found = pq.read_metadata(desk.workspace.objects.path(name)).metadata or {}
        return from_plain(json.loads(found[FACTS.encode()]), Explanation)

    return Explained(desk.once(("explanation", name), read), name)


def open_cut(
    desk: Desk, evaluation: Evaluation, *, stop: Callable[[], bool] = lambda: False
) -> CutModel:
    """Open the model of an evaluation in a limited process, cut at its head.

    Raises:
        RefusedModelError: it has no head with an exact account; the sentence says why.
        NotFoundError: only its scores were brought.
    """
    model = desk.workspace.state.model(evaluation.model)
    rows = desk.workspace.state.dataset(evaluation.dataset)
    first = next(batches_of(desk, evaluation, rows))
    total = rows.rows + reference_of(desk, evaluation).rows
    return CutModel(scoring_of(desk, model), first, total, stop=stop)


def explainer_of(
    desk: Desk, evaluation: Evaluation, cut: CutModel, *, game: Game = Game.INTERVENTIONAL
) -> Explainer:
    """Return the explainer of an evaluation, made from all its reference rows.

    It is held in memory, so that one more row costs next to nothing.
    """
    reference = reference_of(desk, evaluation)

    def make() -> Explainer:
        outcome = _outcome(desk, evaluation, cut)
        return make_explainer(
            cut.opened,
            outcome,
            lambda: (
                d.features for d in cut.derive_all(batches_of(desk, evaluation, reference))
            ),
            game=game,
        )

    key = ("explainer", evaluation.model, evaluation.scores, reference.object, game)
    return desk.hold(key, make)


def _outcome(desk: Desk, evaluation: Evaluation, cut: CutModel) -> Outcome:
    rows = desk.workspace.state.dataset(evaluation.dataset)
    few = next(batches_of(desk, evaluation, rows)).slice(0, LOOKED_AT)
    head = cut.opened.head
    outputs = head.outputs if isinstance(head, Forest) else head.weights.shape[1]
    scores = scores_in(desk, evaluation)[: few.num_rows]
    return find_outcome(cut.derive(few).bare[:, -outputs:], scores, evaluation.answer)


@dataclass(slots=True)
class _Work:
    """What one explanation is made from."""

    desk: Desk
    evaluation: Evaluation
    game: Game
    watch: Watch

    def write(self, into: Path) -> None:
        """Write the values of all rows, exact where there is an exact account."""
        try:
            self._exactly(into)
        except NoExactAccountError as error:
            self._by_trying(into, str(error))

    def _exactly(self, into: Path) -> None:
        desk, evaluation = self.desk, self.evaluation
        rows = desk.workspace.state.dataset(evaluation.dataset)
        reference = reference_of(desk, evaluation)
        self.watch.step(0.0, "Opening the model")
        with open_cut(desk, evaluation, stop=self.watch.stop) as cut:
            self.watch.step(0.05, f"Reading {reference.rows:,} reference rows")
            explainer = explainer_of(desk, evaluation, cut, game=self.game)
            numbers = thin_rows(rows.rows, _most(explainer))
            with Writing(into, explainer.outputs * len(explainer.players)) as writing:
                batches = take_rows(batches_of(desk, evaluation, rows), numbers)
                for derived in cut.derive_all(batches):
                    mine = numbers[writing.rows : writing.rows + len(derived.bare)]
                    writing.add(mine, explainer.explain(derived.features))
                    writing.check(explainer, derived.bare)
                    share = writing.rows / max(1, len(numbers))
                    said = f"{writing.rows:,} of {len(numbers):,} rows explained"
                    self.watch.step(0.2 + 0.75 * share, said)
                facts = self._facts(writing, reference, explainer.players)
                writing.close(
                    replace(
                        facts,
                        game=explainer.game,
                        link=explainer.outcome.link,
                        operator=cut.opened.operator,
                        base=tuple(explainer.pushes.base.tolist()),
                    )
                )

    def _by_trying(self, into: Path, why: str) -> None:
        reference = reference_of(self.desk, self.evaluation)
        players = tuple(Player((name,)) for name in read_columns(self.evaluation))
        outputs = len(self._outputs())
        self.watch.step(0.0, "Trying the model")
        errors: list[float] = []
        base: tuple[float, ...] = ()
        with Writing(into, outputs * len(players)) as writing:
            for row, tried in try_rows(self.desk, self.evaluation, reference, self.watch):
                writing.add(np.array([row]), tried.values.reshape(-1, 1))
                errors.append(tried.error)
                base = tuple(tried.base.tolist())
            facts = self._facts(writing, reference, players)
            error = float(np.mean(errors)) if errors else 0.0
            writing.close(replace(facts, base=base, error=error, why=why))

    def _outputs(self) -> tuple[str, ...]:
        answer = self.evaluation.answer
        return answer.classes if answer.task is Task.MULTICLASS else ("",)

    def _facts(
        self, writing: "Writing", reference: DatasetVersion, players: tuple[Player, ...]
    ) -> Explanation:
        return Explanation(
            evaluation=self.evaluation.id,
            reference=reference.id,
            reference_rows=reference.rows,
            game=Game.TRIED,
            link=Link.IDENTITY,
            operator="",
            outputs=self._outputs(),
            players=players,
            base=(),
            largest=writing.largest,
            rows=writing.rows,
            additivity=writing.apart,
            error=0.0,
        )


def _most(explainer: Explainer) -> int:
    """Return how many rows can be explained in two minutes and 500 MB."""
    targets = explainer.outputs * len(explainer.players)
    by_size = MOST_VALUES // max(1, targets)
    return min(by_size, MOST_WORK // explainer.work) if explainer.work else by_size
