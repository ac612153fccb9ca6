"""The evidence root covers every part, and nothing else."""

from hypothesis import given
from hypothesis import strategies as st

from core.reviews.evidence import changed_parts, make_manifest, root_of, say_changed

HASH = st.text("0123456789abcdef", min_size=64, max_size=64)
PARTS = st.dictionaries(st.sampled_from(["data", "model", "policy", "x"]), HASH, min_size=1)


def test_the_root_does_not_hang_on_the_order() -> None:
    """The same parts, told in another order, are the same evidence."""
    one = make_manifest({"data": "1", "model": "2"})
    assert root_of(one) == root_of(make_manifest({"model": "2", "data": "1"}))


@given(PARTS, PARTS)
def test_equal_roots_mean_equal_parts(one: dict[str, str], other: dict[str, str]) -> None:
    """Any difference of a part moves the root and is named."""
    first, second = make_manifest(one), make_manifest(other)
    assert (root_of(first) == root_of(second)) == (one == other)
    assert bool(changed_parts(first, second)) == (one != other)


def test_what_changed_is_said_in_words() -> None:
    """By hand: two parts, in a fixed order."""
    before = make_manifest({"data": "1", "policy": "1", "model": "1"})
    after = make_manifest({"data": "2", "policy": "2", "model": "1"})
    said = say_changed(changed_parts(before, after))
    assert said == "Since it was signed, the data and the policy are not the same."
    assert say_changed(()) == "Nothing changed since it was signed."
