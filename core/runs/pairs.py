"""Pairs: which columns act together on the scores, and how for a chosen two."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine.duck import DuckDB
from core.errors import NoExactAccountError, WrongInputError
from core.measures import interactions as interactions_module
from core.measures.explainer import Explainer
from core.measures.interactions import (
    PairSums,
    count_interactions,
    measure_pairs,
    pair_values,
)
from core.measures.pattern_plan import TooDeepError
from core.measures.players import find_players
from core.models.forest import Forest
from core.models.opened import CutModel
from core.records.canonical import from_plain, to_plain
from core.records.codes import CodedColumn
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.records.explanations import Cell, Game, Pair, Player, Surface
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.drivers import Asked, drivers_of
from core.runs.explaining import explain, explainer_of, open_cut, reference_of
from core.runs.feeding import batches_of
from core.runs.rollups import Kind, codebook_of, fill_in, known
from core.runs.watch import Watch
from core.runs.writing import FACTS, take_rows, thin_rows

MOST_ROWS: Final = 100_000
MOST_PLAYERS: Final = 150  # the strongest, where there are more
PAIRS: Final = Kind("pairs", 1, (interactions_module,))
SURFACE: Final = Kind("surface", 1, (interactions_module,))
SUMS: Final = ("absolute", "plain", "squares")
ALONE: Final = "Look at each column alone instead."


def known_pairs(
    desk: Desk, evaluation: Evaluation, *, output: str = ""
) -> tuple[Pair, ...] | None:
    """Return the pairs if somebody asked for them before, else None.

    Raises:
        WrongInputError: the model joins no columns, or has no exact account of pairs.
    """
    inputs = _Work(desk, evaluation, output, Watch()).inputs
    return pairs_of(desk, evaluation, output=output) if known(desk, PAIRS, inputs) else None


def pairs_of(
    desk: Desk, evaluation: Evaluation, *, output: str = "", watch: Watch | None = None
) -> tuple[Pair, ...]:
    """Return the pairs of columns that act together, the strongest first.

    Counted over all rows, or over 100,000 chosen by a hash of their number; of more than
    150 players over the 150 that move the scores most.

    Raises:
        WrongInputError: the model joins no columns, or has no exact account of pairs.
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    work = _Work(desk, evaluation, output, watch or Watch())

    def fill(_engine: DuckDB, into: Path) -> None:
        work.write(into)

    name = fill_in(desk, evaluation.id, PAIRS, work.inputs, fill)

    def read() -> tuple[Pair, ...]:
        table = pq.read_table(desk.workspace.objects.path(name))
        facts = json.loads((table.schema.metadata or {})[FACTS.encode()])
        pairs = np.stack([table["one"].to_numpy(), table["other"].to_numpy()], axis=1)
        sums = PairSums(pairs, facts["rows"], *(table[key].to_numpy() for key in SUMS))
        players = from_plain(facts["players"], tuple[Player, ...])
        return measure_pairs(sums, players)

    return desk.once(("pairs", name), read)


