"""Groups made of counts, for tests that hold them beside each other."""

from typing import Final

from core.measures.group_rates import NO_SCORES, Group
from core.measures.outcomes import Confusion, Sums
from core.records.estimate import Estimate, Measured
from core.reviews.policy import FIRST_POLICY, read_policy

POLICY: Final = read_policy(FIRST_POLICY)


def sums(rows: int, weight: int = 1) -> Sums:
    """Return that many rows of one weight."""
    return Sums(rows, rows * weight, rows * weight * weight)


def group(title: str, *cells: int, calibration: Measured = NO_SCORES) -> Group:
    """Return a group with the cells tp, fp, fn and tn."""
    tp, fp, fn, tn = (sums(cell) for cell in cells)
    return Group(title, Confusion(tp, fp, fn, tn), calibration)


def chosen(title: str, hits: int, rows: int) -> Group:
    """Return a group without labels: `hits` of `rows` are chosen."""
    return Group(title, Confusion(chosen=sums(hits), passed=sums(rows - hits)))


def known(measured: Measured) -> Estimate:
    """Return what is estimable, inside its interval."""
    assert isinstance(measured, Estimate)
    assert measured.low <= measured.value <= measured.high
    return measured
