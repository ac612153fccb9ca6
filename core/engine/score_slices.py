"""Score slices: every value of every coded column counted by step of its score, at once."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.score_cube import INSIDE, Integers, integers, whole_numbers
from core.engine.scored import Scored

SLICES_SQL: Final = """
select {part} as part, {code} as code, step, count(*) as n,
    sum(case when label = 1 then 1 else 0 end) as s,
    cast(sum(w) as bigint) as w, cast(sum(w * w) as decimal(38, 0)) as w2,
    sum(case when label = 1 then w else 0 end) as wy,
    cast(sum(w * cast(floor(score * 1099511627776 + 0.5) as {kind})) as decimal(38, 0)) as wp,
    cast(sum(w * cast(floor(score * (1 - score) * 1099511627776 + 0.5) as {kind})) as decimal(38, 0)) as wv
from (
    select *, floor(bucket / 64) as step
    from {scored}
    where label >= 0 and {inside}
) as coded
group by grouping sets ({sets})
order by part, code, step
"""


@dataclass(frozen=True, slots=True, eq=False)
class ScoreSlices:
    """The lines of the roll-up: `part` is the number of the column, `code` its code.

    `step` is the thousandth of the score, the rest as in the score cube; `wv` sums
    w p (1 - p) in units of 2^-40.
    """

    part: NDArray[np.int64]
    code: NDArray[np.int64]
    step: NDArray[np.int64]
    n: NDArray[np.int64]
    s: NDArray[np.int64]
    w: NDArray[np.int64]
    w2: Integers
    wy: NDArray[np.int64]
    wp: Integers
    wv: Integers
    object: str


def write_score_slices(
    engine: DuckDB, scored: Scored, into: Path, *, columns: Sequence[int], weighted: bool
) -> None:
    """Count the rows of each code of some coded columns, named by number, by step."""
    source, values = scored.source(engine, codes=columns)
    names = [f"c{number}" for number in columns]
    cases = " ".join(
        f"when {name} is not null then {number}"
        for number, name in zip(columns, names, strict=True)
    )
    text = SLICES_SQL.format(
        part=f"case {cases} end",
        code=f"coalesce({', '.join(names)}, 0)",
        kind="decimal(38, 0)" if weighted else "bigint",
        scored=source,
        inside=INSIDE,
        sets=", ".join(f"({name}, step)" for name in names),
    )
    engine.write(text, into, values)


def read_score_slices(engine: Engine, name: str) -> ScoreSlices:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name)} order by part, code, step")
    return ScoreSlices(
        part=whole_numbers(table, "part"),
        code=whole_numbers(table, "code"),
        step=whole_numbers(table, "step"),
        n=whole_numbers(table, "n"),
        s=whole_numbers(table, "s"),
        w=whole_numbers(table, "w"),
        w2=integers(table, "w2"),
        wy=whole_numbers(table, "wy"),
        wp=integers(table, "wp"),
        wv=integers(table, "wv"),
        object=name,
    )
