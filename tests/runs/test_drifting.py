"""Comparing two sets of rows: exact values from the rows, overlap, slices, and what cannot be."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pytest
from scipy import stats

from core.errors import WrongInputError
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.drift import Compared, Shape, Shift, Side
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.predicate import And, Comparison, Predicate
from core.runs.desk import Desk
from core.runs.drifting import compare, compare_windows
from core.runs.shift_scores import compare_scores
from tests.kept import BINARY, THREE, Small, binary, column, evaluated, keep

INCOME: Final = column("income", ColumnType.NUMBER)
COUNT: Final = column("late", ColumnType.INTEGER)
JOB: Final = column("job")
DAY: Final = column("since", ColumnType.DATE)
COLUMNS: Final = (INCOME, COUNT, JOB, DAY)


def draw(seed: int, rows: int = 900, *, up: float = 1.0) -> dict[str, list[Any]]:
    """Return a table of all kinds of columns; `up` raises the income."""
    rng = np.random.default_rng(seed)
    income: list[Any] = (up * rng.lognormal(10, 0.4, rows)).tolist()
    income[:30] = [None] * 20 + [float("inf"), float("-inf")] * 5
    return {
        "income": income,
        "late": rng.poisson(2, rows).tolist(),
        "job": rng.choice(["clerk", "driver", "nurse"], rows).tolist(),
        "since": [np.datetime64("2020-01-01") + int(d) for d in rng.integers(0, 900, rows)],
    }


def table(
    desk: Desk,
    values: dict[str, list[Any]],
    columns: Sequence[Column] = COLUMNS,
    name: str = "Validation",
) -> DatasetVersion:
    """Keep a table."""
    shown = {
        key: [v.astype(object) if isinstance(v, np.datetime64) else v for v in column]
        for key, column in values.items()
    }
    return keep(desk, Small(tuple(columns), shown, name=name))


def shift(compared: Compared, name: str) -> Shift:
    """Return one column."""
    return next(each for each in compared.shifts if each.column == name)


def numbers(data: list[Any]) -> list[float]:
    """Return the values that are there."""
    return [float(v) for v in data if v is not None]


@pytest.mark.parametrize("exact", [False, True])
def test_distances_are_those_of_the_rows(desk: Desk, *, exact: bool) -> None:
    """Certain limits hold scipy's values; looked up, Kolmogorov-Smirnov is equal to 1e-14."""
    one, other = draw(1), draw(2, up=1.3)
    found = compare(
        desk,
        Side(table(desk, one).id),
        Side(table(desk, other, name="June").id),
        exact=exact,
    )
    assert found.rows == (900, 900)
    assert found.tests == 4
    for name in ("income", "late"):
        x, y = numbers(one[name]), numbers(other[name])
        expected = stats.ks_2samp(x, y, method="asymp").statistic
        ks = next(d for d in shift(found, name).distances if d.name == "Kolmogorov-Smirnov")
        assert ks.low - 1e-14 <= expected <= ks.high + 1e-14
        if exact:
            assert (ks.low, ks.high) == pytest.approx((expected, expected), abs=1e-14)
    assert shift(found, "income").missing == (20, 20)
    assert shift(found, "income").word is Word.FAIL
    assert "income moved up by" in shift(found, "income").sentence
    late = next(d for d in shift(found, "late").distances if d.name == "Wasserstein-1")
    scaled = stats.wasserstein_distance(one["late"], other["late"])
    quartiles = np.quantile(one["late"], (0.25, 0.75), method="inverted_cdf")
    assert (
        late.low - 1e-8 <= scaled * 1.349 / float(np.diff(quartiles)[0]) <= late.high + 1e-8
    )


def test_exact_psi_has_the_deciles_of_the_reference(desk: Desk) -> None:
    """Bins end at the deciles of the first side, missing values are one more."""
    one, other = draw(1), draw(2, up=1.3)
    sides = Side(table(desk, one).id), Side(table(desk, other, name="June").id)
    found = shift(compare(desk, *sides, exact=True), "income")
    x, y = np.array(numbers(one["income"])), np.array(numbers(other["income"]))
    edges = np.quantile(x, np.arange(1, 10) / 10, method="inverted_cdf")
    counts = [np.bincount(np.searchsorted(edges, v), minlength=10) for v in (x, y)]
    p, q = (np.append(20, each) + 0.5 for each in counts)
    p, q = p / p.sum(), q / q.sum()
    psi = next(d.value for d in found.distances if d.name == "PSI")
    assert psi == pytest.approx(float(((p - q) * np.log(p / q)).sum()), abs=1e-12)


def test_kinds_of_columns(desk: Desk) -> None:
    """Numbers, few numbers, names and dates are compared each in its way."""
    found = compare(
        desk, Side(table(desk, draw(1)).id), Side(table(desk, draw(2), name="June").id)
    )
    shapes = {each.column: each.shape for each in found.shifts}
    assert shapes == {
        "income": Shape.CONTINUOUS,
        "late": Shape.DISCRETE,
        "job": Shape.CATEGORICAL,
        "since": Shape.DATE,
    }
    assert all(each.word is not Word.FAIL for each in found.shifts)
    assert found.sentence == "4 columns compared; none moved by more than 10 points."


