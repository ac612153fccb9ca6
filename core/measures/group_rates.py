"""Rates of groups: which of them can be compared, and how far they lie apart."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.errors import WrongInputError
from core.estimates.wording import NBSP
from core.measures.formulas import Rate
from core.measures.metrics import find_metric
from core.measures.outcomes import Confusion
from core.measures.pairs import (
    Extreme,
    Pool,
    largest_difference,
    pool_means,
    pool_shares,
    smallest_ratio,
)
from core.measures.slices import HIDDEN
from core.records.estimate import Estimate, Measured, NotEstimable, Policy

CALIBRATION: Final = "calibration"  # O / E, which is no metric of a confusion
POOL_PERCENT: Final = 2  # smaller groups are no case for the four-fifths rule
GIVES_AWAY: Final = "hidden, it would give away a smaller group"
NO_SCORES: Final = NotEstimable("no scores to hold against what happened", 0)


@dataclass(frozen=True, slots=True)
class Group:
    """Rows of one group: right and wrong answers, and O / E where there are scores."""

    title: str
    found: Confusion
    calibration: Measured = NO_SCORES


@dataclass(frozen=True, slots=True)
class Rates:
    """One rate of all groups.

    `left_out` says, group by group, why it is not compared (empty if it is); `pool` holds
    those that are, `extreme` the two of them that lie farthest apart.
    """

    id: str
    measured: tuple[Measured, ...]
    left_out: tuple[str, ...]
    pool: Pool
    extreme: Extreme


def compare_rates(
    groups: Sequence[Group], rate: str, policy: Policy, *, families: int = 1
) -> Rates:
    """Return one rate of all groups and their largest difference.

    `rate` is a metric's name, or `calibration`; `families` rates are to hold together.
    """
    measured = _measured(groups, rate, policy)
    pairs = zip(groups, measured, strict=True)
    left_out = tuple(_left_out(group, each, policy) for group, each in pairs)
    pool = _pool(groups, measured, left_out, rate, families=families)
    return Rates(rate, measured, left_out, pool, largest_difference(pool))


def compare_ratios(groups: Sequence[Group], rate: str, policy: Policy) -> Rates:
    """Return one rate of all groups and their smallest ratio.

    Groups of less than 2 % of all rows are left out, as the Uniform Guidelines do.
    Source: 29 CFR 1607.15 A (2).
    """
    measured = _measured(groups, rate, policy)
    rows = sum(group.found.rows for group in groups)
    left_out = []
    for group, each in zip(groups, measured, strict=True):
        small = group.found.rows * 100 < POOL_PERCENT * rows
        too_small = f"fewer than {POOL_PERCENT}{NBSP}% of all rows" if small else ""
        left_out.append(_left_out(group, each, policy) or too_small)
    pool = _pool(groups, measured, left_out, rate)
    return Rates(rate, measured, tuple(left_out), pool, smallest_ratio(pool))


def deciding_rate(found: Sequence[Rates]) -> Rates:
    """Return the rate whose groups lie farthest apart, or the first without an answer.

    Of several rates the interval is that of the largest true difference in any of them.
    """
    known = [m for rates in found if isinstance(m := rates.extreme.measured, Estimate)]
    if len(known) < len(found):
        return next(r for r in found if isinstance(r.extreme.measured, NotEstimable))
    at = max(range(len(found)), key=lambda i: known[i].value)
    low, high = max(each.low for each in known), max(each.high for each in known)
    if len(found) == 1:
        return found[0]
    measured = replace(known[at], low=low, high=high)
    return replace(found[at], extreme=replace(found[at].extreme, measured=measured))


def hidden_groups(groups: Sequence[Group], limit: int) -> dict[str, str]:
    """Return the groups hidden so that nobody can be told from them, each with the reason.

    Those with fewer rows than `limit`, and, where these together have fewer too, the next
    smallest: all rows minus the groups shown would give the small ones away.
    """
    order = sorted(groups, key=lambda group: group.found.rows)
    known = [group for group in order if group.found.rows]
    small = [group for group in known if group.found.rows < limit]
    hidden = {group.title: HIDDEN.format(limit=limit) for group in small}
    few = 0 < sum(group.found.rows for group in small) < limit
    if few and len(known) > len(small):
        hidden[known[len(small)].title] = GIVES_AWAY
    return hidden


def _measured(groups: Sequence[Group], rate: str, policy: Policy) -> tuple[Measured, ...]:
    """Return the rate of each group, or why there is none."""
    hidden = hidden_groups(groups, policy.privacy_limit)
    every = _oe if rate == CALIBRATION else _share_of(rate)
    return tuple(
        NotEstimable(hidden[group.title], group.found.rows)
        if group.title in hidden
        else every(group)
        for group in groups
    )


def _oe(group: Group) -> Measured:
    return group.calibration


def _share_of(rate: str) -> Callable[[Group], Measured]:
    """Return the rate as a question to a group.

    Raises:
        WrongInputError: the metric is no share of right and wrong answers.
    """
    formula = find_metric(rate).formula
    if not isinstance(formula, Rate):
        raise WrongInputError(
            f"`{rate}` is no share of rows.", hint="Compare groups by a rate."
        )
    return lambda group: formula(group.found)


def _left_out(group: Group, measured: Measured, policy: Policy) -> str:
    """Return why a group is not compared; empty if it is."""
    if isinstance(measured, NotEstimable):
        return measured.reason
    if group.found.rows < policy.min_rows:
        return f"{group.found.rows:,} rows are too few to judge"
    if measured.effective_rows < policy.min_denominator:
        return f"only {measured.effective_rows:,.0f} rows count towards this rate"
    return ""


def _pool(
    groups: Sequence[Group],
    measured: Sequence[Measured],
    left_out: Sequence[str],
    rate: str,
    *,
    families: int = 1,
) -> Pool:
    kept = [
        (group.title, each)
        for group, each, why in zip(groups, measured, left_out, strict=True)
        if isinstance(each, Estimate) and not why
    ]
    titles, known = [title for title, _ in kept], [each for _, each in kept]
    if rate == CALIBRATION:
        return pool_means(titles, known)
    return pool_shares(titles, known, families=families)
