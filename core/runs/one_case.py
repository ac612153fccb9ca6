"""One case: a row found, explained, changed, and how little would turn it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isnan
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.grid import buckets
from core.engine.one_row import (
    PICKS,
    Pick,
    find_row,
    pick_row,
    read_row,
    seen_numbers,
    seen_values,
)
from core.engine.pushes import find_pushes
from core.errors import NotFoundError, WrongInputError
from core.measures.cases import nearest_flips, tell_case, tell_rather
from core.models.scoring import scoring_child
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.evaluations import Evaluation
from core.records.explanations import Case, Explanation, Flip
from core.records.models import Task
from core.records.predicate import Predicate
from core.records.texts import say_text, shorten
from core.runs.desk import Desk
from core.runs.explaining import Explained, explainer_of, open_cut
from core.runs.feeding import scoring_of
from core.runs.hiding import shown_where
from core.runs.slicing import masked_columns

DOTS: Final = "•••"
CHANGED: Final = 6  # columns that can be changed on the page
LONGEST: Final = 40  # letters of a value
DIGITS: Final = 18  # of the number of a row
LARGEST: Final = 2**53  # a browser knows whole numbers to here
HALF: Final = 0.5  # how far another text is from the one that is there


@dataclass(frozen=True, slots=True)
class Asked:
    """A row of an evaluation that was explained."""

    desk: Desk
    evaluation: Evaluation
    explained: Explained
    row: int
    output: str = ""

    @property
    def facts(self) -> Explanation:
        """What was explained and how."""
        return self.explained.facts

    @property
    def dataset(self) -> DatasetVersion:
        """The table that the row is from."""
        return self.desk.workspace.state.dataset(self.evaluation.dataset)

    @property
    def columns(self) -> tuple[str, ...]:
        """The raw columns that the model reads."""
        return tuple(column for player in self.facts.players for column in player.columns)


def row_of(desk: Desk, evaluation: Evaluation, said: str) -> int:
    """Return the number of the row that a person named: by its id, or by its number.

    An id comes first; `#12` is always the row of that number.

    Raises:
        NotFoundError: there is none, or more than one.
    """
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    id_ = dataset.used_as(Use.ID)
    if id_ is not None and not said.startswith("#"):
        found = find_row(desk.count, dataset.object, id_.name, said.strip())
        if len(found) > 1:
            raise NotFoundError(
                f"More than one row has the {id_.name} {shorten(say_text(said), LONGEST)}.",
                hint="Pick one of them under Slices, Rows.",
            )
        if found:
            return found[0]
    number = said.strip().removeprefix("#")
    if number.isdecimal() and len(number) <= DIGITS and int(number) < dataset.rows:
        return int(number)
    last = dataset.rows - 1
    named = f"the {id_.name} {shorten(say_text(said), LONGEST)}" if id_ else "this number"
    raise NotFoundError(
        f"No row has {named}.", hint=f"Rows are numbered from 0 to {last:,}."
    )


def picked_row(
    desk: Desk,
    explained: Explained,
    kind: str,
    *,
    output: str = "",
    where: Predicate | None = None,
) -> int | None:
    """Return the explained row with the highest or lowest score, or the surest wrong one.

    `output` is the class whose score counts. None where no row can be picked so.

    Raises:
        WrongInputError: the rows of `where` must be hidden.
    """
    evaluation = desk.workspace.state.evaluation(explained.facts.evaluation)
    several = evaluation.answer.task is Task.MULTICLASS
    pick = Pick(
        kind,
        evaluation.scores,
        evaluation.frame,
        score=f"score_{explained.facts.outputs.index(output)}" if several else "score",
        edge=desk.workspace.state.threshold(evaluation.model) * 64,
        where=shown_where(desk, evaluation, where),
        among="" if explained.facts.rows == evaluation.rows else explained.object,
    )
    return pick_row(desk.count, pick)


def picks_of(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the kinds of rows that can be picked."""
    judged = evaluation.answer.task is Task.BINARY and evaluation.labelled
    return tuple(PICKS) if judged else tuple(PICKS)[:2]


def case_of(asked: Asked, *, rather: str = "") -> Case:
    """Return one row explained from the values that are kept.

    With `rather`, why the asked class rather than that one.

    Raises:
        NotFoundError: the row was not explained.
    """
    table = find_pushes(asked.desk.count, asked.explained.object, [asked.row])
    if not table.num_rows:
        raise NotFoundError(
            f"Row {asked.row:,} was not explained.", hint="Choose another row."
        )
    count = len(asked.facts.players)
    outputs = len(asked.facts.outputs)
    values = np.array([table[f"v{k}"][0].as_py() for k in range(outputs * count)])
    return _told(asked, values.reshape(outputs, count), _values(asked), rather)


def changed_case(asked: Asked, changes: Mapping[str, object], *, rather: str = "") -> Case:
    """Return the row explained anew with some of its values changed.

    Raises:
        WrongInputError: a value does not suit its column.
    """
    batch = _changed(asked, [dict(changes)])
    with open_cut(asked.desk, asked.evaluation) as cut:
        explainer = explainer_of(asked.desk, asked.evaluation, cut, game=asked.facts.game)
        values = explainer.explain(cut.derive(batch).features)[:, 0].astype(np.float64)
    shaped = values.reshape(len(asked.facts.outputs), -1)
    return _told(asked, shaped, _values(asked) | dict(changes), rather)


