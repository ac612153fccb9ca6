"""Judging: where a model version stands today, and what is asked of whom."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.records.data import Split
from core.records.estimate import Severity, Word
from core.records.evaluations import Evaluation
from core.records.reviews import Ask, Review, Standing
from core.reviews.evidence import changed_parts, root_of, say_changed
from core.reviews.standing import Facts, Judged, latest, stand
from core.runs.desk import Desk
from core.runs.drift_findings import gate_findings
from core.runs.findings import open_findings, review_findings
from core.runs.reviewing import evidence_of, manifest_of, newest_review

IN_A_ROW: Final = 2  # windows that fail before an approval is suspended


@dataclass(frozen=True, slots=True)
class Asked:
    """A decision that somebody is asked for, and how many findings wait for them."""

    review: Review
    ask: Ask
    waiting: int


def judged_of(desk: Desk, model: str) -> Judged:
    """Return where a model version stands today, and why."""
    decided = desk.workspace.state.decided
    review = newest_review(desk, model)
    if review is None:
        return stand(None, decided.stops.get(model), Facts(_today(desk), ""))
    judged = stand(review, decided.stops.get(model), _facts(desk, review))
    if judged.standing is Standing.STALE:
        changed = changed_since(desk, review)
        return Judged(judged.standing, say_changed(changed) if changed else judged.sentence)
    return judged


def changed_since(desk: Desk, review: Review) -> tuple[str, ...]:
    """Return the parts of the evidence that are not what the review froze."""
    evaluation = desk.workspace.state.evaluation(review.evaluation)
    return changed_parts(manifest_of(desk, review), evidence_of(desk, evaluation))


def asked_of_person(desk: Desk, person: str) -> tuple[Asked, ...]:
    """Return the decisions that somebody is asked for and has not given, the nearest first."""
    found = []
    for review in desk.workspace.state.decided.reviews.values():
        if newest_review(desk, review.model) != review:
            continue
        signed = {
            (s.person, s.role) for s in latest(review.signed) if s.root == review.root
        }
        found += [
            Asked(review, ask, len(open_findings(desk, review, person)))
            for ask in review.asks
            if ask.person == person and (person, ask.role) not in signed
        ]
    return tuple(sorted(found, key=lambda a: a.ask.due or date.max))


def alarms_of(desk: Desk, review: Review) -> tuple[str, ...]:
    """Return what monitoring says against an approved model.

    A blocking rule for all rows that fails in two production windows in a row, of those
    that were brought after the review was opened (one bad window may be chance). A window
    in which nobody can measure it, such as one without labels, is passed over.
    """
    state = desk.workspace.state
    windows = [
        each
        for each in state.evaluations.values()
        if each.model == review.model
        and state.dataset(each.dataset).split is Split.PRODUCTION
        and state.dataset(each.dataset).at > review.at
    ]
    windows.sort(key=lambda e: state.dataset(e.dataset).window or ("", ""))
    return tuple(_alarms(desk, windows))


def _alarms(desk: Desk, windows: list[Evaluation]) -> list[str]:
    in_a_row: dict[str, int] = {}
    found = []
    for each in windows:
        known = {
            finding.gate.id: finding
            for finding in gate_findings(desk, each)
            if finding.gate.population == "all"
            and finding.gate.severity is Severity.BLOCK
            and finding.verdict.word is not Word.NOT_MEASURED
        }
        failed = {i: f for i, f in known.items() if f.verdict.word is Word.FAIL}
        in_a_row |= {i: in_a_row.get(i, 0) + 1 if i in failed else 0 for i in known}
        title = desk.workspace.state.dataset(each.dataset).title
        found += [
            f"{failed[id_].gate.title}: not so in {title}, the {IN_A_ROW}nd window in a row."
            for id_, count in in_a_row.items()
            if count >= IN_A_ROW and id_ in failed
        ]
    return found[-1:]


def _facts(desk: Desk, review: Review) -> Facts:
    state = desk.workspace.state
    evaluation = state.evaluation(review.evaluation)
    model = state.model(review.model)
    failing = frozenset(
        finding.gate.id
        for finding in review_findings(desk, evaluation)
        if finding.verdict.word is Word.FAIL
    )
    later = [
        other.id
        for other in state.models.values()
        if other.name == model.name and other.number > model.number
    ]
    return Facts(
        today=_today(desk),
        root=root_of(evidence_of(desk, evaluation)),
        failing=failing,
        alarms=alarms_of(desk, review),
        superseded=any(judged_of(desk, id_).standing.works for id_ in later),
    )


def _today(desk: Desk) -> date:
    return desk.workspace.now().date()
