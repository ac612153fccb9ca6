"""Slices are small wholes: counted alike, worst first, hidden when they are too small."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.measures.metrics import find_metric
from core.measures.outcomes import Asked
from core.measures.slices import Slice, measure_slices, worst_first
from core.records.estimate import Estimate, NotEstimable
from core.records.predicate import And, Comparison
from core.reviews.policy import FIRST_POLICY, read_policy
from core.runs.desk import Desk
from tests.kept import BINARY, Small, Values, binary, column, count, lay_frame

POLICY = read_policy(FIRST_POLICY)
Row = tuple[str | None, float, str | None]


def _slices(desk: Desk, rows: Sequence[Row], **limits: Any) -> tuple[Slice, ...]:
    small = binary(rows)
    framed = lay_frame(desk, small, BINARY, np.array([row[1] for row in rows]))
    coded = framed.codebook.column("region")
    assert coded is not None
    cells = count(desk, framed, (("region",),))
    return measure_slices(cells, [coded], Asked(BINARY), replace(POLICY, **limits))


@given(st.integers(0, 10**6))
def test_a_slice_is_measured_like_its_rows_alone(desk: Desk, seed: int) -> None:
    """Against a loop over the rows of each value, missing values being a slice too."""
    rng = np.random.default_rng(seed)
    regions: list[str | None] = [None, "N", "S", "W"]
    rows: list[Row] = [
        (
            rng.choice(["yes", "no"]).item() if rng.random() < 0.9 else None,
            round(rng.random(), 3),
            regions[rng.integers(0, 4)],
        )
        for _ in range(60)
    ]
    found = _slices(desk, [*rows, ("yes", 0.1, "N"), ("no", 0.2, "S")], privacy_limit=0)
    rows += [("yes", 0.1, "N"), ("no", 0.2, "S")]
    assert sum(slice_.rows for slice_ in found) == len(rows)
    for slice_ in found:
        assert isinstance(slice_.predicate, Comparison)
        mine = [row for row in rows if row[2] == slice_.predicate.value]
        known = [row for row in mine if row[0] is not None]
        wrong = sum((row[1] >= 0.5) != (row[0] == "yes") for row in known)
        assert (slice_.rows, slice_.labelled) == (len(mine), len(known))
        measured = slice_.measured("error_rate")
        if known:
            assert isinstance(measured, Estimate)
            assert measured.value == wrong / len(known)
            assert measured.rows == len(known)
        else:
            assert isinstance(measured, NotEstimable)


def test_a_slice_below_the_privacy_limit_keeps_its_name_only(desk: Desk) -> None:
    """By hand: 4 rows where 5 are wanted; every metric is hidden with the reason."""
    rows: Sequence[Row] = [("yes", 0.9, "North")] * 5 + [("yes", 0.1, "South")] * 4
    north, south = sorted(_slices(desk, rows, privacy_limit=5), key=lambda s: s.title)
    hidden = NotEstimable("hidden, fewer than 5 rows", 0)
    assert {measured for _, measured in south.metrics} == {hidden}
    assert south.words == "region = South"
    assert south.too_few
    assert isinstance(north.measured("recall"), Estimate)


def test_the_worst_slice_stands_first_and_the_unknown_last(desk: Desk) -> None:
    """By hand: wrong in 40, 20 and 0 of 40; then too few rows, then hidden."""
    rows: list[Row] = []
    for region, wrong, right in (("A", 20, 20), ("B", 40, 0), ("C", 0, 40), ("D", 9, 0)):
        rows += [("yes", 0.1, region)] * wrong + [("yes", 0.9, region)] * right
    rows += [("yes", 0.1, "E")] * 2
    found = _slices(desk, rows)
    order = [s.title for s in worst_first(found, find_metric("error_rate"))]
    assert order == ["B", "A", "C", "D", "E"]
    assert [s.title for s in worst_first(found, find_metric("accuracy"))] == order
    assert [s.title for s in found if s.too_few] == ["D", "E"]


def test_slices_of_two_columns_are_their_intersections(desk: Desk) -> None:
    """By hand: four pairs, each with its own predicate and words."""
    columns = (*binary([]).columns, column("sex"))
    values: Values = {
        "label": ["yes"] * 4,
        "score": [0.9] * 4,
        "region": ["N", "N", "S", "S"],
        "sex": ["f", "m", "f", "m"],
    }
    framed = lay_frame(desk, Small(columns, values), BINARY, np.full(4, 0.9))
    book = framed.codebook
    coded = [c for name in ("sex", "region") if (c := book.column(name))]
    cells = count(desk, framed, (("sex", "region"),))
    found = measure_slices(
        cells, coded, Asked(BINARY), POLICY, only=frozenset({"accuracy"})
    )
    assert [slice_.title for slice_ in found] == ["f · N", "f · S", "m · N", "m · S"]
    first = And((Comparison("sex", "=", "f"), Comparison("region", "=", "N")))
    assert found[0].predicate == first
    assert [name for name, _ in found[0].metrics] == ["accuracy"]


def test_a_metric_that_was_not_asked_for_is_not_there(desk: Desk) -> None:
    """A slice answers what it was measured for."""
    rows: list[Row] = [("yes", 0.9, "N"), ("no", 0.9, "S")]
    with pytest.raises(KeyError, match="mae"):
        _slices(desk, rows)[0].measured("mae")
