"""The score cube: rows counted by the finest bucket of their score.

From it follow curves, bins, thresholds and tests of calibration without a look at the rows.
A line of the roll-up: `fold`, `bucket`, `n` labelled rows, `u` rows without a label, `s`
events, `p` the sum of scores in fixed point, `lo` and `hi` the lowest and highest score;
where rows have weights also the sums of `w`, `w2` (squares), `wy` and `wp`.
"""

from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.scored import Scored

UNIT: Final = 1 << 40
FOLDS: Final = 5
INSIDE: Final = "score between 0 and 1"
# A multiplicative hash of the row's number; its upper bits choose the fold.
FOLD: Final = "cast(floor((row * 2654435761 % 4294967296) / 858993460) as int)"

CUBE_SQL: Final = """
select {fold} as fold, bucket,
    count(*) filter (where label >= 0) as n, count(*) filter (where label < 0) as u,
    sum(case when label = 1 then 1 else 0 end) as s,
    cast(sum(case when label >= 0
        then cast(floor(score * 1099511627776 + 0.5) as bigint) else 0 end) as decimal(38, 0)) as p,
    min(case when label >= 0 then score end) as lo,
    max(case when label >= 0 then score end) as hi{weighted}
from {scored}
where {inside}
group by {keys}bucket
order by {keys}bucket
"""
WEIGHTED_SQL: Final = """,
    sum(case when label >= 0 then w else 0 end) as w,
    cast(sum(case when label >= 0 then w * w else 0 end) as decimal(38, 0)) as w2,
    sum(case when label = 1 then w else 0 end) as wy,
    cast(sum(case when label >= 0
        then w * cast(floor(score * 1099511627776 + 0.5) as decimal(38, 0)) else 0 end) as decimal(38, 0)) as wp"""
SUMS_SQL: Final = """
select count(p) as n, count(*) filter (where label < 0 and {inside}) as unlabelled,
    count(*) filter (where score is null or not ({inside})) as outside,
    count(p) - count(loss) as infinite,
    {sums}
from (
    select *, label - p as off, p * (1 - p) as variance, 1 - 2 * p as lean,
        case when label = 1 and p > 0 then -ln(p)
            when label = 0 and p < 1 then -ln(1 - p) end as loss
    from (
        select *, case when label >= 0 and {inside} then score end as p from {scored}
    ) as judged
) as measured
"""
SUM_SQL: Final = "sum(w * {times}cast(floor({what} * 1099511627776 + 0.5) as {kind}))"
MEASURES: Final = {
    "brier": ("", "off * off"),
    "loss": ("", "loss"),
    "lean": ("", "off * lean"),
    "lean_variance": ("w * ", "lean * lean * variance"),
    "variance": ("w * ", "variance"),
    "variance_once": ("", "variance"),
}
TWICE: Final = "variance"  # without weights the same as `variance_once`
Integers = NDArray[np.int64] | NDArray[np.object_]


@dataclass(frozen=True, slots=True, eq=False)
class ScoreCube:
    """The lines of the roll-up, column by column, lowest bucket first.

    `p` and `wp` are sums in units of 2^-40. Without weights every row weighs 1. `lo` and
    `hi` are NaN where no row has a label.
    """

    fold: NDArray[np.int64]
    bucket: NDArray[np.int64]
    n: NDArray[np.int64]
    u: NDArray[np.int64]
    s: NDArray[np.int64]
    p: Integers
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]
    w: NDArray[np.int64]
    w2: Integers
    wy: NDArray[np.int64]
    wp: Integers
    weighted: bool
    object: str

    def select(self, keep: NDArray[np.bool_]) -> "ScoreCube":
        """Return only some lines."""
        kept: dict[str, Any] = {name: getattr(self, name)[keep] for name in COLUMNS}
        return replace(self, **kept)


@dataclass(frozen=True, slots=True)
class ScoreSums:
    """Exact sums over the labelled rows, in units of 2^-40 times the unit of the weights.

    `infinite` rows were said to be impossible and happened, or the reverse; `loss` leaves
    them out. `lean` and `lean_variance` are Spiegelhalter's numerator and variance,
    `variance` sums w^2 p (1 - p), `variance_once` w p (1 - p).
    """

    n: int
    unlabelled: int
    outside: int
    infinite: int
    brier: int
    loss: int
    lean: int
    lean_variance: int
    variance: int
    variance_once: int
    object: str


COLUMNS: Final = ("fold", "bucket", "n", "u", "s", "p", "lo", "hi", "w", "w2", "wy", "wp")


def write_score_cube(
    engine: DuckDB, scored: Scored, into: Path, *, weighted: bool, folds: bool = False
) -> None:
    """Count the rows by bucket (and fold) and write the roll-up."""
    source, values = scored.source(engine)
    text = CUBE_SQL.format(
        fold=FOLD if folds else "0",
        keys=f"{FOLD}, " if folds else "",
        weighted=WEIGHTED_SQL if weighted else "",
        scored=source,
        inside=INSIDE,
    )
    engine.write(text, into, values)


def write_score_sums(engine: DuckDB, scored: Scored, into: Path, *, weighted: bool) -> None:
    """Sum up scores and losses and write the one line."""
    source, values = scored.source(engine)
    kind = "decimal(38, 0)" if weighted else "bigint"
    sums = ",\n    ".join(
        f"cast({SUM_SQL.format(times=times, what=what, kind=kind)}"
        f" as decimal(38, 0)) as {name}"
        for name, (times, what) in MEASURES.items()
        if weighted or name != TWICE
    )
    engine.write(SUMS_SQL.format(sums=sums, inside=INSIDE, scored=source), into, values)


def read_score_cube(engine: Engine, name: str) -> ScoreCube:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name)} order by fold, bucket")
    weighted = "w" in table.column_names
    n, s = whole_numbers(table, "n"), whole_numbers(table, "s")
    p = integers(table, "p")
    return ScoreCube(
        fold=whole_numbers(table, "fold"),
        bucket=whole_numbers(table, "bucket"),
        n=n,
        u=whole_numbers(table, "u"),
        s=s,
        p=p,
        lo=table["lo"].to_numpy().astype(np.float64),
        hi=table["hi"].to_numpy().astype(np.float64),
        w=whole_numbers(table, "w") if weighted else n,
        w2=integers(table, "w2") if weighted else n,
        wy=whole_numbers(table, "wy") if weighted else s,
        wp=integers(table, "wp") if weighted else p,
        weighted=weighted,
        object=name,
    )


def read_score_sums(engine: Engine, name: str) -> ScoreSums:
    """Return the roll-up of that name."""
    (line,) = engine.table(f"select * from {engine.source(name)}").to_pylist()
    line.setdefault(TWICE, line["variance_once"])
    known = {key for key in ScoreSums.__dataclass_fields__ if key != "object"}
    return ScoreSums(**{key: int(line[key] or 0) for key in known}, object=name)


def whole_numbers(table: pa.Table, key: str) -> NDArray[np.int64]:
    """Return a column of counts, which fit into 64 bits."""
    return integers(table, key).astype(np.int64)


def integers(table: pa.Table, key: str) -> Integers:
    """Return a column as 64-bit integers where they fit, else as Python integers."""
    try:
        return table[key].cast(pa.int64()).fill_null(pa.scalar(0, pa.int64())).to_numpy()
    except pa.ArrowInvalid:
        pass
    numbers = [0 if number is None else int(number) for number in table[key].to_pylist()]
    return np.array(numbers, dtype=object)
