"""A model is fed the columns that it reads, in its order, batch by batch."""

import pyarrow as pa
import pytest

from core.errors import NotFoundError
from core.models.scoring import scoring_child
from core.runs import feeding
from core.runs.answered import scores_in
from core.runs.desk import Desk
from core.runs.feeding import batches_of, read_columns, scoring_of
from tests.runs.explained import NUMBERS, READ, Loans, draw_loans, evaluate_loans, network
from tests.runs.sliced import Kind, make


def test_columns_come_once_each_in_the_order_of_the_inputs(desk: Desk) -> None:
    """One input per column, or one input of three."""
    assert read_columns(evaluate_loans(desk, Loans(rows=40))) == READ
    narrow = evaluate_loans(desk, Loans(rows=40, lacking=False), network())
    assert read_columns(narrow) == NUMBERS


def test_batches_hold_every_row_once(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """Forty rows, sixteen at a time, and no other column."""
    monkeypatch.setattr(feeding, "BATCH_ROWS", 16)
    evaluation = evaluate_loans(desk, Loans(rows=40))
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    batches = list(batches_of(desk, evaluation, dataset))
    assert [batch.num_rows for batch in batches] == [16, 16, 8]
    table = pa.Table.from_batches(batches)
    assert tuple(table.column_names) == READ
    values = draw_loans(Loans(rows=40)).values
    assert table.to_pydict() == {name: values[name] for name in READ}


def test_what_is_fed_gives_the_scores_of_the_evaluation(desk: Desk) -> None:
    """The same run again, number by number."""
    evaluation = evaluate_loans(desk, Loans(rows=40))
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    scoring = scoring_of(desk, desk.workspace.state.model(evaluation.model))
    (batch,) = batches_of(desk, evaluation, dataset)
    with scoring_child(scoring, 40) as session:
        found = session.score(batch)
    assert found.reshape(-1).tolist() == scores_in(desk, evaluation).reshape(-1).tolist()


def test_scores_alone_cannot_be_run(desk: Desk) -> None:
    """There is no file."""
    model = desk.workspace.state.model(make(desk, Kind()).model)
    with pytest.raises(NotFoundError, match="only its scores were imported"):
        scoring_of(desk, model)