def test_rows_on_both_sides_are_left_out(desk: Desk) -> None:
    """A second version with 300 new rows among 900 old ones is compared by the new ones."""
    one, new = draw(1), draw(2, 300)
    both = {key: one[key] + new[key] for key in one}
    first, second = table(desk, one), table(desk, both, name="Later")
    found = compare(desk, Side(first.id), Side(second.id))
    assert (found.rows, found.overlap) == ((900, 300), 900)
    same = compare(desk, Side(first.id), Side(first.id))
    assert (same.rows, same.overlap, same.shifts) == ((900, 0), 900, ())
    assert (
        same.sentence == "Validation has no rows here that can be shown; choose other rows."
    )


def test_a_few_new_rows_are_not_shown(desk: Desk) -> None:
    """Three rows more than in the version before would be three people, so none are compared."""
    one, new = draw(1), draw(2, 40)
    both = {key: one[key] + new[key][-3:] for key in one}
    found = compare(
        desk, Side(table(desk, one).id), Side(table(desk, both, name="Later").id)
    )
    assert (found.rows, found.overlap, found.shifts) == ((900, 0), 900, ())


def test_likeness_is_no_overlap(desk: Desk) -> None:
    """Rows of two columns with few values repeat anyway: nothing is left out."""
    some = {key: draw(1)[key] for key in ("late", "job")}
    first = table(desk, some, (COUNT, JOB))
    second = table(desk, {key: draw(2)[key] for key in some}, (COUNT, JOB), "June")
    assert compare(desk, Side(first.id), Side(second.id)).overlap == 0


def test_a_slice_is_compared_like_a_table_of_its_rows(desk: Desk) -> None:
    """Counted from stored codes: the same effect, test and bars as the rows alone."""
    one, other = draw(1), draw(2, up=1.2)
    first, second = table(desk, one), table(desk, other, name="June")
    where = Comparison("job", "=", "nurse")
    sliced = compare(desk, Side(first.id), Side(second.id, where), exact=True)
    kept = [k for k, job in enumerate(other["job"]) if job == "nurse"]
    alone = table(
        desk, {key: [other[key][k] for k in kept] for key in other}, name="Nurses"
    )
    whole = compare(desk, Side(first.id), Side(alone.id), exact=True)
    for name in ("income", "late", "job", "since"):
        here, there = shift(sliced, name), shift(whole, name)
        assert (here.effect, here.q, here.rows) == (there.effect, there.q, there.rows)
        assert here.bins == there.bins


def test_windows_are_corrected_together(desk: Desk) -> None:
    """Each window is what it is alone, and q counts all tests of all windows."""
    first, second = table(desk, draw(1)), table(desk, draw(2, up=1.5), name="June")
    windows: list[Predicate] = [
        Comparison("late", "<", 2),
        And((Comparison("late", ">=", 2), Comparison("late", "<", 4))),
    ]
    found = compare_windows(desk, Side(first.id), second.id, windows)
    assert [each.tests for each in found] == [8, 8]
    for each, where in zip(found, windows, strict=True):
        alone = compare(desk, Side(first.id), Side(second.id, where))
        assert [s.effect for s in each.shifts] == [s.effect for s in alone.shifts]
        assert each.rows == alone.rows


def test_columns_that_cannot_be_compared_say_why(desk: Desk) -> None:
    """Another type, another name, gone, new, and without any value."""
    rows = 50
    values = [float(k) for k in range(rows)]
    before: dict[str, list[Any]] = {
        "income": values,
        "x": values,
        "gone": ["a"] * rows,
        "none": [None] * rows,
    }
    after: dict[str, list[Any]] = {
        "income_eur": values,
        "x": ["a"] * rows,
        "none": [None] * rows,
    }
    number = ColumnType.NUMBER
    first = table(
        desk, before, (INCOME, column("x", number), column("gone"), column("none", number))
    )
    second = table(
        desk,
        after,
        (column("income_eur", number), column("x"), column("none", number)),
        "June",
    )
    found = compare(desk, Side(first.id), Side(second.id))
    assert {each.column: each.trouble for each in found.shifts} == {
        "income": "not there any more; did you mean income_eur?",
        "x": "type changed: number before, text now",
        "gone": "not there any more",
        "none": "has no value on either side",
        "income_eur": "was not there before",
    }
    assert all(isinstance(each.effect, NotEstimable) for each in found.shifts)
    assert found.sentence == "The two sides have no column that can be compared."


def test_a_column_without_values_on_one_side(desk: Desk) -> None:
    """All values gone: it moved as far as it can."""
    values = [float(k) for k in range(400)]
    first = table(desk, {"income": values}, (INCOME,))
    second = table(desk, {"income": [None] * 400}, (INCOME,), "June")
    found = shift(compare(desk, Side(first.id), Side(second.id)), "income")
    assert isinstance(found.effect, Estimate)
    assert (found.effect.value, found.word) == (1.0, Word.FAIL)
    assert found.sentence == "income is missing in 100\xa0% of rows, before in 0\xa0%."


