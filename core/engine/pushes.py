"""Pushes counted: how strongly each column moves the score, from the values of all rows.

Values stand in an object of their own, `row` and `v0`, `v1`, ... (see
`core.records.explanations`). They are divided by `unit`, a power of two that no value
exceeds, so that their fixed-point sums fit, and are the same in any order of adding.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, cast

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from core.engine.duck import DuckDB, Engine
from core.engine.score_cube import Integers, integers, whole_numbers
from core.engine.sql import Value, name
from core.engine.where import Where, rows_where

ONE: Final = 1 << 40
BINS: Final = 100  # of a beeswarm
STEPS: Final = 64  # of a dependence, each way

# The only text here that a warehouse must say in its own way, as in `scored`.
SOURCE: Final = "(select {columns} from {tables} where {where})"
DRIVERS_SQL: Final = (
    "select {part} as part, count(*) as n, {sums} from {pushed} group by part order by part"
)
SUMS: Final = """
cast(sum({abs}) as decimal(38, 0)) as a{k}, cast(sum({fixed}) as decimal(38, 0)) as s{k},
cast(sum({square}) as decimal(38, 0)) as q{k},
sum(case when abs(v{k}) = strongest and strongest > 0 then 1 else 0 end) as t{k}"""
SWARM_SQL: Final = """
select {place} as place, {bin} as bin, count(*) as n,
    sum(case when {level} >= 0 then 1 else 0 end) as known,
    sum(case when {level} >= 0 then {level} else 0 end) as level
from {pushed} group by bin"""
ENDS_SQL: Final = """
select quantile_disc({x}, 0.005), quantile_disc({x}, 0.995)
from (select cast({x} as double) as {x} from {table}) as t where isfinite({x})
"""
DEPENDENCE_SQL: Final = """
select x, y, part, count(*) as n, cast(sum(fixed) as decimal(38, 0)) as s,
    cast(sum(square) as decimal(38, 0)) as q