def surface_of(
    desk: Desk,
    evaluation: Evaluation,
    pair: Pair,
    *,
    output: str = "",
    watch: Watch | None = None,
) -> Surface:
    """Return how two columns act together, by the values or ranges of both.

    Raises:
        WrongInputError: one of the two is several columns or has no groups, or the model
            has no exact account of pairs.
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    (first, x), (second, y) = (_coded(desk, evaluation, p) for p in pair.players)
    work = _Work(desk, evaluation, output, watch or Watch())

    def fill(_engine: DuckDB, into: Path) -> None:
        work.write_surface(into, pair.numbers, (x, y))

    inputs = work.inputs | {"pair": list(pair.numbers), "codes": [x, y]}
    inputs |= {"frame": evaluation.frame, "codebook": evaluation.codebook}
    name = fill_in(desk, evaluation.id, SURFACE, inputs, fill)
    limit = desk.workspace.state.policy.policy.privacy_limit

    def read() -> tuple[Cell, ...]:
        table = pq.read_table(desk.workspace.objects.path(name))
        return tuple(
            Cell(row["x"], row["y"], row["n"], row["sum"] / row["n"])
            for row in table.to_pylist()
        )

    cells = desk.once(("surface", name), read)
    return Surface(first, second, tuple(cell for cell in cells if cell.rows >= limit))


@dataclass(frozen=True, slots=True)
class _Work:
    """What the pairs of one output of a model are counted from."""

    desk: Desk
    evaluation: Evaluation
    output: str
    watch: Watch

    @property
    def inputs(self) -> dict[str, object]:
        """What makes its roll-ups its own."""
        return {
            "scores": self.evaluation.scores,
            "model": self.evaluation.model,
            "reference": reference_of(self.desk, self.evaluation).object,
            "output": self.place,
        }

    @property
    def place(self) -> int:
        """The number of the output."""
        answer = self.evaluation.answer
        outputs = answer.classes if answer.task is Task.MULTICLASS else ("",)
        if self.output not in outputs:
            raise WrongInputError(
                f"The model knows no class `{self.output}`.",
                hint=f"Choose one of {', '.join(outputs)}.",
            )
        return outputs.index(self.output)

    @property
    def table(self) -> DatasetVersion:
        """The rows of the evaluation."""
        return self.desk.workspace.state.dataset(self.evaluation.dataset)

    @property
    def numbers(self) -> NDArray[np.int64]:
        """The numbers of the rows that are counted."""
        return thin_rows(self.table.rows, MOST_ROWS)

    def write(self, into: Path) -> None:
        """Write the sums of all pairs."""
        self.watch.step(0.0, "Opening the model")
        with self._opened() as cut:
            explainer, forest = self._taken_apart(cut)
            among = self._strongest(explainer)
            _, player_of = find_players(cut.opened)
            count = max([len(explainer.players), *(player_of + 1).tolist()])
            try:
                sums = count_interactions(
                    forest,
                    player_of,
                    count,
                    lambda: self._reference(cut),
                    self._rows(cut),
                    double=cut.opened.double,
                    among=among,
                )
            except TooDeepError:
                raise _too_deep() from None
        facts = {"players": to_plain(explainer.players), "rows": sums.rows}
        columns = {"one": sums.pairs[:, 0], "other": sums.pairs[:, 1]}
        columns |= {key: getattr(sums, key) for key in SUMS}
        arrays = {key: pa.array(values) for key, values in columns.items()}
        table = pa.table(arrays).replace_schema_metadata({FACTS: json.dumps(facts)})
        pq.write_table(table, into)

    def write_surface(
        self, into: Path, pair: tuple[int, int], codes: tuple[int, int]
    ) -> None:
        """Write the sums of one pair by the codes of two columns."""
        self.watch.step(0.0, "Opening the model")
        with self._opened() as cut:
            _, forest = self._taken_apart(cut)
            _, player_of = find_players(cut.opened)
            try:
                found = pair_values(
                    forest,
                    player_of,
                    pair,
                    lambda: self._reference(cut),
                    self._rows(cut),
                    double=cut.opened.double,
                )
                values = np.concatenate(list(found))
            except TooDeepError:
                raise _too_deep() from None
        frame = pq.read_table(
            self.desk.workspace.objects.path(self.evaluation.frame),
            columns=["row", *dict.fromkeys(f"c{code}" for code in codes)],
        ).sort_by("row")
        x, y = (
            frame[f"c{code}"].to_numpy()[self.numbers].astype(np.int64) for code in codes
        )
        wide = int(y.max(initial=0)) + 1
        key = x * wide + y
        n, total = np.bincount(key), np.bincount(key, values)
        seen = np.flatnonzero(n)
        columns = {"x": seen // wide, "y": seen % wide, "n": n[seen], "sum": total[seen]}
        pq.write_table(pa.table({k: pa.array(v) for k, v in columns.items()}), into)

    def _opened(self) -> CutModel:
        try:
            return open_cut(self.desk, self.evaluation, stop=self.watch.stop)
        except NoExactAccountError as error:
            raise _no_account(error) from None

    def _taken_apart(self, cut: CutModel) -> tuple[Explainer, Forest]:
        """Return the explainer of the model and its trees, of which one output is left."""
        reference = reference_of(self.desk, self.evaluation)
        self.watch.step(0.05, f"Reading {reference.rows:,} reference rows")
        try:
            explainer = explainer_of(self.desk, self.evaluation, cut)
        except NoExactAccountError as error:
            raise _no_account(error) from None
        head = cut.opened.head
        if not isinstance(head, Forest):
            raise WrongInputError(
                "The model adds up a part of its own for each driver: no two act together.",
                hint=ALONE,
            )
        if explainer.game is not Game.INTERVENTIONAL:
            raise _too_deep()
        mix = explainer.outcome.mix[[self.place]]
        one = replace(head, value=head.value @ mix.T, base=head.base @ mix.T)
        return explainer, one

    def _strongest(self, explainer: Explainer) -> list[int] | None:
        if len(explainer.players) <= MOST_PLAYERS:
            return None
        explained = explain(self.desk, self.evaluation, watch=self.watch)
        drivers = drivers_of(Asked(self.desk, explained, self.output))
        return [driver.number for driver in drivers[:MOST_PLAYERS]]

    def _reference(self, cut: CutModel) -> Iterator[NDArray[Any]]:
        reference = reference_of(self.desk, self.evaluation)
        for derived in cut.derive_all(batches_of(self.desk, self.evaluation, reference)):
            yield derived.features

    def _rows(self, cut: CutModel) -> Iterator[NDArray[Any]]:
        numbers, done = self.numbers, 0
        batches = take_rows(batches_of(self.desk, self.evaluation, self.table), numbers)
        for derived in cut.derive_all(batches):
            yield derived.features
            done += len(derived.bare)
            share = done / max(1, len(numbers))
            self.watch.step(0.4 + 0.55 * share, f"{done:,} of {len(numbers):,} rows paired")


def _no_account(error: NoExactAccountError) -> WrongInputError:
    return WrongInputError(
        f"{error} Only exact explanations tell what columns do together.", hint=ALONE
    )


def _too_deep() -> WrongInputError:
    return WrongInputError(
        "The trees are too deep to tell what every two columns do together.", hint=ALONE
    )


def _coded(desk: Desk, evaluation: Evaluation, player: Player) -> tuple[CodedColumn, int]:
    book = codebook_of(desk, evaluation)
    coded = book.column(player.columns[0]) if len(player.columns) == 1 else None
    if coded is None:
        raise WrongInputError(
            f"{player.name} has no groups to lay out.", hint="Choose another pair."
        )
    return coded, book.columns.index(coded)
