"""Drivers: what pages ask of the values of an explanation, over all its rows."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from io import BytesIO
from math import ceil, log2
from pathlib import Path
from typing import Final

import pyarrow.parquet as pq

from core.engine import pushes as pushes_module
from core.engine.duck import DuckDB
from core.engine.one_row import seen_numbers
from core.engine.pushes import (
    Axis,
    DriverSums,
    Pushed,
    Swarm,
    find_ends,
    read_dependence,
    read_drivers,
    read_swarm,
    write_dependence,
    write_drivers,
    write_swarm,
)
from core.errors import WrongInputError
from core.measures.drivers import (
    float_of,
    measure_drivers,
    measure_moved,
    place_squares,
    span_of,
)
from core.records.codes import CodedColumn
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.records.explanations import Dependent, Driver, Explanation, Moved, Player, Square
from core.records.predicate import Predicate, both, to_address
from core.runs.desk import Desk
from core.runs.explaining import Explained
from core.runs.hiding import hides_slice, shown_where
from core.runs.rollups import Kind, codebook_of, fill_in
from core.runs.slicing import check_column, masked_columns, sliced_columns

SHOWN: Final = 15
DRIVERS: Final = Kind("drivers", 1, (pushes_module,))
SWARM: Final = Kind("swarm", 1, (pushes_module,))
DEPENDENCE: Final = Kind("dependence", 1, (pushes_module,))


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked about: one output of an explanation, in the rows of a predicate."""

    desk: Desk
    explained: Explained
    output: str = ""
    where: Predicate | None = None

    @property
    def facts(self) -> Explanation:
        """What was explained and how."""
        return self.explained.facts

    @property
    def place(self) -> int:
        """The number of the output."""
        if self.output not in self.facts.outputs:
            raise WrongInputError(
                f"The model knows no class `{self.output}`.",
                hint=f"Choose one of {', '.join(self.facts.outputs)}.",
            )
        return self.facts.outputs.index(self.output)

    @property
    def unit(self) -> float:
        """The power of two that no push exceeds."""
        return unit_of(self.facts.largest)

    def pushed(self, players: Sequence[int] | None = None) -> Pushed:
        """Return the values of some players, or of all.

        Raises:
            WrongInputError: the rows must be hidden.
        """
        count = len(self.facts.players)
        chosen = range(count) if players is None else players
        evaluation = _evaluation(self)
        return Pushed(
            values=self.explained.object,
            frame=evaluation.frame,
            table=_dataset(self).object,
            targets=tuple(self.place * count + k for k in chosen),
            unit=self.unit,
            whole=self.facts.rows == evaluation.rows,
            where=shown_where(self.desk, evaluation, self.where),
        )

    @property
    def inputs(self) -> dict[str, object]:
        """What makes the roll-ups of this question its own."""
        where = to_address(self.where) if self.where else ""
        return {"values": self.explained.object, "output": self.place, "where": where}


def unit_of(largest: float) -> float:
    """Return the smallest power of two that is not below `largest`."""
    return float(2.0 ** ceil(log2(largest))) if largest > 0 else 1.0


def drivers_of(asked: Asked) -> tuple[Driver, ...]:
    """Return every player by how strongly it moves the scores, the strongest first."""
    return measure_drivers(_sums(asked), asked.facts.players, asked.unit)


def drivers_by(asked: Asked, column: str) -> dict[str, tuple[Driver, ...]]:
    """Return the drivers of every group of a coded column, by the words of the group.

    Groups that must be hidden are left out, and so are those without two explained rows.

    Raises:
        WrongInputError: the column is not one that rows can be grouped by.
    """
    coded, number = _coded(asked, column)
    sums, evaluation = _sums(asked, number), _evaluation(asked)
    found = {}
    for part in sums.part.tolist():
        group = both(asked.where, coded.codes[part].predicate)
        drivers = measure_drivers(sums, asked.facts.players, asked.unit, part=part)
        if drivers and group and not hides_slice(asked.desk, evaluation, group):
            found[coded.say(part)] = drivers
    return found


def swarm_of(
    asked: Asked, players: Sequence[Player]
) -> tuple[float, tuple[tuple[Square, ...], ...]]:
    """Return how far the beeswarm of some players reaches, and the squares of each."""
    numbers = [asked.facts.players.index(player) for player in players]
    ordered = [_ordered(asked, player) for player in players]
    span = _span(asked)
    pushed = asked.pushed(numbers)

    def fill(engine: DuckDB, into: Path) -> None:
        write_swarm(engine, pushed, into, codes=[code for code, _ in ordered], span=span)

    inputs = asked.inputs | {"players": numbers, "span": repr(span)}
    name = fill_in(asked.desk, asked.facts.evaluation, SWARM, inputs, fill)
    swarm: Swarm = asked.desk.once(
        ("swarm", name), lambda: read_swarm(asked.desk.count, name)
    )
    return span, place_squares(swarm, span, [levels for _, levels in ordered])


