"""Fairness: how the groups of sensitive columns fare, as pages and commands ask."""

from math import isnan

from core.engine.lattice import Layout
from core.errors import WrongInputError
from core.estimates.observed_expected import METHOD, as_counts, observed_expected_exact
from core.measures.fairness import measure_fairness
from core.measures.group_rates import NO_SCORES, Group
from core.measures.outcomes import Asked, Confusion, outcomes_by_code
from core.measures.tallies import count_scores_of
from core.records.estimate import Estimate, Measured, NotEstimable
from core.records.evaluations import Evaluation
from core.records.fairness import Fairness
from core.records.models import Task
from core.runs.answered import answered_of, scores_in
from core.runs.desk import Desk
from core.runs.rollups import cells_of, codebook_of, first_parts
from core.runs.slicing import sliced_columns


def sensitive_columns(desk: Desk, evaluation: Evaluation) -> tuple[str, ...]:
    """Return the sensitive columns that are cut into groups."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    marked = {column.name for column in dataset.columns if column.sensitive}
    sliced = sliced_columns(desk, evaluation)
    return tuple(column.name for column in sliced if column.name in marked)


def fairness_of(
    desk: Desk,
    evaluation: Evaluation,
    columns: tuple[str, ...],
    asked: Asked,
    *,
    reference: str = "",
) -> Fairness:
    """Return every notion of fairness for the groups of one or two columns.

    Raises:
        WrongInputError: a regression has no groups that are chosen or refused.
    """
    if evaluation.answer.task is Task.REGRESSION:
        raise WrongInputError(
            "A regression says neither yes nor no.", hint="Compare its errors by slice."
        )
    for column in columns:
        _place(desk, evaluation, column)
    policy = desk.workspace.state.policy
    key = ("fairness", evaluation.id, columns, asked, reference, policy.object)

    def make() -> Fairness:
        positive = asked.of_class or evaluation.answer.positive
        return measure_fairness(
            groups_of(desk, evaluation, columns, asked),
            policy.policy,
            reference=reference,
            positive=f"{evaluation.label} = {positive}" if positive else "right",
        )

    return desk.once(key, make)


def groups_of(
    desk: Desk, evaluation: Evaluation, columns: tuple[str, ...], asked: Asked
) -> tuple[Group, ...]:
    """Return the groups of one or two columns: their answers, and O / E where scores are."""
    places = tuple(_place(desk, evaluation, column) for column in columns)
    key = ("groups", evaluation.id, columns, asked)
    return desk.once(key, lambda: _groups(desk, evaluation, places, asked))


def _groups(
    desk: Desk, evaluation: Evaluation, places: tuple[int, ...], asked: Asked
) -> tuple[Group, ...]:
    book = codebook_of(desk, evaluation)
    names = tuple(book.columns[place].name for place in places)
    if len(names) == 1:
        parts = first_parts(book)
        cells = cells_of(desk, evaluation, parts)
        cells = cells.select(cells.part == parts.index(names))
    else:
        cells = cells_of(desk, evaluation, (names,))
    calibration = _calibration(desk, evaluation, places)
    groups = []
    for a, b, found in outcomes_by_code(cells, asked):
        codes = (a, b)[: len(places)]
        words = [
            book.columns[place].say(code) for place, code in zip(places, codes, strict=True)
        ]
        if isinstance(found, Confusion):
            groups.append(
                Group(" · ".join(words), found, calibration.get(codes, NO_SCORES))
            )
    return tuple(groups)


def _calibration(
    desk: Desk, evaluation: Evaluation, places: tuple[int, ...]
) -> dict[tuple[int, ...], Measured]:
    """Return observed / expected per group, for a binary model with labels."""
    if evaluation.answer.task is not Task.BINARY or not evaluation.labelled:
        return {}
    rows = answered_of(desk, evaluation)
    order = tuple(sorted(places))  # as the layout holds its parts
    layout = Layout(rows.cards, (order,))
    tally = count_scores_of(rows, layout, scores_in(desk, evaluation)[:, 0])
    found = observed_expected_exact(*as_counts(*tally.promised))
    measured: dict[tuple[int, ...], Measured] = {}
    for number in range(layout.size):
        codes = dict(zip(order, layout.slice_at(number)[1], strict=True))
        value, low, high = (float(e[number]) for e in (found.value, found.low, found.high))
        labelled, effective = int(tally.n[number]), float(tally.effective[number])
        measured[tuple(codes[place] for place in places)] = (
            NotEstimable("the scores promise nothing here", labelled)
            if isnan(value)
            else Estimate(value, low, high, labelled, effective, METHOD)
        )
    return measured


def _place(desk: Desk, evaluation: Evaluation, column: str) -> int:
    names = [each.name for each in codebook_of(desk, evaluation).columns]
    if column not in (each.name for each in sliced_columns(desk, evaluation)):
        raise WrongInputError(
            f"`{column}` is not cut into values or ranges.",
            hint="Choose a feature, group or sensitive column.",
        )
    return names.index(column)
