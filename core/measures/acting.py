"""Where to act: what a decision threshold does, and which one costs or capacity ask for."""

from dataclasses import dataclass
from typing import Final

import numpy as np

from core.engine.grid import STEPS, WIDTH
from core.errors import WrongInputError
from core.estimates.intervals import estimate_share
from core.estimates.wording import say_number
from core.measures.score_groups import Floats, ScoreGroups
from core.records.calibration import ActingPoint, ChosenThreshold, Frequencies
from core.records.estimate import Measured

CASES: Final = 1_000
RESAMPLES: Final = 500
SEED: Final = 20260702
ENDS: Final = (0.025, 0.975)


@dataclass(frozen=True, slots=True, eq=False)
class Thresholds:
    """Weighted counts at each threshold k/1000, k = 0 to 1000: who reaches it.

    `tp` and `fp` are the events and the others that reach it; `positives` and `negatives`
    count all of them. `rows` are the labelled rows, `effective` Kish's.
    """

    tp: Floats
    fp: Floats
    positives: float
    negatives: float
    rows: int
    effective: float

    @property
    def at(self) -> Floats:
        """The thresholds themselves."""
        return np.arange(STEPS + 1) / STEPS

    @property
    def weight(self) -> float:
        """The weight of all rows."""
        return self.positives + self.negatives

    @property
    def reached(self) -> Floats:
        """The share of rows that reach each threshold."""
        return (self.tp + self.fp) / self.weight

    @property
    def net_benefit(self) -> Floats:
        """True hits per case, less what false alarms cost: TP/n - FP/n * t/(1 - t).

        Source: Vickers and Elkin (2006), Med. Decis. Making 26, 565-574.
        """
        return _benefit(self.tp / self.weight, self.fp / self.weight, self.at)

    @property
    def net_benefit_all(self) -> Floats:
        """The same where one acts on everybody; acting on nobody is worth 0."""
        share = self.positives / self.weight
        return _benefit(np.full(STEPS + 1, share), np.full(STEPS + 1, 1 - share), self.at)

    @property
    def recall(self) -> Floats:
        """The share of events that reach each threshold (the ROC curve's height)."""
        return _divided(self.tp, self.positives)

    @property
    def alarm_rate(self) -> Floats:
        """The share of the others that reach it (the ROC curve's place)."""
        return _divided(self.fp, self.negatives)

    @property
    def precision(self) -> Floats:
        """The share of events among those that reach it; NaN where nobody does."""
        return _divided(self.tp, self.tp + self.fp)


def count_thresholds(groups: ScoreGroups) -> Thresholds:
    """Return the counts at all 1,001 thresholds.

    Exact: every threshold is an edge of the score grid.

    Raises:
        WrongInputError: no row has a label.
    """
    if not len(groups.rows):
        raise WrongInputError(
            "No row has a label, so that no threshold can be judged.",
            hint="Bring a table with outcomes, or count who would be stopped.",
        )
    step = groups.bucket // WIDTH
    others = groups.weight - groups.events
    tp, fp = (
        np.cumsum(np.bincount(step, mass, STEPS + 1).astype(np.float64)[::-1])[::-1]
        for mass in (groups.events, others)
    )
    return Thresholds(
        tp=tp,
        fp=fp,
        positives=float(groups.events.sum()),
        negatives=float(others.sum()),
        rows=groups.all_rows,
        effective=groups.effective_rows,
    )


def acting_at(counts: Thresholds, threshold: int) -> ActingPoint:
    """Return what acting from a threshold (thousandths) upwards means."""
    tp, fp = float(counts.tp[threshold]), float(counts.fp[threshold])
    fn, tn = counts.positives - tp, counts.negatives - fp
    often = say_frequencies((tp, fp, fn, tn))
    return ActingPoint(
        threshold=threshold,
        rows=counts.rows,
        frequencies=often,
        recall=_share(counts, tp, tp + fn, "no positives"),
        precision=_share(counts, tp, tp + fp, "nobody reaches the threshold"),
        specificity=_share(counts, tn, tn + fp, "no negatives"),
        net_benefit=float(counts.net_benefit[threshold]),
        net_benefit_all=float(counts.net_benefit_all[threshold]),
        sentence=say_acting(threshold, often),
    )


def threshold_by_cost(
    counts: Thresholds,
    *,
    missed: float,
    alarm: float = 1.0,
    resamples: int = RESAMPLES,
    seed: int = SEED,
) -> ChosenThreshold:
    """Return the threshold that costs least, where a missed case costs `missed` and so on.

    Cost = alarm FP + missed FN; of equally cheap thresholds the one nearest to
    t = alarm / (alarm + missed), which would be best if the scores were right. The range
    holds 95 % of the choices from Poisson resamples of the rows.
    Source: Elkan (2001), IJCAI, The foundations of cost-sensitive learning.

    Raises:
        WrongInputError: a cost is negative, or both are 0.
    """
    if missed < 0 or alarm < 0 or missed + alarm == 0:
        raise WrongInputError(
            f"A missed case costs {missed:g} and a false alarm {alarm:g}.",
            hint="Give costs of 0 or more, one of them above 0.",
        )
    ideal = alarm / (alarm + missed)
    best = int(_cheapest(counts.tp, counts.fp, missed, alarm)[0])
    chosen = _resampled(counts, missed, alarm, resamples=resamples, seed=seed)
    low, high = (int(q) for q in np.quantile(chosen, ENDS, method="nearest"))
    sentence = (
        f"If a missed case costs {missed / alarm:g} times a false alarm, "
        f"act from {best / 10:g} % upwards ({low / 10:g}–{high / 10:g} %)."
        if alarm
        else "If false alarms cost nothing, act on everybody."
    )
    sentence += f" If the scores were exact, {100 * ideal:.1f} % would be best."
    return ChosenThreshold(best, min(low, best), max(high, best), "cost", sentence)


