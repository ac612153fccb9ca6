"""What the checks look at, and how what they find becomes a verdict."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.likeness import Found
from core.engine.profile import event_sql
from core.engine.sample import sample_rows
from core.engine.sql import name
from core.estimates.intervals import estimate_share
from core.estimates.judge import judge
from core.records.checks import Check
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.estimate import Gate, Measured, NotEstimable, Severity, Verdict, Word
from core.records.profile import Profile

SAMPLE: Final = 50_000  # rows on which one column is held against the outcome
EVENT: Final = "event"
MOST_VALUES: Final = 1_000
SKEW: Final = 30.0
LITTLE: Final = 1e-4


@dataclass(frozen=True)
class Look:
    """A table, what was counted of it, and the training table beside it, if there is one.

    `margins` are the shares that values should have, by column; `personal` the columns that
    look like personal data, `confirmed` those where a person said so.
    """

    engine: Engine
    dataset: DatasetVersion
    profile: Profile
    training: DatasetVersion | None = None
    margins: tuple[tuple[str, tuple[tuple[str, float], ...]], ...] = ()

    @cached_property
    def table(self) -> str:
        """What stands after FROM for the table."""
        return self.engine.source(self.dataset.object)

    @cached_property
    def other(self) -> str:
        """What stands after FROM for the training table."""
        return self.engine.source(self.training.object) if self.training else ""

    @property
    def label(self) -> Column | None:
        """The label column."""
        return self.dataset.used_as(Use.LABEL)

    @property
    def features(self) -> tuple[Column, ...]:
        """The columns that a model may read."""
        return tuple(c for c in self.dataset.columns if c.use is Use.FEATURE)

    @property
    def told(self) -> tuple[Column, ...]:
        """The columns that say something of a case: all but ids, scores and weights."""
        left_out = (Use.ID, Use.SCORE, Use.PREDICTION, Use.WEIGHT)
        return tuple(c for c in self.dataset.columns if c.use not in left_out)

    @property
    def telling(self) -> tuple[Column, ...]:
        """The fewest columns of `told` in which two rows hardly agree by chance.

        None where all of `told` cannot tell, or where no column takes many values.
        """
        columns = sorted(self.told, key=self.distinct, reverse=True)
        many = max(2, min(MOST_VALUES, self.dataset.rows // 2))
        if not columns or self.distinct(columns[0]) < many:
            return ()
        tried = (columns[:size] for size in range(1, len(columns) + 1))
        return tuple(next((some for some in tried if self.can_tell(some)), ()))

    def can_tell(self, columns: Sequence[Column]) -> bool:
        """Return whether equal rows in `columns` are more than chance would give.

        Independent columns with k values each would give n^2 / (2 k1 k2 ...) equal pairs;
        with the unevenness of real columns 30 times as many. Fewer than one row in 10,000 is
        little enough. Numbers count for at most 1,000 values, as they are compared.
        """
        rows = self.dataset.rows
        pairs = SKEW * rows * rows / 2
        for column in columns:
            pairs /= max(1, min(self.distinct(column), MOST_VALUES))
        return pairs < max(1.0, rows * LITTLE)

    def distinct(self, column: Column) -> int:
        """Return how many values a column takes."""
        found = self.profile.column(column.name)
        return found.distinct if found else 0

    def shared(self, columns: Sequence[Column]) -> tuple[Column, ...]:
        """Return those columns that the training table has as well, of the same type."""
        if self.training is None:
            return ()
        known = {column.name: column.type for column in self.training.columns}
        return tuple(c for c in columns if known.get(c.name) is c.type)

    @cached_property
    def sample(self) -> tuple[tuple[Column, ...], pa.Table, NDArray[np.bool_]]:
        """The features, and of some labelled rows their values and whether they have the event."""
        labelled, event = event_sql(self.profile.outcome)
        table = (
            f"(select *, {event} as {name(EVENT)} from {self.table} where {labelled})"
            if not self.dataset.column(EVENT)
            else f"(select * replace ({event} as {name(EVENT)}) from {self.table} where {labelled})"
        )
        columns = [c for c in self.features if c.name != EVENT]
        asked = [*(c.name for c in columns), EVENT]
        rows = self.profile.outcome.labelled if self.profile.outcome else 0
        found = sample_rows(self.engine, table, asked, rows=rows, size=SAMPLE)
        flags = found.column(len(columns)).to_numpy()
        return tuple(columns), found, np.asarray(flags, dtype=bool)


def check(  # noqa: PLR0913 - what a check is made of
    gate: Gate,
    measured: Measured,
    sentence: str,
    *,
    kind: str = "share",
    found: Found | None = None,
    columns: Sequence[Column | str] = (),
) -> Check:
    """Return what `gate` says of `measured`, with the rows and columns concerned."""
    names = tuple(c if isinstance(c, str) else c.name for c in columns)
    rows, first = (found.rows, found.first) if found else (0, ())
    return Check(gate, judge(measured, gate), measured, kind, sentence, rows, names, first)


def not_measured(gate: Gate, reason: str) -> Check:
    """Return that a check could not be made, and why."""
    verdict = Verdict(Word.NOT_MEASURED, reason)
    return Check(gate, verdict, NotEstimable(reason, 0), "share", _sentence(reason))


def not_applicable(gate: Gate, reason: str) -> Check:
    """Return that a check has nothing to look at, and why."""
    verdict = Verdict(Word.NOT_APPLICABLE, reason)
    return Check(gate, verdict, NotEstimable(reason, 0), "share", _sentence(reason))


def share(found: Found, rows: int) -> Measured:
    """Return the share of the rows that were found."""
    return estimate_share(
        found.rows, rows, rows=rows, effective_rows=rows, nothing="the table has no rows"
    )


def most(id_: str, title: str, limit: float, *, severity: Severity = Severity.WARN) -> Gate:
    """Return the rule that a number must not be above `limit`."""
    return Gate(id_, title, id_, "all rows", "<=", limit, min_rows=1, severity=severity)


def is_text(column: Column) -> bool:
    """Return whether a column holds words."""
    return column.type is ColumnType.TEXT


def _sentence(reason: str) -> str:
    return f"{reason[:1].upper()}{reason[1:]}."
