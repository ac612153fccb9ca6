"""The model card: what is known of one evaluation, as sections of facts with their source."""

from collections.abc import Sequence
from dataclasses import dataclass

from core.estimates.wording import (
    DASH,
    say,
    say_bytes,
    say_day,
    say_interval,
    say_points,
    say_rows,
)
from core.figures.marks import Axis, Bars, Figure, Point, Reference
from core.measures.metrics import Metric
from core.measures.quality import Quality
from core.measures.slices import Slice, worst_first
from core.records.canonical import digest, to_plain
from core.records.data import DatasetVersion, Use
from core.records.estimate import Estimate, Measured, Policy
from core.records.evaluations import Agreement, Evaluation
from core.records.findings import Finding
from core.records.models import ModelVersion, Task

MOST_BARS = 14
IDENTITY = "Identity not checked: every visitor of this workspace acts as the demo analyst."


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of a card: what, the value in words, and the hash it can be traced to."""

    name: str
    value: str
    trace: str = ""


@dataclass(frozen=True, slots=True)
class Line:
    """A measured line of a card: the number itself and as it is said.

    `rows` are None where they may not be told; `rollup` names the object that it was
    counted in.
    """

    name: str
    value: str
    interval: str
    rows: int | None
    measured: Measured
    rollup: str
    address: str = ""


@dataclass(frozen=True, slots=True)
class SliceTable:
    """The slices of one column (or pair), worst first, by one metric."""

    column: str
    metric: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Card:
    """Everything that is handed out about one evaluation."""

    title: str
    subtitle: str
    identity: tuple[Fact, ...]
    data: tuple[Fact, ...]
    policy: tuple[Fact, ...]
    headlines: tuple[Line, ...]
    findings: tuple[Finding, ...]
    slices: tuple[SliceTable, ...]
    hashes: tuple[Fact, ...]
    note: str = IDENTITY


@dataclass(frozen=True, slots=True)
class CardFacts:
    """What a card is made of."""

    model: ModelVersion
    dataset: DatasetVersion
    evaluation: Evaluation
    threshold: int
    policy: Policy
    policy_object: str
    quality: Quality
    quality_object: str
    findings: tuple[Finding, ...]
    slices: tuple[tuple[str, tuple[Slice, ...]], ...]
    metric: Metric


def make_card(facts: CardFacts) -> Card:
    """Return the card of an evaluation."""
    return Card(
        title=facts.model.title,
        subtitle=f"examined on {facts.dataset.title}, {say_rows(facts.evaluation.rows)}",
        identity=_identity(facts),
        data=_data(facts),
        policy=_policy(facts),
        headlines=tuple(
            Line(
                h.title,
                say(h.measured, h.kind),
                _interval(h.measured, h.kind),
                h.measured.rows,
                h.measured,
                h.rollup,
            )
            for h in facts.quality.headlines
        ),
        findings=facts.findings,
        slices=tuple(_table(name, found, facts) for name, found in facts.slices),
        hashes=_hashes(facts),
    )


def card_digest(card: Card) -> str:
    """Return the digest of all that the card says."""
    return digest(to_plain(card))


def slice_figure(
    slices: Sequence[Slice],
    metric: Metric,
    evaluation: str,
    *,
    whole: Measured | None = None,
    chosen: str = "",
) -> Figure | None:
    """Return the bars of slices, worst first; None where no slice can be estimated."""
    points = tuple(
        Point(
            label=slice_.title,
            estimate=measured,
            evaluation=evaluation,
            key=slice_.address,
            chosen=slice_.address == chosen,
        )
        for slice_ in worst_first(slices, metric)
        if isinstance(measured := slice_.measured(metric.id), Estimate) and measured.rows
    )[:MOST_BARS]
    if not points:
        return None
    references: tuple[Reference, ...] = ()
    if isinstance(whole, Estimate):
        references = (Reference(whole.value, f"all rows {say(whole, metric.kind)}"),)
    alt = (
        f"Bars of {metric.name} by slice, evaluation {evaluation[:8]}. "
        f"{len(points)} values, worst first; the table beside it holds them."
    )
    return Figure(Bars(points, Axis(metric.title, metric.kind), references), alt)


def _identity(facts: CardFacts) -> tuple[Fact, ...]:
    model = facts.model
    answer = model.answer
    lines = [
        Fact("Model version", model.title, model.id),
        Fact("Task", answer.task.value),
        Fact("File", _file(model), model.object or ""),
    ]
    if answer.task is Task.BINARY:
        lines += [
            Fact("A yes means", answer.positive),
            Fact("Says yes from", f"{facts.threshold / 10:g} %"),
        ]
    if answer.task is Task.MULTICLASS:
        lines.append(Fact("Classes", ", ".join(answer.classes)))
    lines += [
        Fact(name.replace("_", " ").capitalize(), value) for name, value in model.declared
    ]
    return (*lines, Fact("Imported", f"{say_day(model.at)} by {model.actor}"))


def _file(model: ModelVersion) -> str:
    if model.facts is None:
        return "none; only its scores were imported"
    opsets = ", ".join(
        f"{name or 'ai.onnx'} {version}" for name, version in model.facts.opsets
    )
    return (
        f"ONNX, {say_bytes(model.facts.bytes)}, {model.facts.nodes} nodes, opset {opsets}"
    )


def _data(facts: CardFacts) -> tuple[Fact, ...]:
    dataset, evaluation = facts.dataset, facts.evaluation
    missing = evaluation.rows - evaluation.labelled
    window = f"{dataset.window[0]} to {dataset.window[1]}" if dataset.window else DASH
    sensitive = [column.name for column in dataset.columns if column.sensitive]
    features = sum(column.use is Use.FEATURE for column in dataset.columns)
    return (
        Fact("Dataset version", dataset.title, dataset.id),
        Fact("Rows", f"{evaluation.rows:,}"),
        Fact("Without a label", f"{missing:,}"),
        Fact("Columns", f"{len(dataset.columns)}, of which {features} are features"),
        Fact("Label", evaluation.label or "none"),
        Fact("Weights", evaluation.weight or "none"),
        Fact("Protected columns", ", ".join(sensitive) or "none marked"),
        Fact("Split", dataset.split.value),
        Fact("Window", window),
        Fact("Own predictions", say_agreement(evaluation.agreement) or "none in the table"),
        Fact("File", dataset.file_name, dataset.file_sha256),
        *(Fact(name.capitalize(), value) for name, value in dataset.declared),
    )


def _policy(facts: CardFacts) -> tuple[Fact, ...]:
    policy = facts.policy
    return (
        Fact("Policy", f"{policy.number}, {len(policy.gates)} rules", facts.policy_object),
        Fact("Verdicts hold at", f"alpha = {policy.alpha:g}"),
        Fact("A slice may be worse by", say_points(policy.slice_tolerance)),
        Fact(
            "Too few to judge",
            f"under {policy.min_rows} rows, or {policy.min_denominator} in a rate",
        ),
        Fact("Hidden", f"slices under {policy.privacy_limit} rows"),
    )


def say_agreement(agreement: Agreement | None) -> str:
    """Return how many of the table's own predictions the model file repeats, if it has any."""
    if agreement is None:
        return ""
    return (
        f"{agreement.same:,} of {agreement.rows:,} rows: the table's own predictions "
        "agree with the ONNX file."
    )


