"""Answered rows are the frame in memory: each row's codes, label and answer in its place."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.answered import read_answered
from core.records.data import ColumnType, Use
from core.runs.desk import Desk
from core.runs.rollups import codebook_of
from tests.kept import AMOUNT, BINARY, THREE, Small, Values, binary, column, evaluated

SEEDS = st.integers(0, 10**6)


@given(SEEDS, st.booleans())
def test_binary_rows_are_read_in_their_order(desk: Desk, seed: int, weighed: bool) -> None:  # noqa: FBT001 - drawn
    """Label, step, bucket, code and weight of each row, against the table itself."""
    rng = np.random.default_rng(seed)
    labels: list[str | None] = [None, "no", "yes"]
    regions: list[str | None] = [None, "N", "S", "W"]
    rows = [
        (labels[rng.integers(0, 3)], round(rng.random(), 3), regions[rng.integers(0, 4)])
        for _ in range(50)
    ]
    rows += [("yes", 0.5, "N"), ("no", 0.25, "S")]
    weights = [float(k) for k in rng.integers(1, 9, 52)] if weighed else None
    evaluation = evaluated(desk, binary(rows, weights), BINARY)
    book = codebook_of(desk, evaluation)
    found = read_answered(desk.work, evaluation, tuple(len(c.codes) for c in book.columns))
    assert found.codes.dtype == np.uint8
    (region,) = book.columns
    assert found.cards == (len(region.codes),)
    words = ["missing" if row[2] is None else row[2] for row in rows]
    assert [region.codes[code].words for code in found.codes[0]] == words
    assert [labels[1:][k] if k >= 0 else None for k in found.label] == [r[0] for r in rows]
    assert found.said.tolist() == [round(row[1] * 1000) for row in rows]
    assert found.bucket is not None
    assert (found.bucket // 64 == found.said).all()
    assert found.error is None
    if weights is None:
        assert found.weight is None
    else:
        assert found.weight is not None
        assert found.weight / found.weight[0] == pytest.approx(
            np.array(weights) / weights[0]
        )


def test_classes_are_numbers_of_the_answer(desk: Desk) -> None:
    """By hand: three classes, a missing label; no bucket, no error, no weight."""
    columns = (
        column("y", use=Use.LABEL),
        column("said", use=Use.SCORE),
        column("region", group=True),
    )
    values: Values = {
        "y": ["a", "c", None],
        "said": ["a", "b", "c"],
        "region": ["N", "S", "N"],
    }
    evaluation = evaluated(desk, Small(columns, values), THREE, ("said",))
    found = read_answered(desk.work, evaluation, (3,))
    assert found.label.tolist() == [0, 2, -1]
    assert found.said.tolist() == [0, 1, 2]
    assert (found.bucket, found.error, found.weight) == (None, None, None)


def test_errors_are_prediction_minus_label(desk: Desk) -> None:
    """In units of the error scale; NaN without a label."""
    columns = (
        column("y", ColumnType.NUMBER, Use.LABEL),
        column("said", ColumnType.NUMBER, Use.SCORE),
        column("region", group=True),
    )
    values: Values = {
        "y": [10.0, None, 14.0, 8.0],
        "said": [13.0, 1.0, 12.5, 8.0],
        "region": ["N", "S", "N", "S"],
    }
    evaluation = evaluated(desk, Small(columns, values), AMOUNT, ("said",))
    found = read_answered(desk.work, evaluation, (3,))
    assert found.error is not None
    in_units = found.error * 2.0**evaluation.error_scale
    assert in_units == pytest.approx([3.0, np.nan, -1.5, 0.0], nan_ok=True)
    assert found.label.tolist() == [0, -1, 0, 0]


def test_the_size_in_memory_by_hand(desk: Desk) -> None:
    """4 rows of one code, a label, a step (2 bytes each) and a bucket (4 bytes)."""
    rows = [("yes", 0.9, "N"), ("no", 0.1, "S"), ("no", 0.2, "S"), (None, 0.2, "N")]
    evaluation = evaluated(desk, binary(rows), BINARY)
    found = read_answered(desk.work, evaluation, (3,))
    assert found.nbytes == 4 * (1 + 2 + 2 + 4)
