"""Numbers with their doubt, the rules they are held against, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final


@dataclass(frozen=True, slots=True)
class Estimate:
    """A value with its 95 % interval.

    `rows` counts the rows it rests on (for a proportion: its own denominator).
    `effective_rows` is Kish's (sum w)^2 / sum w^2; it equals `rows` without weights.
    """

    value: float
    low: float
    high: float
    rows: int
    effective_rows: float
    method: str


@dataclass(frozen=True, slots=True)
class NotEstimable:
    """A number that cannot be given, and why; never shown as 0."""

    reason: str
    rows: int


Measured = Estimate | NotEstimable


NAMED: Final = "slice "  # begins the population of a gate on a saved slice


class Compare(StrEnum):
    """Which end of the interval a gate looks at."""

    POINT = "point"
    LOWER95 = "lower95"
    UPPER95 = "upper95"


class Severity(StrEnum):
    """What a failed gate does: forbid a sign-off, or warn."""

    BLOCK = "block"
    WARN = "warn"


@dataclass(frozen=True, slots=True)
class Gate:
    """A rule of a policy: `metric` of `population` must be `comparator` `limit`.

    `waivable_by` is the role that may answer for a failure (empty: nobody) for at most
    `max_waiver_days`; `maps_to` names clauses that the rule supports, `questions` what to
    ask about it.
    """

    id: str
    title: str
    metric: str
    population: str  # "all", "each slice", or "slice " and the name of a saved slice
    comparator: str  # "<=" or ">="
    limit: float
    compare: Compare = Compare.POINT
    min_rows: int = 30
    severity: Severity = Severity.BLOCK
    waivable_by: str = ""
    max_waiver_days: int = 90
    maps_to: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()


class Word(StrEnum):
    """The five verdicts, as the log calls them."""

    PASS = "pass"  # noqa: S105 - a verdict, not a secret
    FAIL = "fail"
    INSUFFICIENT = "insufficient"
    NOT_MEASURED = "not measured"
    NOT_APPLICABLE = "not applicable"


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a gate says of an estimate; `more_rows` would about settle an open one."""

    word: Word
    reason: str
    more_rows: int | None = None


@dataclass(frozen=True, slots=True)
class Policy:
    """The limits of a workspace, version by version.

    `decision_threshold` counts thousandths (0 to 1000), so that it is always an edge of
    the score grid. `privacy_limit`: slices with fewer rows are hidden.
    """

    number: int
    alpha: float
    slice_tolerance: float
    min_rows: int
    min_denominator: int
    privacy_limit: int
    decision_threshold: int
    gates: tuple[Gate, ...]


@dataclass(frozen=True, slots=True)
class PolicyVersion:
    """A frozen policy with the object that holds its YAML text."""

    policy: Policy
    object: str
    at: datetime
    actor: str
