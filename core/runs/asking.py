"""Ask: what pages, cards and commands want to know of an evaluation."""

from itertools import combinations
from typing import Final

import numpy as np

from core.engine.drill import RowsAsked, RowsFound, find_rows
from core.errors import WrongInputError
from core.measures.outcomes import Asked, count_scores
from core.measures.privacy import hide_bars
from core.measures.quality import Quality, measure_quality
from core.measures.slices import Slice, measure_slices
from core.records.codes import CodedColumn
from core.records.estimate import NAMED, Policy, PolicyVersion
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.models import Task
from core.records.predicate import SCORE, Predicate, columns_of, to_address
from core.records.views import View, make_view
from core.reviews.findings import Evidence, find
from core.runs.desk import Desk
from core.runs.hiding import hidden_cells
from core.runs.rollups import cells_of, codebook_of, first_parts, ranking_of
from core.runs.saving import saved_slices
from core.runs.slicing import check_slice, masked_columns, sliced_columns

MOST_PAIRED: Final = 8
STEPS: Final = (20, 10, 5)  # of a histogram of scores
MOST_SHOWN: Final = 0.9  # of the rows; where fewer are left, steps are larger
Bars = tuple[tuple[str, tuple[int, ...]], ...]


def asked_of(
    desk: Desk, evaluation: Evaluation, *, threshold: int | None = None, of_class: str = ""
) -> Asked:
    """Return the question, at the model's decision threshold unless another is given."""
    decided = desk.workspace.state.threshold(evaluation.model)
    return Asked(
        answer=evaluation.answer,
        threshold=decided if threshold is None else threshold,
        of_class=of_class,
        error_scale=evaluation.error_scale,
    )


def quality_of(
    desk: Desk, evaluation: Evaluation, asked: Asked, *, where: Predicate | None = None
) -> Quality:
    """Return the headline numbers of an evaluation, in all rows or in those of `where`."""
    check_slice(desk, desk.workspace.state.dataset(evaluation.dataset), where)
    if where is None:
        parts = first_parts(codebook_of(desk, evaluation))
        cells = cells_of(desk, evaluation, parts)
        cells = cells.select(cells.part == 0)
    else:
        cells = cells_of(desk, evaluation, ((),), where=where)
    ranking = None if asked.of_class else ranking_of(desk, evaluation, where=where)
    key = ("quality", cells.object, ranking.object if ranking else "", asked)
    return desk.once(key, lambda: measure_quality(cells, ranking, asked))


def slices_of(
    desk: Desk,
    evaluation: Evaluation,
    columns: tuple[str, ...],
    asked: Asked,
    *,
    where: Predicate | None = None,
) -> tuple[Slice, ...]:
    """Return one slice per value or range of one column, or of two columns together."""
    coded = _coded(desk, evaluation, columns)
    check_slice(desk, desk.workspace.state.dataset(evaluation.dataset), where)
    parts = first_parts(codebook_of(desk, evaluation))
    if len(columns) == 1 and where is None:
        cells = cells_of(desk, evaluation, parts)
        number = parts.index(columns)
    else:
        cells = cells_of(desk, evaluation, (columns,), where=where)
        number = 0
    policy = desk.workspace.state.policy
    book = evaluation.codebook
    hidden = _hidden(desk, evaluation, columns) if where is None else frozenset()
    key = ("slices", cells.object, number, book, columns, asked, policy.object)
    return desk.once(
        key,
        lambda: measure_slices(
            cells.select(cells.part == number), coded, asked, policy.policy, hidden=hidden
        ),
    )


def findings_of(
    desk: Desk, evaluation: Evaluation, *, under: PolicyVersion | None = None
) -> tuple[Finding, ...]:
    """Return what each gate says of an evaluation, worst first.

    The gates are those of the policy in force, or of a draft that somebody tries (`under`).
    """
    asked = asked_of(desk, evaluation)
    version = under or desk.workspace.state.policy
    marked = marked_parts(desk, evaluation)
    cells = cells_of(desk, evaluation, marked, threshold=asked.threshold)

    gates = (g for g in version.policy.gates if g.population == "each slice")
    wanted = frozenset(gate.metric for gate in gates)
    named = _named(desk, evaluation, version.policy)

    def made() -> tuple[Finding, ...]:
        slices = [
            slice_
            for number, part in enumerate(marked)
            for slice_ in measure_slices(
                cells.select(cells.part == number),
                _coded(desk, evaluation, part),
                asked,
                version.policy,
                only=wanted,
                hidden=_hidden(desk, evaluation, part),
            )
        ]
        evidence = Evidence(
            quality=quality_of(desk, evaluation, asked),
            slices=slices,
            evaluation=evaluation.id,
            rollup=cells.object,
            view=view_of(desk, evaluation, "slices", {"act": str(asked.threshold / 10)}),
            named=tuple(
                (name, quality_of(desk, evaluation, asked, where=where))
                for name, where in named
            ),
        )
        return find(evidence, version.policy)

    addresses = tuple((name, to_address(where)) for name, where in named)
    key = ("findings", evaluation.id, cells.object, asked, version.object, addresses)
    return desk.once(key, made)