def _table(name: str, slices: tuple[Slice, ...], facts: CardFacts) -> SliceTable:
    metric = facts.metric
    lines = tuple(
        Line(
            slice_.title,
            say(measured, metric.kind),
            _interval(measured, metric.kind),
            None if slice_.hidden else slice_.rows,
            measured,
            facts.quality_object,
            slice_.address,
        )
        for slice_ in worst_first(slices, metric)
        if slice_.rows
        for measured in (slice_.measured(metric.id),)
    )
    return SliceTable(name, metric.title, lines)


def _hashes(facts: CardFacts) -> tuple[Fact, ...]:
    return (
        Fact("Evaluation", facts.evaluation.id, facts.evaluation.id),
        Fact("Model", facts.model.id, facts.model.id),
        Fact("Dataset content (mrs1)", facts.dataset.id, facts.dataset.id),
        Fact("Dataset file", facts.dataset.object, facts.dataset.object),
        Fact("Scores", facts.evaluation.scores, facts.evaluation.scores),
        Fact("Coded rows", facts.evaluation.frame, facts.evaluation.frame),
        Fact("Roll-up of headlines and slices", facts.quality_object, facts.quality_object),
        Fact(f"Policy {facts.policy.number}", facts.policy_object, facts.policy_object),
    )


def _interval(measured: Measured, kind: str) -> str:
    if isinstance(measured, Estimate):
        return say_interval(measured, kind)
    return measured.reason
