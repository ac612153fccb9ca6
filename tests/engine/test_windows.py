"""Times are cut into windows: the shortest period of which there are at most 24."""

from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.engine.drill import count_rows
from core.engine.where import Where
from core.engine.windows import MOST, PERIODS, Windows, cut_time
from core.records.data import Column, ColumnType, DatasetVersion, Use
from core.records.predicate import And, Comparison
from core.runs.desk import Desk
from tests.kept import Small, column, lay

SEEDS = st.integers(0, 10**6)
FIRST = date(2026, 1, 5)  # a Monday
FREQUENCY = {"day": "D", "week": "W-SUN", "month": "M", "quarter": "Q", "year": "Y"}


def _cut(
    desk: Desk, times: list[Any], type_: ColumnType = ColumnType.DATE
) -> tuple[Windows, DatasetVersion, Column]:
    when = column("when", type_, Use.TIME)
    dataset = lay(desk, Small((when,), {"when": times}))
    return cut_time(desk.count, dataset, when), dataset, when


@pytest.mark.parametrize(
    ("apart", "how_many", "period", "windows"),
    [
        (1, 24, "day", 24),
        (1, 25, "week", 4),
        (7, 24, "day", 24),  # that many days, however far apart
        (7, 25, "month", 6),
        (29, 30, "quarter", 10),
        (95, 25, "year", 7),
        (365, 24, "day", 24),
        (365, 25, "year", 24),  # the last of 25 years
    ],
)
def test_the_period_is_the_shortest_with_few_windows(
    desk: Desk, apart: int, how_many: int, period: str, windows: int
) -> None:
    """By hand: days that far apart, from Monday, 5 January 2026."""
    days = [FIRST + timedelta(days=apart * k) for k in range(how_many)]
    found, _, _ = _cut(desk, days)
    assert (found.period, len(found.starts)) == (period, windows)


@given(SEEDS, st.sampled_from([10, 100, 600, 1500, 9000, 20_000]), st.booleans())
def test_each_row_falls_into_the_window_of_pandas(
    desk: Desk,
    seed: int,
    span: int,
    timed: bool,  # noqa: FBT001 - drawn
) -> None:
    """Against pandas' periods; a missing time has no window, nor have years too long ago."""
    rng = np.random.default_rng(seed)
    start = datetime(1970, 1, 1) + timedelta(days=int(rng.integers(0, 5000)))  # noqa: DTZ001 - tables hold plain times
    seconds = rng.integers(0, span * 86_400, 60)
    times: list[Any] = [start + timedelta(seconds=int(s)) for s in seconds]
    if not timed:
        times = [time.date() for time in times]
    times[7] = times[33] = None
    found, _, _ = _cut(desk, times, ColumnType.TIME if timed else ColumnType.DATE)
    moments = pd.to_datetime(pd.Series(times))
    begins = {
        period: moments.dt.to_period(code).dt.start_time
        for period, code in FREQUENCY.items()
    }
    few = [period for period in PERIODS if begins[period].nunique() <= MOST]
    assert found.period == (few[0] if few else "year")
    known = sorted(begins[found.period].dropna().unique())[-MOST:]
    assert found.starts == tuple(f"{each:%Y-%m-%d}" for each in known)
    expected = [known.index(each) if each in known else -1 for each in begins[found.period]]
    assert found.of_row.tolist() == expected


@given(SEEDS, st.sampled_from([20, 400, 3000]), st.booleans())
def test_the_predicate_of_a_window_has_its_rows(
    desk: Desk,
    seed: int,
    span: int,
    timed: bool,  # noqa: FBT001 - drawn
) -> None:
    """From its first day to that of the next: as many rows as are numbered so."""
    rng = np.random.default_rng(seed)
    start = datetime(2020, 5, 17)  # noqa: DTZ001 - tables hold plain times
    minutes = rng.integers(0, span * 1440, 80)
    times: list[Any] = [start + timedelta(minutes=int(m)) for m in minutes]
    if not timed:
        times = [time.date() for time in times]
    times[3] = None
    found, dataset, when = _cut(desk, times, ColumnType.TIME if timed else ColumnType.DATE)
    ends = (*found.starts[1:], "9999-01-01")
    for number, (low, high) in enumerate(zip(found.starts, ends, strict=True)):
        within = And((Comparison("when", ">=", low), Comparison("when", "<", high)))
        rows = count_rows(desk.count, Where(dataset, within, ""))
        assert rows == (found.of_row == number).sum()
    assert when.type in {ColumnType.TIME, ColumnType.DATE}


def test_a_table_whose_times_are_all_missing_has_no_window(desk: Desk) -> None:
    """Every row stands outside."""
    found, _, _ = _cut(desk, [None, None, None])
    assert found.starts == ()
    assert found.of_row.tolist() == [-1, -1, -1]
    assert found.nbytes == 6


def test_any_name_of_a_column_is_cut(desk: Desk) -> None:
    """Quotes and braces in a name are letters."""
    when = column('w"he{n}', ColumnType.DATE, Use.TIME)
    dataset = lay(desk, Small((when,), {when.name: [FIRST, None]}))
    assert cut_time(desk.count, dataset, when).of_row.tolist() == [0, -1]
