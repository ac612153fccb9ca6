"""Fairness: does the model treat the groups of a sensitive column alike?

No rate is 0 because nothing could be counted, and no gap is called large because the
groups are small.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Final

from core.errors import WrongInputError
from core.estimates.homogeneity import both, means_alike, shares_alike, spread_between
from core.estimates.judge import judge
from core.measures.fairness_words import (
    NOTIONS,
    Notion,
    Pair,
    say_chance,
    say_impossible,
    say_left_out,
    say_pair,
    say_ratio,
)
from core.measures.group_rates import (
    CALIBRATION,
    Group,
    Rates,
    compare_rates,
    compare_ratios,
    deciding_rate,
)
from core.measures.pairs import Extreme, Pool, difference_to, ratio_to
from core.records.estimate import (
    Compare,
    Estimate,
    Gate,
    Measured,
    NotEstimable,
    Policy,
    Verdict,
    Word,
)
from core.records.fairness import Criterion, Fairness, GroupRate, Homogeneity

FOUR_FIFTHS: Final = 0.8


@dataclass(frozen=True, slots=True)
class _View:
    """What all notions are measured on."""

    groups: tuple[Group, ...]
    reference: str
    policy: Policy
    positive: str


def measure_fairness(
    groups: Sequence[Group],
    policy: Policy,
    *,
    reference: str = "",
    positive: str = "positive",
) -> Fairness:
    """Return every notion of fairness, from right and wrong answers per group.

    `reference` names the group that the others are held against in the picture, by default
    the largest; verdicts look at all pairs and do not depend on it. `positive` is how the
    reader calls the positive label. A verdict is fail when the largest true difference
    surely exceeds the policy's tolerance, pass when it surely does not, else insufficient.

    Groups below the policy's minimum of rows, or with too few rows in a rate's own
    denominator, are shown and not compared; below the privacy limit they are hidden.
    Source: Hardt, Price and Srebro (2016), NeurIPS; Chouldechova (2017), Big Data 5;
    29 CFR 1607.4 D for the four-fifths rule.

    Raises:
        WrongInputError: there are no groups, two of one title, or none of that reference.
    """
    titles = [group.title for group in groups]
    if not groups or len(set(titles)) < len(titles):
        raise WrongInputError(
            f"The groups are {titles}.",
            hint="Give one group or more, each of its own title.",
        )
    if reference and reference not in titles:
        raise WrongInputError(
            f"There is no group `{reference}`.", hint=f"Choose one of {', '.join(titles)}."
        )
    largest = max(groups, key=lambda group: group.found.rows)
    view = _View(tuple(groups), reference or largest.title, policy, positive)
    criteria = tuple(_criterion(view, notion) for notion in NOTIONS)
    return Fairness(view.reference, criteria, _note(view))


def _criterion(view: _View, notion: Notion) -> Criterion:
    rule = notion.id == "four_fifths"
    found = _found(view, notion, rule=rule)
    deciding = deciding_rate(found)
    extreme, pool = deciding.extreme, deciding.pool
    groups = tuple(_group_rate(view, found, at) for at in range(len(view.groups)))
    return Criterion(
        id=notion.id,
        title=notion.title,
        meaning=notion.meaning,
        groups=groups,
        largest=extreme.measured,
        highest=extreme.highest,
        lowest=extreme.lowest,
        homogeneity=both([_alike(rates) for rates in found]),
        spread=spread_between(pool.joint.value, pool.variance, rows=int(pool.rows.sum())),
        verdict=_verdict(view, extreme, groups, rule=rule),
        sentence=_sentence(view, deciding, rule=rule),
    )


def _found(view: _View, notion: Notion, *, rule: bool) -> list[Rates]:
    """Return the rates of a notion; the four-fifths rule asks for ratios."""
    groups, policy, several = view.groups, view.policy, len(notion.rates)
    if rule:
        return [compare_ratios(groups, rate, policy) for rate in notion.rates]
    return [compare_rates(groups, rate, policy, families=several) for rate in notion.rates]


def _alike(rates: Rates) -> Homogeneity | NotEstimable:
    value, pool = rates.pool.joint.value, rates.pool
    if rates.id == CALIBRATION:
        return means_alike(value, pool.variance)
    return shares_alike(value, pool.effective)


def _group_rate(view: _View, found: Sequence[Rates], at: int) -> GroupRate:
    """Return one group under a notion; under two rates its larger difference counts."""
    group = view.groups[at]
    left_out = next((rates.left_out[at] for rates in found if rates.left_out[at]), "")
    differences = [_against(view, rates, at, difference_to) for rates in found]
    if len(found) == 1:
        measured, difference = found[0].measured[at], differences[0]
        ratio = _against(view, found[0], at, ratio_to)
    else:
        measured = difference = _larger(differences)
        ratio = NotEstimable("two rates have no common ratio", group.found.rows)
    return GroupRate(group.title, group.found.rows, measured, difference, ratio, left_out)


def _against(
    view: _View, rates: Rates, at: int, compare: Callable[[Pool, str, str], Measured]
) -> Measured:
    """Return a group compared with the reference, or why it cannot be."""
    group, titles = view.groups[at], [each.title for each in view.groups]
    if rates.left_out[at]:
        return NotEstimable(rates.left_out[at], group.found.rows)
    why = rates.left_out[titles.index(view.reference)]
    if why:
        return NotEstimable(f"the reference is not compared: {why}", group.found.rows)
    return compare(rates.pool, group.title, view.reference)


def _larger(differences: Sequence[Measured]) -> Measured:
    """Return the larger of the differences without its sign, or the first missing one."""
    known = [each for each in differences if isinstance(each, Estimate)]
    if len(known) < len(differences):
        return next(each for each in differences if isinstance(each, NotEstimable))
    largest = max(known, key=lambda each: abs(each.value))
    return replace(
        largest,
        value=abs(largest.value),
        low=max(0.0, *(end for each in known for end in (each.low, -each.high))),
        high=max(abs(end) for each in known for end in (each.low, each.high)),
    )


def _verdict(
    view: _View, extreme: Extreme, groups: Sequence[GroupRate], *, rule: bool
) -> Verdict:
    """Return the verdict, naming the groups that nobody judged."""
    out = [group for group in groups if group.left_out]
    tail = say_left_out([(group.title, group.left_out) for group in out])
    if isinstance(extreme.measured, Estimate):
        verdict = judge(extreme.measured, _gate(view.policy, rule=rule))
        return replace(verdict, reason=verdict.reason + tail)
    reason = extreme.measured.reason + tail
    wanted = 2 + len(out) - len(groups)
    missing = sorted(filter(None, (_missing_rows(view.policy, group) for group in out)))
    if wanted < 1 or len(missing) < wanted:
        return Verdict(Word.NOT_MEASURED, reason)
    return Verdict(Word.INSUFFICIENT, reason, sum(missing[:wanted]))


def _gate(policy: Policy, *, rule: bool) -> Gate:
    compared = (
        (">=", FOUR_FIFTHS, Compare.LOWER95)
        if rule
        else ("<=", policy.slice_tolerance, Compare.UPPER95)
    )
    return Gate("fairness", "Groups are alike", "", "all", *compared, min_rows=0)


def _missing_rows(policy: Policy, group: GroupRate) -> int:
    """Return about how many rows a group lacks before it is compared; 0 if no number."""
    missing = max(0, policy.min_rows - group.rows)
    if isinstance(group.measured, Estimate):
        effective = group.measured.effective_rows
        lacking = max(0.0, policy.min_denominator - effective) / effective
        missing = max(missing, ceil(group.rows * lacking))
    return missing


def _sentence(view: _View, deciding: Rates, *, rule: bool) -> str:
    """Return the two groups farthest apart in counts, and whether chance could do it."""
    extreme = deciding.extreme
    if isinstance(extreme.measured, NotEstimable):
        reason = extreme.measured.reason
        return f"{reason[:1].upper()}{reason[1:]}."
    chance = say_chance(certain=extreme.certain)
    if rule:
        ratio = extreme.measured.value
        said = say_ratio(ratio, extreme.lowest, extreme.highest, view.positive)
    else:
        said = say_pair(deciding.id, _farthest(view, deciding), view.positive)
    return f"{said} {chance}"


def _farthest(view: _View, rates: Rates) -> Pair:
    """Return the two groups farthest apart with their rates, the reference last."""
    known = dict(zip(rates.pool.titles, rates.pool.joint.value.tolist(), strict=True))
    ends = [
        (title, known[title]) for title in (rates.extreme.highest, rates.extreme.lowest)
    ]
    one, two = sorted(ends, key=lambda end: end[0] == view.reference)
    return one, two


def _note(view: _View) -> str:
    """Return why the notions exclude each other, if base rates surely differ."""
    rates = compare_rates(view.groups, "prevalence", view.policy)
    if not rates.extreme.certain:
        return ""
    return say_impossible(_farthest(view, rates), view.positive)
