"""Standing: what follows from a review, a pure function of the log, the evidence and the day."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from core.records.reviews import (
    Condition,
    Decision,
    Review,
    Role,
    SignOff,
    Standing,
    Stop,
    Tier,
)

REQUIRED: Final = {
    Tier.LOW: (Role.OWNER, Role.VALIDATOR),
    Tier.HIGH: (Role.OWNER, Role.VALIDATOR, Role.EXECUTIVE),
}


@dataclass(frozen=True, slots=True)
class Facts:
    """What is true today, beside the log.

    `root` is that of the evidence as it is now, `failing` the gates that fail today,
    `alarms` what monitoring says against the model, `superseded` whether a later version of
    the model works.
    """

    today: date
    root: str
    failing: frozenset[str] = frozenset()
    alarms: tuple[str, ...] = ()
    superseded: bool = False


@dataclass(frozen=True, slots=True)
class Judged:
    """Where a model version stands, why in one sentence, and until when."""

    standing: Standing
    sentence: str
    until: date | None = None


def stand(review: Review | None, stop: Stop | None, facts: Facts) -> Judged:
    """Return where a model version stands.

    What forbids comes before what allows: withdrawn, rejected, suspended, stale, expired;
    only when nothing forbids and everybody who must has approved this very evidence is a
    model active.
    """
    if stop and stop.withdrawn:
        return Judged(Standing.WITHDRAWN, f"Withdrawn: {stop.why}")
    if review is None:
        return Judged(Standing.DRAFT, "Nobody has asked for a decision yet.")
    said = latest(review.signed)
    approved = _complete(review, said)
    return (
        _refused(review, said)
        or (None if approved else _waiting(review, said, facts))
        or _stopped(review, approved, stop, facts)
        or _outlived(approved, facts)
        or _works(review, approved)
    )


def _refused(review: Review, said: Sequence[SignOff]) -> Judged | None:
    rejected = [s for s in said if s.decision is Decision.REJECT and s.root == review.root]
    if rejected:
        return Judged(Standing.REJECTED, f"Rejected: {rejected[0].because}")
    if review.changes:
        return Judged(Standing.CHANGES, f"Changes were asked for: {review.changes}")
    return None


def _stopped(
    review: Review, approved: Sequence[SignOff], stop: Stop | None, facts: Facts
) -> Judged | None:
    if facts.superseded:
        return Judged(Standing.SUPERSEDED, "A later version of this model is active.")
    if stop:
        return Judged(Standing.SUSPENDED, f"Suspended: {stop.why}")
    broken = _broken(review, approved, facts)
    return Judged(Standing.SUSPENDED, broken) if broken else None


def _outlived(approved: Sequence[SignOff], facts: Facts) -> Judged | None:
    if any(s.root != facts.root for s in approved):
        return Judged(
            Standing.STALE,
            "The evidence is not what was signed; it has to be signed again.",
        )
    until = _end(approved)
    if until and facts.today > until:
        return Judged(Standing.EXPIRED, f"The approval ended on {until}.", until)
    return None


def _works(review: Review, approved: Sequence[SignOff]) -> Judged:
    open_, until = _open(review, approved), _end(approved)
    if open_ or any(s.decision is Decision.CONDITIONS for s in approved):
        sentence = (
            f"Approved with conditions by {len(approved)} people; {len(open_)} are open."
        )
        return Judged(Standing.CONDITIONS, sentence, until)
    return Judged(Standing.ACTIVE, f"Approved by {len(approved)} people.", until)


def _end(approved: Sequence[SignOff]) -> date | None:
    return min((s.until for s in approved if s.until), default=None)


def latest(signed: Iterable[SignOff]) -> tuple[SignOff, ...]:
    """Return the last word of each person in each role."""
    last = {(s.person, s.role): s for s in signed}
    return tuple(last.values())


def missing_roles(review: Review, root: str) -> tuple[Role, ...]:
    """Return the roles that still have to approve this very evidence."""
    have = {s.role for s in latest(review.signed) if s.decision.approves and s.root == root}
    return tuple(role for role in REQUIRED[review.tier] if role not in have)


def dissent(review: Review) -> tuple[SignOff, ...]:
    """Return those who do not agree; they stay on page 1 whatever is decided."""
    against = (Decision.OBJECT, Decision.REJECT)
    return tuple(s for s in latest(review.signed) if s.decision in against)


def _complete(review: Review, said: Sequence[SignOff]) -> tuple[SignOff, ...]:
    """Return the approvals if every role that must has one over one root, else nothing.

    A validator who objects is outvoted only by an executive.
    """
    by_root: dict[str, list[SignOff]] = {}
    for signed in said:
        if signed.decision.approves:
            by_root.setdefault(signed.root, []).append(signed)
    for root in (review.root, *reversed(by_root)):
        approvals = by_root.get(root, [])
        roles = {signed.role for signed in approvals}
        needed = set(REQUIRED[review.tier])
        objects = any(
            s.role is Role.VALIDATOR and s.decision is Decision.OBJECT and s.root == root
            for s in said
        )
        if objects:
            needed = (needed - {Role.VALIDATOR}) | {Role.EXECUTIVE}
        if needed <= roles:
            return tuple(approvals)
    return ()


def _waiting(review: Review, said: Sequence[SignOff], facts: Facts) -> Judged:
    if any(s.decision.approves and s.root != facts.root for s in said):
        return Judged(
            Standing.STALE,
            "The evidence is not what was signed; it has to be signed again.",
        )
    missing = missing_roles(review, review.root)
    named = " and ".join(role.value for role in missing)
    return Judged(Standing.IN_REVIEW, f"Waits for a decision as {named}.")


def _open(review: Review, approved: Iterable[SignOff]) -> tuple[Condition, ...]:
    return tuple(c for s in approved for c in s.conditions if c.id not in review.met)


def _broken(review: Review, approved: Sequence[SignOff], facts: Facts) -> str:
    """Return why an approval is suspended: an alarm, a missed condition, a waiver that ended."""
    if facts.alarms:
        return f"Suspended: {facts.alarms[0]}"
    late = [
        condition
        for condition in _open(review, approved)
        if facts.today > condition.due or condition.gate in facts.failing
    ]
    if late:
        return f"Suspended: the condition “{late[0].text}” was due on {late[0].due}."
    ended = [w for w in review.waivers if facts.today > w.until and w.gate in facts.failing]
    if ended:
        return f"Suspended: the waiver of {ended[0].gate} ended on {ended[0].until}."
    return ""
