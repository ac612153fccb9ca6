"""Calibration: whether chances that a model states are the chances that things happen."""

from dataclasses import dataclass
from enum import StrEnum

from core.records.estimate import Measured


class Light(StrEnum):
    """What is said of the calibration of a model as a whole."""

    NO_GAP = "no gap found"
    SMALL_GAP = "a gap within the tolerance"
    GAP = "a gap beyond the tolerance"
    TOO_FEW = "too few cases"


@dataclass(frozen=True, slots=True)
class ReadingLine:
    """A range of scores: `said` on average, `happened` of the time.

    `low_score` and `high_score` are the edges of its buckets; `apart` says that what was
    said lies outside the interval of what happened.
    """

    said: float
    happened: Measured
    rows: int
    events: float
    low_score: float
    high_score: float
    apart: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class AverageGap:
    """How far stated and true chances are apart on average, beside what chance alone gives.

    `value` is the mean absolute gap over `bins`; `chance` its mean where the model is
    right, `chance_most` and `chance_limit` what it then stays under 95 and 97.5 % of the
    time. `squared` is the debiased mean square, which may be negative; `widest` the largest
    gap of a bin.
    """

    value: float
    chance: float
    chance_most: float
    chance_limit: float
    squared: float
    widest: float
    bins: int
    rows: int
    sentence: str


@dataclass(frozen=True, slots=True)
class Split:
    """A score as miscalibration - discrimination + uncertainty; all in the score's unit.

    `infinite` counts the rows that make a log loss infinite; then `score` and
    `miscalibration` are infinite, and `clipped` is the score with 2^-52 in place of 0.
    """

    score: float
    miscalibration: float
    discrimination: float
    uncertainty: float
    infinite: int = 0
    clipped: float | None = None


@dataclass(frozen=True, slots=True)
class Significance:
    """What came of a test of calibration: its statistic and two-sided p-value."""

    statistic: float
    p: float


@dataclass(frozen=True, slots=True)
class Distances:
    """Gaps between a curve and what was said: mean, median, 90th percentile, largest.

    Source: Austin and Steyerberg (2019), Stat. Med. 38: ICI, E50, E90, Emax.
    """

    mean: float
    median: float
    ninety: float
    largest: float


@dataclass(frozen=True, slots=True)
class Logistic:
    """Log odds of the truth as intercept + slope x stated log odds; `clipped` rows were 0 or 1.

    `offset` is the intercept where the slope is held at 1.
    """

    slope: Measured
    intercept: Measured
    offset: Measured
    clipped: int


@dataclass(frozen=True, slots=True)
class CalibrationVerdict:
    """The light, its sentence, and the tolerance that it was held against."""

    light: Light
    sentence: str
    tolerance: float


@dataclass(frozen=True, slots=True)
class Expert:
    """Numbers for experts; None where there is none."""

    smooth_gap: float
    distances: Distances
    brier: Split
    log_loss: Split
    logistic: Logistic
    spiegelhalter: Significance | None
    kuiper: Significance | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """The reading lines of a model, the facts that decide, and the numbers for experts.

    `rows` have a label and a score between 0 and 1; `unlabelled` and `outside` have not.
    """

    rows: int
    unlabelled: int
    outside: int
    events: float
    expected: float
    lines: tuple[ReadingLine, ...]
    observed_expected: Measured
    observed_sentence: str
    gap: AverageGap | None
    verdict: CalibrationVerdict
    expert: Expert | None


@dataclass(frozen=True, slots=True)
class Band:
    """A band around a curve: at each `said` the ends `low` and `high`, and what it means."""

    said: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]
    rows: int
    sentence: str


@dataclass(frozen=True, slots=True)
class HonestBand:
    """A band that holds everywhere at once; `largest` is the most that it leaves open."""

    band: Band
    largest: float
    contradicted: bool


@dataclass(frozen=True, slots=True)
class SliceCalibration:
    """One slice: `gap` is happened minus said, in shares.

    `p` tests it alone, `adjusted` (Holm) among all slices; `sure_gap` is the part of the
    gap that chance does not explain; `apart` says that the slice is off for sure, `beyond`
    that it is so even where the scores hold for the whole.
    """

    column: str
    code: int
    words: str
    address: str
    rows: int
    events: float
    expected: float
    observed_expected: Measured
    gap: Measured
    average_gap: float
    slope: Measured
    p: float
    adjusted: float
    sure_gap: float
    apart: bool
    beyond: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class CalibrationBySlice:
    """All slices, what happened / was expected in all rows together, and what is wrong."""

    lines: tuple[SliceCalibration, ...]
    whole: Measured
    sentence: str


@dataclass(frozen=True, slots=True)
class Frequencies:
    """Of `of` cases: stopped rightly and wrongly, missed, and rightly let through."""

    of: int
    hits: int
    alarms: int
    missed: int
    passed: int


@dataclass(frozen=True, slots=True)
class ActingPoint:
    """What acting from a threshold (thousandths) upwards means; `sentence` says it."""

    threshold: int
    rows: int
    frequencies: Frequencies
    recall: Measured
    precision: Measured
    specificity: Measured
    net_benefit: float
    net_benefit_all: float
    sentence: str


@dataclass(frozen=True, slots=True)
class ChosenThreshold:
    """A threshold that a rule chose, with the range that other data of the kind would give."""

    threshold: int
    low: int
    high: int
    rule: str
    sentence: str


@dataclass(frozen=True, slots=True)
class WhatIf:
    """Before and after a recalibration that nobody applied; cross-fitted."""

    method: str
    before: Calibration
    after: Calibration
    formula: str
    sentence: str


@dataclass(frozen=True, slots=True)
class ErrorLevel:
    """Predictions of about one height: `bias` is their mean error, prediction minus truth.

    `spread` is the root mean square error, `above` the share of predictions above the truth
    (a hit counts half); `apart` says that the bias is there for sure.
    """

    predicted: float
    bias: Measured
    spread: Measured
    above: Measured
    rows: int
    apart: bool
    sentence: str


@dataclass(frozen=True, slots=True)
class ErrorLevels:
    """A regression by predicted value, with all rows together as `whole`."""

    whole: ErrorLevel | None
    levels: tuple[ErrorLevel, ...]
    sentence: str
