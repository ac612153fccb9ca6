"""Label ages: how many days after each row its label came."""

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.score_cube import whole_numbers
from core.engine.sql import name
from core.records.data import Column, DatasetVersion

NEVER: Final = -1
AGES_SQL: Final = """
with dated as (
    select cast(t.{time} as date) as begun, cast(t.{came} as date) as came, f.label >= 0 as known
    from {table} as t positional join {frame} as f
)
select date_diff('day', begun, (select max(came) from dated where known)) as age,
    case when known then date_diff('day', begun, came) else {never} end as delay,
    count(*) as n
from dated
where begun is not null and (came is not null or not known)
    and exists (select 1 from dated where known and came is not null)
group by all order by age, delay
"""


@dataclass(frozen=True, slots=True, eq=False)
class LabelAges:
    """`n` rows by `age` in days (on the day the last label came) and by `delay` of the label.

    `delay` is -1 where no label has come.
    """

    age: NDArray[np.int64]
    delay: NDArray[np.int64]
    n: NDArray[np.int64]


def count_label_ages(
    engine: Engine, dataset: DatasetVersion, frame: str, columns: tuple[Column, Column]
) -> LabelAges:
    """Count the rows of a table by its time column and that of the label."""
    time, came = (name(column.name) for column in columns)
    table = engine.table(
        AGES_SQL.format(
            time=time,
            came=came,
            table=engine.source(dataset.object),
            frame=engine.source(frame),
            never=NEVER,
        )
    )
    return LabelAges(*(whole_numbers(table, key) for key in LabelAges.__slots__))
