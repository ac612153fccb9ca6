"""Ask: what pages, cards and commands want to know of an evaluation."""

from collections.abc import Iterator
from itertools import combinations
from typing import Final

from core.engine.drill import RowsAsked, RowsFound, count_rows, find_rows
from core.engine.where import Where
from core.errors import WrongInputError
from core.measures.outcomes import Asked, count_scores
from core.measures.privacy import gives_away
from core.measures.quality import Quality, measure_quality
from core.measures.slices import Slice, measure_slices
from core.records.codes import CodedColumn
from core.records.data import DatasetVersion
from core.records.estimate import NAMED, Policy
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.models import Task
from core.records.predicate import (
    SCORE,
    And,
    Not,
    Or,
    Predicate,
    columns_of,
    from_address,
    to_address,
)
from core.records.views import View, make_view
from core.reviews.findings import Evidence, find
from core.runs.desk import Desk
from core.runs.rollups import cells_of, codebook_of, first_parts, ranking_of
from core.runs.saving import saved_slices

MOST_PAIRED: Final = 8


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
    parts = first_parts(codebook_of(desk, evaluation))
    if len(columns) == 1 and where is None:
        cells = cells_of(desk, evaluation, parts)
        number = parts.index(columns)
    else:
        cells = cells_of(desk, evaluation, (columns,), where=where)
        number = 0
    policy = desk.workspace.state.policy
    book = evaluation.codebook
    key = ("slices", cells.object, number, book, columns, asked, policy.object)
    return desk.once(
        key,
        lambda: measure_slices(
            cells.select(cells.part == number), coded, asked, policy.policy
        ),
    )


def findings_of(desk: Desk, evaluation: Evaluation) -> tuple[Finding, ...]:
    """Return what each gate of the policy in force says of an evaluation, worst first."""
    asked = asked_of(desk, evaluation)
    version = desk.workspace.state.policy
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
    return [
        (saved.name, saved.predicate)
        for saved in saved_slices(desk)
        if saved.name in wanted and columns_of(saved.predicate) <= known
    ]


def marked_parts(desk: Desk, evaluation: Evaluation) -> tuple[tuple[str, ...], ...]:
    """Return every group or sensitive column alone, and every pair of the first eight."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    marked = {c.name for c in dataset.columns if c.group or c.sensitive}
    coded = codebook_of(desk, evaluation).columns
    names = [column.name for column in coded if column.name in marked]
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
    masked = masked_columns(desk, dataset)
    asked = RowsAsked(dataset, evaluation, where, threshold, page, masked)
    address = to_address(where) if where else ""
    key = ("rows", evaluation.id, address, threshold, page, masked)
    return desk.once(key, lambda: find_rows(desk.count, asked))


def hides_slice(desk: Desk, evaluation: Evaluation, where: Predicate) -> bool:
    """Return whether a slice must be hidden: it is too small, or what parts it from others is.

    The others are all rows, and the slice without one of its conditions: their numbers are
    shown, so the difference would tell the few.
    """
    limit = desk.workspace.state.policy.policy.privacy_limit
    mine = _count(desk, evaluation, where)
    others = (
        _count(desk, evaluation, o) for o in _one_less(from_address(to_address(where)))
    )
    apart = (abs(other - mine) for other in (evaluation.rows, *others))
    return gives_away(mine, tuple(mine + rows for rows in apart), limit=limit)


def _one_less(predicate: Predicate) -> Iterator[Predicate]:
    """Yield the predicate without each of its conditions, however deep; all rows left out."""
    match predicate:
        case Not(part):
            yield from map(Not, _one_less(part))
        case And(parts) | Or(parts):
            kind = type(predicate)
            for k, part in enumerate(parts):
                others = parts[:k] + parts[k + 1 :]
                if others:
                    yield kind(others)
                yield from (kind((*others, less)) for less in _one_less(part))


def _count(desk: Desk, evaluation: Evaluation, where: Predicate) -> int:
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    key = ("count", dataset.object, evaluation.scores, to_address(where))
    rows = Where(dataset, where, evaluation.scores)
    return desk.once(key, lambda: count_rows(desk.count, rows))


def masked_columns(desk: Desk, dataset: DatasetVersion) -> frozenset[str]:
    """Return the columns in which a person confirmed personal data."""
    said = desk.workspace.state.personal
    return frozenset(c for (id_, c), yes in said.items() if yes and id_ == dataset.id)


def _coded(
    desk: Desk, evaluation: Evaluation, columns: tuple[str, ...]
) -> tuple[CodedColumn, ...]:
    book = codebook_of(desk, evaluation)
    found = tuple(column for name in columns if (column := book.column(name)))
    if len(found) < len(columns):
        raise WrongInputError(
            f"`{columns[-1]}` is not cut into values or ranges.",
            hint="Choose a feature, group or sensitive column.",
        )
    return found


def scores_of(
    desk: Desk, evaluation: Evaluation, *, where: Predicate | None = None
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return how many rows score how high, in 20 equal steps, one series per label.

    Empty where the model gives no scores between 0 and 1 (multiclass, regression).
    """
    if evaluation.answer.task is not Task.BINARY:
        return ()
    cells = cells_of(desk, evaluation, ((),), where=where)
    positive = evaluation.answer.positive
    negative = next((c for c in evaluation.answer.classes if c != positive), "other")
    return count_scores(cells, ((0, negative), (1, positive), (-1, "no label yet")))
