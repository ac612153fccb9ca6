"""Worst slices: what a search found, in words and counts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Half:
    """Counts on the half of the rows that had no part in finding a slice."""

    rows: int
    errors: int
    rest_rows: int
    rest_errors: int


@dataclass(frozen=True, slots=True)
class WorstSlice:
    """A slice that a search found.

    `title` and `address` are its predicate; `rows` and `errors` are counted among all rows
    that were searched, `aliases` say almost the same of the rows. `confirmed` is None where
    half of the rows did not find it again.
    """

    title: str
    address: str
    rows: int
    errors: int
    score: float
    aliases: tuple[str, ...]
    confirmed: Half | None


@dataclass(frozen=True, slots=True)
class Worst:
    """The worst slices of an evaluation, none of which says the same as another.

    `rows` with `errors` were searched over `columns`, `metric` says what an error is,
    `beyond` is the size above which a regression's error counts as one (else 0).
    """

    metric: str
    slices: tuple[WorstSlice, ...]
    rows: int
    errors: int
    columns: tuple[str, ...]
    least_rows: int
    deepest: int
    beyond: float = 0.0


@dataclass(frozen=True, slots=True)
class Chance:
    """How often shuffled errors held a slice as bad as the worst one found.

    `p` is from `permutations` searches over `rows` rows; `stopped` says that enough of them
    had reached it before all were tried.
    """

    p: float
    permutations: int
    rows: int
    stopped: bool
