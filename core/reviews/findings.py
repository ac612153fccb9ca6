"""Findings: what each gate says of an evaluation, in a sentence."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from core.estimates.judge import judge
from core.estimates.wording import ATTENTION, WORDS, say_both, say_frequency, say_rows
from core.measures.metrics import find_metric
from core.measures.quality import Quality
from core.measures.slices import Slice
from core.records.estimate import (
    Estimate,
    Gate,
    Measured,
    NotEstimable,
    Policy,
    Severity,
    Verdict,
    Word,
)
from core.records.findings import Finding
from core.records.views import View

RANK: Final = (
    Word.FAIL,
    Word.INSUFFICIENT,
    Word.NOT_MEASURED,
    Word.PASS,
    Word.NOT_APPLICABLE,
)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What gates look at: the whole, the slices, and where both can be seen.

    `evaluation` is its id, `rollup` the object that slices were counted in, `view` the page's view.
    """

    quality: Quality
    slices: Sequence[Slice]
    evaluation: str
    rollup: str
    view: View


def find(evidence: Evidence, policy: Policy) -> tuple[Finding, ...]:
    """Return one finding per gate that applies, worst first.

    A gate on each slice looks at the slices that have its minimum of rows (at all, where
    none has) and speaks of the worst: a failed one before an open one.
    """
    found = [finding for gate in policy.gates if (finding := _find(gate, evidence))]
    return tuple(sorted(found, key=_order))


def light(finding: Finding) -> str:
    """Return shape and word as the screen shows them."""
    failed = finding.verdict.word is Word.FAIL
    if failed and finding.gate.severity is Severity.WARN:
        return ATTENTION
    return WORDS[finding.verdict.word]


def overall(findings: Sequence[Finding]) -> Word:
    """Return one verdict for all: fail, else insufficient, else pass."""
    words = {finding.verdict.word for finding in findings if not _only_warns(finding)}
    if Word.FAIL in words:
        return Word.FAIL
    if Word.INSUFFICIENT in words or not findings:
        return Word.INSUFFICIENT
    return Word.NOT_MEASURED if Word.NOT_MEASURED in words else Word.PASS


def exit_code(word: Word) -> int:
    """Return what a command ends with: 0 pass, 1 fail, 3 not enough evidence."""
    return {Word.PASS: 0, Word.FAIL: 1}.get(word, 3)


def _only_warns(finding: Finding) -> bool:
    return finding.gate.severity is Severity.WARN


def _order(finding: Finding) -> tuple[int, bool, str]:
    return RANK.index(finding.verdict.word), _only_warns(finding), finding.gate.id


def _find(gate: Gate, evidence: Evidence) -> Finding | None:
    if gate.population == "all":
        headline = evidence.quality.headline(gate.metric)
        if headline is None:
            return None
        verdict = judge(headline.measured, gate)
        sentence = _whole_sentence(gate, headline.measured, verdict)
        counted = replace(evidence, rollup=headline.rollup)
        return _finding(gate, verdict, headline.measured, "All rows", sentence, counted)
    judged = [
        (slice_, judge(slice_.measured(gate.metric), gate))
        for slice_ in evidence.slices
        if gate.metric in dict(slice_.metrics)
    ]
    if not judged:
        return None
    large = [pair for pair in judged if pair[0].rows >= gate.min_rows]
    slice_, verdict = min(large or judged, key=lambda pair: _slice_order(pair, gate))
    measured = slice_.measured(gate.metric)
    sentence = _slice_sentence(gate, slice_, verdict, len(large or judged))
    if large and verdict.word is Word.PASS and len(large) < len(judged):
        sentence += f" {_smaller(len(judged) - len(large))} cannot be judged."
    return _finding(gate, verdict, measured, slice_.words, sentence, evidence)


def _slice_order(pair: tuple[Slice, Verdict], gate: Gate) -> tuple[int, float]:
    measured = pair[0].measured(gate.metric)
    value = measured.value if isinstance(measured, Estimate) else 0.0
    return RANK.index(pair[1].word), -value if gate.comparator == "<=" else value


def _whole_sentence(gate: Gate, measured: Measured, verdict: Verdict) -> str:
    if isinstance(measured, NotEstimable):
        return f"Nobody can say: {measured.reason}."
    if gate.metric == "auc":
        pairs = round(measured.value * 100)
        text = f"Of 100 random pairs it ranks {pairs} rightly"
    elif gate.metric in ("accuracy", "error_rate"):
        right = "right" if gate.metric == "accuracy" else "wrong"
        text = f"The model is {right} in {say_frequency(measured)} cases"
    else:
        text = f"The {gate.metric.replace('_', ' ')} is {say_both(measured, 'ratio')}"
    return f"{text}, counted on {say_rows(measured.rows)}.{_open(verdict)}"


def _slice_sentence(gate: Gate, slice_: Slice, verdict: Verdict, compared: int) -> str:
    measured = slice_.measured(gate.metric)
    errors = gate.metric == "error_rate"
    title = gate.metric.replace("_", " ")
    if verdict.word is Word.PASS:
        if errors:
            return f"None of {compared:,} groups is judged wrongly more often than allowed."
        return f"In each of {compared:,} groups the {title} keeps its limit."
    if isinstance(measured, NotEstimable):
        return f"{slice_.words}: {measured.reason}."
    kind = find_metric(gate.metric).kind
    wrong = f"the model is wrong in {say_frequency(measured)} cases"
    text = f"Where {slice_.words}, "
    text += wrong if errors else f"the {title} is {say_both(measured, kind)}"
    return f"{text} ({say_rows(measured.rows)}).{_open(verdict)}"


def _smaller(groups: int) -> str:
    return "One smaller group" if groups == 1 else f"{groups:,} smaller groups"


def _open(verdict: Verdict) -> str:
    if verdict.word is not Word.INSUFFICIENT:
        return ""
    if verdict.more_rows is None:
        return " That is too close to the limit to say."
    return f" About {verdict.more_rows:,} more rows would settle it."


def _finding(  # noqa: PLR0913, PLR0917 - a finding has these parts
    gate: Gate,
    verdict: Verdict,
    measured: Measured,
    about: str,
    sentence: str,
    evidence: Evidence,
) -> Finding:
    return Finding(
        gate=gate,
        verdict=verdict,
        measured=measured,
        about=about,
        sentence=sentence,
        evaluation=evidence.evaluation,
        evidence=evidence.rollup,
        view=evidence.view,
    )