def test_small_slices_and_personal_data_are_refused(desk: Desk) -> None:
    """Neither a slice of few rows, nor all but few, nor one that names personal data."""
    data = table(desk, {"late": [0] * 100 + [7] * 2, "job": ["a"] * 102}, (COUNT, JOB))
    for operator in ("=", "!="):
        with pytest.raises(WrongInputError, match="Fewer than 5 rows"):
            compare(desk, Side(data.id), Side(data.id, Comparison("late", operator, 7)))
    desk.workspace.state.personal[data.id, "job"] = True
    with pytest.raises(WrongInputError, match="`job`, which is personal data"):
        compare(desk, Side(data.id), Side(data.id, Comparison("job", "=", "a")))
    with pytest.raises(WrongInputError, match="asks for the score of a model"):
        compare(desk, Side(data.id, Comparison("model score", "<", 0.5)), Side(data.id))


def test_small_windows_are_empty_and_unknown_columns_refused(desk: Desk) -> None:
    """A window of two people says that it shows none; the others are compared."""
    data = table(desk, {"late": [0] * 100 + [1] * 100 + [7] * 2}, (COUNT,))
    other = table(desk, {"late": [0] * 100 + [1] * 100 + [2] * 9}, (COUNT,), "June")
    windows = [Comparison("late", "=", 7), Comparison("late", "<", 7)]
    small, large = compare_windows(desk, Side(other.id), data.id, windows)
    assert (small.rows, small.shifts) == ((209, 0), ())
    assert "no rows here that can be shown" in small.sentence
    assert large.rows == (209, 0)  # all but two: the two would follow from them
    with pytest.raises(WrongInputError, match="has no column `lat`"):
        compare(desk, Side(other.id), Side(data.id), columns=["lat"])
    assert compare(desk, Side(other.id), Side(data.id), columns=["late"]).tests == 1


def test_personal_columns_show_no_values(desk: Desk) -> None:
    """They are compared, by their shape only."""
    first = table(desk, {"job": ["secret"] * 300}, (JOB,))
    second = table(desk, {"job": ["hidden"] * 300}, (JOB,), "June")
    desk.workspace.state.personal[first.id, "job"] = True
    found = shift(compare(desk, Side(first.id), Side(second.id)), "job")
    assert (found.word, found.bins, found.new) == (Word.FAIL, (), ())
    assert "hidden" not in found.sentence


def test_what_was_counted_is_read_again(desk: Desk) -> None:
    """After a restart nothing is counted: no roll-up is added, and the numbers are the same."""
    sides = Side(table(desk, draw(1)).id), Side(table(desk, draw(2), name="June").id)
    first = compare(desk, *sides)
    known = dict(desk.workspace.state.rollups)
    desk.forget()
    assert compare(desk, *sides) == first
    assert desk.workspace.state.rollups == known
    tight = compare(desk, *sides, tolerance=0.01)
    assert [s.effect for s in tight.shifts] == [s.effect for s in first.shifts]


def test_scores_predictions_and_labels(desk: Desk) -> None:
    """The score is compared by order, predictions and labels by their shares."""
    rng = np.random.default_rng(1)
    rows = [
        [("yes" if s > 0.6 else "no", float(s), "North") for s in rng.random(600) ** power]
        for power in (1, 0.5)
    ]
    before, after = (evaluated(desk, binary(each), BINARY) for each in rows)
    found = compare_scores(desk, before, after)
    score, said, label = (shift(found, name) for name in ("score", "prediction", "label"))
    exact = stats.ks_2samp([r[1] for r in rows[0]], [r[1] for r in rows[1]], method="asymp")
    ks = score.distances[0]
    assert ks.low - 1e-14 <= exact.statistic <= ks.high + 1e-14
    yes = [sum(row[0] == "yes" for row in each) for each in rows]
    assert {each.words: (each.before, each.after) for each in label.bins}["yes"] == tuple(
        yes
    )
    over = [sum(row[1] >= 0.5 for row in each) for each in rows]
    assert {each.words: (each.before, each.after) for each in said.bins}["yes"] == tuple(
        over
    )
    assert score.word is Word.FAIL
    assert found.tests == 3


def test_models_of_other_questions_are_not_compared(desk: Desk) -> None:
    """A model of two classes and one of three have no scores in common."""
    two = evaluated(desk, binary([("yes", 0.5, "a")] * 9), BINARY)
    columns = (column("label", use=Use.LABEL), column("said", use=Use.PREDICTION))
    three = evaluated(
        desk, Small(columns, {"label": ["a"] * 9, "said": ["a"] * 9}), THREE, ("said",)
    )
    with pytest.raises(WrongInputError, match="do not answer the same question"):
        compare_scores(desk, two, three)
    same = compare_scores(desk, three, three)
    assert [each.column for each in same.shifts] == ["label", "prediction"]
