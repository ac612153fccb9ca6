"""Costs: what one threshold for everybody costs each slice, as pages ask."""

from dataclasses import dataclass

import numpy as np

from core.engine.lattice import lay_out
from core.measures.all_slices import say_slice
from core.measures.costs import find_cheapest
from core.measures.tallies import count_cube
from core.records.evaluations import Evaluation
from core.runs.answered import answered_of
from core.runs.desk import Desk
from core.runs.lattice import sizes_of
from core.runs.rollups import codebook_of
from core.runs.slicing import sliced_places


@dataclass(frozen=True, slots=True)
class CheapLine:
    """One slice: its cheapest threshold in thousandths, and costs in false alarms."""

    title: str
    best: int
    paid: float
    least: float
    rows: int


def cheapest_of(
    desk: Desk, evaluation: Evaluation, *, missed: float
) -> tuple[int, tuple[CheapLine, ...]]:
    """Return the cheapest common threshold, and each slice of one column beside its own.

    A missed case costs as much as `missed` false alarms. The dearest slices come first.
    """
    policy = desk.workspace.state.policy
    alone = sliced_places(desk, evaluation)
    key = ("cheapest", evaluation.id, evaluation.codebook, alone, missed, policy.object)

    def make() -> tuple[int, tuple[CheapLine, ...]]:
        rows, book = answered_of(desk, evaluation), codebook_of(desk, evaluation)
        layout = lay_out(rows.cards, paired=(), alone=alone)
        found = find_cheapest(count_cube(rows, layout), missed=missed)
        sizes = sizes_of(desk, evaluation)
        enough = sizes.rows[: layout.size] >= policy.policy.min_rows
        shown = np.flatnonzero(enough & ~sizes.hidden[: layout.size])
        order = shown[np.argsort(found.least[shown] - found.paid[shown], kind="stable")]
        lines = (
            CheapLine(
                title=say_slice(book, *layout.slice_at(int(k))),
                best=int(found.best[k]),
                paid=float(found.paid[k]),
                least=float(found.least[k]),
                rows=int(sizes.rows[k]),
            )
            for k in order
        )
        return found.common, tuple(lines)

    return desk.once(key, make)
