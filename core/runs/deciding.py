"""Deciding: signatures, conditions and waivers."""

from dataclasses import asdict, dataclass
from datetime import date
from typing import Any, Final

from core.errors import NotFoundError, WrongInputError
from core.records.reviews import Review, Role, SignOff
from core.reviews.evidence import root_of
from core.reviews.separation import Circumstances, Wish, check_wish
from core.reviews.signing import SIMPLE, make_statement, meaning_of, seal, unseal
from core.runs.desk import Desk
from core.runs.findings import open_findings
from core.runs.heads import sign_head
from core.runs.reviewing import evidence_of, review_of
from core.runs.stopping import clean_text
from core.store.keys import key_id, signing_key

IDENTITY: Final = "identity not checked"


@dataclass(frozen=True, slots=True)
class WaiverWish:
    """A failed rule that `owner` is to answer for until a day, with what is done instead."""

    gate: str
    reason: str
    control: str
    owner: str
    until: date


def sign(desk: Desk, review: Review, wish: Wish, *, assurance: str = IDENTITY) -> SignOff:
    """Put a name under a decision: checked, sealed over the evidence root, and kept.

    Raises:
        WrongInputError: the person may not sign this; one sentence says why.
    """
    workspace = desk.workspace
    circumstances = circumstances_of(desk, review, wish.person.id)
    check_wish(wish, review, circumstances)
    statement = make_statement(
        review.root,
        {
            "review": review.id,
            "person": {"id": wish.person.id, "name": wish.person.name},
            "role": wish.role,
            "decision": wish.decision,
            "meaning": meaning_of(wish.role, wish.decision),
            "because": wish.because,
            "conditions": [_plain(asdict(condition)) for condition in wish.conditions],
            "until": wish.until.isoformat() if wish.until else None,
            "signed_at": workspace.now().isoformat(timespec="seconds"),
            "assurance": assurance,
            "signature": SIMPLE,
        },
    )
    key = signing_key(workspace.folder)
    envelope = seal(statement, key, key_id(key.public_key()))
    payload = {
        "role": wish.role,
        "decision": wish.decision,
        "because": wish.because,
        "conditions": [_plain(asdict(condition)) for condition in wish.conditions],
        "until": wish.until.isoformat() if wish.until else None,
        "root": review.root,
        "envelope": workspace.objects.put_bytes(envelope),
    }
    desk.workspace.record(wish.person.id, "signoff.made", review.id, payload)
    sign_head(desk, actor=wish.person.id)
    return review_of(desk, review.id).signed[-1]


def statements_of(desk: Desk, review: Review) -> tuple[dict[str, Any], ...]:
    """Return every signed statement of a review, its seal checked.

    Raises:
        WrongInputError: a seal does not fit.
    """
    key = signing_key(desk.workspace.folder).public_key()
    keys = {key_id(key): key}
    envelopes = [desk.workspace.objects.read(signed.envelope) for signed in review.signed]
    return tuple(unseal(envelope, keys) for envelope in envelopes)


def circumstances_of(desk: Desk, review: Review, person: str) -> Circumstances:
    """Return what decides whether somebody may sign."""
    state = desk.workspace.state
    model = state.model(review.model)
    versions = [m for m in state.models.values() if m.name == model.name]
    near = [m for m in versions if m.number in (model.number, model.number - 1)]
    evaluation = state.evaluation(review.evaluation)
    edits = [
        event.actor
        for event in desk.workspace.events
        if event.action == "provenance.declared" and event.subject == evaluation.dataset
    ]
    waiting = open_findings(desk, review, person)
    return Circumstances(
        model=model.name,
        makers=frozenset(m.actor for m in near),
        policy_editor=state.policy.actor,
        text_editor=edits[-1] if edits else "",
        unanswered=tuple(waiting),
        root=root_of(evidence_of(desk, evaluation)),
        today=desk.workspace.now().date(),
    )


def waive(desk: Desk, review: Review, wish: WaiverWish, *, actor: str) -> None:
    """Let somebody answer for a failed rule until a day; it is shown, and never green.

    Raises:
        WrongInputError: the policy lets nobody waive the rule, or not for so long.
    """
    state = desk.workspace.state
    known = next((g for g in state.policy.policy.gates if g.id == wish.gate), None)
    if known is None:
        raise WrongInputError(
            f"There is no rule {wish.gate}.", hint="Choose one of the policy."
        )
    if known.waivable_by not in {r.value for r in _roles(desk, actor, review.model)}:
        who = known.waivable_by or "nobody"
        raise WrongInputError(
            f"{wish.gate} can be waived by {who}; you are not.", hint="Ask somebody who is."
        )
    days = (wish.until - desk.workspace.now().date()).days
    if not 0 < days <= known.max_waiver_days:
        raise WrongInputError(
            f"{wish.gate} can be waived for {known.max_waiver_days} days at most.",
            hint="Choose an earlier day.",
        )
    payload = {
        "gate": wish.gate,
        "reason": clean_text(wish.reason, "A waiver needs its reason."),
        "control": clean_text(wish.control, "Say what is done instead."),
        "owner": wish.owner,
        "until": wish.until.isoformat(),
    }
    desk.workspace.record(actor, "waiver.given", review.id, payload)


def meet_condition(desk: Desk, review: Review, condition: str, *, actor: str) -> None:
    """Write down that a condition has come true."""
    known = {c.id for s in review.signed for c in s.conditions}
    if condition not in known:
        raise NotFoundError("There is no such condition.", hint="Choose one from the list.")
    desk.workspace.record(actor, "condition.met", review.id, {"condition": condition})


def _roles(desk: Desk, person: str, model: str) -> set[Role]:
    known = desk.workspace.state.decided.people.get(person)
    name = desk.workspace.state.model(model).name
    return {role for role in Role if known and known.holds(role, name)}


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    return {k: v.isoformat() if isinstance(v, date) else v for k, v in record.items()}
