"""Reviewing: freezing the evidence of an evaluation, and asking people to decide on it."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final
from uuid import uuid4

from core.errors import NotFoundError, WrongInputError
from core.records.canonical import canonical, digest, from_plain, to_plain
from core.records.estimate import Estimate, Measured
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.reviews import Ask, Manifest, Review, Tier
from core.reviews.evidence import changed_parts, make_manifest, root_of
from core.runs.asking import asked_of, quality_of
from core.runs.checking import known_checks
from core.runs.desk import Desk
from core.runs.findings import review_findings

DIGITS: Final = 12


@dataclass(frozen=True, slots=True)
class Asking:
    """Who is asked, how much depends on the model, and what has to be read first."""

    asks: tuple[Ask, ...]
    tier: Tier = Tier.HIGH
    reading: tuple[str, ...] = ()


def evidence_of(desk: Desk, evaluation: Evaluation) -> Manifest:
    """Return the evidence of an evaluation as it is today, each part by its digest."""
    state = desk.workspace.state
    model, dataset = state.model(evaluation.model), state.dataset(evaluation.dataset)
    now = state.evaluation_of(model.id, dataset.id) or evaluation
    quality = quality_of(desk, now, asked_of(desk, now))
    checks = known_checks(desk, dataset)
    findings = review_findings(desk, now)
    entries = {
        "data": dataset.id,
        "columns": digest(dataset.columns),
        "model": model.id,
        "answer": digest({"answer": to_plain(model.answer), "feeds": list(model.feeds)}),
        "policy": state.policy.object,
        "threshold": digest(state.threshold(model.id)),
        "scores": now.scores,
        "results": digest([[h.id, _rounded(h.measured)] for h in quality.headlines]),
        "findings": digest([_said(finding) for finding in findings]),
        "declared": digest(
            {"data": state.declared_of(dataset), "model": sorted(map(list, model.declared))}
        ),
    }
    if checks is not None:
        entries["checks"] = digest(
            [[c.gate.id, c.verdict.word, _rounded(c.measured)] for c in checks.made]
        )
    return make_manifest(entries)


def open_review(
    desk: Desk,
    evaluation: Evaluation,
    asking: Asking,
    *,
    actor: str,
) -> Review:
    """Freeze the evidence of an evaluation and ask people to decide on it.

    Raises:
        WrongInputError: nobody is asked, or somebody in a role that they do not hold.
    """
    state = desk.workspace.state
    if not asking.asks:
        raise WrongInputError("Nobody is asked.", hint="Name at least one person.")
    _check_asks(desk, state.model(evaluation.model).name, asking.asks)
    manifest = evidence_of(desk, evaluation)
    id_ = uuid4().hex
    payload = {
        "model": evaluation.model,
        "evaluation": evaluation.id,
        "tier": asking.tier,
        "asks": [_plain_ask(ask) for ask in asking.asks],
        "reading": list(asking.reading),
    }
    desk.workspace.record(actor, "review.opened", id_, payload | _frozen(desk, manifest))
    return review_of(desk, id_)


def review_of(desk: Desk, id_: str) -> Review:
    """Return the review of that id.

    Raises:
        NotFoundError: there is none.
    """
    found = desk.workspace.state.decided.reviews.get(id_)
    if found is None:
        raise NotFoundError("There is no such review.", hint="Choose one from the list.")
    return found


def newest_review(desk: Desk, model: str) -> Review | None:
    """Return the newest review of a model version, if there is one."""
    reviews = desk.workspace.state.decided.reviews.values()
    return next((r for r in reversed(list(reviews)) if r.model == model), None)


def ask_people(desk: Desk, review: Review, asks: Sequence[Ask], *, actor: str) -> None:
    """Ask more people to decide.

    Raises:
        WrongInputError: somebody does not hold the role.
    """
    _check_asks(desk, desk.workspace.state.model(review.model).name, asks)
    payload = {"asks": [_plain_ask(ask) for ask in asks]}
    desk.workspace.record(actor, "review.asked", review.id, payload)


def refresh(desk: Desk, review: Review, *, actor: str) -> tuple[str, ...]:
    """Bring the newest evidence to a review and return what is not the same.

    What was signed stays signed over the evidence that it was; it does not cover this one.
    """
    state = desk.workspace.state
    old = state.evaluation(review.evaluation)
    now = state.evaluation_of(old.model, old.dataset) or old
    before, manifest = manifest_of(desk, review), evidence_of(desk, now)
    payload = {"evaluation": now.id} | _frozen(desk, manifest)
    desk.workspace.record(actor, "review.refreshed", review.id, payload)
    return changed_parts(before, manifest)


def manifest_of(desk: Desk, review: Review) -> Manifest:
    """Return the evidence that lies before the people of a review."""
    return from_plain(json.loads(desk.workspace.objects.read(review.manifest)), Manifest)


def _frozen(desk: Desk, manifest: Manifest) -> dict[str, str]:
    name = desk.workspace.objects.put_bytes(canonical(manifest))
    return {"root": root_of(manifest), "manifest": name}


def _check_asks(desk: Desk, model: str, asks: Sequence[Ask]) -> None:
    people = desk.workspace.state.decided.people
    for ask in asks:
        person = people.get(ask.person)
        if person is None or not person.holds(ask.role, model):
            named = person.name if person else "Nobody of that name"
            raise WrongInputError(
                f"{named} does not hold the role {ask.role} for {model}.",
                hint="Give the role under People and policy first.",
            )


def _plain_ask(ask: Ask) -> dict[str, Any]:
    due = ask.due.isoformat() if ask.due else None
    return {"person": ask.person, "role": ask.role, "due": due}


def _said(finding: Finding) -> list[object]:
    return [
        finding.gate.id,
        finding.about,
        finding.verdict.word,
        _rounded(finding.measured),
    ]


def _rounded(measured: Measured) -> object:
    """Return a number as it is signed: rounded to 12 significant digits."""
    if not isinstance(measured, Estimate):
        return measured.reason
    numbers = (measured.value, measured.low, measured.high)
    return [*(f"{number:.{DIGITS}g}" for number in numbers), measured.rows]
