"""Coded tables for the tests of the search: seeded, planted, public; and brute force."""

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from math import log, sqrt
from pathlib import Path
from typing import Any, Final

import numpy as np
import pytest
from numpy.typing import NDArray

from core.engine.coded import CodedRows
from core.measures.best import Items, Limits, Pattern
from core.measures.row_errors import Wrong
from core.measures.slice_scores import Score

PUBLIC: Final = Path(__file__).parents[3] / "shared" / "data"
Line = tuple[float, Items, int, float]


@dataclass(frozen=True, slots=True, eq=False)
class Table:
    """Coded rows with the rows that are wrong."""

    coded: CodedRows
    wrong: NDArray[np.bool_]


def make_table(rng: np.random.Generator, rows: int, cards: Sequence[int]) -> CodedRows:
    """Return evenly spread codes."""
    codes = np.array([rng.integers(0, card, rows) for card in cards], np.uint8)
    return CodedRows(codes, tuple(cards))


def has(coded: CodedRows, items: Items) -> NDArray[np.bool_]:
    """Return which rows have all items."""
    each = [coded.column(column) == code for column, code in items]
    rows: NDArray[np.bool_] = np.all(each, axis=0)
    return rows


def plant(
    rng: np.random.Generator, coded: CodedRows, base: float, more: dict[Items, float]
) -> Table:
    """Return rows that are wrong at the rate `base`, and more so in the planted slices."""
    share = np.full(coded.rows, base)
    for items, rate in more.items():
        share[has(coded, items)] = rate
    return Table(coded, rng.random(coded.rows) < share)