def dependence_of(asked: Asked, player: Player, second: str = "") -> Dependent:
    """Return how the push of one column depends on its value, over all rows.

    With `second`, rows are told apart by the groups of another column.

    Raises:
        WrongInputError: the player is several columns, or one of personal data.
    """
    if len(player.columns) > 1:
        raise WrongInputError(
            f"{player.name} are pushed together; no one of them has a curve of its own.",
            hint="Choose a column that stands alone.",
        )
    (column,) = player.columns
    check_column(asked.desk, _dataset(asked), column)
    book = codebook_of(asked.desk, _evaluation(asked))
    coded = book.column(column)
    few = coded if coded and not coded.edges else None
    pushed = asked.pushed([asked.facts.players.index(player)])
    span = _span(asked)
    low, high = (0.0, 0.0) if few else find_ends(asked.desk.count, pushed.table, column)
    number = book.columns.index(few) if few else None
    other, code = _coded(asked, second) if second else (None, None)

    def fill(engine: DuckDB, into: Path) -> None:
        axis = Axis(column, span, low, high, number)
        write_dependence(engine, pushed, into, axis=axis, second=code)

    inputs = asked.inputs | {"column": column, "second": second, "span": repr(span)}
    name = fill_in(asked.desk, asked.facts.evaluation, DEPENDENCE, inputs, fill)
    counts = asked.desk.once(
        ("dependence", name), lambda: read_dependence(asked.desk.count, name)
    )
    return Dependent(
        counts.x,
        counts.y,
        counts.part,
        counts.n,
        counts.s,
        counts.q,
        span,
        asked.unit,
        low,
        high,
        tuple(code.words for code in few.codes) if few else (),
        tuple(other.say(k) for k in range(len(other.codes))) if other else (),
    )


def rug_of(asked: Asked, player: Player) -> tuple[float, ...]:
    """Return up to 41 numbers of a column, evenly through the reference rows."""
    reference = asked.desk.workspace.state.dataset(asked.facts.reference)
    column = reference.column(player.columns[0])
    if column is None or not column.type.is_number:
        return ()
    return seen_numbers(asked.desk.count, reference.object, column.name)


def moved_of(before: Asked, after: Asked) -> tuple[Moved, ...]:
    """Return by how much each player moved the mean sum between two explanations.

    Raises:
        WrongInputError: they are not of one model against the same reference rows.
    """
    same = (before.facts.players, before.facts.base, before.facts.outputs)
    if same != (after.facts.players, after.facts.base, after.facts.outputs):
        raise WrongInputError(
            "These two explanations do not start from the same mean.",
            hint="Import the training data of the model, so that both start from it.",
        )
    sums = _sums(before), _sums(after)
    return measure_moved(*sums, after.facts.players, (before.unit, after.unit))


def mean_of(asked: Asked) -> float:
    """Return the mean sum of the rows: the base and all mean pushes."""
    means = sum(float_of(driver.mean) for driver in drivers_of(asked))
    return asked.facts.base[asked.place] + means


def values_file(desk: Desk, explained: Explained) -> bytes:
    """Return the pushes of all rows as Parquet: `row`, and a column for each player.

    The pushes of columns that a person confirmed as personal are left out.
    """
    facts = explained.facts
    masked = masked_columns(desk, _dataset(Asked(desk, explained)))
    names = {
        f"v{o * len(facts.players) + k}": " · ".join(
            part for part in (output, p.name) if part
        )
        for o, output in enumerate(facts.outputs)
        for k, p in enumerate(facts.players)
        if not masked & set(p.columns)
    }
    table = pq.read_table(
        desk.workspace.objects.path(explained.object), columns=["row", *names]
    )
    into = BytesIO()
    pq.write_table(table.rename_columns(["row", *names.values()]), into, compression="zstd")
    return into.getvalue()


def _sums(asked: Asked, code: int | None = None) -> DriverSums:
    pushed = asked.pushed()

    def fill(engine: DuckDB, into: Path) -> None:
        write_drivers(engine, pushed, into, code=code)

    inputs = asked.inputs | {"code": code}
    name = fill_in(asked.desk, asked.facts.evaluation, DRIVERS, inputs, fill)
    return asked.desk.once(
        ("drivers", name), lambda: read_drivers(asked.desk.count, name, pushed)
    )


def _span(asked: Asked) -> float:
    """Return how far figures reach: the same for every slice of one explanation."""
    return span_of(_sums(replace(asked, where=None)), asked.unit, asked.facts.largest)


def _evaluation(asked: Asked) -> Evaluation:
    return asked.desk.workspace.state.evaluation(asked.facts.evaluation)


def _dataset(asked: Asked) -> DatasetVersion:
    return asked.desk.workspace.state.dataset(_evaluation(asked).dataset)


def _coded(asked: Asked, column: str) -> tuple[CodedColumn, int]:
    evaluation = _evaluation(asked)
    sliced = {coded.name: coded for coded in sliced_columns(asked.desk, evaluation)}
    if column not in sliced:
        raise WrongInputError(
            f"Rows cannot be grouped by `{column}`.", hint="Choose another column."
        )
    book = codebook_of(asked.desk, evaluation)
    return sliced[column], book.columns.index(sliced[column])


def _ordered(asked: Asked, player: Player) -> tuple[int | None, int]:
    """Return the coded column whose order is that of the player's values, and its codes.

    None where there is no order, or where nobody may see it: personal data.
    """
    book = codebook_of(asked.desk, _evaluation(asked))
    coded = book.column(player.columns[0]) if len(player.columns) == 1 else None
    if coded is None or not coded.type.is_number:
        return None, 0
    if coded.name in masked_columns(asked.desk, _dataset(asked)):
        return None, 0
    return book.columns.index(coded), len(coded.codes) - 1
