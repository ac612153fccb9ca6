"""Coded rows: a table as small whole numbers, and the items that can be said of a row."""

from collections.abc import Iterable
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray
from typing_extensions import override

from core.errors import WrongInputError

MOST_CODES: Final = 256
HINT: Final = "Cut the columns into codes again."


class CodedRows:
    """Rows of coded columns, and their items numbered through.

    `codes` (columns, rows) is uint8 in C order and may be a memory map; `cards` says how
    many codes each column has. An item is a column with one of its codes: "sex = f".
    Items are numbered column by column, code by code; code 0 is missing, an item like any.

    Raises:
        WrongInputError: shape or type do not fit.
    """

    def __init__(self, codes: NDArray[np.uint8], cards: tuple[int, ...]) -> None:
        if codes.dtype != np.uint8 or codes.ndim != 2 or len(codes) != len(cards):  # noqa: PLR2004 - columns and rows
            told = f"{codes.dtype} of shape {codes.shape} for {len(cards)} columns"
            raise WrongInputError(
                f"Codes are bytes by column and row, not {told}.", hint=HINT
            )
        if not all(1 <= card <= MOST_CODES for card in cards):
            raise WrongInputError(f"A column has 1 to 256 codes, not {cards}.", hint=HINT)
        self._codes = codes
        self.cards = cards
        self.rows = codes.shape[1]

    @property
    def columns(self) -> int:
        """How many columns there are."""
        return len(self.cards)

    @property
    def items(self) -> int:
        """How many items there are."""
        return sum(self.cards)

    @cached_property
    def column_of(self) -> NDArray[np.intp]:
        """The column of each item."""
        return np.repeat(np.arange(self.columns), self.cards)

    @cached_property
    def code_of(self) -> NDArray[np.intp]:
        """The code of each item."""
        return np.concatenate([np.arange(card) for card in self.cards])

    def items_of(self, pairs: Iterable[tuple[int, int]]) -> NDArray[np.intp]:
        """Return the items of pairs of column and code."""
        first = np.cumsum(self.cards) - self.cards
        return np.array([first[column] + code for column, code in pairs], np.intp)

    def column(self, number: int) -> NDArray[np.uint8]:
        """Return the codes of one column, row by row."""
        column: NDArray[np.uint8] = self._codes[number]
        return column

    def has(self, item: int) -> NDArray[np.bool_]:
        """Return for each row whether it has the item."""
        mask: NDArray[np.bool_] = self.column(int(self.column_of[item])) == np.uint8(
            self.code_of[item]
        )
        return mask

    def take(self, rows: NDArray[np.intp]) -> "CodedRows":
        """Return only some rows, copied column by column when they are asked for."""
        return _TakenRows(self, rows)


class _TakenRows(CodedRows):
    """Some rows of others."""

    def __init__(self, whole: CodedRows, rows: NDArray[np.intp]) -> None:
        super().__init__(np.empty((whole.columns, 0), np.uint8), whole.cards)
        self._whole, self._places = whole, rows
        self.rows = len(rows)
        self._taken: dict[int, NDArray[np.uint8]] = {}

    @override
    def column(self, number: int) -> NDArray[np.uint8]:
        if number not in self._taken:
            self._taken[number] = np.take(self._whole.column(number), self._places)
        return self._taken[number]
