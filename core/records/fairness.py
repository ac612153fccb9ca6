"""What is known of groups beside each other."""

from dataclasses import dataclass

from core.records.estimate import Measured, NotEstimable, Verdict


@dataclass(frozen=True, slots=True)
class Homogeneity:
    """A test that all groups are alike: small `p` means that chance hardly does this."""

    statistic: float
    degrees: int
    p: float
    method: str


@dataclass(frozen=True, slots=True)
class GroupRate:
    """One group under one criterion.

    `measured` has its own 95 % interval; `difference` (group minus reference) and `ratio`
    (group by reference) have intervals that hold for all groups together. `left_out` says
    why the group is not compared, and is empty if it is.
    """

    title: str
    rows: int
    measured: Measured
    difference: Measured
    ratio: Measured
    left_out: str = ""


@dataclass(frozen=True, slots=True)
class Criterion:
    """One notion of fairness, measured over the groups.

    `largest` is the largest difference between any two groups that are compared (for the
    four-fifths rule the smallest ratio), with an interval for the largest true one;
    `highest` and `lowest` name the two. `spread` is how far the groups truly lie apart
    (standard deviation) once chance is taken away. `sentence` says it in counts.
    """

    id: str
    title: str
    meaning: str
    groups: tuple[GroupRate, ...]
    largest: Measured
    highest: str
    lowest: str
    homogeneity: Homogeneity | NotEstimable
    spread: Measured
    verdict: Verdict
    sentence: str


@dataclass(frozen=True, slots=True)
class Fairness:
    """All criteria for one sensitive column; `note` says why they cannot all hold."""

    reference: str
    criteria: tuple[Criterion, ...]
    note: str

    def criterion(self, id_: str) -> Criterion:
        """Return one criterion by name."""
        return {criterion.id: criterion for criterion in self.criteria}[id_]
