"""Score levels: errors of a regression counted by how high its prediction is.

A line of the roll-up: `bucket` (of 64,000 between the lowest and the highest prediction),
`n` rows, `w` and `w2` sums of the weight and of its square, `p` the weighted sum of the
place between both ends, `above` the weight of predictions above the truth, `same` of those
that hit it, and fixed-point sums of the weighted error `e1`, its square `e2` and fourth
power `e4`, in units of the error scale. `low` and `high` are the ends.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.grid import BUCKETS
from core.engine.score_cube import Integers, integers, whole_numbers
from core.engine.sql import Value
from core.engine.where import Where, rows_where

# As in `scored`: both objects hold one line per row of the table, in its order.
BESIDE: Final = """(
    select f.w, f.x, s.score as score
    from {frame} as f positional join {scores} as s
    where f.label >= 0 and {where}
)"""
ENDS_SQL: Final = "select min(score), max(score) from {scored}"
LEVELS_SQL: Final = """
select {low} as low, {high} as high, bucket, count(*) as n,
    cast(sum(w) as bigint) as w, cast(sum(w * w) as decimal(38, 0)) as w2,
    cast(sum(w * cast(floor(place * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as p,
    cast(sum(w * over) as bigint) as above,
    cast(sum(w * even) as bigint) as same,
    cast(sum(w * cast(floor(x * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e1,
    cast(sum(w * cast(floor(x * x * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e2,
    cast(sum(w * cast(floor(x * x * x * x * 1099511627776 + 0.5) as decimal(38, 0))) as decimal(38, 0)) as e4
from (
    select w, x, place, case when x > 0 then 1 else 0 end as over,
        case when x = 0 then 1 else 0 end as even,
        cast(floor(place * {last}) as int) as bucket
    from (select w, x, (score - {low}) / {width} as place from {scored}) as placed
) as levels
group by bucket
order by bucket
"""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreLevels:
    """The lines of the roll-up, lowest prediction first; `low` and `high` are its ends."""

    low: float
    high: float
    bucket: NDArray[np.int64]
    n: NDArray[np.int64]
    w: NDArray[np.int64]
    w2: Integers
    p: Integers
    above: NDArray[np.int64]
    same: NDArray[np.int64]
    e1: Integers
    e2: Integers
    e4: Integers
    object: str


@dataclass(frozen=True, slots=True)
class Predicted:
    """The rows of a frame with predictions and errors."""

    frame: str
    scores: str
    where: Where | None = None

    def source(self, engine: Engine) -> tuple[str, list[Value]]:
        """Return the text that stands after FROM, and the values to bind."""
        rows, values = rows_where(engine, self.where)
        frame, scores = engine.source(self.frame), engine.source(self.scores)
        return BESIDE.format(frame=frame, scores=scores, where=rows), values


def write_score_levels(engine: DuckDB, predicted: Predicted, into: Path) -> None:
    """Count the labelled rows by their prediction and write the roll-up."""
    source, values = predicted.source(engine)
    ((low, high),) = engine.rows(ENDS_SQL.format(scored=source), values)
    ends = (float(str(low or 0)), float(str(high or 0)))
    text = LEVELS_SQL.format(
        low=repr(ends[0]),
        high=repr(ends[1]),
        width=repr((ends[1] - ends[0]) or 1.0),
        last=BUCKETS - 1,
        scored=source,
    )
    engine.write(text, into, values)


def read_score_levels(engine: Engine, name: str) -> ScoreLevels:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name)} order by bucket")
    ends = [float(str(table[end][0])) if len(table) else 0.0 for end in ("low", "high")]
    return ScoreLevels(
        low=ends[0],
        high=ends[1],
        bucket=whole_numbers(table, "bucket"),
        n=whole_numbers(table, "n"),
        w=whole_numbers(table, "w"),
        w2=integers(table, "w2"),
        p=integers(table, "p"),
        above=whole_numbers(table, "above"),
        same=whole_numbers(table, "same"),
        e1=integers(table, "e1"),
        e2=integers(table, "e2"),
        e4=integers(table, "e4"),
        object=name,
    )
