"""Separation of duties: who may not sign, each refusal in one sentence."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from core.errors import WrongInputError
from core.records.reviews import Condition, Decision, Person, Review, Role
from core.reviews.standing import latest

SIGNING: Final = (
    Role.OWNER,
    Role.DEVELOPER,
    Role.VALIDATOR,
    Role.DOMAIN,
    Role.PRIVACY,
    Role.EXECUTIVE,
)
LONGEST_DAYS: Final = 730
WHO: Final = "Somebody else must sign."


@dataclass(frozen=True, slots=True)
class Wish:
    """What somebody wants to sign."""

    person: Person
    role: Role
    decision: Decision
    because: str
    conditions: tuple[Condition, ...] = ()
    until: date | None = None


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What decides whether a wish is granted.

    `model` is the model's name, `makers` those who brought this version or the one before,
    `policy_editor` who froze the policy in force, `text_editor` who last changed what was
    declared, `unanswered` the findings that wait for this person's answer, `root` the
    evidence as it is now.
    """

    model: str
    makers: frozenset[str]
    policy_editor: str
    text_editor: str
    unanswered: tuple[str, ...]
    root: str
    today: date


def check_wish(wish: Wish, review: Review, about: Circumstances) -> None:
    """Refuse a signature that may not be given.

    Raises:
        WrongInputError: one sentence says why, and who may sign instead.
    """
    for rule in RULES:
        if refusal := rule(wish, review, about):
            raise WrongInputError(refusal, hint=WHO if rule in DUTIES else DO)


DO: Final = "Do that first, then sign."


def _role(wish: Wish, _review: Review, about: Circumstances) -> str:
    if wish.role is Role.ADMIN or wish.person.holds(Role.ADMIN, about.model):
        return "An admin cannot sign."
    if wish.role not in SIGNING:
        return f"Nobody signs as {wish.role}."
    if not wish.person.holds(wish.role, about.model):
        return f"{wish.person.name} does not hold the role {wish.role} for {about.model}."
    return ""


def _once(wish: Wish, review: Review, _about: Circumstances) -> str:
    other = [
        s
        for s in latest(review.signed)
        if s.person == wish.person.id and s.root == review.root
    ]
    if any(s.role is not wish.role for s in other):
        return f"{wish.person.name} signed this decision already, as {other[0].role}."
    return f"{wish.person.name} signed this decision already." if other else ""


def _independent(wish: Wish, _review: Review, about: Circumstances) -> str:
    if wish.role is not Role.VALIDATOR:
        return ""
    holds = next(
        (r for r in (Role.OWNER, Role.DEVELOPER) if wish.person.holds(r, about.model)), None
    )
    if holds:
        return f"{wish.person.name} is {holds} of {about.model} and cannot validate it."
    if wish.person.id in about.makers:
        return f"{wish.person.name} brought this model, or the version before, and cannot validate it."
    return ""


def _policy(wish: Wish, _review: Review, about: Circumstances) -> str:
    if wish.person.id == about.policy_editor:
        return f"{wish.person.name} edited the policy in force and cannot sign under it."
    return ""


def _editor(wish: Wish, review: Review, about: Circumstances) -> str:
    """Refuse the last editor while nobody else has approved."""
    if wish.person.id != about.text_editor or not wish.decision.approves:
        return ""
    others = any(
        s.decision.approves and s.root == review.root and s.person != wish.person.id
        for s in latest(review.signed)
    )
    said = f"{wish.person.name} edited the text last and cannot be its only approver."
    return "" if others else said


def _evidence(_wish: Wish, review: Review, about: Circumstances) -> str:
    if review.root != about.root:
        return "The evidence is not what lies before you any more; bring the newest to the review."
    return ""


def _asked(wish: Wish, review: Review, _about: Circumstances) -> str:
    if not any(a.person == wish.person.id and a.role is wish.role for a in review.asks):
        return f"{wish.person.name} was not asked to decide as {wish.role}."
    return ""


def _prepared(wish: Wish, review: Review, about: Circumstances) -> str:
    unread = [w for w in review.reading if (wish.person.id, w) not in review.read]
    if unread:
        return f"{unread[0]} has to be opened before you sign."
    if not any(first.person == wish.person.id for first in review.firsts):
        return "Your first verdict has to be given before you sign."
    if about.unanswered:
        return f"{len(about.unanswered)} findings wait for your answer."
    return ""


def _reason(wish: Wish, _review: Review, about: Circumstances) -> str:
    if not wish.decision.approves and not wish.because.strip():
        return "A refusal needs its reason, in a sentence."
    if wish.decision is Decision.CONDITIONS and not wish.conditions:
        return "An approval with conditions needs at least one condition."
    if wish.until is None and wish.decision.approves:
        return "An approval needs a day on which it ends."
    if wish.until and not 0 < (wish.until - about.today).days <= LONGEST_DAYS:
        return f"An approval ends between tomorrow and {LONGEST_DAYS} days from now."
    if any(c.due <= about.today for c in wish.conditions):
        return "A condition is due after today."
    return ""


DUTIES: Final = (_role, _independent, _policy, _editor, _asked)
RULES: Final = (
    _role,
    _asked,
    _independent,
    _policy,
    _evidence,
    _once,
    _editor,
    _prepared,
    _reason,
)
