"""A review as tests need it: people, a day, and what they signed."""

from datetime import UTC, date, datetime, timedelta

from core.records.reviews import (
    Ask,
    Condition,
    Decision,
    FirstVerdict,
    Person,
    Review,
    Role,
    SignOff,
    Tier,
)
from core.reviews.standing import Facts

TODAY = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, 12, tzinfo=UTC)
ROOT, OTHER = "a" * 64, "b" * 64
MODEL = "Loan default"
ROLES = {"ada": Role.OWNER, "kim": Role.VALIDATOR, "lee": Role.EXECUTIVE}


def person(id_: str, *roles: Role) -> Person:
    """Give somebody with roles for the model."""
    return Person(id_, id_.capitalize(), frozenset((MODEL, role) for role in roles))


def review(*signed: SignOff, **changes: object) -> Review:
    """Give a review of high tier in which all three were asked and have prepared."""
    fields: dict[str, object] = {
        "id": "r",
        "model": "m",
        "evaluation": "e",
        "tier": Tier.HIGH,
        "root": ROOT,
        "manifest": "x",
        "asks": tuple(Ask(who, role, None) for who, role in ROLES.items()),
        "by": "ada",
        "at": NOW,
        "firsts": tuple(FirstVerdict(who, Decision.APPROVE, "fine") for who in ROLES),
        "signed": signed,
    }
    return Review(**(fields | changes))  # type: ignore[arg-type]  # as the fields are


def signed(
    who: str,
    decision: Decision = Decision.APPROVE,
    *,
    root: str = ROOT,
    until: date = TODAY + timedelta(days=100),
    conditions: tuple[Condition, ...] = (),
) -> SignOff:
    """Give what somebody signed in their own role."""
    return SignOff(
        "r", who, ROLES[who], decision, "because", conditions, until, root, "o", NOW
    )


def everybody(root: str = ROOT) -> tuple[SignOff, ...]:
    """Give three approvals."""
    return tuple(signed(who, root=root) for who in ROLES)


def facts(**changes: object) -> Facts:
    """Give a day on which the evidence is what was signed."""
    return Facts(**({"today": TODAY, "root": ROOT} | changes))  # type: ignore[arg-type]
