"""From the staged file to our clean Parquet: types found, values turned, facts counted."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import duckdb

from core.engine.sql import name as quoted
from core.intake.bounds import IntakeLimits, refuse
from core.intake.kinds import ISO, convert, convert_fitting, fits, looks_like
from core.intake.staging import (
    INTEGERS,
    TEXT,
    TIMES,
    ZONED,
    Origin,
    Staged,
    batched,
    group_rows,
)
from core.records.data import ColumnFacts, ColumnType, ReadAs

PLAIN_TYPES: Final = {
    "BOOLEAN": ColumnType.BOOLEAN,
    "DATE": ColumnType.DATE,
    **dict.fromkeys(INTEGERS, ColumnType.INTEGER),
    **dict.fromkeys(TIMES, ColumnType.TIME),
}

SAMPLE_ROWS: Final = 10_000
BATCH: Final = 20  # columns asked about at once; each takes some megabytes of patterns
DISTINCT_AT_ONCE: Final = 10_000_000  # values counted for distinctness in one question
EXAMPLE_ROWS: Final = 200
EXAMPLES: Final = 3
MOST_EXAMPLE: Final = 80
FITTING: Final = "select {counts} from {rows}"
ALL_ROWS: Final = "read_parquet($source)"
FIRST_ROWS: Final = f"(select * from read_parquet($source) limit {SAMPLE_ROWS})"
WRITE: Final = """
copy (select {columns} from read_parquet($source)) to $into (
    format parquet, compression zstd, use_tmp_file false, row_group_size {group}
)
"""
FACTS: Final = """
count(*) - count({name}), count(distinct {name}), left(min({name})::varchar, {most}),
left(max({name})::varchar, {most}), {longest}
"""
EXAMPLES_SQL: Final = "select {columns} from read_parquet($source) limit {rows}"
Candidate = tuple[ColumnType, str]  # with the order of its dates


@dataclass(frozen=True, slots=True)
class Plan:
    """What a column becomes: its type, and the SQL that gives its values."""

    origin: Origin
    type: ColumnType
    sql: str
    by_hand: bool = False


def find_types(
    base: duckdb.DuckDBPyConnection, staged: Staged, read_as: ReadAs
) -> tuple[str, tuple[Plan, ...]]:
    """Give the order of dates that the values prove, and a plan per column.

    A type is taken only if every value of the column fits it. The first rows rule types
    out; the likeliest that is left is then counted over all rows.
    """
    orders = tuple(ISO) if read_as.dates in ISO else (read_as.dates,)
    texts = {o.key: o for o in staged.origins if o.type == TEXT and o.may_be}
    left = {key: _candidates(origin, orders) for key, origin in texts.items()}
    left = _fitting(base, staged, FIRST_ROWS, left, read_as.decimal)
    fitting = _verified(base, staged, left, read_as.decimal)
    dates = _date_order(fitting, read_as.dates)
    types = dict(read_as.types)
    return dates, tuple(
        _by_hand(origin, types[origin.name], read_as.decimal, dates)
        if origin.name in types
        else _plan(origin, fitting.get(origin.key, ()), read_as.decimal, dates)
        for origin in staged.origins
    )


def _candidates(origin: Origin, orders: Sequence[str]) -> tuple[Candidate, ...]:
    dated = (ColumnType.DATE, ColumnType.TIME)
    return tuple(
        (kind, order)
        for kind in origin.may_be
        for order in (orders if kind in dated else orders[:1])
    )


def _verified(
    base: duckdb.DuckDBPyConnection,
    staged: Staged,
    left: Mapping[str, tuple[Candidate, ...]],
    decimal: str,
) -> dict[str, tuple[Candidate, ...]]:
    """Give what all rows fit: per column the likeliest type, in each order of dates."""
    fitting: dict[str, tuple[Candidate, ...]] = {}
    pending = {key: some for key, some in left.items() if some}
    while pending:
        asked = {
            key: tuple(one for one in some if one[0] is some[0][0])
            for key, some in pending.items()
        }
        kept = _fitting(base, staged, ALL_ROWS, asked, decimal)
        fitting |= {key: some for key, some in kept.items() if some}
        pending = {
            key: tuple(one for one in some if one not in asked[key])
            for key, some in pending.items()
            if not kept[key]
        }
        pending = {key: some for key, some in pending.items() if some}
    return fitting


def _fitting(
    base: duckdb.DuckDBPyConnection,
    staged: Staged,
    rows: str,
    asked: Mapping[str, tuple[Candidate, ...]],
    decimal: str,
) -> dict[str, tuple[Candidate, ...]]:
    """Give, of the types asked about, those that every value in `rows` fits.

    Of the first rows it is enough to look like the type.
    """
    kept: dict[str, tuple[Candidate, ...]] = {}
    test = fits if rows == ALL_ROWS else looks_like
    for keys in batched(asked, BATCH):
        counts = [f"count({key})" for key in keys]
        counts += [
            f"count(*) filter (where {test(key, kind, decimal, order)})"
            for key in keys
            for kind, order in asked[key]
        ]
        sql = FITTING.format(counts=", ".join(counts), rows=rows)
        found = iter(base.execute(sql, {"source": staged.path}).fetchone() or ())
        present = dict(zip(keys, found, strict=False))
        for key in keys:
            kept[key] = tuple(one for one in asked[key] if next(found) == present[key])
            if rows == ALL_ROWS and not present[key]:
                kept[key] = ()
    return kept


def _date_order(fitting: Mapping[str, tuple[Candidate, ...]], stated: str) -> str:
    """Give the order that most columns fit; where it is even, the stated one."""
    if stated not in ISO:
        return stated
    votes = Counter(
        order
        for some in fitting.values()
        for kind, order in some
        if kind in (ColumnType.DATE, ColumnType.TIME)
    )
    return max(ISO, key=lambda order: (votes[order], order == stated))


def _by_hand(origin: Origin, kind: ColumnType, decimal: str, dates: str) -> Plan:
    if origin.type == TEXT:
        return Plan(origin, kind, convert(origin.key, kind, decimal, dates), by_hand=True)
    plain = _plan(origin, (), decimal, dates)
    if plain.type is kind:
        return plain
    text = f"({plain.sql})::varchar"
    return Plan(origin, kind, convert(text, kind, ".", "year first"), by_hand=True)


def _plan(origin: Origin, fitting: Sequence[Candidate], decimal: str, dates: str) -> Plan:
    key = origin.key
    for kind, order in fitting:
        if order == dates or kind not in (ColumnType.DATE, ColumnType.TIME):
            return Plan(origin, kind, convert_fitting(key, kind, decimal, order))
    if origin.type in PLAIN_TYPES:
        kind = PLAIN_TYPES[origin.type]
        return Plan(origin, kind, f"{key}::{kind}")
    if origin.type.startswith(("FLOAT", "DOUBLE", "DECIMAL")):
        # As text: the statistics of a Parquet file pass over NaN, so DuckDB may think that
        # there is none and answer isnan() without looking.
        is_nan = f"{key}::varchar in ('nan', '-nan')"
        return Plan(
            origin, ColumnType.NUMBER, f"case when not {is_nan} then {key}::double end"
        )
    if origin.type in ZONED:
        micros = f"epoch_us({key}::timestamptz)"
        return Plan(origin, ColumnType.TIME, f"make_timestamp({micros})")
    return Plan(origin, ColumnType.TEXT, f"{key}::varchar")


def write_clean(
    base: duckdb.DuckDBPyConnection, staged: Staged, plans: Sequence[Plan], into: str
) -> None:
    """Write the clean Parquet file: the six types, the rows in the order of the file."""
    columns = ", ".join(f"{plan.sql} as {quoted(plan.origin.name)}" for plan in plans)
    sql = WRITE.format(columns=columns, group=group_rows(len(plans)))
    base.execute(sql, {"source": staged.path, "into": into})


def count_facts(
    base: duckdb.DuckDBPyConnection,
    path: str,
    plans: Sequence[Plan],
    rows: int,
    limits: IntakeLimits,
) -> Iterator[ColumnFacts]:
    """Give the facts of each column of the clean file, counted over all rows.

    Raises:
        RefusedFileError: a text is too long.
    """
    kinds = {plan.origin.name: plan.type for plan in plans}
    examples = _examples(base, path, tuple(kinds))
    at_once = max(1, min(BATCH, DISTINCT_AT_ONCE // max(rows, 1)))
    for names in batched(kinds, at_once):
        parts = ", ".join(_facts_sql(name, kinds[name]) for name in names)
        sql = f"select {parts} from read_parquet($source)"
        found = iter(base.execute(sql, {"source": path}).fetchone() or ())
        for name in names:
            missing, distinct, low, high, longest = islice(found, 5)
            if longest > limits.cell_bytes:
                raise refuse(
                    f"Column `{name}` holds a text of {longest / 1e6:,.1f} MB; a cell may "
                    f"have {limits.cell_bytes / 1e6:,.1f} MB.",
                    "Leave the column out, or shorten its texts.",
                )
            yield ColumnFacts(
                name, kinds[name], missing, distinct, low or "", high or "", examples[name]
            )


def _facts_sql(name: str, kind: ColumnType) -> str:
    longest = (
        f"coalesce(max(strlen({quoted(name)})), 0)" if kind is ColumnType.TEXT else "0"
    )
    return FACTS.format(name=quoted(name), most=MOST_EXAMPLE, longest=longest)


def _examples(
    base: duckdb.DuckDBPyConnection, path: str, names: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Give the first different values of each column."""
    columns = ", ".join(f"left({quoted(name)}::varchar, {MOST_EXAMPLE})" for name in names)
    sql = EXAMPLES_SQL.format(columns=columns, rows=EXAMPLE_ROWS)
    lines = base.execute(sql, {"source": path}).fetchall()
    seen = {
        name: dict.fromkeys(line[place] for line in lines if line[place] is not None)
        for place, name in enumerate(names)
    }
    return {name: tuple(values)[:EXAMPLES] for name, values in seen.items()}
