"""The outcome: a column that gives it away, and values that are missing because of it."""

from dataclasses import dataclass
from math import sqrt
from typing import Final

from scipy.stats import norm

from core.engine.likeness import Found
from core.estimates.intervals import wilson
from core.estimates.wording import say_both, say_rows
from core.measures.checks.look import Look, check, most, not_applicable, not_measured
from core.measures.leakage import Told, tell_outcome
from core.records.checks import Check
from core.records.estimate import Compare, Estimate, Gate, NotEstimable, Severity

LEAK: Final = Gate(
    "leak",
    "One column tells the outcome",
    "auc",
    "each feature",
    "<=",
    0.95,
    compare=Compare.LOWER95,
    severity=Severity.BLOCK,
)
MISSING: Final = most(
    "missing_outcome", "Values that are missing because of the outcome", 0.03
)
SURE: Final = 0.001  # of all columns together: the chance of a false alarm
FEWEST: Final = 30


@dataclass(frozen=True, slots=True)
class _Gap:
    column: str
    missing: int
    measured: Estimate
    chance: float


def check_leak(look: Look) -> Check:
    """The column that alone tells the outcome best, on a sample that is always the same."""
    outcome = look.profile.outcome
    if outcome is None:
        return not_measured(LEAK, "no column is the label")
    if not look.features:
        return not_applicable(LEAK, "there are no features")
    columns, sample, event = look.sample
    told = tell_outcome([c.name for c in columns], sample, event)
    worst = told[0]
    if isinstance(worst.auc, NotEstimable):
        return not_measured(LEAK, worst.auc.reason)
    size = f"on {say_rows(sample.num_rows)}"
    broken = [t for t in told if _low(t) > LEAK.limit]
    sentence = (
        f"`{worst.column}` alone tells the outcome almost perfectly: AUC "
        f"{say_both(worst.auc, 'ratio')} {size}."
        if broken
        else f"No column alone tells the outcome; the best, `{worst.column}`, has an AUC of "
        f"{say_both(worst.auc, 'ratio')} {size}."
    )
    rows = (
        Found(look.profile.outcome.labelled, ())
        if broken and look.profile.outcome
        else None
    )
    return check(
        LEAK,
        worst.auc,
        sentence,
        kind="ratio",
        found=rows,
        columns=[t.column for t in broken or told[:1]],
    )


def check_missing(look: Look) -> Check:
    """The column whose gaps go most with the outcome, if that is more than chance.

    Difference of two shares with Newcombe's interval (1998, Stat. Med. 17, method 10); its
    chance is Holm's over all columns with gaps.
    """
    outcome = look.profile.outcome
    if outcome is None:
        return not_measured(MISSING, "no column is the label")
    gaps = sorted(_gaps(look), key=lambda gap: gap.chance)
    if not gaps:
        return not_applicable(MISSING, "no feature has enough gaps")
    sure = [gap for k, gap in enumerate(gaps) if gap.chance * (len(gaps) - k) < SURE]
    worst = max(sure or gaps[:1], key=lambda gap: gap.measured.value)
    sentence = (
        f"`{worst.column}` is missing in {say_rows(worst.missing)}, and the outcome is "
        f"{say_both(worst.measured, 'points')} more or less frequent there."
        if sure
        else "Gaps do not go with the outcome more than chance would."
    )
    measured = worst.measured if sure else _none(worst.measured)
    return check(
        MISSING,
        measured,
        sentence,
        kind="points",
        found=Found(worst.missing, ()) if sure else None,
        columns=[gap.column for gap in sure] or [worst.column],
    )


def _low(told: Told) -> float:
    return told.auc.low if isinstance(told.auc, Estimate) else 0.0


def _none(measured: Estimate) -> Estimate:
    """Return the gap as chance leaves it: it may be nothing."""
    return Estimate(
        0.0, 0.0, measured.high, measured.rows, measured.effective_rows, measured.method
    )


def _gaps(look: Look) -> list[_Gap]:
    outcome = look.profile.outcome
    found = []
    for column in look.features:
        counted = look.profile.column(column.name)
        if counted is None or outcome is None:
            continue
        here, there = counted.labelled_missing, outcome.labelled - counted.labelled_missing
        if min(here, there) >= FEWEST:
            events = counted.missing_events
            found.append(_gap(column.name, counted.missing, (events, here), (
                outcome.events - events, there)))  # fmt: skip
    return found


def _gap(column: str, missing: int, here: tuple[int, int], there: tuple[int, int]) -> _Gap:
    (a, n), (b, m) = here, there
    p, q = a / n, b / m
    (low_p, high_p), (low_q, high_q) = wilson(p, n), wilson(q, m)
    size = abs(p - q)
    up, down = ((p, low_p, high_p), (q, low_q, high_q))[:: 1 if p >= q else -1]
    low = size - sqrt((up[0] - up[1]) ** 2 + (down[2] - down[0]) ** 2)
    high = size + sqrt((up[2] - up[0]) ** 2 + (down[0] - down[1]) ** 2)
    pooled = (a + b) / (n + m)
    spread = sqrt(pooled * (1 - pooled) * (1 / n + 1 / m))
    chance = 2 * float(norm.sf(size / spread)) if spread else 1.0
    estimate = Estimate(size, max(0.0, low), high, n + m, n + m, "Newcombe, method 10")
    return _Gap(column, missing, estimate, chance)
