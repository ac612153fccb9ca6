"""Findings: a sentence, its verdict, the rule that fired, and the evidence behind it."""

from dataclasses import dataclass

from core.records.estimate import Gate, Measured, Verdict
from core.records.views import View


@dataclass(frozen=True, slots=True)
class Finding:
    """What a gate found out about one evaluation.

    `evidence` is the object hash of the roll-up that was counted, `view` the page that
    shows it, `about` the slice in words ("All rows" for the whole).
    """

    gate: Gate
    verdict: Verdict
    measured: Measured
    about: str
    sentence: str
    evaluation: str
    evidence: str
    view: View
