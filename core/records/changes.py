"""Changes: what became of a metric between two tables, and where it came from."""

from dataclasses import dataclass

from core.records.estimate import Estimate


@dataclass(frozen=True, slots=True)
class SlicePart:
    """What one slice adds to a change.

    `share` is its share of the rows before and after, `rate` its error before and after
    (None without rows). `mix` comes from the slice growing or shrinking, `inside` from the
    model getting better or worse in it; `both` is their sum. `excess` is what it adds beyond
    what a slice of its size would.
    """

    words: str
    address: str
    rows: tuple[int, int]
    share: tuple[float, float]
    rate: tuple[float | None, float | None]
    mix: Estimate
    inside: Estimate
    both: Estimate
    excess: float
    q: float


@dataclass(frozen=True, slots=True)
class ColumnSplit:
    """The change split over the slices of one column, or of two; it closes exactly."""

    columns: tuple[str, ...]
    mix: Estimate
    inside: Estimate
    slices: tuple[SlicePart, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """The error of a model before and after, and every split of the difference.

    `splits` begin with the column whose slices differ most from what their size explains;
    `worst` is the slice that adds most beyond its size, if one surely does.
    """

    before: Estimate
    after: Estimate
    difference: Estimate
    splits: tuple[ColumnSplit, ...]
    worst: SlicePart | None
    sentence: str


@dataclass(frozen=True, slots=True)
class Window:
    """A metric of one model in one table: as counted, and as estimated without labels.

    `estimate` and its band are None where it was not made; `labelled` of `rows` are known.
    """

    title: str
    evaluation: str
    rows: int
    labelled: int
    realised: Estimate | None
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True, slots=True)
class LabelFree:
    """An estimate without labels, with its own track record.

    `errors` are those of past windows whose labels came, `idle` those of the guess that
    nothing changed. `trusted` where the estimate was the better one; `band` is how far the
    next may be off, from its past. `held` is in how many past windows the band of all the
    others held.
    """

    windows: tuple[Window, ...]
    errors: tuple[float, ...]
    idle: tuple[float, ...]
    band: float | None
    held: int
    trusted: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class Stratum:
    """Some of the rows: those with scores from `low` to under `high` thousandths."""

    low: int
    high: int
    rows: int
    asked: int


@dataclass(frozen=True, slots=True)
class LabelPlan:
    """How many rows need a label to know a metric within `half`.

    `random` rows drawn at random would do, or `stratified` rows drawn by score.
    """

    half: float
    random: int
    stratified: int
    strata: tuple[Stratum, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Answered:
    """The rows that a model answers with yes, or no, and how many of them have a label."""

    word: str
    rows: int
    labelled: int

    @property
    def share(self) -> float:
        """The share of them with a label; 0 without rows."""
        return self.labelled / self.rows if self.rows else 0.0


@dataclass(frozen=True, slots=True)
class Arrival:
    """For which rows of a window labels have come.

    `among` is the only answer that has labels, if they come for one only. `by_age` are
    (days, share): of the rows that old, how many had a label within those days.
    """

    sides: tuple[Answered, ...]
    among: str
    by_age: tuple[tuple[int, float], ...]
    sentence: str
