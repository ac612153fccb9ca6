"""Findings of a review: what gates, checks and calibration say, and what waits for answers."""

from typing import Final

from core.estimates.wording import say_points
from core.measures.calibration import TOLERANCE
from core.records.calibration import Light
from core.records.canonical import digest
from core.records.checks import Check
from core.records.data import DatasetVersion
from core.records.estimate import Gate, Severity, Verdict, Word
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.models import Task
from core.records.reviews import Review
from core.reviews.findings import worst_first
from core.runs.asking import view_of
from core.runs.calibrating import calibration_of
from core.runs.checking import known_checks
from core.runs.desk import Desk
from core.runs.drift_findings import gate_findings
from core.runs.score_rollups import Scores

HEARD: Final = (Word.FAIL, Word.INSUFFICIENT)
WORDS: Final = {
    Light.NO_GAP: Word.PASS,
    Light.SMALL_GAP: Word.FAIL,
    Light.GAP: Word.FAIL,
    Light.TOO_FEW: Word.INSUFFICIENT,
}


def review_findings(desk: Desk, evaluation: Evaluation) -> tuple[Finding, ...]:
    """Return everything that was found about an evaluation and its table, worst first."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)
    found = list(gate_findings(desk, evaluation))
    if calibration := _calibration(desk, evaluation):
        found.append(calibration)
    checks = known_checks(desk, dataset)
    if checks is not None:
        found += [
            _of_check(desk, evaluation, dataset, check)
            for check in checks.made
            if check.verdict.word in (*HEARD, Word.PASS)
        ]
    return worst_first(found)


def key_of(finding: Finding) -> str:
    """Return what a finding is answered by: its rule, and a hash of whom it is about.

    The words would hold values of the table, and no event does.
    """
    return f"{finding.gate.id} {digest(finding.about)[:8]}"


def waiting_findings(desk: Desk, review: Review) -> tuple[str, ...]:
    """Return the findings of a review that everybody who signs has to answer."""
    evaluation = desk.workspace.state.evaluation(review.evaluation)
    found = [
        key_of(finding)
        for finding in review_findings(desk, evaluation)
        if finding.verdict.word in HEARD
    ]
    return (*found, *(added.id for added in review.added))


def open_findings(desk: Desk, review: Review, person: str) -> tuple[str, ...]:
    """Return the findings that wait for somebody's answer."""
    answered = {answer.finding for answer in review.answers if answer.person == person}
    return tuple(key for key in waiting_findings(desk, review) if key not in answered)


def _of_check(
    desk: Desk, evaluation: Evaluation, dataset: DatasetVersion, check: Check
) -> Finding:
    view = view_of(desk, evaluation, "provenance", {"check": check.gate.id})
    return Finding(
        gate=check.gate,
        verdict=check.verdict,
        measured=check.measured,
        about=dataset.title,
        sentence=check.sentence,
        evaluation=evaluation.id,
        evidence=dataset.object,
        view=view,
    )


def _calibration(desk: Desk, evaluation: Evaluation) -> Finding | None:
    """Return what the stated chances say, where a model states any and labels are there."""
    task = evaluation.answer.task
    if task is Task.REGRESSION or not evaluation.labelled:
        return None
    found = calibration_of(Scores(desk, evaluation))
    verdict = found.verdict
    small = verdict.light is Light.SMALL_GAP
    gate = Gate(
        id="CAL-01",
        title=f"Stated chances are right within {say_points(TOLERANCE)}",
        metric="observed_expected",
        population="all",
        comparator="<=",
        limit=TOLERANCE,
        severity=Severity.WARN if small else Severity.BLOCK,
    )
    return Finding(
        gate=gate,
        verdict=Verdict(WORDS[verdict.light], verdict.light.value),
        measured=found.observed_expected,
        about="All rows",
        sentence=verdict.sentence,
        evaluation=evaluation.id,
        evidence=evaluation.scores,
        view=view_of(desk, evaluation, "calibration", {}),
    )
