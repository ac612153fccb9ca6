"""Where a model version stands follows from the log, the evidence and the day alone."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.records.reviews import Condition, Decision, Standing, Stop, Tier, Waiver
from core.reviews.standing import dissent, missing_roles, stand
from tests.reviews.asked import (
    NOW,
    OTHER,
    ROLES,
    ROOT,
    TODAY,
    everybody,
    facts,
    review,
    signed,
)

CONDITION = Condition("c", "Measure again", "ada", TODAY + timedelta(days=10), "PERF-01")


def test_nobody_asked_is_a_draft() -> None:
    """Without a review there is nothing to be active by."""
    assert stand(None, None, facts()).standing is Standing.DRAFT


def test_three_approvals_of_this_evidence_make_a_model_active() -> None:
    """High tier: owner, validator and executive; two of them are not enough."""
    judged = stand(review(*everybody()), None, facts())
    assert (judged.standing, judged.until) == (Standing.ACTIVE, TODAY + timedelta(days=100))
    two = review(*everybody()[:2])
    assert stand(two, None, facts()).standing is Standing.IN_REVIEW
    assert [role.value for role in missing_roles(two, ROOT)] == ["executive"]


def test_low_tier_needs_no_executive() -> None:
    """Owner and validator decide where little depends on a model."""
    low = review(*everybody()[:2], tier=Tier.LOW)
    assert stand(low, None, facts()).standing is Standing.ACTIVE


@given(st.text("0123456789abcdef", min_size=64, max_size=64))
def test_other_evidence_is_never_active(root: str) -> None:
    """Whatever changed: an approval covers the bytes it was given for and no others."""
    judged = stand(review(*everybody()), None, facts(root=root))
    assert judged.standing.works == (root == ROOT)
    assert judged.standing is (Standing.ACTIVE if root == ROOT else Standing.STALE)


def test_newer_evidence_in_the_review_is_not_signed_by_older_signatures() -> None:
    """After a refresh three old approvals are stale, until all three sign again."""
    moved = review(*everybody(OTHER))
    assert stand(moved, None, facts()).standing is Standing.STALE
    again = review(*everybody(OTHER), *everybody())
    assert stand(again, None, facts()).standing is Standing.ACTIVE


def test_an_approval_ends() -> None:
    """The earliest day of all approvals counts, that day included."""
    early = (signed("ada", until=TODAY), *everybody()[1:])
    assert stand(review(*early), None, facts()).standing is Standing.ACTIVE
    later = facts(today=TODAY + timedelta(days=1))
    assert stand(review(*early), None, later).standing is Standing.EXPIRED


def test_who_rejects_ends_it_and_who_objects_stays_on_page_one() -> None:
    """A rejection is final for this evidence; a validator is outvoted by an executive."""
    no = review(*everybody()[:2], signed("lee", Decision.REJECT))
    assert stand(no, None, facts()).standing is Standing.REJECTED
    outvoted = review(signed("ada"), signed("kim", Decision.OBJECT), signed("lee"))
    assert stand(outvoted, None, facts()).standing is Standing.ACTIVE
    assert [s.person for s in dissent(outvoted)] == ["kim"]
    alone = review(signed("ada"), signed("kim", Decision.OBJECT), tier=Tier.LOW)
    assert stand(alone, None, facts()).standing is Standing.IN_REVIEW


def test_asked_for_changes_comes_before_approvals() -> None:
    """Nothing is active while somebody waits for changes."""
    waiting = review(*everybody(), changes="Leave the column out.")
    assert stand(waiting, None, facts()).standing is Standing.CHANGES


def test_conditions_suspend_when_they_are_missed() -> None:
    """Open until met; past its day, or with its rule failing, the approval is suspended."""
    conditional = signed("ada", Decision.CONDITIONS, conditions=(CONDITION,))
    given_ = review(conditional, *everybody()[1:])
    assert stand(given_, None, facts()).standing is Standing.CONDITIONS
    late = facts(today=TODAY + timedelta(days=11))
    assert stand(given_, None, late).standing is Standing.SUSPENDED
    failing = facts(failing=frozenset({"PERF-01"}))
    assert stand(given_, None, failing).standing is Standing.SUSPENDED
    met = replace(given_, met=frozenset({"c"}))
    assert stand(met, None, late).standing is Standing.CONDITIONS


def test_a_waiver_that_ended_suspends() -> None:
    """A failed rule was answered for until a day; after it nobody answers."""
    waiver = Waiver("SLC-01", "r", "c", "ada", TODAY, "lee", NOW)
    waived = review(*everybody(), waivers=(waiver,))
    failing = facts(failing=frozenset({"SLC-01"}))
    assert stand(waived, None, failing).standing is Standing.ACTIVE
    late = facts(failing=frozenset({"SLC-01"}), today=TODAY + timedelta(days=1))
    assert stand(waived, None, late).standing is Standing.SUSPENDED


def test_alarms_and_people_stop_a_model() -> None:
    """Monitoring or a person suspends; withdrawn is for good, whatever was signed."""
    active = review(*everybody())
    alarmed = stand(active, None, facts(alarms=("Accuracy fell.",)))
    assert (alarmed.standing, alarmed.sentence) == (
        Standing.SUSPENDED,
        "Suspended: Accuracy fell.",
    )
    stop = Stop("Complaints.", "lee", NOW)
    assert stand(active, stop, facts()).standing is Standing.SUSPENDED
    gone = replace(stop, withdrawn=True)
    assert stand(active, gone, facts()).standing is Standing.WITHDRAWN
    assert stand(active, None, facts(superseded=True)).standing is Standing.SUPERSEDED


@pytest.mark.parametrize("standing", Standing)
def test_only_two_states_look_green(standing: Standing) -> None:
    """Active, and active with conditions."""
    assert standing.works == standing.value.startswith("active")


def test_the_last_word_of_a_person_counts() -> None:
    """Who approved and then objected does not approve."""
    changed = review(*everybody(), signed("lee", Decision.OBJECT))
    assert stand(changed, None, facts()).standing is Standing.IN_REVIEW
    assert set(ROLES) == {"ada", "kim", "lee"}
