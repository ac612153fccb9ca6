"""Who may not sign is told so in one sentence; every rule has its refusal."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from core.errors import WrongInputError
from core.records.reviews import Condition, Decision, Role
from core.reviews.separation import Circumstances, Wish, check_wish
from tests.reviews.asked import MODEL, OTHER, ROLES, ROOT, TODAY, person, review, signed

UNTIL = TODAY + timedelta(days=90)
ABOUT = Circumstances(MODEL, frozenset({"maker"}), "editor", "writer", (), ROOT, TODAY)


def wish(who: str = "kim", role: Role | None = None, **changes: object) -> Wish:
    """Give a wish that is granted, unless it is changed."""
    held = role or ROLES[who]
    fine = Wish(person(who, held), held, Decision.APPROVE, "fine", (), UNTIL)
    return replace(fine, **changes)  # type: ignore[arg-type]  # as the fields are


def test_who_may_sign_may_sign() -> None:
    """Asked, prepared, independent, and nothing moved."""
    for who in ROLES:
        check_wish(wish(who), review(), ABOUT)


def test_one_person_signs_once() -> None:
    """Neither twice in a role, nor in two roles."""
    with pytest.raises(WrongInputError, match="signed this decision already"):
        check_wish(wish(), review(signed("kim")), ABOUT)
    both = replace(person("kim", Role.VALIDATOR, Role.EXECUTIVE))
    asks = (*review().asks, replace(review().asks[1], role=Role.EXECUTIVE))
    again = wish(person=both, role=Role.EXECUTIVE)
    with pytest.raises(WrongInputError, match="already, as validator"):
        check_wish(again, review(signed("kim"), asks=asks), ABOUT)


def test_over_newer_evidence_the_same_person_signs_again() -> None:
    """What was signed before covers other bytes."""
    check_wish(wish(), review(signed("kim", root=OTHER)), ABOUT)


@pytest.mark.parametrize("role", [Role.OWNER, Role.DEVELOPER])
def test_a_validator_is_independent(role: Role) -> None:
    """Neither owner nor developer of the model, nor who brought this or the last version."""
    two = wish(person=person("kim", Role.VALIDATOR, role))
    with pytest.raises(
        WrongInputError, match=f"is {role} of Loan default and cannot validate"
    ):
        check_wish(two, review(), ABOUT)


def test_who_brought_the_model_does_not_validate_it() -> None:
    """This version, or the one before."""
    about = replace(ABOUT, makers=frozenset({"kim"}))
    with pytest.raises(WrongInputError, match="brought this model, or the version before"):
        check_wish(wish(), review(), about)


def test_an_admin_does_not_sign() -> None:
    """Not in any other role either."""
    both = wish(person=person("kim", Role.VALIDATOR, Role.ADMIN))
    with pytest.raises(WrongInputError, match="An admin cannot sign"):
        check_wish(both, review(), ABOUT)


def test_nobody_signs_under_a_policy_that_they_edited() -> None:
    """Who froze the policy in force lets others sign under it."""
    with pytest.raises(WrongInputError, match="edited the policy in force"):
        check_wish(wish(), review(), replace(ABOUT, policy_editor="kim"))


def test_the_last_editor_is_not_the_only_approver() -> None:
    """Where nobody else has approved, who wrote the text last waits."""
    about = replace(ABOUT, text_editor="kim")
    with pytest.raises(WrongInputError, match="edited the text last"):
        check_wish(wish(), review(), about)
    check_wish(wish(), review(signed("ada")), about)


def test_a_role_is_held_and_asked_for() -> None:
    """Nobody signs in a role that they have not, or that they were not asked in."""
    with pytest.raises(WrongInputError, match="does not hold the role validator"):
        check_wish(wish(person=person("kim")), review(), ABOUT)
    with pytest.raises(WrongInputError, match="was not asked to decide as privacy"):
        check_wish(wish(role=Role.PRIVACY), review(), ABOUT)
    with pytest.raises(WrongInputError, match="Nobody signs as auditor"):
        check_wish(wish(role=Role.AUDITOR), review(), ABOUT)


def test_the_evidence_before_you_is_the_evidence_there_is() -> None:
    """What moved since is brought to the review first."""
    with pytest.raises(WrongInputError, match="not what lies before you"):
        check_wish(wish(), review(), replace(ABOUT, root=OTHER))


def test_people_prepare_before_they_sign() -> None:
    """Required reading, a first verdict, and an answer to each finding."""
    with pytest.raises(WrongInputError, match="Slices has to be opened"):
        check_wish(wish(), review(reading=("Slices",)), ABOUT)
    with pytest.raises(WrongInputError, match="first verdict has to be given"):
        check_wish(wish(), review(firsts=()), ABOUT)
    with pytest.raises(WrongInputError, match="2 findings wait for your answer"):
        check_wish(wish(), review(), replace(ABOUT, unanswered=("x", "y")))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"decision": Decision.REJECT, "because": " "}, "needs its reason"),
        ({"decision": Decision.CONDITIONS}, "at least one condition"),
        ({"until": None}, "needs a day on which it ends"),
        ({"until": TODAY}, "between tomorrow and 730 days"),
        ({"until": TODAY + timedelta(days=731)}, "between tomorrow and 730 days"),
        (
            {
                "decision": Decision.CONDITIONS,
                "conditions": (Condition("c", "t", "ada", TODAY),),
            },
            "due after today",
        ),
    ],
)
def test_a_decision_is_whole(changes: dict[str, Any], said: str) -> None:
    """A reason, an end, conditions with their days."""
    with pytest.raises(WrongInputError, match=said):
        check_wish(wish(**changes), review(), ABOUT)
