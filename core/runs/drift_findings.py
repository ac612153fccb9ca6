"""Drift findings: what gates on drift say of a table, held against the model's reference."""

from collections.abc import Callable, Sequence
from typing import Final

from core.estimates.judge import judge
from core.estimates.wording import say_both
from core.measures.drops import grown_by, worse_by
from core.records.data import DatasetVersion, Use
from core.records.drift import Compared, Shift, Side
from core.records.estimate import (
    Estimate,
    Gate,
    Measured,
    NotEstimable,
    PolicyVersion,
    Verdict,
    Word,
)
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.models import Task
from core.reviews.findings import RANK, worst_first
from core.reviews.policy import COLUMN_DRIFT, DRIFT, PERFORMANCE_DROP, SCORE_DRIFT
from core.runs.asking import findings_of, view_of
from core.runs.desk import Desk
from core.runs.drifting import compare
from core.runs.performance import measured_of, reference_for
from core.runs.shift_scores import compare_scores

GIVEN: Final = ("score", "prediction")  # what a model gives; labels are the outcome
Found = tuple[Verdict, Measured, str, str, str]  # about, sentence, evidence


def gate_findings(desk: Desk, evaluation: Evaluation) -> tuple[Finding, ...]:
    """Return what each gate of the policy says of an evaluation, on drift too, worst first."""
    found = *findings_of(desk, evaluation), *drift_findings(desk, evaluation)
    return worst_first(found)


def drift_findings(
    desk: Desk, evaluation: Evaluation, *, under: PolicyVersion | None = None
) -> tuple[Finding, ...]:
    """Return what each gate on drift says of an evaluation, worst first.

    It is held against the evaluation of the same model on rows that it did not learn from
    (`reference_for`); nothing is said where there is none, or where this is it. The gates are
    those of the policy in force, or of a draft that somebody tries (`under`).
    """
    version = under or desk.workspace.state.policy
    gates = [gate for gate in version.policy.gates if gate.metric in DRIFT]
    reference = reference_for(desk, evaluation) if gates else None
    if reference is None or reference.dataset == evaluation.dataset:
        return ()
    return worst_first(_find(desk, gate, reference, evaluation) for gate in gates)


def _find(desk: Desk, gate: Gate, reference: Evaluation, evaluation: Evaluation) -> Finding:
    verdict, measured, about, sentence, evidence = FINDERS[gate.metric](
        desk, gate, reference, evaluation
    )
    against = {"ref": desk.workspace.state.dataset(reference.dataset).title}
    view = view_of(desk, evaluation, "drift", against)
    return Finding(gate, verdict, measured, about, sentence, evaluation.id, evidence, view)


def _columns(
    desk: Desk, gate: Gate, reference: Evaluation, evaluation: Evaluation
) -> Found:
    """Judge the columns that the model reads or people are grouped by; labels may be late."""
    state = desk.workspace.state
    table = state.dataset(evaluation.dataset)
    sides = Side(reference.dataset), Side(evaluation.dataset)
    compared = compare(desk, *sides, tolerance=gate.limit)
    shifts = [each for each in compared.shifts if _counts(table, each.column)]
    return *_judge(gate, compared, shifts), table.object


def _counts(table: DatasetVersion, name: str) -> bool:
    column = table.column(name)
    return column is None or column.use is Use.FEATURE or column.group or column.sensitive


def _scores(desk: Desk, gate: Gate, reference: Evaluation, evaluation: Evaluation) -> Found:
    compared = compare_scores(desk, reference, evaluation, tolerance=gate.limit)
    shifts = [each for each in compared.shifts if each.column in GIVEN]
    return *_judge(gate, compared, shifts), evaluation.scores


def _judge(
    gate: Gate, compared: Compared, shifts: Sequence[Shift]
) -> tuple[Verdict, Measured, str, str]:
    """Return the verdict of the worst: each was judged with the gate's limit as tolerance."""
    known = [each for each in shifts if isinstance(each.effect, Estimate)]
    if not known:
        nothing = NotEstimable("nothing could be compared", sum(compared.rows))
        verdict = Verdict(Word.NOT_MEASURED, nothing.reason)
        return verdict, nothing, "All rows", "Nobody can say: nothing could be compared."
    worst = min(known, key=lambda each: (RANK.index(each.word), -each.moved))
    if min(compared.rows) < gate.min_rows:
        few = f"{min(compared.rows):,} rows are too few to judge"
        verdict = Verdict(Word.INSUFFICIENT, few, gate.min_rows - min(compared.rows))
        return verdict, worst.effect, worst.column, f"{few.capitalize()}."
    verdict = Verdict(worst.word, REASONS[worst.word], worst.needed)
    if worst.word is Word.PASS:
        said = f"{len(known):,} compared; none moved by more than {gate.limit:g}."
        return verdict, worst.effect, "All rows", said
    return verdict, worst.effect, worst.column, worst.sentence


def _performance(
    desk: Desk, gate: Gate, reference: Evaluation, evaluation: Evaluation
) -> Found:
    """Judge the loss of accuracy, of a regression by which share its mean error grew."""
    regression = evaluation.answer.task is Task.REGRESSION
    metric = "mae" if regression else "accuracy"
    sides = [measured_of(desk, each, metric) for each in (reference, evaluation)]
    before, after = sides
    if before is None or after is None:
        nothing = NotEstimable("there are no labels", evaluation.rows)
        verdict = judge(nothing, gate)
        return (
            verdict,
            nothing,
            "All rows",
            "Nobody can say: there are no labels.",
            evaluation.frame,
        )
    drop = grown_by(before, after) if regression else worse_by(before, after, "low")
    kind = "amount" if regression else "share"
    title = "The mean error" if regression else "Accuracy"
    said = f"{title} is {say_both(after, kind)}, before {say_both(before, kind)}."
    return judge(drop, gate), drop, "All rows", said, evaluation.frame


REASONS: Final = {
    Word.PASS: "keeps the limit",
    Word.FAIL: "breaks the limit",
    Word.INSUFFICIENT: "the limit lies inside the interval",
}
FINDERS: Final[dict[str, Callable[[Desk, Gate, Evaluation, Evaluation], Found]]] = {
    COLUMN_DRIFT: _columns,
    SCORE_DRIFT: _scores,
    PERFORMANCE_DROP: _performance,
}
