"""Versions: where two models differ on the same rows."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from core.engine.lattice import Floats, count_slices
from core.errors import WrongInputError
from core.estimates.many import Intervals
from core.estimates.multiple import benjamini_hochberg
from core.measures.all_slices import find_slice, say_slice
from core.measures.outcomes import FN, FP, TN, TP, Asked, sort_out
from core.measures.paired import PairedAuc, PairedShares, paired_auc, paired_shares
from core.records.estimate import Measured, NotEstimable
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import to_address
from core.runs.answered import answered_of, held, layout_of, scores_in
from core.runs.asking import asked_of
from core.runs.desk import Desk
from core.runs.lattice import sizes_of
from core.runs.rollups import codebook_of

RIGHT = (TP, TN)
BOTH_RIGHT, ONLY_FIRST, ONLY_SECOND, BOTH_WRONG, NO_LABEL = range(5)
KINDS = 5
METHOD = "Tango score interval"


@dataclass(frozen=True, slots=True)
class VersionLine:
    """One slice: how much more often the first model is right than the second."""

    title: str
    address: str
    difference: Measured
    only_first: int
    only_second: int
    rows: int
    q: float


@dataclass(frozen=True, slots=True)
class Versions:
    """Two models on the same rows: on the whole, by AUC, and by slice, largest first."""

    whole: Measured
    p: float
    auc: PairedAuc | NotEstimable
    lines: tuple[VersionLine, ...]
    compared: int


def other_evaluations(desk: Desk, evaluation: Evaluation) -> tuple[Evaluation, ...]:
    """Return the evaluations of other models that answered the same question on these rows."""
    newest = {
        each.model: each
        for each in desk.workspace.state.evaluations.values()
        if each.dataset == evaluation.dataset and _same_question(each, evaluation)
    }
    return tuple(each for model, each in newest.items() if model != evaluation.model)


def compare_versions(
    desk: Desk, first: Evaluation, second: Evaluation, *, most: int = 50
) -> Versions:
    """Return where the first model is more, or less, often right than the second.

    Each model is asked at its own decision threshold. The `most` slices with the largest
    sure differences are returned, then those that may be chance.

    Raises:
        WrongInputError: the two did not answer the same question about the same rows.
    """
    _check_same(first, second)
    policy = desk.workspace.state.policy
    asked = asked_of(desk, first), asked_of(desk, second)
    key = (*held(desk, first, "versions"), first.id, second.id, asked, policy.object, most)
    return desk.once(key, lambda: _compare(desk, (first, second), asked, most))


def _same_question(one: Evaluation, other: Evaluation) -> bool:
    a, b = one.answer, other.answer
    if a.task is Task.REGRESSION or a.task is not b.task or one.label != other.label:
        return False
    return set(a.classes) == set(b.classes) and a.positive == b.positive


def _compare(
    desk: Desk, pair: tuple[Evaluation, Evaluation], asked: tuple[Asked, Asked], most: int
) -> Versions:
    layout = layout_of(desk, pair[0])
    kind = agreement(desk, pair, asked)
    codes = answered_of(desk, pair[0]).codes
    counts = count_slices(codes, layout, kind, KINDS)
    every = np.bincount(kind, minlength=KINDS)
    found = paired_shares(
        counts[:, ONLY_FIRST], counts[:, ONLY_SECOND], counts[:, :NO_LABEL].sum(axis=1)
    )
    whole = _whole(every)
    sizes = sizes_of(desk, pair[0])
    known = (sizes.rows >= desk.workspace.state.policy.policy.min_rows) & ~sizes.hidden
    q = benjamini_hochberg(np.where(known & (sizes.rows > 0), found.p, np.nan))
    order = _order(found.difference, q)[:most]
    return Versions(
        whole=_measured(whole.difference, 0, int(every[:NO_LABEL].sum())),
        p=float(whole.p[0]),
        auc=_auc(desk, pair),
        lines=tuple(
            _line(desk, pair[0], int(number), found.difference, counts, q)
            for number in order
        ),
        compared=int(np.count_nonzero(~np.isnan(q))),
    )


def agreement(
    desk: Desk, pair: tuple[Evaluation, Evaluation], asked: tuple[Asked, Asked]
) -> NDArray[np.uint8]:
    """Return for each row which of two models is right."""
    rows = [answered_of(desk, evaluation) for evaluation in pair]
    kinds = [sort_out(r.label, r.said, a) for r, a in zip(rows, asked, strict=True)]
    right = [np.isin(kind, RIGHT) for kind in kinds]
    known = np.isin(kinds[0], (TP, FP, FN, TN)) & np.isin(kinds[1], (TP, FP, FN, TN))
    apart = np.select(
        [~known, right[0] & right[1], right[0], right[1]],
        [NO_LABEL, BOTH_RIGHT, ONLY_FIRST, ONLY_SECOND],
        default=BOTH_WRONG,
    )
    return apart.astype(np.uint8)


def compare_on_all(desk: Desk, first: Evaluation, second: Evaluation) -> Measured:
    """Return how much more often the first model is right than the second, on the same rows.

    Raises:
        WrongInputError: the two did not answer the same question about the same rows.
    """
    _check_same(first, second)
    asked = asked_of(desk, first), asked_of(desk, second)
    kind = agreement(desk, (first, second), asked)
    every = np.bincount(kind, minlength=KINDS)
    return _measured(_whole(every).difference, 0, int(every[:NO_LABEL].sum()))


def _whole(every: NDArray[np.int64]) -> PairedShares:
    return paired_shares(
        every[[ONLY_FIRST]], every[[ONLY_SECOND]], every[:NO_LABEL].sum(keepdims=True)
    )


def _check_same(first: Evaluation, second: Evaluation) -> None:
    if first.dataset != second.dataset or not _same_question(first, second):
        raise WrongInputError(
            "These two models did not answer the same question about the same rows.",
            hint="Evaluate both on this table.",
        )


def _order(difference: Intervals, q: Floats) -> NDArray[np.int64]:
    """Return slices by how far their interval surely lies from 0, then by their value."""
    surely = np.maximum(difference.low, -difference.high)
    order = np.lexsort((-np.abs(difference.value), -np.maximum(surely, 0.0)))
    return order[~np.isnan(q[order])]


def _line(  # noqa: PLR0913, PLR0917 - what stands in a line
    desk: Desk,
    evaluation: Evaluation,
    number: int,
    difference: Intervals,
    counts: NDArray[np.int64],
    q: Floats,
) -> VersionLine:
    title, address = _title(desk, evaluation, number)
    rows = int(counts[number, :NO_LABEL].sum())
    return VersionLine(
        title=title,
        address=address,
        difference=_measured(difference, number, rows),
        only_first=int(counts[number, ONLY_FIRST]),
        only_second=int(counts[number, ONLY_SECOND]),
        rows=rows,
        q=float(q[number]),
    )


def _measured(found: Intervals, number: int, rows: int) -> Measured:
    known = found.estimate(number, rows=rows, method=METHOD)
    return known or NotEstimable("no row here has a label", rows)


def _auc(desk: Desk, pair: tuple[Evaluation, Evaluation]) -> PairedAuc | NotEstimable:
    if pair[0].answer.task is not Task.BINARY:
        return NotEstimable("only a binary model ranks", pair[0].rows)
    known = answered_of(desk, pair[0]).label >= 0
    first, second = (scores_in(desk, evaluation)[known, 0] for evaluation in pair)
    return paired_auc(first, second, answered_of(desk, pair[0]).label[known] == 1)


def _title(desk: Desk, evaluation: Evaluation, number: int) -> tuple[str, str]:
    """Return a slice of the layout in words, and its predicate as an address."""
    columns, codes = layout_of(desk, evaluation).slice_at(number)
    book = codebook_of(desk, evaluation)
    return say_slice(book, columns, codes), to_address(find_slice(book, columns, codes))
