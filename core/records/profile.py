"""Profiles: what was counted of each column of a dataset version."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class ColumnProfile:
    """Counts of one column, over all rows.

    `missing_events` counts, of the rows where it is missing, those with the outcome that is
    looked at, and `labelled_missing` those with any label. `edges` are the ends of the bars
    of the histogram (one more than `bars`; empty for texts), `top` the most frequent values
    with their rows, as text; both are empty where a column has nearly as many values as rows.
    """

    name: str
    missing: int
    distinct: int
    labelled_missing: int
    missing_events: int
    low: str
    high: str
    edges: tuple[float, ...]
    bars: tuple[int, ...]
    top: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What the label says, as the checks look at it.

    `kind` is `classes` or `numbers`; `event` is the rarest class, or the median that numbers
    are above; `events` of `labelled` rows have it. `classes` are counted, the commonest
    first, at most 50.
    """

    label: str
    kind: str
    event: str
    events: int
    labelled: int
    classes: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """What was counted of a dataset version; `outcome` is None without a label."""

    dataset: str
    rows: int
    outcome: Outcome | None
    columns: tuple[ColumnProfile, ...]

    def column(self, name: str) -> ColumnProfile | None:
        """Return the counts of the column of that name, if there is one."""
        return next((column for column in self.columns if column.name == name), None)