def flips_of(asked: Asked) -> tuple[Flip, ...]:
    """Return the smallest change of each single column that would turn the decision.

    Numbers are tried at 41 places evenly through the rows of the table, texts at its 40
    most frequent values, so nothing is tried that was never seen. Distance is the share of
    rows that lie between two numbers, and one half between two texts. Nothing where the
    model makes no yes/no decision.
    """
    if asked.evaluation.answer.task is not Task.BINARY:
        return ()
    given = _values(asked)
    masked = masked_columns(asked.desk, asked.dataset)
    tries = [
        (column, value, distance)
        for column in asked.columns
        if column not in masked
        for value, distance in _tries(asked, column, given[column])
    ]
    batch = _changed(asked, [{}, *({column: value} for column, value, _ in tries)])
    model = asked.desk.workspace.state.model(asked.evaluation.model)
    with scoring_child(scoring_of(asked.desk, model), batch.num_rows) as session:
        scores = np.asarray(session.score(batch), np.float64).reshape(-1)
    above = _above(asked, scores)
    flips = [
        Flip(column, say_value(given[column]), say_value(value), score, distance)
        for (column, value, distance), score, there in zip(
            tries, scores[1:].tolist(), above[1:], strict=True
        )
        if there != above[0]
    ]
    return nearest_flips(flips)


@dataclass(frozen=True, slots=True)
class Field:
    """A value that can be changed: within the numbers seen, or to one of the values seen."""

    column: Column
    value: object
    low: float = 0.0
    high: float = 0.0
    choices: tuple[object, ...] = ()


def fields_of(asked: Asked, case: Case) -> tuple[Field, ...]:
    """Return the columns that move this row most, with what they may be changed to.

    Personal data cannot be changed, nor can whole numbers that no browser knows exactly.
    """
    masked, given = masked_columns(asked.desk, asked.dataset), _values(asked)
    names = [column for push in case.pushes for column in push.player.columns]
    known = [asked.dataset.column(name) for name in names if name not in masked]
    fields = []
    for column in [column for column in known if column][:CHANGED]:
        value, table = given[column.name], asked.dataset.object
        if column.type.is_number:
            seen = seen_numbers(asked.desk.count, table, column.name) or (0.0,)
            ends = [abs(end) for end in (seen[0], seen[-1], value or 0)]
            if column.type is not ColumnType.INTEGER or max(ends) < LARGEST:
                fields.append(Field(column, value, seen[0], seen[-1]))
        else:
            few = seen_values(asked.desk.count, table, column.name)
            others = tuple(choice for choice in few if choice != value)
            fields.append(Field(column, value, choices=(value, *others)))
    return tuple(fields)


def _told(
    asked: Asked, values: NDArray[np.float64], given: Mapping[str, object], rather: str
) -> Case:
    masked = masked_columns(asked.desk, asked.dataset)
    words = [
        ", ".join(DOTS if c in masked else say_value(given[c]) for c in player.columns)
        for player in asked.facts.players
    ]
    one = tell_case(asked.facts, values, words, output=asked.output, row=asked.row)
    if not rather:
        return one
    other = tell_case(asked.facts, values, words, output=rather, row=asked.row)
    return tell_rather(one, other)


def _values(asked: Asked) -> dict[str, Any]:
    """Return what a row holds in the columns that the model reads."""
    table = read_row(asked.desk.count, asked.dataset.object, asked.columns, asked.row)
    if not table.num_rows:
        raise NotFoundError(f"There is no row {asked.row:,}.", hint="Choose another row.")
    return {name: _number_or_none(table[name][0].as_py()) for name in asked.columns}


def _number_or_none(value: object) -> object:
    """Return a value; what is not a number is missing."""
    return None if isinstance(value, float) and isnan(value) else value


def _changed(asked: Asked, variants: Sequence[Mapping[str, object]]) -> pa.RecordBatch:
    """Return one line for each variant of the row."""
    table = read_row(asked.desk.count, asked.dataset.object, asked.columns, asked.row)
    columns = []
    for name in asked.columns:
        kind, own = table.schema.field(name).type, table[name][0].as_py()
        values = [variant.get(name, own) for variant in variants]
        try:
            columns.append(pa.array(values, kind))
        except (pa.ArrowInvalid, pa.ArrowTypeError, OverflowError):
            raise WrongInputError(
                f"A value does not suit `{name}`, which holds {kind}.",
                hint="Choose another value.",
            ) from None
    return pa.RecordBatch.from_arrays(columns, names=list(asked.columns))


def _tries(asked: Asked, column: str, own: object) -> list[tuple[object, float]]:
    """Return the values that a column is tried at, and how far they are from its own."""
    known, table = asked.dataset.column(column), asked.dataset.object
    if known and known.type.is_number:
        seen = seen_numbers(asked.desk.count, table, column)
        whole = known.type.name == "INTEGER"
        place = float(np.searchsorted(seen, own)) if isinstance(own, int | float) else 0.0
        return [
            (int(value) if whole else value, abs(k - place) / max(1, len(seen)))
            for k, value in enumerate(seen)
            if value != own
        ]
    values = seen_values(asked.desk.count, table, column)
    return [(value, HALF) for value in values if value != own]


def _above(asked: Asked, scores: NDArray[np.float64]) -> NDArray[np.bool_]:
    threshold = asked.desk.workspace.state.threshold(asked.evaluation.model)
    return np.asarray(buckets(scores) >= threshold * 64, np.bool_)


def say_value(value: object) -> str:
    """Return a value of a table in words."""
    if value is None:
        return "missing"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1e4 else f"{value:,.0f}"  # noqa: PLR2004 - digits shown
    return shorten(say_text(str(value)), LONGEST)
