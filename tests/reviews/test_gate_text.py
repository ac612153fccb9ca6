"""One gate of a policy's text changes; everything else, comments too, stays as it was."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.errors import WrongInputError
from core.records.estimate import Compare, Gate, Severity
from core.records.reviews import Role
from core.reviews.gate_text import change_gate, set_number, write_policy
from core.reviews.policy import FIRST_POLICY, read_policy, templates

TEXTS = [FIRST_POLICY, *(each.text for each in templates())]
GATES = st.fixed_dictionaries(
    {
        "title": st.text(
            st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1
        ),
        "comparator": st.sampled_from(["<=", ">="]),
        "limit": st.floats(0, 1),
        "compare": st.sampled_from(Compare),
        "min_rows": st.integers(1, 10_000),
        "severity": st.sampled_from(Severity),
        "waivable_by": st.sampled_from(["", *(role.value for role in Role)]),
        "max_waiver_days": st.integers(1, 730),
    }
)


def test_only_the_line_of_the_field_changes() -> None:
    """By hand: a limit and a waiver of SLC-01, and the comments are still there."""
    (_, _, before) = read_policy(FIRST_POLICY).gates
    changed = replace(before, limit=0.12, waivable_by="executive")
    text = change_gate(FIRST_POLICY, changed)
    old, new = FIRST_POLICY.split("\n"), text.split("\n")
    assert [line for line in old if line not in new] == ["    limit: 0.15"]
    assert [line for line in new if line not in old] == [
        "    limit: 0.12",
        "    waivable_by: executive",
    ]
    assert read_policy(text).gates[2] == changed


@given(st.sampled_from(TEXTS), st.integers(0, 2), GATES)
def test_the_text_says_what_was_wanted(
    text: str, number: int, fields: dict[str, object]
) -> None:
    """Whatever is set, the policy read again holds that gate, and no other one moved."""
    policy = read_policy(text)
    changed: Gate = replace(policy.gates[number], **fields)  # type: ignore[arg-type]
    gates = tuple(changed if g.id == changed.id else g for g in policy.gates)
    assert read_policy(change_gate(text, changed)) == replace(policy, gates=gates)


def test_a_text_in_another_shape_is_written_anew() -> None:
    """A gate on one line has no line per field: the whole is written, and still says it."""
    text = FIRST_POLICY[: FIRST_POLICY.index("gates:")] + (
        "gates:\n  - {id: A, title: B, metric: recall, population: all, "
        'comparator: ">=", limit: 1}\n'
    )
    changed = replace(read_policy(text).gates[0], limit=0.5)
    written = change_gate(text, changed)
    assert "#" not in written
    assert read_policy(written).gates == (changed,)


@pytest.mark.parametrize("text", TEXTS)
def test_a_policy_is_written_and_read_again(text: str) -> None:
    """Without its comments it is the same policy."""
    policy = read_policy(text)
    assert read_policy(write_policy(policy)) == policy


def test_the_number_is_set_and_nothing_else() -> None:
    """`number:` once, at the beginning of a line."""
    assert read_policy(set_number(FIRST_POLICY, 7)) == replace(
        read_policy(FIRST_POLICY), number=7
    )


def test_a_gate_that_is_not_there_is_refused() -> None:
    """Its id is named."""
    gate = replace(read_policy(FIRST_POLICY).gates[0], id="NEW-01")
    with pytest.raises(WrongInputError, match="There is no gate NEW-01"):
        change_gate(FIRST_POLICY, gate)
