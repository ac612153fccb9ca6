"""Slices: for whom is the model worse?"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from core.engine.cells import Cells
from core.measures.metrics import Metric, metrics_for
from core.measures.outcomes import Asked, Outcome, outcomes_by_code
from core.records.codes import CodedColumn
from core.records.estimate import Estimate, Measured, NotEstimable, Policy
from core.records.predicate import And, Predicate, to_address, to_words

HIDDEN: Final = "hidden, fewer than {limit} rows"


@dataclass(frozen=True, slots=True)
class Slice:
    """Rows of like kind and how the model does on them.

    `predicate` is the rows in words and address; `metrics` holds every metric by name;
    `too_few` says that there are fewer rows than the policy wants before anybody judges,
    `hidden` that neither rows nor metrics may be shown.
    """

    predicate: Predicate
    title: str
    rows: int
    labelled: int
    metrics: tuple[tuple[str, Measured], ...]
    too_few: bool
    hidden: bool = False

    @property
    def words(self) -> str:
        """The predicate as a reader says it."""
        return to_words(self.predicate)

    @property
    def address(self) -> str:
        """The predicate as text for an address."""
        return to_address(self.predicate)

    def measured(self, metric: str) -> Measured:
        """Return one metric of the slice."""
        return dict(self.metrics)[metric]


def measure_slices(  # noqa: PLR0913 - what is asked, and what of it is shown
    cells: Cells,
    columns: Sequence[CodedColumn],
    asked: Asked,
    policy: Policy,
    *,
    only: frozenset[str] = frozenset(),
    hidden: frozenset[tuple[int, ...]] = frozenset(),
) -> tuple[Slice, ...]:
    """Return one slice per value or range of one column, or of two columns together.

    `cells` hold one part, counted by `columns`; `only` names the metrics wanted, all of
    them by default. Slices below the policy's privacy limit, and those whose codes are
    `hidden` because they would give such ones away, keep their name and hide their numbers.
    """
    known = metrics_for(asked.answer.task, of_class=bool(asked.of_class))
    metrics = [metric for metric in known if not only or metric.id in only]
    found = [
        _slice(
            columns,
            codes := (a, b)[: len(columns)],
            result,
            policy,
            metrics,
            hidden=codes in hidden,
        )
        for a, b, result in outcomes_by_code(cells, asked)
    ]
    return tuple(found)


def worst_first(slices: Sequence[Slice], metric: Metric) -> tuple[Slice, ...]:
    """Return the slices from worst to best; those that cannot be judged come last."""
    sign = -1.0 if metric.worse == "high" else 1.0

    def order(slice_: Slice) -> tuple[int, float, str]:
        measured = slice_.measured(metric.id)
        if isinstance(measured, NotEstimable):
            return 2, 0.0, slice_.words
        value = abs(measured.value) if metric.id == "bias" else measured.value
        return int(slice_.too_few), sign * value, slice_.words

    return tuple(sorted(slices, key=order))


def _slice(  # noqa: PLR0913 - what stands in a line
    columns: Sequence[CodedColumn],
    codes: tuple[int, ...],
    found: Outcome,
    policy: Policy,
    metrics: Sequence[Metric],
    *,
    hidden: bool,
) -> Slice:
    chosen = [column.codes[code] for column, code in zip(columns, codes, strict=True)]
    parts = tuple(code.predicate for code in chosen)
    predicate = parts[0] if len(parts) == 1 else And(parts)
    hidden = hidden or found.rows < policy.privacy_limit
    reason = NotEstimable(HIDDEN.format(limit=policy.privacy_limit), 0)
    measured = tuple(
        (m.id, reason if hidden else m.formula(found)) for m in metrics if m.formula
    )
    return Slice(
        predicate=predicate,
        title=" · ".join(code.words for code in chosen),
        rows=found.rows,
        labelled=found.labelled.n,
        metrics=measured,
        too_few=found.rows < policy.min_rows or not _enough(measured, policy),
        hidden=hidden,
    )


def _enough(measured: Sequence[tuple[str, Measured]], policy: Policy) -> bool:
    """Return whether the first metric has a value that rests on enough rows."""
    first = measured[0][1] if measured else None
    return isinstance(first, Estimate) and first.rows >= policy.min_denominator
