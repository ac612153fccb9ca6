"""Coded rows know their items, and copy rows only when they are read."""

import numpy as np
import pytest

from core.engine.coded import CodedRows
from core.errors import WrongInputError

CODES = np.array([[0, 1, 1, 0], [2, 0, 1, 2]], np.uint8)


def test_items_are_numbered_column_by_column() -> None:
    """By hand: two codes of the first column, three of the second."""
    coded = CodedRows(CODES, (2, 3))
    assert (coded.columns, coded.rows, coded.items) == (2, 4, 5)
    assert coded.column_of.tolist() == [0, 0, 1, 1, 1]
    assert coded.code_of.tolist() == [0, 1, 0, 1, 2]
    assert coded.items_of([(0, 1), (1, 2)]).tolist() == [1, 4]
    assert coded.has(4).tolist() == [True, False, False, True]


def test_rows_can_be_taken_from_taken_rows() -> None:
    """By hand: rows 3, 2, 0, of these the last two."""
    taken = CodedRows(CODES, (2, 3)).take(np.array([3, 2, 0])).take(np.array([1, 2]))
    assert taken.rows == 2
    assert [taken.column(number).tolist() for number in (0, 1)] == [[1, 0], [1, 2]]
    assert taken.has(4).tolist() == [False, True]


@pytest.mark.parametrize(
    ("codes", "cards", "match"),
    [
        (CODES.astype(np.int64), (2, 3), "int64 of shape"),
        (CODES, (2,), "for 1 columns"),
        (CODES[0], (2,), "by column and row"),
        (CODES, (2, 257), "1 to 256 codes"),
    ],
)
def test_other_shapes_and_types_are_refused(
    codes: np.ndarray, cards: tuple[int, ...], match: str
) -> None:
    """Bytes by column and row, with the codes of each column."""
    with pytest.raises(WrongInputError, match=match):
        CodedRows(codes, cards)
