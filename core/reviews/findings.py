"""Findings: what each gate says of an evaluation, in a sentence."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol, TypeVar

from core.estimates.judge import judge
from core.estimates.wording import ATTENTION, WORDS, say_both, say_frequency, say_rows
from core.measures.metrics import find_metric
from core.measures.quality import Quality
from core.measures.slices import Slice
from core.records.estimate import (
    NAMED,
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


class Judged(Protocol):
    """A rule and what it says: a finding of an evaluation, or a check of a table."""

    @property
    def gate(self) -> Gate:
        """The rule."""

    @property
    def verdict(self) -> Verdict:
        """What it says."""


Each = TypeVar("Each", bound=Judged)


@dataclass(frozen=True, slots=True)
class Evidence:
    """What gates look at: the whole, the slices, and where both can be seen.

    `evaluation` is its id, `rollup` the object that slices were counted in, `view` the page's
    view. `named` holds saved slices by their names, as far as gates ask for them.
    """

    quality: Quality
    slices: Sequence[Slice]
    evaluation: str
    rollup: str
    view: View
    named: tuple[tuple[str, Quality], ...] = ()


def find(evidence: Evidence, policy: Policy) -> tuple[Finding, ...]:
    """Return one finding per gate that applies, worst first.

    A gate on each slice looks at the slices that have its minimum of rows (at all, where
    none has) and speaks of the worst: a failed one before an open one.
    """
    found = [finding for gate in policy.gates if (finding := _find(gate, evidence))]
    return worst_first(found)


def worst_first(judged: Iterable[Each]) -> tuple[Each, ...]:
    """Return them in the order of their verdicts, what blocks before what warns, then by id."""
    return tuple(sorted(judged, key=_order))


def light(judged: Judged) -> str:
    """Return shape and word as the screen shows them: a broken rule may only warn."""
    if judged.verdict.word is Word.FAIL and _only_warns(judged):
        return ATTENTION
    return WORDS[judged.verdict.word]


def overall(findings: Sequence[Judged]) -> Word:
    """Return one verdict for all: fail, else insufficient, else pass; warnings do not count."""
    words = {finding.verdict.word for finding in findings if not _only_warns(finding)}
    if Word.FAIL in words:
        return Word.FAIL
    if Word.INSUFFICIENT in words or not findings:
        return Word.INSUFFICIENT
    return Word.NOT_MEASURED if Word.NOT_MEASURED in words else Word.PASS


def exit_code(*words: Word) -> int:
    """Return what a command ends with, by the worst word: 0 pass, 1 fail, 3 nobody can say."""
    return {Word.PASS: 0, Word.FAIL: 1}.get(min(words, key=RANK.index), 3)


def _only_warns(judged: Judged) -> bool:
    return judged.gate.severity is Severity.WARN


def _order(judged: Judged) -> tuple[int, bool, str]:
    return RANK.index(judged.verdict.word), _only_warns(judged), judged.gate.id


def _find(gate: Gate, evidence: Evidence) -> Finding | None:
    if gate.population == "all":
        return _find_in(evidence.quality, gate, evidence, "All rows")
    if gate.population.startswith(NAMED):
        name = gate.population.removeprefix(NAMED)
        quality = dict(evidence.named).get(name)
        return _find_in(quality, gate, evidence, name) if quality else None
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


def _find_in(
    quality: Quality, gate: Gate, evidence: Evidence, about: str
) -> Finding | None:
    """Return what a gate says of all rows, or of a saved slice."""
    headline = quality.headline(gate.metric)
    if headline is None:
        return None
    verdict = judge(headline.measured, gate)
    sentence = _whole_sentence(gate, headline.measured, verdict)
    if quality is not evidence.quality:
        sentence = f"{about}: {sentence[:1].lower()}{sentence[1:]}"
    counted = replace(evidence, rollup=headline.rollup)
    return _finding(gate, verdict, headline.measured, about, sentence, counted)


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