def _named(
    desk: Desk, evaluation: Evaluation, policy: Policy
) -> list[tuple[str, Predicate]]:
    """Return the saved slices that gates ask for, where the table has their columns."""
    gates = (g.population for g in policy.gates if g.population.startswith(NAMED))
    wanted = {population.removeprefix(NAMED) for population in gates}
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    known = {column.name for column in dataset.columns} | {SCORE}
    known -= masked_columns(desk, dataset)
    return [
        (saved.name, saved.predicate)
        for saved in saved_slices(desk)
        if saved.name in wanted and columns_of(saved.predicate) <= known
    ]


def marked_parts(desk: Desk, evaluation: Evaluation) -> tuple[tuple[str, ...], ...]:
    """Return every group or sensitive column alone, and every pair of the first eight."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    marked = {c.name for c in dataset.columns if c.group or c.sensitive}
    sliced = sliced_columns(desk, evaluation)
    names = [column.name for column in sliced if column.name in marked]
    singles = ((name,) for name in names)
    return (*singles, *combinations(names[:MOST_PAIRED], 2))


def view_of(
    desk: Desk, evaluation: Evaluation, page: str, controls: dict[str, str]
) -> View:
    """Return the view of a page on an evaluation, with everything pinned that it shows."""
    pins = {
        "model": evaluation.model,
        "dataset": evaluation.dataset,
        "evaluation": evaluation.id,
        "policy": desk.workspace.state.policy.object,
    }
    frame = {"model": evaluation.model, "data": evaluation.dataset}
    return make_view(page, frame | controls, pins)


def rows_of(
    desk: Desk,
    evaluation: Evaluation,
    where: Predicate | None,
    *,
    threshold: int,
    page: int,
) -> RowsFound:
    """Return a page of the rows of a slice, worst answers first."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    check_slice(desk, dataset, where)
    masked = masked_columns(desk, dataset)
    asked = RowsAsked(dataset, evaluation, where, threshold, page, masked)
    address = to_address(where) if where else ""
    key = ("rows", evaluation.id, address, threshold, page, masked)
    return desk.once(key, lambda: find_rows(desk.count, asked))


def _hidden(
    desk: Desk, evaluation: Evaluation, columns: tuple[str, ...]
) -> frozenset[tuple[int, ...]]:
    """Return the codes of the slices of one or two columns that All slices hides."""
    names = [column.name for column in codebook_of(desk, evaluation).columns]
    places = [names.index(column) for column in columns]
    order = sorted(places)
    cells = np.argwhere(hidden_cells(desk, evaluation, tuple(order)))
    at = [order.index(place) for place in places]
    return frozenset(tuple(codes) for codes in cells[:, at].tolist())


def _coded(
    desk: Desk, evaluation: Evaluation, columns: tuple[str, ...]
) -> tuple[CodedColumn, ...]:
    sliced = {column.name: column for column in sliced_columns(desk, evaluation)}
    found = tuple(sliced[name] for name in columns if name in sliced)
    if len(found) < len(columns):
        raise WrongInputError(
            f"`{columns[-1]}` is not cut into values or ranges.",
            hint="Choose a feature, group or sensitive column.",
        )
    return found


def scores_of(
    desk: Desk, evaluation: Evaluation, *, where: Predicate | None = None
) -> Bars:
    """Return how many rows score how high, in 20 equal steps, one series per label.

    Empty where the model gives no scores between 0 and 1 (multiclass, regression). Of a
    slice no bar holds fewer rows than the privacy limit: such ones are empty, and there are
    10 or 5 steps where that leaves more than a tenth of the rows out.
    """
    check_slice(desk, desk.workspace.state.dataset(evaluation.dataset), where)
    if evaluation.answer.task is not Task.BINARY:
        return ()
    cells = cells_of(desk, evaluation, ((),), where=where)
    positive = evaluation.answer.positive
    negative = next((c for c in evaluation.answer.classes if c != positive), "other")
    labels = ((0, negative), (1, positive), (-1, "no label yet"))
    if where is None:
        return count_scores(cells, labels)
    limit = desk.workspace.state.policy.policy.privacy_limit
    rows = int(cells.n.sum())
    shown: Bars = ()
    for steps in STEPS:
        shown = hide_bars(count_scores(cells, labels, steps=steps), limit=limit)
        if sum(sum(counts) for _, counts in shown) >= MOST_SHOWN * rows:
            break
    return shown
