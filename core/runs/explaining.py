"""Explain: by how much each raw column moves the score of each row."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine.duck import DuckDB
from core.errors import NotFoundError, RefusedModelError
from core.measures import explainer as explainer_module
from core.measures.explainer import Explainer, make_explainer
from core.measures.pattern_plan import TooDeepError
from core.measures.score_links import Outcome, find_outcome
from core.models.opened import CutModel, Derived
from core.models.scoring import Scoring
from core.records.canonical import canonical, from_plain
from core.records.data import DatasetVersion, Split
from core.records.evaluations import Evaluation
from core.records.explanations import Explanation, Game
from core.records.models import ModelVersion, Task
from core.runs.answered import scores_in
from core.runs.desk import Desk
from core.runs.rollups import Kind, fill_in, known
from core.runs.watch import Watch

BATCH_ROWS: Final = 65_536
FACTS: Final = b"countersign"
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
        return from_plain(json.loads(found[FACTS]), Explanation)

    return Explained(desk.once(("explanation", name), read), name)


@dataclass(slots=True)
class _Work:
    """What one explanation is made from."""

    desk: Desk
    evaluation: Evaluation
    game: Game
    watch: Watch

    def write(self, into: Path) -> None:
        """Write the values of all rows."""
        desk, evaluation = self.desk, self.evaluation
        model = desk.workspace.state.model(evaluation.model)
        rows = desk.workspace.state.dataset(evaluation.dataset)
        reference = reference_of(desk, evaluation)
        self.watch.step(0.0, "Opening the model")
        first = next(batches_of(desk, model, rows))
        scoring = scoring_of(desk, model)
        total = rows.rows + reference.rows
        with CutModel(scoring, first, total, stop=self.watch.stop) as cut:
            outcome = self._outcome(cut, first)
            self.watch.step(0.05, f"Reading {reference.rows:,} reference rows")
            explainer = make_explainer(
                cut.opened,
                outcome,
                lambda: (d.features for d in cut.derive_all(batches_of(desk, model, reference))),
                game=self.game,
            )
            writing = _Writing(explainer, into)
            with writing:
                for derived in cut.derive_all(batches_of(desk, model, rows)):
                    writing.add(derived)
                    share = writing.rows / max(1, rows.rows)
                    self.watch.step(
                        0.2 + 0.75 * share, f"{writing.rows:,} of {rows.rows:,} rows explained"
                    )
                writing.close(self._facts(cut, explainer, writing, reference))

    def _outcome(self, cut: CutModel, first: pa.RecordBatch) -> Outcome:
        few = first.slice(0, LOOKED_AT)
        bare = cut.derive(few).bare
        head = cut.opened.head
        outputs = head.outputs if hasattr(head, "outputs") else head.weights.shape[1]
        scores = scores_in(self.desk, self.evaluation)[: few.num_rows]
        return find_outcome(bare[:, -outputs:], scores, self.evaluation.answer)

    def _facts(
        self, cut: CutModel, explainer: Explainer, writing: "_Writing", reference: DatasetVersion
    ) -> Explanation:
        answer = self.evaluation.answer
        return Explanation(
            evaluation=self.evaluation.id,
            reference=reference.id,
            reference_rows=reference.rows,
            game=explainer.game,
            link=explainer.outcome.link,
            operator=cut.opened.operator,
            outputs=answer.classes if answer.task is Task.MULTICLASS else ("",),
            players=explainer.players,
            base=tuple(explainer.pushes.base.tolist()),
            largest=writing.largest,
            rows=writing.rows,
            additivity=writing.apart,
            error=0.0,
        )


class _Writing:
    """Writes values batch by batch, and checks that they add up."""

    def __init__(self, explainer: Explainer, into: Path) -> None:
        self.explainer = explainer
        self.rows, self.largest, self.apart = 0, 0.0, 0.0
        targets = explainer.outputs * len(explainer.players)
        fields = [("row", pa.int64()), *((f"v{k}", pa.float32()) for k in range(targets))]
        self.schema = pa.schema(fields)
        self._writer = pq.ParquetWriter(
            into,
            self.schema,
            compression="zstd",
            use_dictionary=False,
            use_byte_stream_split=[name for name, _ in fields[1:]],
        )

    def __enter__(self) -> "_Writing":
        return self

    def __exit__(self, *_: object) -> None:
        self._writer.close()

    def add(self, derived: Derived) -> None:
        """Explain and write the next rows.

        Raises:
            RefusedModelError: a sum is no number.
        """
        pushes = self.explainer.explain(derived.features)
        sums = derived.bare[:, -self.explainer.outcome.mix.shape[1] :] @ self.explainer.outcome.mix.T
        shaped = pushes.reshape(self.explainer.outputs, -1, derived.features.shape[1])
        made = shaped.sum(axis=1, dtype=np.float64).T + self.explainer.pushes.base
        self.apart = max(self.apart, _apart(made, sums))
        self.largest = max(self.largest, float(np.abs(pushes).max(initial=0.0)))
        numbers = np.arange(self.rows, self.rows + len(sums))
        columns = [pa.array(numbers), *(pa.array(v.astype(np.float32)) for v in pushes)]
        self._writer.write_table(pa.Table.from_arrays(columns, schema=self.schema))
        self.rows += len(sums)

    def close(self, facts: Explanation) -> None:
        """Write down what was explained and how."""
        self._writer.add_key_value_metadata({FACTS: canonical(facts)})


def _apart(made: NDArray[np.float64], sums: NDArray[np.float64]) -> float:
    if not np.isfinite(sums).all():
        raise RefusedModelError(
            "The model gives no number for some rows.", hint="Look at the rows on Slices."
        )
    return float((np.abs(made - sums) / (1 + np.abs(sums))).max(initial=0.0))


def scoring_of(desk: Desk, model: ModelVersion) -> Scoring:
    """Return how a model is run.

    Raises:
        NotFoundError: only its scores were brought.
    """
    if model.object is None or model.facts is None:
        raise NotFoundError(
            "Explaining needs the model file; only its scores were imported.",
            hint="Import the ONNX file of the model.",
        )
    data = desk.workspace.objects.read(model.object)
    return Scoring(data, model.facts.inputs, model.feeds, model.answer)


def batches_of(
    desk: Desk, model: ModelVersion, dataset: DatasetVersion
) -> Iterator[pa.RecordBatch]:
    """Give the columns that a model reads, batch by batch."""
    needed = sorted({column for _, columns in model.feeds for column in columns})
    file = pq.ParquetFile(desk.workspace.objects.path(dataset.object))
    yield from file.iter_batches(BATCH_ROWS, columns=needed)


