"""Profile: count each column of a table once, so that checks and pages need not."""

from collections.abc import Sequence
from typing import Final

from core.engine.duck import Engine
from core.engine.sql import name
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.profile import ColumnProfile, Outcome, Profile

AT_ONCE: Final = 8  # columns counted in one question
BARS: Final = 20
MOST_TOP: Final = 10
MOST_CLASSES: Final = 50
MANY_VALUES: Final = 0.5  # of the rows: such a column holds names, not categories
NUMBERS: Final = (ColumnType.INTEGER, ColumnType.NUMBER)
MOMENTS: Final = (ColumnType.DATE, ColumnType.TIME)

CLASSES_SQL: Final = """
select cast({label} as varchar) as value, count(*) as n from {table}
where {label} is not null group by value order by n desc, value limit {most}
"""
MEDIAN_SQL: Final = """
select quantile_disc({label}, 0.5), count({label}) from {table}
"""
ABOVE_SQL: Final = "select count(*) from {table} where {label} > ?"
COUNT_SQL: Final = "select {counts} from {table}"
COUNTS: Final = (
    "count(*) - count({c}), count(distinct {c}), "
    "count(*) filter (where {c} is null and {labelled}), "
    "count(*) filter (where {c} is null and {event}), "
    "cast(min({c}) as varchar), cast(max({c}) as varchar), {low}, {high}"
)
BARS_SQL: Final = """
select least(cast(floor(({value} - {low}) / {step}) as int), {last}) as bar, count(*)
from {table} where isfinite({value}) group by bar
"""
TOP_SQL: Final = """
select cast({c} as varchar) as value, count(*) as n from {table}
where {c} is not null group by value order by n desc, value limit {most}
"""
FINITE: Final = "min({value}) filter (where isfinite({value}))"


def profile_table(engine: Engine, dataset: DatasetVersion) -> Profile:
    """Return what is counted of each column and of the label, over all rows."""
    table = engine.source(dataset.object)
    outcome = _outcome(engine, table, dataset.used_as(Use.LABEL))
    columns = tuple(
        profiled
        for start in range(0, len(dataset.columns), AT_ONCE)
        for profiled in _some(
            engine,
            table,
            dataset.columns[start : start + AT_ONCE],
            outcome,
            dataset.rows,
        )
    )
    return Profile(dataset.id, dataset.rows, outcome, columns)


def event_sql(outcome: Outcome | None) -> tuple[str, str]:
    """Return the SQL of "has a label" and of "has the outcome that is looked at"."""
    if outcome is None:
        return "false", "false"
    label = name(outcome.label)
    text = outcome.event.replace("'", "''")
    if outcome.kind == "numbers":
        return f"{label} is not null", f"{label} > cast('{text}' as double)"
    return f"{label} is not null", f"cast({label} as varchar) = '{text}'"


def _outcome(engine: Engine, table: str, label: Column | None) -> Outcome | None:
    if label is None:
        return None
    parts = {"label": name(label.name), "table": table}
    found = engine.rows(CLASSES_SQL.format(most=MOST_CLASSES + 1, **parts))
    classes = tuple((str(value), int(str(n))) for value, n in found)
    if label.type in NUMBERS and len(classes) > MOST_CLASSES:
        ((middle, labelled),) = engine.rows(MEDIAN_SQL.format(**parts))
        ((above,),) = engine.rows(ABOVE_SQL.format(**parts), [float(str(middle))])
        return Outcome(
            label.name, "numbers", str(middle), int(str(above)), int(str(labelled)), ()
        )
    labelled = sum(n for _, n in classes)
    event, events = classes[-1] if classes else ("", 0)
    return Outcome(label.name, "classes", event, events, labelled, classes[:MOST_CLASSES])


def _some(
    engine: Engine,
    table: str,
    columns: Sequence[Column],
    outcome: Outcome | None,
    rows: int,
) -> list[ColumnProfile]:
    labelled, event = event_sql(outcome)
    counts = ", ".join(
        COUNTS.format(c=name(column.name), labelled=labelled, event=event, **_ends(column))
        for column in columns
    )
    (line,) = engine.rows(COUNT_SQL.format(counts=counts, table=table))
    return [
        _profile(engine, table, column, line[8 * k : 8 * k + 8], rows)
        for k, column in enumerate(columns)
    ]


def _ends(column: Column) -> dict[str, str]:
    value = _value(column)
    if not value:
        return {"low": "null", "high": "null"}
    low = FINITE.format(value=value)
    return {"low": low, "high": low.replace("min(", "max(", 1)}


def _value(column: Column) -> str:
    """Return the SQL of a column as a number; nothing where it is none."""
    if column.type in NUMBERS:
        return f"cast({name(column.name)} as double)"
    if column.type in MOMENTS:
        return f"cast(epoch({name(column.name)}) as double)"
    return ""


def _profile(
    engine: Engine, table: str, column: Column, counted: Sequence[object], rows: int
) -> ColumnProfile:
    missing, distinct, labelled, events = (int(str(count)) for count in counted[:4])
    low, high = (str(end)[:80] if end is not None else "" for end in counted[4:6])
    few = distinct <= MANY_VALUES * max(rows - missing, 1) or distinct <= MOST_TOP
    shown = few and column.type is not ColumnType.NUMBER
    edges, bars = _bars(engine, table, column, counted[6:])
    return ColumnProfile(
        name=column.name,
        missing=missing,
        distinct=distinct,
        labelled_missing=labelled,
        missing_events=events,
        low=low if column.type is not ColumnType.TEXT or few else "",
        high=high if column.type is not ColumnType.TEXT or few else "",
        edges=edges,
        bars=bars,
        top=_top(engine, table, column) if shown else (),
    )


def _bars(
    engine: Engine, table: str, column: Column, ends: Sequence[object]
) -> tuple[tuple[float, ...], tuple[int, ...]]:
    value = _value(column)
    if not value or ends[0] is None:
        return (), ()
    low, high = (float(str(end)) for end in ends)
    step = (high - low) / BARS or 1.0
    text = BARS_SQL.format(
        value=value, low=repr(low), step=repr(step), last=BARS - 1, table=table
    )
    counts = {int(str(bar)): int(str(n)) for bar, n in engine.rows(text)}
    edges = tuple(low + step * k for k in range(BARS + 1))
    return edges, tuple(counts.get(k, 0) for k in range(BARS))


def _top(engine: Engine, table: str, column: Column) -> tuple[tuple[str, int], ...]:
    text = TOP_SQL.format(c=name(column.name), table=table, most=MOST_TOP)
    return tuple((str(value)[:80], int(str(n))) for value, n in engine.rows(text))
