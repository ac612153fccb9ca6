"""All slices of an evaluation: counted, compared and judged, as pages and commands ask."""

from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.lattice import (
    Floats,
    Layout,
    count_slices,
)
from core.engine.ranks import Ranks
from core.measures.all_slices import (
    ATTENTION,
    FAIL,
    AllSlices,
    Sizes,
    SliceLine,
    judge_all,
)
from core.measures.classes import ClassTally, count_classes
from core.measures.lattice import (
    Compared,
    compare_answers,
    compare_classes,
    compare_errors,
    compare_ranks,
    compare_scores,
)
from core.measures.metrics import Metric, find_metric
from core.measures.outcomes import FN, FP, Asked
from core.measures.privacy import hide_small
from core.measures.tallies import (
    AnswerTally,
    Cube,
    MomentTally,
    count_answers,
    count_cube,
    count_errors,
    count_guesses,
    count_ranks,
    count_scores_of,
    cube_fits,
    divide,
)
from core.records.canonical import digest
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.runs.answered import (
    QUICK_ROWS,
    answered_of,
    has_answered,
    held,
    layout_of,
    scores_in,
)
from core.runs.desk import Desk
from core.runs.rollups import codebook_of
from core.runs.watch import Watch

MOST_LINES: Final = 100
RANKED: Final = ("auc", "average_precision")


def all_slices(
    desk: Desk, evaluation: Evaluation, metric_id: str, asked: Asked
) -> AllSlices:
    """Return every slice of one and of two columns by one metric, worst first."""
    policy = desk.workspace.state.policy
    key = (
        *held(desk, evaluation, "all slices"),
        evaluation.id,
        metric_id,
        asked,
        policy.object,
    )

    def make() -> AllSlices:
        metric = find_metric(metric_id)
        book = codebook_of(desk, evaluation)
        return judge_all(
            metric,
            layout_of(desk, evaluation),
            book,
            _compare(desk, evaluation, metric, asked),
            sizes_of(desk, evaluation),
            _wrong(desk, evaluation, asked),
            policy.policy,
        )

    return desk.once(key, make)


def find_lines(  # noqa: PLR0913 - how a table is asked for
    desk: Desk,
    found: AllSlices,
    *,
    columns: int,
    text: str,
    order: str,
    sure: bool = False,
) -> tuple[list[SliceLine], int]:
    """Return the first slices of that many columns whose words hold `text`, and how many do.

    `order` is `worst`, `rows` or `errors`; `sure` leaves those that are surely worse than
    everybody else or break a limit.
    """
    key = ("titles", found.layout, digest(found.codebook))
    titles = desk.once(key, lambda: _titles(found))
    wide = np.repeat([len(part) for part in found.layout.parts], found.layout.sizes)
    numbers = found.order[wide[found.order] == columns]
    if sure:
        numbers = numbers[np.isin(found.lights[numbers], (FAIL, ATTENTION))]
    words = text.casefold().split()
    if words:
        fits = [all(word in titles[number] for word in words) for number in numbers]
        numbers = numbers[np.array(fits, dtype=np.bool_)]
    if order != "worst":
        shown = np.where(found.hidden, -1, found.rows)
        by = shown if order == "rows" else np.nan_to_num(found.wrong, nan=-1.0)
        numbers = numbers[np.argsort(-by[numbers], kind="stable")]
    return [found.line(int(number)) for number in numbers[:MOST_LINES]], len(numbers)


def _titles(found: AllSlices) -> tuple[str, ...]:
    return tuple(found.title(number).casefold() for number in range(found.layout.size))


def is_quick(desk: Desk, evaluation: Evaluation, metric_id: str) -> bool:
    """Return whether a page may ask for all slices at once, or leaves it to a job."""
    if evaluation.rows <= QUICK_ROWS:
        return True
    if not has_answered(desk, evaluation):
        return False
    what = _what(desk, evaluation, metric_id)
    return what == "rows" or desk.holds(held(desk, evaluation, what))


def count_ahead(desk: Desk, id_: str, metric_id: str, watch: Watch) -> str:
    """Count what all slices of an evaluation need, so that pages answer at once."""
    evaluation = desk.workspace.state.evaluation(id_)
    watch.step(0.1, "Reading the rows")
    answered_of(desk, evaluation)
    watch.step(0.3, "Counting slices")
    match _what(desk, evaluation, metric_id):
        case "errors":
            _errors(desk, evaluation)
        case "ranks":
            _ranks(desk, evaluation)
        case "classes":
            _classes(desk, evaluation)
        case "scores":
            _scores(desk, evaluation)
        case "cube":
            _cube(desk, evaluation)
    return id_