def random_table(rng: np.random.Generator) -> tuple[Table, Limits, float]:
    """Return a small table with two planted pairs, limits and an alpha to search with."""
    cards = rng.integers(2, 6, rng.integers(3, 8)).tolist()
    coded = make_table(rng, int(rng.integers(50, 3000)), cards)
    pairs = [rng.choice(len(cards), 2, replace=False).tolist() for _ in range(2)]
    more: dict[Items, float] = {
        ((a, 0), (b, 1)): 0.15 + rng.random() / 2 for a, b in map(sorted, pairs)
    }
    limits = Limits(
        least_rows=int(rng.choice([1, 5, 10, coded.rows // 50 + 1])),
        most=int(rng.choice([1, 3, 10, 30])),
        deepest=int(rng.integers(1, 6)),
    )
    alpha = float(rng.choice([0.4, 0.5, 0.6, 0.8, 0.95, 0.99]))
    return plant(rng, coded, 0.15, more), limits, alpha


def told(patterns: Sequence[Pattern]) -> list[Line]:
    """Return patterns as brute force tells them."""
    return [(round(p.score, 8), p.items, p.rows, round(p.errors, 6)) for p in patterns]


def search_all(
    coded: CodedRows, wrong: Wrong, limits: Limits, score: Score, alpha: float
) -> list[Line]:
    """Score every pattern there is, one by one, by the formulas as they are printed."""
    lines: list[tuple[float, int, Any, Any, int, float]] = []
    total = float(wrong.sum())
    for length in range(1, min(limits.deepest, coded.columns) + 1):
        for columns in combinations(range(coded.columns), length):
            shape = [coded.cards[c] for c in columns]
            each = tuple(coded.column(c).astype(np.intp) for c in columns)
            cell = np.ravel_multi_index(each, shape)
            rows = np.bincount(cell)
            sums = np.bincount(cell, wrong)
            for k in np.flatnonzero((rows >= limits.least_rows) & (sums > 0)).tolist():
                n, e = int(rows[k]), float(sums[k])
                value = score_one(n, e, (coded.rows, total), score, alpha)
                if value > 1e-9:
                    codes = tuple(int(i) for i in np.unravel_index(k, shape))
                    lines.append((-round(value, 8), length, columns, codes, n, e))
    lines.sort()
    return [
        (-value, tuple(zip(columns, codes, strict=True)), n, round(e, 6))
        for value, _, columns, codes, n, e in lines[: limits.most]
    ]


def score_one(
    n: int, e: float, totals: tuple[int, float], score: Score, alpha: float
) -> float:
    """Return the score of one slice."""
    rows, total = totals
    share, every = e / n, total / rows
    if score is Score.SLICELINE:
        return alpha * (share / every - 1) - (1 - alpha) * (rows / n - 1)
    if score is Score.WILSON:
        z = 1.959963984540054
        spread = z * sqrt(share * (1 - share) / n + z * z / (4 * n * n))
        return (share + z * z / (2 * n) - spread) / (1 + z * z / n)
    if share <= every:
        return 0.0
    inside, outside = _likelihood(e, n), _likelihood(total - e, rows - n)
    return inside + outside - _likelihood(total, rows)


def _likelihood(e: float, n: int) -> float:
    """Return the log likelihood of e errors in n rows at their own rate."""
    return sum(k * log(k / n) for k in (e, n - e) if k > 0)


def public(*parts: str) -> Path:
    """Return a public table, or skip the test where they are not laid beside the project."""
    path = PUBLIC.joinpath(*parts)
    if not path.is_file():
        pytest.skip(f"needs {'/'.join(('../shared/data', *parts))} beside the project")
    return path


def read_salaries(path: Path) -> tuple[CodedRows, NDArray[np.float64]]:
    """Return Salaries as SystemDS's test prepares it, with a linear model's squared errors.

    Texts are coded as they appear, years cut into ranges of one width closed on the right
    (14 and 12); the model takes the codes as numbers and has no intercept.
    """
    _, *lines = csv.reader(path.read_text(encoding="utf-8").splitlines())
    _, rank, field, since, service, sex, salary = zip(*lines, strict=True)
    codes = np.array(
        [_appear(rank), _appear(field), _cut(since, 14), _cut(service, 12), _appear(sex)]
    )
    design, y = codes.T.astype(float), np.array(salary, float)
    errors = (y - design @ np.linalg.lstsq(design, y)[0]) ** 2
    cards = tuple(int(top) + 1 for top in codes.max(axis=1))
    return CodedRows(codes.astype(np.uint8), cards), errors


def _appear(texts: Sequence[str]) -> NDArray[np.intp]:
    order = list(dict.fromkeys(texts))
    return np.array([order.index(text) + 1 for text in texts])


def _cut(texts: Sequence[str], ranges: int) -> NDArray[np.intp]:
    numbers = np.array(texts, float)
    place = (numbers - numbers.min()) / np.ptp(numbers) * ranges
    cut: NDArray[np.intp] = np.clip(np.ceil(place), 1, ranges).astype(np.intp)
    return cut


NUMBERS: Final = (0, 4, 10, 11, 12)  # age, education-num, gains, losses, hours
LEFT_OUT: Final = 2  # fnlwgt, the weight of the census


def read_adult(path: Path) -> Table:
    """Return Adult's test rows in 13 columns, numbers in about six ranges.

    Wrong are the rows that a rule of two conditions misjudges: it says more than 50K of
    the married with at least 13 years of education.
    """
    lines = [line.rstrip(".").split(", ") for line in path.read_text("utf-8").splitlines()]
    columns = list(zip(*(line for line in lines if len(line) == 15), strict=True))
    codes = [
        _ranges(values) if number in NUMBERS else _values(values)
        for number, values in enumerate(columns[:14])
        if number != LEFT_OUT
    ]
    married = np.array([value.startswith("Married") for value in columns[5]])
    learned = np.array(columns[4], float) >= 13
    wrong = (married & learned) != (np.array(columns[14]) == ">50K")
    cards = tuple(int(column.max()) + 1 for column in codes)
    return Table(CodedRows(np.array(codes, np.uint8), cards), wrong)


def _values(values: Sequence[str]) -> NDArray[np.intp]:
    return np.unique(values, return_inverse=True)[1] + 1


def _ranges(values: Sequence[str]) -> NDArray[np.intp]:
    numbers = np.array(values, float)
    edges = np.unique(np.quantile(numbers, np.arange(1, 6) / 6, method="lower"))
    return _values(np.searchsorted(edges, numbers, side="right").astype(str).tolist())
