"""Every row gets exactly the code whose words it satisfies."""

from typing import Any, Final

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from core.engine.codes import FIRST_VALUES, MOST_VALUES, make_codebook
from core.engine.sql import condition
from core.records.codes import CodedColumn
from core.records.data import ColumnType, Use
from core.runs.desk import Desk
from tests.kept import BINARY, Framed, Small, column, lay, lay_frame

Rng = np.random.Generator
INTEGER, NUMBER, TEXT = ColumnType.INTEGER, ColumnType.NUMBER, ColumnType.TEXT
# The names that the queries and the scores use themselves; a table may use them too.
TAKEN: Final = ("score", "bucket", "row", "label", "w", "step", "predicted", "value", "n")


def _holes(rng: Rng, values: list[Any]) -> list[Any]:
    share = rng.choice([0.0, 0.1, 0.9])
    return [None if rng.random() < share else value for value in values]


def _table(rng: Rng, rows: int) -> Small:
    wide = rng.integers(-(10 ** rng.integers(1, 18)), 10 ** rng.integers(1, 18), rows)
    numbers = rng.normal(size=rows) * 10.0 ** rng.integers(-6, 20)
    few = rng.choice([0.0, -0.0, 0.1, 1e16, -3.5, float("inf")], rows)
    words = [f"w{k}" for k in rng.integers(0, rng.choice([2, 24, 25, 60]), rows)]
    odd = rng.choice(["", "'", '"; drop', "true", "0", "ä🦊", "<b>"], rows)
    moments = rng.integers(2**53 - 3, 2**53 + 4, rows)
    columns = (
        (column("score", INTEGER), wide.tolist()),
        (column("bucket", NUMBER), numbers.tolist()),
        (column("n", NUMBER), few.tolist()),
        (column("value", TEXT), words),
        (column("predicted", TEXT), odd.tolist()),
        (column("w", ColumnType.BOOLEAN), (rng.random(rows) < 0.5).tolist()),
        (column("step", INTEGER), rng.integers(0, 5, rows).tolist()),
        (column("row", INTEGER), moments.tolist()),
    )
    values = {c.name: _holes(rng, data) for c, data in columns}
    return Small(tuple(c for c, _ in columns), values)


def _framed(desk: Desk, seed: int, rows: int) -> Framed:
    rng = np.random.default_rng(seed)
    return lay_frame(desk, _table(rng, rows), BINARY, rng.random(rows))


def _codes(desk: Desk, framed: Framed, number: int) -> NDArray[np.int64]:
    text = f"select c{number} as c from {desk.count.source(framed.frame)} order by row"
    return np.asarray(desk.count.table(text)["c"].to_numpy(), dtype=np.int64)


@given(st.integers(0, 10**6), st.sampled_from([2, 30, 300]))
def test_every_row_has_the_code_whose_slice_it_is_in(
    desk: Desk, seed: int, rows: int
) -> None:
    """For each code: the rows that carry it are those that its predicate keeps."""
    framed = _framed(desk, seed, rows)
    types = {c.name: c.type for c in framed.dataset.columns}
    table = desk.count.source(framed.dataset.object)
    for number, coded in enumerate(framed.codebook.columns):
        codes = _codes(desk, framed, number)
        for code, said in enumerate(coded.codes):
            where, values = condition(said.predicate, types)
            text = f"select file_row_number from {table} where {where} order by 1"
            kept = [row[0] for row in desk.count.rows(text, values)]
            assert kept == np.flatnonzero(codes == code).tolist(), (coded.name, said.words)
        assert codes.max() < len(coded.codes)


def _coded(desk: Desk, type_: ColumnType, values: list[Any]) -> CodedColumn:
    dataset = lay(desk, Small((column("c", type_),), {"c": values}))
    (coded,) = make_codebook(desk.count, dataset).columns
    return coded


