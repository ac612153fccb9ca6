"""What is counted of each column is what a loop in Python counts."""

from collections import Counter
from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.profile import BARS, profile_table
from core.records.data import ColumnType, Use
from core.runs.desk import Desk
from tests.kept import Small, column, lay

COLUMNS = (
    column("x", ColumnType.NUMBER),
    column("n", ColumnType.INTEGER),
    column("text"),
    column("day", ColumnType.DATE),
    column("y", use=Use.LABEL),
)
ROW = st.tuples(
    st.sampled_from([None, -2.0, 0.0, 0.5, 1e9, float("inf")]),
    st.sampled_from([None, 1, 2, 3]),
    st.sampled_from([None, "", "a", "b'c"]),
    st.sampled_from([None, date(2024, 1, 1), date(2024, 12, 31)]),
    st.sampled_from([None, "no", "no", "yes"]),
)


def _small(rows: list[tuple[Any, ...]]) -> Small:
    return Small(COLUMNS, {c.name: [row[k] for row in rows] for k, c in enumerate(COLUMNS)})


@given(st.lists(ROW, min_size=1, max_size=30))
def test_counts_equal_a_loop(desk: Desk, rows: list[tuple[Any, ...]]) -> None:
    """Missing, distinct, top values, and the outcome among the missing."""
    profile = profile_table(desk.work, lay(desk, _small(rows)))
    labels = Counter(row[-1] for row in rows if row[-1] is not None)
    outcome = profile.outcome
    assert outcome is not None
    assert outcome.labelled == labels.total()
    assert dict(outcome.classes) == dict(labels)
    assert outcome.events == (min(labels.values()) if labels else 0)
    for k, found in enumerate(profile.columns):
        values = [row[k] for row in rows]
        gaps = [row for row in rows if row[k] is None]
        assert found.missing == len(gaps)
        assert found.distinct == len(set(values) - {None})
        assert found.labelled_missing == sum(row[-1] is not None for row in gaps)
        assert found.missing_events == sum(
            row[-1] == outcome.event and row[-1] is not None for row in gaps
        )
    numbers = profile.columns[1]
    assert dict(numbers.top) == {
        str(v): n for v, n in Counter(row[1] for row in rows).items() if v is not None
    }


def test_a_histogram_counts_each_finite_number_once(desk: Desk) -> None:
    """20 equal steps from the least to the largest, as numpy counts them."""
    rng = np.random.default_rng(7)
    values = [float(v) for v in rng.normal(size=500)]
    cells = [*values, None, float("inf")]
    small = Small((column("x", ColumnType.NUMBER),), {"x": cells})
    (found,) = profile_table(desk.work, lay(desk, small)).columns
    counts, edges = np.histogram(values, bins=BARS)
    assert found.bars == tuple(counts)
    assert found.edges == pytest.approx(edges)
    assert found.top == ()


def test_names_of_people_are_not_kept(desk: Desk) -> None:
    """Where nearly every row has a text of its own, neither ends nor top values are told."""
    names = [f"person {k}" for k in range(100)]
    (found,) = profile_table(
        desk.work, lay(desk, Small((column("who"),), {"who": names}))
    ).columns
    assert (found.low, found.high, found.top) == ("", "", ())
    assert found.distinct == 100


def test_a_label_of_numbers_is_cut_at_its_median(desk: Desk) -> None:
    """By hand: 0 to 100, so 50 rows lie above the middle."""
    label = column("amount", ColumnType.NUMBER, Use.LABEL)
    small = Small((label,), {"amount": [float(k) for k in range(101)]})
    outcome = profile_table(desk.work, lay(desk, small)).outcome
    assert outcome is not None
    assert (outcome.kind, float(outcome.event), outcome.events) == ("numbers", 50.0, 50)


def test_without_a_label_there_is_no_outcome(desk: Desk) -> None:
    """Nothing is made up."""
    profile = profile_table(desk.work, lay(desk, Small((column("a"),), {"a": ["x"]})))
    assert profile.outcome is None
    assert profile.columns[0].missing_events == 0
