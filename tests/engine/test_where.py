"""The rows of a predicate may be asked for by the model's score as by any column."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.cells import Cells
from core.engine.drill import count_rows
from core.engine.where import Where, rows_where
from core.errors import WrongInputError
from core.records.data import ColumnType, Use
from core.records.predicate import SCORE, And, Comparison, Not, Or, Predicate
from core.runs.desk import Desk
from tests.kept import BINARY, THREE, Framed, Small, Values, column, count, lay_frame

SEEDS = st.integers(0, 10**6)
OPERATORS = {
    "<": np.less,
    "<=": np.less_equal,
    ">": np.greater,
    ">=": np.greater_equal,
    "=": np.equal,
    "!=": np.not_equal,
}


def _framed(
    desk: Desk, rng: np.random.Generator, *own: float
) -> tuple[Framed, "np.ndarray[tuple[int], np.dtype[np.float64]]", list[str]]:
    """Return a frame of 60 rows, their scores and regions; `own` fills a column of its own."""
    scores = np.round(rng.random(60), 2)
    regions = [("N", "S")[k] for k in rng.integers(0, 2, 60)]
    columns = [column("y", use=Use.LABEL), column("region", group=True)]
    values: Values = {"y": ["yes", "no"] * 30, "region": list(regions)}
    if own:
        columns.append(column(SCORE, ColumnType.NUMBER))
        values[SCORE] = list(own)
    return lay_frame(desk, Small(tuple(columns), values), BINARY, scores), scores, regions


def _rows(desk: Desk, framed: Framed, predicate: Predicate) -> tuple[int, Cells]:
    """Return the rows of a predicate in the table, and in the frame."""
    where = Where(framed.dataset, predicate, framed.scores)
    return count_rows(desk.count, where), count(desk, framed, where=predicate)


@given(SEEDS, st.sampled_from(sorted(OPERATORS)), st.integers(0, 100))
def test_the_score_is_compared_as_numpy_compares(
    desk: Desk, seed: int, operator: str, hundredths: int
) -> None:
    """Alone, with a column, or turned round; in the table as in the frame."""
    framed, scores, regions = _framed(desk, np.random.default_rng(seed))
    limit = hundredths / 100
    mine = OPERATORS[operator](scores, limit)
    north = np.array([region == "N" for region in regions])
    by_score = Comparison(SCORE, operator, limit)
    by_region = Comparison("region", "=", "N")
    cases: list[tuple[Predicate, int]] = [
        (by_score, mine.sum()),
        (Not(by_score), (~mine).sum()),
        (And((by_score, by_region)), (mine & north).sum()),
        (Or((by_score, by_region)), (mine | north).sum()),
        (Comparison(SCORE, "missing"), 0),
    ]
    for predicate, expected in cases:
        rows, cells = _rows(desk, framed, predicate)
        assert rows == cells.n.sum() == expected


def test_a_column_of_that_name_wins(desk: Desk) -> None:
    """By hand: the table's own `model score` is 1 in three rows, whatever the model says."""
    own = [1.0, 1.0, 1.0] + [0.0] * 57
    framed, _, _ = _framed(desk, np.random.default_rng(3), *own)
    predicate = Comparison(SCORE, "=", 1.0)
    assert not Where(framed.dataset, predicate, framed.scores).by_score
    rows, cells = _rows(desk, framed, predicate)
    assert rows == cells.n.sum() == 3


def test_only_a_predicate_of_the_score_reads_the_scores(desk: Desk) -> None:
    """Other predicates look at the table alone; none at all keeps every row."""
    framed, _, _ = _framed(desk, np.random.default_rng(4))
    table = desk.count.source(framed.dataset.object)
    plain = Where(framed.dataset, Comparison("region", "=", "N"), framed.scores)
    assert plain.source(desk.count) == table
    asked = Where(framed.dataset, Comparison(SCORE, "<", 0.5), framed.scores)
    assert framed.scores in asked.source(desk.count)
    assert rows_where(desk.count, None) == ("true", [])
    assert count_rows(desk.count, Where(framed.dataset, None, framed.scores)) == 60


def test_a_model_of_classes_has_no_one_score(desk: Desk) -> None:
    """A slice of scores, kept while another model was chosen, is refused in words."""
    columns = (column("y", use=Use.LABEL), column("region", group=True))
    values: Values = {"y": ["a", "b", "c"], "region": ["N", "S", "N"]}
    framed = lay_frame(desk, Small(columns, values), THREE, np.array([0, 1, 2]))
    with pytest.raises(WrongInputError, match="gives each class its own"):
        _rows(desk, framed, Comparison(SCORE, "<", 0.5))


def test_an_unknown_column_is_refused(desk: Desk) -> None:
    """As everywhere, with the nearest name; so is a score that is no number."""
    framed, _, _ = _framed(desk, np.random.default_rng(5))
    for predicate, told in (
        (Comparison("regions", "=", "N"), r"`regions`\. Nearest: `region`"),
        (Comparison(SCORE, "<", "high"), "'high' is none"),
    ):
        with pytest.raises(WrongInputError, match=told):
            count_rows(desk.count, Where(framed.dataset, predicate, framed.scores))