def test_many_numbers_become_six_readable_ranges(desk: Desk) -> None:
    """1 to 600: the sixths are 100, 200, ..., 500, and words say which rows are meant."""
    coded = _coded(desk, INTEGER, list(range(1, 601)))
    assert coded.edges == (100.0, 200.0, 300.0, 400.0, 500.0)
    assert [code.words for code in coded.codes] == [
        "missing",
        "under 100",
        "100 to under 200",
        "200 to under 300",
        "300 to under 400",
        "400 to under 500",
        "500 or more",
    ]
    assert coded.codes[2].address == '["and",["<","c",200],[">=","c",100]]'


def test_ranges_of_numbers_beyond_double_precision_are_exact(desk: Desk) -> None:
    """1.7e18 - 1 is under 1.7e18, although both are the same double."""
    edge = 17 * 10**17
    numbers = [edge + k for k in range(-10, 11)]
    small = Small((column("c", INTEGER),), {"c": numbers})
    framed = lay_frame(desk, small, BINARY, np.zeros(len(numbers)))
    (coded,) = framed.codebook.columns
    assert coded.edges == (1.7e18,)
    assert _codes(desk, framed, 0).tolist() == [1 + (n >= edge) for n in numbers]
    where, values = condition(coded.codes[1].predicate, {"c": INTEGER})
    table = desk.count.source(framed.dataset.object)
    found = desk.count.rows(f"select count(*) from {table} where {where}", values)
    assert found == [(10,)]


def test_few_numbers_are_values_in_their_order(desk: Desk) -> None:
    """12 different numbers are values, sorted as numbers; 13 are ranges."""
    coded = _coded(desk, INTEGER, [*range(12), 11, None])
    assert [code.words for code in coded.codes] == ["missing", *map(str, range(12))]
    assert _coded(desk, INTEGER, list(range(13))).edges


def test_the_rare_rest_is_one_slice(desk: Desk) -> None:
    """254 words are 254 slices; of 255 the 24 most frequent, then all others together."""
    words = [f"w{k:03}" for k in range(255) for _ in range(256 - k)]
    coded = _coded(desk, TEXT, words)
    assert len(coded.codes) == FIRST_VALUES + 2
    assert coded.codes[1].words == "w000"
    assert coded.codes[-1].words == "other values"
    all_of_them = _coded(desk, TEXT, [word for word in words if word != "w254"])
    assert len(all_of_them.codes) == MOST_VALUES + 1


def test_yes_and_no_are_said_as_words(desk: Desk) -> None:
    """A boolean has the values yes and no, the most frequent first."""
    coded = _coded(desk, ColumnType.BOOLEAN, [True, True, False])
    assert [code.words for code in coded.codes] == ["missing", "yes", "no"]


def test_only_columns_that_mean_something_are_cut(desk: Desk) -> None:
    """Ids, dates and empty columns are left out; marked columns come first."""
    columns = (
        column("id", INTEGER, Use.ID),
        column("day", ColumnType.DATE),
        column("empty"),
        column("plain"),
        column("marked", group=True),
        column("aside", use=Use.IGNORE),
    )
    values: dict[str, list[Any]] = {c.name: ["a", "b"] for c in columns}
    values |= {"id": [1, 2], "day": [None, None], "empty": [None, None]}
    dataset = lay(desk, Small(columns, values))
    names = [c.name for c in make_codebook(desk.count, dataset).columns]
    assert names == ["marked", "plain"]


@pytest.mark.parametrize("taken", TAKEN)
def test_a_table_may_use_the_names_that_queries_use(desk: Desk, taken: str) -> None:
    """A label called `bucket` or `value` is read from the table, not from the scores."""
    columns = (column(taken, use=Use.LABEL), column("other"))
    small = Small(columns, {taken: ["yes", "no", None], "other": ["a", "b", "c"]})
    framed = lay_frame(desk, small, BINARY, np.array([0.2, 0.7, 0.9]))
    text = f"select label from {desk.count.source(framed.frame)} order by row"
    assert desk.count.rows(text) == [(1,), (0,), (-1,)]
