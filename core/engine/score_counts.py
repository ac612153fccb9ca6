"""Score counts: how many rows have each score, and what is known of their labels."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.score_cube import whole_numbers
from core.engine.scored import Scored

COUNTS_SQL: Final = """
select bucket, count(*) as n,
    sum(case when label >= 0 then 1 else 0 end) as labelled,
    sum(case when label = 1 then 1 else 0 end) as happened
from {scored} where bucket between 0 and 64000
group by bucket order by bucket
"""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCounts:
    """Rows by bucket of the score, labelled or not: `n`, `labelled`, and `happened` of them."""

    bucket: NDArray[np.int64]
    n: NDArray[np.int64]
    labelled: NDArray[np.int64]
    happened: NDArray[np.int64]


def write_score_counts(engine: DuckDB, scored: Scored, into: Path) -> None:
    """Count all rows by their score and write the roll-up."""
    source, values = scored.source(engine)
    engine.write(COUNTS_SQL.format(scored=source), into, values)


def read_score_counts(engine: Engine, name: str) -> ScoreCounts:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name)} order by bucket")
    return ScoreCounts(*(whole_numbers(table, key) for key in ScoreCounts.__slots__))
