"""Tries: guessing gets slower and slower, and a right password ends the wait."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from core.serving.tries import FORGOTTEN, FREE, LONGEST, MOST, Tries
from tests.serving.test_sessions import Clock


def test_the_wait_doubles() -> None:
    """Two typing errors cost nothing; then 2, 4, 8 seconds, never over 15 minutes."""
    clock = Clock()
    tries = Tries(clock)
    waits = []
    for _ in range(14):
        tries.fail("kim")
        waits.append(tries.wait("kim").total_seconds())
        clock.now += tries.wait("kim")
    assert waits[:6] == [0, 0, 2, 4, 8, 16]
    assert waits[-1] == LONGEST.total_seconds()
    assert tries.wait("kim") == timedelta(0)


def test_one_name_does_not_slow_another() -> None:
    """Who is guessed at waits; a colleague does not."""
    tries = Tries(Clock())
    for _ in range(9):
        tries.fail("kim")
    assert tries.wait("kim")
    assert not tries.wait("ola")
    tries.succeed("kim")
    assert not tries.wait("kim")


@given(st.integers(FREE, 5_000))
def test_a_day_of_guessing_tries_a_hundred_passwords(times: int) -> None:
    """However long somebody guesses, the wait is bounded and stays."""
    tries = Tries(Clock())
    for _ in range(times):
        tries.fail("kim")
    assert timedelta(seconds=1) < tries.wait("kim") <= LONGEST


def test_names_do_not_fill_the_memory() -> None:
    """Failures an hour old are let go of once there are too many names."""
    clock = Clock()
    tries = Tries(clock)
    for n in range(MOST):
        tries.fail(str(n))
    clock.now += FORGOTTEN + timedelta(seconds=1)
    tries.fail("kim")
    assert len(tries._failed) == 1
