"""Ranking: the exact sums behind AUC and its variance, in integers."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from core.engine.duck import DuckDB, Engine
from core.engine.where import Where, rows_where

RANKING_SQL: Final = """
with joined as (
    select s.score, f.label, f.w
    from (select row, label, w from {frame} where label >= 0 and {where}) as f
    join (select file_row_number as row, score from {scores}) as s on s.row = f.row
),
ties as (
    select score,
        sum(case when label = 1 then w else 0 end) as p,
        sum(case when label = 0 then w else 0 end) as q
    from joined group by score
),
placed as (
    select cast(p as decimal(38, 0)) as p, cast(q as decimal(38, 0)) as q,
        cast(2 * sum(q) over (order by score) - q as decimal(38, 0)) as below,
        cast(2 * sum(p) over (order by score desc) - p as decimal(38, 0)) as above
    from ties
)
select sum(p) as wp, sum(q) as wq, sum(p * below) as u2,
    sum(p * (below * below)) as below2, sum(q * (above * above)) as above2
from placed
"""
COUNTS_SQL: Final = """
select count(*) filter (where label = 1) as np, count(*) filter (where label = 0) as nq,
    sum(cast(w * w as decimal(38, 0))) filter (where label = 1) as wp2,
    sum(cast(w * w as decimal(38, 0))) filter (where label = 0) as wq2
from {frame} where {where}
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """Sums over positives (p) and negatives (q), weights in fixed point.

    `u2` is twice the weighted Mann-Whitney sum (ties count half); `below2` sums, over
    positives, the weight times the square of twice the negatives below; `above2` likewise.
    """

    np: int
    nq: int
    wp: int
    wq: int
    wp2: int
    wq2: int
    u2: int
    below2: int
    above2: int
    object: str


def write_ranking(
    engine: DuckDB,
    *,
    frame: str,
    scores: str,
    where: Where | None,
    into: Path,
) -> None:
    """Rank all labelled rows by their exact score and write the one line of sums."""
    rows, values = rows_where(engine, where)
    sources = {"frame": engine.source(frame), "where": rows}
    ranked = RANKING_SQL.format(**sources, scores=engine.source(scores))
    counted = COUNTS_SQL.format(**sources)
    engine.write(f"select * from ({ranked}), ({counted})", into, values * 2)


def read_ranking(engine: Engine, name: str) -> Ranking:
    """Return the roll-up of that name."""
    (line,) = engine.table(f"select * from {engine.source(name)}").to_pylist()
    sums = {key: int(line[key] or 0) for key in Ranking.__dataclass_fields__ if key in line}
    return Ranking(**sums, object=name)
