"""All slices: which of thousands is surely worse than everybody else, worst first."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.lattice import Floats, Layout
from core.estimates.many import Intervals, quiet
from core.estimates.multiple import benjamini_hochberg
from core.measures.lattice import Compared
from core.measures.metrics import Metric
from core.measures.privacy import HIDDEN
from core.records.codes import Codebook
from core.records.estimate import Gate, Measured, NotEstimable, Policy
from core.records.predicate import Predicate, both, to_address

FAIL, ATTENTION, OPEN, PASS, UNKNOWN = range(5)
NOTHING: Final = "nothing to divide by here"


@dataclass(frozen=True, slots=True)
class SliceLine:
    """One slice as a line of the table.

    `light` is one of FAIL, ATTENTION, OPEN, PASS, UNKNOWN; `q` is NaN where nothing was
    compared; `share_of_errors` is None where there are none. A hidden slice has no number
    at all: its `rows` are 0.
    """

    address: str
    title: str
    predicate: Predicate
    light: int
    measured: Measured
    rest: Measured
    difference: Measured
    q: float
    rows: int
    share_of_errors: float | None
    too_few: bool
    hidden: bool


@dataclass(frozen=True, slots=True, eq=False)
class AllSlices:
    """One metric of every slice of the layout.

    `order` holds the numbers of the slices that have rows, worst first, then those that are
    hidden, in an order that tells nothing; `lights`, `q`,
    `rows` and the masks are per slice of the layout, empty ones included.
    """

    metric: Metric
    layout: Layout
    codebook: Codebook
    compared: Compared
    q: Floats
    rows: NDArray[np.int64]
    wrong: Floats
    hidden: NDArray[np.bool_]
    too_few: NDArray[np.bool_]
    lights: NDArray[np.int64]
    order: NDArray[np.int64]
    limit: int

    def line(self, number: int) -> SliceLine:
        """Return the slice of that number as a line."""
        predicate = self.predicate(number)
        share = float(self.wrong[number])
        hidden = bool(self.hidden[number])
        return SliceLine(
            address=to_address(predicate),
            title=self.title(number),
            predicate=predicate,
            light=int(self.lights[number]),
            measured=self._measured(number),
            rest=self._beside(self.compared.rest, number),
            difference=self._beside(self.compared.difference, number),
            q=float(self.q[number]),
            rows=0 if hidden else int(self.rows[number]),
            share_of_errors=None if np.isnan(share) else share,
            too_few=bool(self.too_few[number]),
            hidden=hidden,
        )

    def pair(self, first: int, second: int) -> tuple[tuple[int, ...], ...]:
        """Return the numbers of the slices of two columns: a line per code of the first.

        Raises:
            LookupError: the two columns were not combined.
        """
        part = tuple(sorted((first, second)))
        if part not in self.layout.parts:
            raise LookupError(part)
        start = self.layout.starts[self.layout.parts.index(part)]
        cards = [self.layout.cards[column] for column in part]
        table = start + np.arange(cards[0] * cards[1]).reshape(cards)
        turned = table if part == (first, second) else table.T
        return tuple(tuple(int(number) for number in line) for line in turned)

    def title(self, number: int) -> str:
        """Return the slice as `employment: self-employed · channel: mobile`."""
        return say_slice(self.codebook, *self.layout.slice_at(number))

    def predicate(self, number: int) -> Predicate:
        """Return the rows of a slice."""
        return find_slice(self.codebook, *self.layout.slice_at(number))

    def _measured(self, number: int) -> Measured:
        if self.hidden[number]:
            return NotEstimable(HIDDEN.format(limit=self.limit), 0)
        rows = int(self.rows[number])
        base = int(self.compared.denominators[number])
        found = self.compared.values.estimate(number, rows=base)
        return found or NotEstimable(NOTHING, rows)

    def _beside(self, found: Intervals, number: int) -> Measured:
        """Return what stands beside the value: the rest, or the difference to it."""
        rows = 0 if self.hidden[number] else int(self.rows[number])
        shown = None if self.hidden[number] else found.estimate(number, rows=rows)
        return shown or NotEstimable("nobody to compare with", rows)


def say_slice(book: Codebook, columns: Sequence[int], codes: Sequence[int]) -> str:
    """Return a slice as `self-employed · mobile`, or `age under 24 · permit missing`.

    A value that is text stands alone; all else is said with its column.
    """
    return " · ".join(
        book.columns[column].say(code) for column, code in zip(columns, codes, strict=True)
    )


def find_slice(book: Codebook, columns: Sequence[int], codes: Sequence[int]) -> Predicate:
    """Return the rows that have these codes in these columns.

    Raises:
        LookupError: no column was named.
    """
    found = both(
        *(
            book.columns[column].codes[code].predicate
            for column, code in zip(columns, codes, strict=True)
        )
    )
    if found is None:
        raise LookupError(codes)
    return found


@dataclass(frozen=True, slots=True, eq=False)
class Sizes:
    """Rows per slice, which are hidden, and which columns a gate on slices looks at."""

    rows: NDArray[np.int64]
    hidden: NDArray[np.bool_]
    gated: NDArray[np.bool_]


def judge_all(  # noqa: PLR0913, PLR0917 - a verdict needs all of these
    metric: Metric,
    layout: Layout,
    codebook: Codebook,
    compared: Compared,
    sizes: Sizes,
    wrong: Floats,
    policy: Policy,
) -> AllSlices:
    """Return the verdict on each slice, worst first.

    FAIL: the whole interval breaks the limit of a gate on slices. ATTENTION: q <= alpha and
    the slice is surely worse than the rest by more than the policy's tolerance (of amounts:
    that share of the rest's value). PASS: surely not worse by more. OPEN otherwise, and
    where rows are too few. UNKNOWN: hidden, not estimable, or nobody to compare with. q is
    Benjamini and Hochberg's over all slices with enough rows. `wrong` is each slice's share
    of all errors.
    """
    there = (sizes.rows > 0) | sizes.hidden
    too_few = (sizes.rows < policy.min_rows) | (
        compared.denominators < policy.min_denominator
    )
    q = benjamini_hochberg(np.where(sizes.hidden | too_few, np.nan, compared.p))
    surely, perhaps = _worse_by(metric, compared)
    with quiet():
        allowed = policy.slice_tolerance * (
            np.abs(compared.rest.value) if metric.kind == "amount" else 1.0
        )
        known = ~np.isnan(compared.values.value) & ~sizes.hidden
        lights = np.select(
            [
                ~known,
                _breaks_gate(metric, compared, sizes, policy),
                too_few,
                np.isnan(compared.difference.value),
                (q <= policy.alpha) & (surely > allowed),
                perhaps <= allowed,
            ],
            [UNKNOWN, FAIL, OPEN, UNKNOWN, ATTENTION, PASS],
            default=OPEN,
        )
    rank = np.minimum(lights, OPEN)  # open and passed ones by what they show
    rank = np.where(known, rank + ((rank == OPEN) & too_few), UNKNOWN)
    value = compared.values.value * (-1 if metric.worse == "low" else 1)
    worst_first = [np.where(known, -each, 0.0) for each in (value, surely)]
    order = np.lexsort((*(np.nan_to_num(each, nan=np.inf) for each in worst_first), rank))
    return AllSlices(
        metric=metric,
        layout=layout,
        codebook=codebook,
        compared=compared,
        q=q,
        rows=sizes.rows,
        wrong=np.where(sizes.hidden, np.nan, wrong),
        hidden=sizes.hidden,
        too_few=too_few,
        lights=lights,
        order=order[there[order]],
        limit=policy.privacy_limit,
    )


def _worse_by(metric: Metric, compared: Compared) -> tuple[Floats, Floats]:
    """Return by how much a slice is worse than the rest, surely and perhaps at most."""
    low, high = compared.difference.low, compared.difference.high
    match metric.worse:
        case "high":
            return low, high
        case "low":
            return -high, -low
        case _:  # far from the rest on either side
            return np.maximum(low, -high), np.maximum(high, -low)


def _breaks_gate(
    metric: Metric, compared: Compared, sizes: Sizes, policy: Policy
) -> NDArray[np.bool_]:
    broken = np.zeros(len(sizes.rows), dtype=np.bool_)
    for gate in policy.gates:
        if gate.population == "each slice" and gate.metric == metric.id:
            broken |= _breaks(gate, compared) & (sizes.rows >= gate.min_rows)
    return broken & sizes.gated


def _breaks(gate: Gate, compared: Compared) -> NDArray[np.bool_]:
    """Return where the whole interval lies on the wrong side of the limit."""
    if gate.comparator == "<=":
        return np.asarray(compared.values.low > gate.limit)
    return np.asarray(compared.values.high < gate.limit)