def threshold_by_capacity(
    counts: Thresholds, *, capacity: float, cases: float
) -> ChosenThreshold:
    """Return the lowest threshold that at most `capacity` of `cases` a month reach.

    Raises:
        WrongInputError: there are no cases, or the capacity is below 0.
    """
    if cases <= 0 or capacity < 0:
        raise WrongInputError(
            f"{capacity:g} of {cases:g} cases a month cannot be checked.",
            hint="Give the cases of a month, and how many of them can be checked.",
        )
    share = capacity / cases
    low, best, high = (
        _first_within(counts.reached, limit) for limit in _share_range(counts, share)
    )
    if counts.reached[best] > share:
        sentence = (
            f"Even at 100 % more than {capacity:,.0f} cases a month would be stopped."
        )
    else:
        stopped = counts.reached[best] * cases
        sentence = (
            f"To check at most {capacity:,.0f} of {cases:,.0f} cases a month, act from "
            f"{best / 10:g} % upwards: about {stopped:,.0f} cases."
        )
    return ChosenThreshold(best, min(low, best), max(high, best), "capacity", sentence)


def say_frequencies(cells: tuple[float, float, float, float]) -> Frequencies:
    """Return hits, alarms, missed and passed cases in whole numbers that add up to 1,000.

    What is cut off by rounding goes to the largest remainders (Hamilton).

    >>> say_frequencies((2.0, 1.0, 0.0, 0.0))
    Frequencies(of=1000, hits=667, alarms=333, missed=0, passed=0)
    """
    exact = np.array(cells) * CASES / sum(cells)
    whole = np.floor(exact).astype(np.int64)
    rest = CASES - int(whole.sum())
    whole[np.argsort(whole - exact, kind="stable")[:rest]] += 1
    return Frequencies(CASES, *whole.tolist())


def say_acting(threshold: int, often: Frequencies) -> str:
    """Return what acting from a threshold upwards means for 1,000 cases.

    >>> say_acting(350, Frequencies(1000, 61, 31, 24, 884))
    'Acting from 35 % upwards stops 92 of 1,000 cases, 61 of them rightly; 24 are missed.'
    """
    stopped = often.hits + often.alarms
    return (
        f"Acting from {threshold / 10:g} % upwards stops {stopped} of {often.of:,} cases, "
        f"{often.hits} of them rightly; {often.missed} are missed."
    )


def say_benefit(point: ActingPoint) -> str:
    """Return the net benefit of a threshold as a sentence."""
    mine, everybody = (
        say_number(100 * each, 1) for each in (point.net_benefit, point.net_benefit_all)
    )
    return (
        f"Acting from {point.threshold / 10:g} % upwards is worth {mine} true hits per 100 "
        f"cases without any false alarm (acting on everyone: {everybody})."
    )


def _share(counts: Thresholds, hits: float, total: float, nothing: str) -> Measured:
    share = counts.effective / counts.weight  # Kish's rows for each unit of weight
    rows = round(total * counts.rows / counts.weight)
    return estimate_share(
        hits, total, rows=rows, effective_rows=total * share, nothing=nothing
    )


def _benefit(hits: Floats, alarms: Floats, at: Floats) -> Floats:
    """Return hits - alarms t / (1 - t); at t = 1 NaN unless there are no alarms."""
    odds = np.divide(at, 1 - at, out=np.full_like(at, np.nan), where=at < 1)
    benefit: Floats = hits - np.where(alarms > 0, alarms * odds, 0.0)
    return benefit


def _divided(top: Floats, bottom: Floats | float) -> Floats:
    out = np.full_like(top, np.nan)
    np.divide(top, bottom, out=out, where=np.asarray(bottom) > 0)
    return out


def _cheapest(tp: Floats, fp: Floats, missed: float, alarm: float) -> Floats:
    """Return the cheapest threshold of each line of counts."""
    cost = alarm * fp - missed * tp  # and the same for every threshold
    cost = np.atleast_2d(cost)
    near = np.abs(np.arange(STEPS + 1) / STEPS - alarm / (alarm + missed))
    slack = 1e-9 * (alarm + missed) * (1 + np.abs(cost).max(axis=1, keepdims=True))
    ties = cost <= cost.min(axis=1, keepdims=True) + slack
    found: Floats = np.where(ties, near, np.inf).argmin(axis=1)
    return found


def _resampled(
    counts: Thresholds, missed: float, alarm: float, *, resamples: int, seed: int
) -> Floats:
    rng = np.random.default_rng(seed)
    size = counts.weight / counts.effective
    drawn = []
    for reached in (counts.tp, counts.fp):
        each = -np.diff(reached, append=0.0) / size
        some = np.flatnonzero(each > 0)
        steps = np.zeros((resamples, STEPS + 1))
        steps[:, some] = rng.poisson(each[some], (resamples, len(some)))
        drawn.append(np.cumsum(steps[:, ::-1], axis=1)[:, ::-1] * size)
    return _cheapest(drawn[0], drawn[1], missed, alarm)


def _share_range(counts: Thresholds, share: float) -> tuple[float, float, float]:
    """Return shares to be stopped: one that chance makes larger, the share itself, one smaller."""
    measured = estimate_share(
        min(1.0, share) * counts.weight,
        counts.weight,
        rows=counts.rows,
        effective_rows=counts.effective,
        nothing="",
    )
    low, high = getattr(measured, "low", share), getattr(measured, "high", share)
    return max(high, share), share, low


def _first_within(reached: Floats, limit: float) -> int:
    within = np.flatnonzero(reached <= limit + 1e-12)
    return int(within[0]) if len(within) else STEPS