def _what(desk: Desk, evaluation: Evaluation, metric_id: str) -> str:
    """Return what a metric is counted from."""
    if evaluation.answer.task is Task.REGRESSION:
        return "errors"
    if metric_id in RANKED:
        return "ranks"
    if metric_id.startswith("macro"):
        return "classes"
    if find_metric(metric_id).formula is None:
        return "scores"
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)
    return "cube" if cube_fits(rows, layout) else "rows"


def _compare(desk: Desk, evaluation: Evaluation, metric: Metric, asked: Asked) -> Compared:
    match _what(desk, evaluation, metric.id):
        case "errors":
            scale = 2.0**evaluation.error_scale
            return compare_errors(metric, _errors(desk, evaluation), scale=scale)
        case "ranks":
            return compare_ranks(metric, _ranks(desk, evaluation))
        case "scores":
            return compare_scores(metric, _scores(desk, evaluation))
        case "classes":
            return compare_classes(metric, _classes(desk, evaluation))
        case _:
            return compare_answers(metric, answers_of(desk, evaluation, asked))


def answers_of(desk: Desk, evaluation: Evaluation, asked: Asked) -> AnswerTally:
    """Return right and wrong answers of all slices at the threshold that is asked for.

    From the cube where it fits into memory, which takes no time; else from the rows.
    """
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)
    if cube_fits(rows, layout):
        return _cube(desk, evaluation).at(asked.threshold)
    key = (*held(desk, evaluation, "answers"), asked)
    return desk.once(key, lambda: count_answers(rows, layout, asked))


def _cube(desk: Desk, evaluation: Evaluation) -> Cube:
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)
    return desk.hold(held(desk, evaluation, "cube"), lambda: count_cube(rows, layout))


def _errors(desk: Desk, evaluation: Evaluation) -> MomentTally:
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)

    def count() -> MomentTally:
        error = np.nan_to_num(rows.error) if rows.error is not None else np.zeros(0)
        label = scores_in(desk, evaluation)[:, 0] / 2.0**evaluation.error_scale - error
        return count_errors(rows, layout, label)

    return desk.hold(held(desk, evaluation, "errors"), count)


def _scores(desk: Desk, evaluation: Evaluation) -> MomentTally:
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)

    def count() -> MomentTally:
        scores = scores_in(desk, evaluation)
        if evaluation.answer.task is Task.MULTICLASS:
            return count_guesses(rows, layout, scores)
        return count_scores_of(rows, layout, scores[:, 0])

    return desk.hold(held(desk, evaluation, "scores"), count)


def _classes(desk: Desk, evaluation: Evaluation) -> ClassTally:
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)
    count = len(evaluation.answer.classes)
    return desk.hold(
        held(desk, evaluation, "classes"), lambda: count_classes(rows, layout, count)
    )


def _ranks(desk: Desk, evaluation: Evaluation) -> tuple[Ranks, Ranks]:
    rows, layout = answered_of(desk, evaluation), layout_of(desk, evaluation)
    return desk.once(
        held(desk, evaluation, "ranks"),
        lambda: count_ranks(rows, layout, scores_in(desk, evaluation)[:, 0]),
    )


def sizes_of(desk: Desk, evaluation: Evaluation) -> Sizes:
    """Return the rows of every slice, and which of them are hidden."""
    policy = desk.workspace.state.policy.policy
    key = (*held(desk, evaluation, "sizes"), evaluation.id, policy.privacy_limit)

    def count() -> Sizes:
        codes, layout = answered_of(desk, evaluation).codes, layout_of(desk, evaluation)
        one = np.zeros(evaluation.rows, dtype=np.uint8)
        rows = count_slices(codes, layout, one, 1)[:, 0]
        limit = policy.privacy_limit
        hidden = hide_small(rows, layout, limit=limit, in_all=evaluation.rows)
        return Sizes(rows, hidden, _gated(desk, evaluation, layout))

    return desk.once(key, count)


def _gated(desk: Desk, evaluation: Evaluation, layout: Layout) -> NDArray[np.bool_]:
    """Return which slices gates look at: those of group and sensitive columns only."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    marked = {c.name for c in dataset.columns if c.group or c.sensitive}
    names = [column.name for column in codebook_of(desk, evaluation).columns]
    parts = [all(names[column] in marked for column in part) for part in layout.parts]
    return np.repeat(parts, layout.sizes)


def _wrong(desk: Desk, evaluation: Evaluation, asked: Asked) -> Floats:
    """Return each slice's share of all errors; of a regression, of their absolute sum."""
    if evaluation.answer.task is Task.REGRESSION:
        errors = _errors(desk, evaluation)
        return divide(errors.sums["e0"], np.asarray(errors.whole["e0"]))
    tally = answers_of(desk, evaluation, asked)
    whole = tally.whole[1][[FP, FN]].sum()
    return divide(tally.weight((FP, FN)), whole)
