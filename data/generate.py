"""Make the tables of the demo: `python -m data.generate`."""

import hashlib
import logging
import sys
import tomllib
from datetime import date
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.random import Generator

from data.applicants import Columns, Window, draw_applicants
from data.outcomes import NOT_WORKING, draw_defaults, draw_reminder_letters

HERE: Final = Path(__file__).parent
DEMO: Final = HERE / "demo"
MANIFEST: Final = HERE / "demo.toml"
DATASHEET: Final = HERE / "README.md"

SEED: Final = 20_260_401
REPEATED_ROWS: Final = 312
FIRST_ID: Final = 10_001
LAST_MONTH: Final = date(2025, 6, 1)
COUNTS: Final = ("months_employed", "savings")  # whole numbers with missing values
NO_MONTHS_SHARE: Final = 0.04
NO_SAVINGS_SHARE: Final = 0.09

TRAINING: Final = Window("training", date(2024, 1, 1), date(2025, 6, 30), 24_000)
VALIDATION: Final = Window(
    "validation", date(2025, 7, 1), date(2025, 12, 31), 13_712 - REPEATED_ROWS
)
PRODUCTION: Final = (
    Window("production_2026-01", date(2026, 1, 1), date(2026, 1, 31), 3_712),
    Window("production_2026-02", date(2026, 2, 1), date(2026, 2, 28), 3_655),
    Window("production_2026-03", date(2026, 3, 1), date(2026, 3, 31), 3_748),
    Window("production_2026-04", date(2026, 4, 1), date(2026, 4, 30), 3_701, 1.08, 0.065),
    Window("production_2026-05", date(2026, 5, 1), date(2026, 5, 31), 3_689, 1.08, 0.065),
    Window("production_2026-06", date(2026, 6, 1), date(2026, 6, 30), 3_726, 1.08, 0.065),
)
WINDOWS: Final = (TRAINING, VALIDATION, *PRODUCTION)

_log: Final = logging.getLogger("data.generate")


def make_tables(*, seed: int = SEED) -> dict[str, pa.Table]:
    """Return the eight tables by file stem: the same seed gives the same rows."""
    tables, first_id = {}, FIRST_ID
    for number, window in enumerate(WINDOWS):
        rng = np.random.default_rng([seed, number])
        tables[window.stem] = _make_table(rng, window, first_id=first_id)
        first_id += window.rows
    tables["validation"] = _repeat_rows(
        np.random.default_rng([seed, len(WINDOWS)]),
        source=tables["training"],
        target=tables["validation"],
    )
    return tables


def digest_rows(table: pa.Table) -> str:
    """Return one digest for the rows of a table, whatever their order and file format.

    SHA-256 over the sorted rows as text, after a line with the sorted column names;
    values are joined by U+001F, a missing value is written U+2400.
    """
    names = sorted(table.column_names)
    texts = [table[name].cast(pa.string()).to_pylist() for name in names]
    rows = [["\u2400" if v is None else v for v in row] for row in zip(*texts, strict=True)]
    lines = ["\x1f".join(row) for row in rows]
    content = "\n".join(["\x1f".join(names), *sorted(lines)])
    return hashlib.sha256(content.encode()).hexdigest()


def _make_table(rng: Generator, window: Window, *, first_id: int) -> pa.Table:
    form = draw_applicants(rng, window)
    defaulted = draw_defaults(rng, form)
    ids = np.array([f"A{first_id + row:07}" for row in range(window.rows)])
    waiting = rng.integers(60, 136, window.rows).astype("timedelta64[D]")
    columns: Columns = {
        "application_id": ids,
        **form,
        "outcome_on": form["applied_on"] + waiting,
        "reminder_letters": draw_reminder_letters(rng, defaulted),
        "defaulted": np.where(defaulted, "yes", "no"),
    }
    for name in COUNTS:
        columns[name] = columns[name].astype(np.int64)
    missing = {
        "months_employed": np.isin(form["employment"], NOT_WORKING)
        | (rng.random(window.rows) < NO_MONTHS_SHARE),
        "savings": rng.random(window.rows) < NO_SAVINGS_SHARE,
    }
    return pa.table(
        {n: pa.array(values, mask=missing.get(n)) for n, values in columns.items()}
    )


def _repeat_rows(rng: Generator, *, source: pa.Table, target: pa.Table) -> pa.Table:
    """Let rows of the source's last month stand in the target too, as after a double load."""
    recent = pc.greater_equal(source["applied_on"], pa.scalar(LAST_MONTH))
    # Temporary permits stay out of it, so that exactly 23 stand in the target.
    eligible = source.filter(recent).filter(pc.field("permit") != "temporary")
    chosen = np.sort(rng.choice(eligible.num_rows, REPEATED_ROWS, replace=False))
    return pa.concat_tables([eligible.take(chosen), target])


def main() -> None:
    """Write the tables, and put their digests into the manifest and the datasheet."""
    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(message)s")
    DEMO.mkdir(exist_ok=True)
    tables = make_tables()
    for stem, table in tables.items():
        pq.write_table(table, DEMO / f"{stem}.parquet", compression="zstd")
        _log.info("%s: %d rows", stem, table.num_rows)
    stated = tomllib.loads(MANIFEST.read_text(encoding="utf-8"))["tables"]
    for path in (MANIFEST, DATASHEET):
        text = path.read_text(encoding="utf-8")
        for entry in stated:
            fresh = digest_rows(tables[Path(entry["file"]).stem])
            text = text.replace(entry["digest"], fresh)
        path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
