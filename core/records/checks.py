"""Checks: what is wrong with a table; each with its rule, its number and its rows."""

from dataclasses import dataclass

from core.records.estimate import Gate, Measured, Verdict


@dataclass(frozen=True, slots=True)
class Check:
    """What one rule says of a dataset version.

    `kind` says how `measured` is written (share, points, ratio or count), `rows` how many rows are
    concerned, `first` the numbers of the first of them in the table (from 0). No value of
    the table stands in it.
    """

    gate: Gate
    verdict: Verdict
    measured: Measured
    kind: str
    sentence: str
    rows: int = 0
    columns: tuple[str, ...] = ()
    first: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Checks:
    """All checks of a dataset version; `against` is the training version they looked at."""

    dataset: str
    against: str
    made: tuple[Check, ...]
