"""Judged slices made by hand: a codebook, a metric compared, a policy."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from core.engine.lattice import Layout, lay_out
from core.estimates.many import Intervals
from core.estimates.mover import difference_many
from core.measures.all_slices import AllSlices, Sizes, judge_all
from core.measures.lattice import Compared
from core.measures.metrics import find_metric
from core.measures.privacy import hide_small
from core.records.codes import Code, Codebook, CodedColumn
from core.records.data import ColumnType
from core.records.estimate import Gate, Policy
from core.records.predicate import Comparison, to_address
from core.reviews.policy import FIRST_POLICY, read_policy

POLICY: Final = read_policy(FIRST_POLICY)
Three = tuple[float, float, float]  # value, low, high
NOTHING: Final[Three] = (np.nan, np.nan, np.nan)
REST: Final[Three] = (0.10, 0.09, 0.11)


def make_book(cards: Sequence[int]) -> Codebook:
    """Return columns `a`, `b` ... with missing values and the values `a1`, `a2` ..."""
    return Codebook(tuple(_column("abcdefgh"[k], card) for k, card in enumerate(cards)))


def _column(name: str, card: int) -> CodedColumn:
    words = [f"{name}{code}" for code in range(1, card)]
    missing = Code("missing", to_address(Comparison(name, "missing")))
    codes = (Code(word, to_address(Comparison(name, "=", word))) for word in words)
    return CodedColumn(name, ColumnType.TEXT, (missing, *codes), tuple(words))


def intervals(lines: Sequence[Three]) -> Intervals:
    """Return values with their intervals."""
    value, low, high = np.array(lines, float).reshape(-1, 3).T
    return Intervals(value, low, high)


def judged(  # noqa: PLR0913 - a verdict has these parts
    values: Sequence[Three],
    *,
    metric: str = "error_rate",
    rest: Sequence[Three] | None = None,
    p: Sequence[float] | None = None,
    rows: Sequence[int] | None = None,
    gates: tuple[Gate, ...] = (),
    policy: Policy = POLICY,
    layout: Layout | None = None,
    gated: bool = True,
) -> AllSlices:
    """Return the verdict on the values of one column, or of the layout."""
    layout = layout or lay_out((len(values),) if values else (), paired=())
    n = np.array(rows if rows is not None else [1000] * len(values), np.int64)
    mine, others = intervals(values), intervals(rest or [REST] * len(values))
    compared = Compared(
        values=mine,
        denominators=n,
        rest=others,
        difference=difference_many(mine, others),
        p=np.array(p if p is not None else [0.5] * len(values), float),
    )
    in_all = int(n[: sum(layout.sizes[:1])].sum())
    hidden = hide_small(n, layout, limit=policy.privacy_limit, in_all=in_all)
    chosen = replace(policy, gates=gates)
    return judge_all(
        find_metric(metric),
        layout,
        make_book(layout.cards),
        compared,
        Sizes(n, hidden, np.full(layout.size, gated)),
        n / max(1, in_all),
        chosen,
    )
