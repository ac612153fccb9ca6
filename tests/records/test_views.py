"""A token names what somebody looked at, exactly."""

from hypothesis import given
from hypothesis import strategies as st

from core.records.views import make_view

PAIRS = st.dictionaries(st.text(max_size=5), st.text(max_size=5), min_size=1, max_size=4)


@given(PAIRS, PAIRS)
def test_equal_views_have_equal_tokens(
    controls: dict[str, str], pins: dict[str, str]
) -> None:
    """The order in which controls and pins were collected does not count."""
    turned = dict(reversed(controls.items())), dict(reversed(pins.items()))
    view = make_view("slices", controls, pins)
    assert view.token == make_view("slices", *turned).token
    assert len(view.token) == 16


@given(PAIRS, PAIRS)
def test_any_other_control_or_pin_gives_another_token(
    controls: dict[str, str], pins: dict[str, str]
) -> None:
    """One value changed, one key added, one taken away: another token each time."""
    less = dict(list(controls.items())[1:])
    views = [
        make_view("slices", controls, pins),
        make_view("overview", controls, pins),
        make_view("slices", controls | {"longer": ""}, pins),
        make_view("slices", controls, pins | {"longer": ""}),
        make_view("slices", less, pins),
    ]
    for key, value in controls.items():
        views.append(make_view("slices", controls | {key: value + "!"}, pins))
    for key, value in pins.items():
        views.append(make_view("slices", controls, pins | {key: value + "!"}))
    tokens = [view.token for view in views]
    assert len(set(tokens)) == len(tokens)


def test_a_control_is_no_pin() -> None:
    """The same pair as control and as pin are two views."""
    one, other = make_view("p", {"a": "1"}, {}), make_view("p", {}, {"a": "1"})
    assert one.token != other.token
