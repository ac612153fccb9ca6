"""Standing: how each model version does on each table, worst news first."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

from core.estimates.wording import WORDS, say_both
from core.measures.metrics import metrics_for
from core.measures.quality import Headline
from core.records.data import DatasetVersion, Split
from core.records.estimate import Estimate, Word
from core.records.evaluations import Evaluation
from core.records.findings import Finding
from core.records.models import ModelVersion
from core.reviews.findings import light
from core.runs.asking import asked_of, quality_of
from core.runs.desk import Desk
from core.runs.drift_findings import gate_findings

RANK = (Word.FAIL, Word.INSUFFICIENT, Word.NOT_MEASURED, Word.PASS, Word.NOT_APPLICABLE)


@dataclass(frozen=True, slots=True)
class Standing:
    """One model version on one table: its headline numbers and its findings.

    `evaluation` is None where nobody has evaluated the version on anything yet.
    """

    model: ModelVersion
    data: DatasetVersion | None
    evaluation: Evaluation | None
    headlines: tuple[Headline, ...]
    findings: tuple[Finding, ...]

    @property
    def worst(self) -> Finding | None:
        """The worst finding."""
        return self.findings[0] if self.findings else None

    @property
    def light(self) -> str:
        """Shape and word of the worst finding."""
        return light(self.worst) if self.worst else WORDS[Word.NOT_MEASURED]

    @property
    def verdicts(self) -> tuple[str, ...]:
        """Counts of lights, worst first: `■ 1`, `● 2`."""
        counts = Counter(light(finding).split(" ", 1)[0] for finding in self.findings)
        return tuple(f"{shape} {counts[shape]}" for shape in "■▲◇○●" if counts[shape])

    @property
    def sentence(self) -> str:
        """Where this version stands, in one sentence."""
        if self.worst is None or self.data is None:
            return f"{self.model.title} has not been evaluated."
        failed = sum(f.verdict.word is Word.FAIL for f in self.findings)
        open_ = sum(f.verdict.word is Word.INSUFFICIENT for f in self.findings)
        where = f"{self.model.title} on {self.data.title}"
        total = len(self.findings)
        if failed:
            return f"{where} fails {failed} of {total} rules. {self.worst.sentence}"
        if open_:
            return (
                f"{where}: {open_} of {total} rules cannot be judged. {self.worst.sentence}"
            )
        return f"{where} passes all {total} rules that apply."

    def headline(self, number: int) -> tuple[str, str]:
        """Return title and words of a headline number, most important first."""
        if number >= len(self.headlines):
            return "", ""
        found = self.headlines[number]
        return found.title, say_both(found.measured, found.kind)


def standings(desk: Desk) -> tuple[Standing, ...]:
    """Return where every model version stands, newest version and validation first."""
    state = desk.workspace.state
    found: list[Standing] = []
    for model in reversed(state.models.values()):
        mine = [e for e in state.evaluations.values() if e.model == model.id]
        newest = {e.dataset: e for e in mine}  # a pair evaluated again counts once
        if not newest:
            found.append(Standing(model, None, None, (), ()))
        found += [standing_of(desk, e) for e in sorted(newest.values(), key=_place(desk))]
    return tuple(found)


def standing_of(desk: Desk, evaluation: Evaluation) -> Standing:
    """Return where one evaluation stands."""
    state = desk.workspace.state
    quality = quality_of(desk, evaluation, asked_of(desk, evaluation))
    return Standing(
        model=state.model(evaluation.model),
        data=state.dataset(evaluation.dataset),
        evaluation=evaluation,
        headlines=quality.headlines,
        findings=gate_findings(desk, evaluation),
    )


def error_over_tables(
    standings_: tuple[Standing, ...], model: str
) -> tuple[tuple[DatasetVersion, Evaluation, Estimate], ...]:
    """Return the first metric of one model version on each table, windows in their order."""
    lines = []
    for standing in standings_:
        data, evaluation = standing.data, standing.evaluation
        if standing.model.id != model or data is None or evaluation is None:
            continue
        metric = metrics_for(evaluation.answer.task, of_class=False)[0]
        measured = next(h.measured for h in standing.headlines if h.id == metric.id)
        if isinstance(measured, Estimate):
            lines.append((data, evaluation, measured))
    return tuple(
        sorted(lines, key=lambda line: (line[0].window or ("", ""), line[0].title))
    )


def _place(desk: Desk) -> Callable[[Evaluation], tuple[int, tuple[str, ...], str]]:
    order = [
        Split.VALIDATION,
        Split.TEST,
        Split.PRODUCTION,
        Split.REFERENCE,
        Split.TRAINING,
    ]

    def key(evaluation: Evaluation) -> tuple[int, tuple[str, ...], str]:
        data = desk.workspace.state.dataset(evaluation.dataset)
        newest = tuple(reversed(data.window)) if data.window else ()
        return order.index(data.split), newest, data.title

    return key