from (select {x} as x, {y} as y, {part} as part, {fixed} as fixed, {square} as square from {pushed}) as placed
group by x, y, part order by x, y, part
"""
FIND_SQL: Final = (
    "select * exclude (file_row_number) from {values} where row in ({rows}) order by row"
)


@dataclass(frozen=True, slots=True)
class Pushed:
    """The values of one output of an explanation, beside the frame and the table.

    `targets` are the columns of the values object that belong to the players, in their
    order. `whole` says that every row of the table was explained.
    """

    values: str
    frame: str
    table: str
    targets: tuple[int, ...]
    unit: float
    whole: bool
    where: Where | None = None

    def source(
        self, engine: Engine, targets: Sequence[int], others: Sequence[str] = ()
    ) -> tuple[str, list[Value]]:
        """Return the text that stands after FROM, and the values to bind.

        `others` are further expressions: codes of `f`, columns of `t`.
        """
        rows, bound = rows_where(engine, self.where)
        tables = f"{engine.source(self.values)} as v"
        asked = {word for other in others for word in ("f.", "t.") if other.find(word) >= 0}
        for short, object_, number in (
            ("f", self.frame, "row"),
            ("t", self.table, "file_row_number"),
        ):
            if f"{short}." not in asked:
                continue
            source = engine.source(object_)
            if self.whole:
                tables += f" positional join {source} as {short}"
            else:
                tables += f" join {source} as {short} on {short}.{number} = v.row"
        columns = [f"cast(v.v{k} as double) as v{k}" for k in targets]
        text = SOURCE.format(
            columns=", ".join([*columns, *others]),
            tables=tables,
            where=f"v.{rows}" if self.where else rows,
        )
        return text, bound

    def fixed(self, k: int) -> tuple[str, str]:
        """Return the SQL of a value and of its square in fixed point."""
        scaled = f"(v{k} / {self.unit!r})"
        return (
            f"cast(floor({scaled} * {ONE} + 0.5) as bigint)",
            f"cast(floor({scaled} * {scaled} * {ONE} + 0.5) as bigint)",
        )


@dataclass(frozen=True, slots=True, eq=False)
class DriverSums:
    """Sums of each part (a code of a column, or 0 for all rows) and each player.

    `n` (parts); `absolute`, `plain`, `squares` (parts, players) in units of
    unit x 2^-40 and unit^2 x 2^-40; `top` counts the rows whose strongest push it is.
    """

    part: NDArray[np.int64]
    n: NDArray[np.int64]
    absolute: Integers
    plain: Integers
    squares: Integers
    top: NDArray[np.int64]
    object: str


def write_drivers(
    engine: DuckDB, pushed: Pushed, into: Path, *, code: int | None = None
) -> None:
    """Add up the values of every player, by the codes of one coded column if it is named."""
    others = [] if code is None else [f"f.c{code} as part"]
    strongest = ", ".join(f"abs(cast(v.v{k} as double))" for k in pushed.targets)
    greatest = f"greatest({strongest})" if len(pushed.targets) > 1 else strongest
    source, bound = pushed.source(
        engine, pushed.targets, [*others, f"{greatest} as strongest"]
    )
    sums = []
    for k in pushed.targets:
        fixed, square = pushed.fixed(k)
        sums.append(SUMS.format(k=k, abs=f"abs({fixed})", fixed=fixed, square=square))
    text = DRIVERS_SQL.format(
        part="0" if code is None else "part", sums=", ".join(sums), pushed=source
    )
    engine.write(text, into, bound)


def read_drivers(engine: Engine, name_: str, pushed: Pushed) -> DriverSums:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name_)} order by part")

    def beside(letter: str) -> Integers:
        columns = [integers(table, f"{letter}{k}") for k in pushed.targets]
        return cast(Integers, np.array(columns).T)

    top = np.stack([whole_numbers(table, f"t{k}") for k in pushed.targets], axis=1)
    part, n = whole_numbers(table, "part"), whole_numbers(table, "n")
    return DriverSums(part, n, beside("a"), beside("s"), beside("q"), top, name_)


@dataclass(frozen=True, slots=True)
class Swarm:
    """Squares of a beeswarm: `place` of the player, `bin` of 100 from -span to span.

    `n` rows, of which `known` have a level; `level` sums their codes, lowest 0.
    """

    place: NDArray[np.int64]
    bin: NDArray[np.int64]
    n: NDArray[np.int64]
    known: NDArray[np.int64]
    level: NDArray[np.int64]


def write_swarm(
    engine: DuckDB, pushed: Pushed, into: Path, *, codes: Sequence[int | None], span: float
) -> None:
    """Count the rows of every player by how far they are pushed.

    `codes` names for each player the coded column whose order gives the level, if it has
    an order; `span` is where the outermost squares begin to hold all that is beyond.
    """
    pieces: list[str] = []
    bound: list[Value] = []
    for place, (k, code) in enumerate(zip(pushed.targets, codes, strict=True)):
        others = [] if code is None else [f"f.c{code} as level"]
        source, values = pushed.source(engine, [k], others)
        step = f"cast(floor((v{k} / {span!r} + 1) * {BINS / 2}) as int)"
        pieces.append(
            SWARM_SQL.format(
                place=place,
                bin=f"greatest(0, least({BINS - 1}, {step}))",
                level="-1" if code is None else "(level - 1)",
                pushed=source,
            )
        )
        bound += values
    engine.write(" union all ".join(pieces) + " order by place, bin", into, bound)


def read_swarm(engine: Engine, name_: str) -> Swarm:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name_)} order by place, bin")
    return Swarm(*(whole_numbers(table, key) for key in Swarm.__slots__))


@dataclass(frozen=True, slots=True)
class Axis:
    """How a column is laid out against its push.

    Values take 64 steps from low to high, or their codes; pushes 64 from -span to span.
    """

    column: str
    span: float
    low: float = 0.0
    high: float = 0.0
    code: int | None = None

    def sql(self) -> tuple[str, str]:
        """Return what is taken from the tables, and the step of it; -1 is missing."""
        if self.code is not None:
            return f"f.c{self.code} as seen", "seen"
        width = (self.high - self.low) or 1.0
        step = f"floor((seen - {self.low!r}) / {width!r} * {STEPS})"
        inside = f"greatest(0, least({STEPS - 1}, cast({step} as int)))"
        known = "seen is not null and isfinite(seen)"
        taken = f"cast(t.{name(self.column)} as double) as seen"
        return taken, f"case when {known} then {inside} else -1 end"


def find_ends(engine: Engine, table: str, column: str) -> tuple[float, float]:
    """Return between which values a column has 99 % of its rows; both 0 where it has none."""
    text = ENDS_SQL.format(x=name(column), table=engine.source(table))
    ((low, high),) = engine.rows(text)
    return (0.0, 0.0) if low is None else (float(str(low)), float(str(high)))


@dataclass(frozen=True, slots=True, eq=False)
class Dependence:
    """Rows by step of the column, step of the push and code of a second column.

    `x` and `y` are steps, `part` the code (0 without a second column), `n` rows; `s` and
    `q` sum the push and its square in units of unit x 2^-40 and unit^2 x 2^-40.
    """

    x: NDArray[np.int64]
    y: NDArray[np.int64]
    part: NDArray[np.int64]
    n: NDArray[np.int64]
    s: Integers
    q: Integers


def write_dependence(
    engine: DuckDB, pushed: Pushed, into: Path, *, axis: Axis, second: int | None = None
) -> None:
    """Count the rows by the value of a column and by how far it pushes them.

    `second` is the number of a coded column that tells rows apart.
    """
    (k,) = pushed.targets
    taken, step = axis.sql()
    others = [taken] if second is None else [taken, f"f.c{second} as part"]
    source, bound = pushed.source(engine, [k], others)
    fixed, square = pushed.fixed(k)
    place = f"cast(floor((v{k} / {axis.span!r} + 1) * {STEPS / 2}) as int)"
    text = DEPENDENCE_SQL.format(
        x=step,
        y=f"greatest(0, least({STEPS - 1}, {place}))",
        part="0" if second is None else "part",
        fixed=fixed,
        square=square,
        pushed=source,
    )
    engine.write(text, into, bound)


def read_dependence(engine: Engine, name_: str) -> Dependence:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name_)} order by x, y, part")
    x, y, part, n = (whole_numbers(table, key) for key in ("x", "y", "part", "n"))
    return Dependence(x, y, part, n, integers(table, "s"), integers(table, "q"))


def find_pushes(engine: Engine, values: str, rows: Sequence[int]) -> pa.Table:
    """Return the values of some rows; no line where a row was not explained."""
    text = FIND_SQL.format(values=engine.source(values), rows=", ".join(map(str, rows)))
    return engine.table(text)
