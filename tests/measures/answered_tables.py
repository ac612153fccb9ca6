"""Answered rows for the tests of all slices: seeded tables, and which rows a slice has."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import product

import numpy as np
from numpy.typing import NDArray

from core.engine.answered import AnsweredRows
from core.engine.lattice import Layout, Place, lay_out

Floats = NDArray[np.float64]
UNIT = 1 << 16  # of a weight of 1
THREE = 3


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Answered rows, the exact score of each, and how their slices are laid out."""

    rows: AnsweredRows
    score: Floats
    layout: Layout


def make_codes(
    rng: np.random.Generator, rows: int, cards: Sequence[int]
) -> NDArray[np.uint8]:
    """Return codes (columns, rows) that leave some slices empty."""
    lean = [np.minimum(rng.geometric(2 / (card + 1), rows), card) - 1 for card in cards]
    return np.array(lean, np.uint8).reshape(len(cards), rows)


def make_binary(
    rng: np.random.Generator,
    rows: int,
    cards: Sequence[int] = (3, 4, 2),
    *,
    weighed: bool = False,
    unlabelled: float = 0.1,
) -> Table:
    """Return a binary table with many ties of the score; weights are 0, 1/4 to 4, or all 1."""
    codes = make_codes(rng, rows, cards)
    label = (rng.random(rows) < 0.4).astype(np.int16)
    score = np.round(np.clip(rng.random(rows) * 0.7 + label * 0.2, 0, 1), 2)
    label[rng.random(rows) < unlabelled] = -1
    step = np.floor(score * 1000 + 1e-9).astype(np.int16)
    answered = AnsweredRows(
        codes=codes,
        cards=tuple(cards),
        label=label,
        said=step,
        bucket=step.astype(np.int32) * 64,
        error=None,
        weight=make_weights(rng, rows) if weighed else None,
    )
    return Table(answered, score, lay_out(cards, paired=range(len(cards))))


def make_classes(
    rng: np.random.Generator, rows: int, cards: Sequence[int] = (3, 4)
) -> Table:
    """Return a table of three classes, some labels missing."""
    label = rng.integers(-1, THREE, rows).astype(np.int16)
    answered = AnsweredRows(
        codes=make_codes(rng, rows, cards),
        cards=tuple(cards),
        label=label,
        said=rng.integers(0, THREE, rows).astype(np.int16),
        bucket=None,
        error=None,
        weight=None,
    )
    return Table(answered, np.zeros(rows), lay_out(cards, paired=range(len(cards))))


def make_amounts(
    rng: np.random.Generator,
    rows: int,
    cards: Sequence[int] = (3, 4),
    *,
    weighed: bool = False,
) -> Table:
    """Return a regression's errors, some labels missing; `score` holds the labels."""
    error = rng.normal(0.3, 1.0, rows)
    label = np.where(rng.random(rows) < 0.1, -1, 0).astype(np.int16)
    error[label < 0] = np.nan
    answered = AnsweredRows(
        codes=make_codes(rng, rows, cards),
        cards=tuple(cards),
        label=label,
        said=label,
        bucket=None,
        error=error,
        weight=make_weights(rng, rows) if weighed else None,
    )
    labels = rng.normal(10.0, 2.0, rows)
    return Table(answered, labels, lay_out(cards, paired=range(len(cards))))


def make_weights(rng: np.random.Generator, rows: int) -> NDArray[np.int64]:
    """Return weights in fixed point, some of them 0."""
    return rng.integers(0, 17, rows) * (UNIT // 4)


def each_slice(layout: Layout) -> Iterator[tuple[Place, tuple[int, ...]]]:
    """Yield columns and codes of every slice, in the order that the layout promises."""
    for part in layout.parts:
        for codes in product(*(range(layout.cards[column]) for column in part)):
            yield part, codes


def members(codes: NDArray[np.uint8], layout: Layout) -> Iterator[NDArray[np.bool_]]:
    """Yield which rows each slice has, one slice after the other."""
    for part, wanted in each_slice(layout):
        has = np.ones(codes.shape[1], dtype=np.bool_)
        for column, code in zip(part, wanted, strict=True):
            has &= codes[column] == code
        yield has
