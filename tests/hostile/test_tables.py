"""Hostile tables: each is refused with the sentence that fits it, or read as it is written."""

import re
from pathlib import Path

import duckdb
import numpy as np
import pytest

from core.errors import RefusedFileError
from core.intake.bounds import IntakeLimits
from core.intake.read import look, read
from core.records.data import Reading
from tests.hostile.tables import LIMITS, READ, REFUSED, VOCABULARY, Read, Refused

SEED = 20_260_303
LONGEST = 300


def name(table: Read | Refused) -> str:
    """Return what the table is, as the name of its test."""
    return table.name


def bring(folder: Path, table: Read | Refused) -> Path:
    """Write the file as the app keeps it: in a folder of its own."""
    path = folder / "brought" / f"table{table.suffix}"
    path.parent.mkdir()
    path.write_bytes(table.make(np.random.default_rng(SEED)))
    return path


def bring_in(
    path: Path, into: Path, limits: IntakeLimits = LIMITS
) -> tuple[tuple[str, ...], Reading]:
    """Look and read, as the app does; give the reasons and what was counted."""
    seen = look(path, limits=limits)
    return seen.reasons, read(path, seen.read_as, into, limits=limits)


def is_known(sentence: str) -> bool:
    """Tell whether it is one of our sentences, and no other program's."""
    return any(re.fullmatch(pattern, sentence, re.DOTALL) for pattern in VOCABULARY)


def ends(path: Path) -> tuple[list[object], list[object]]:
    """Return the first and the last row of a clean table."""
    with duckdb.connect() as base:
        rows = base.read_parquet(str(path))
        last = rows.limit(1, offset=len(rows) - 1).fetchall()
        return list(rows.limit(1).fetchall()[0]), list(last[0])


@pytest.mark.parametrize("table", REFUSED, ids=name)
def test_a_table_that_cannot_be_read_is_refused_in_one_sentence(
    table: Refused, tmp_path: Path
) -> None:
    """The sentence names the line, the column, the limit or the damage; nothing is left."""
    path, into = bring(tmp_path, table), tmp_path / "clean" / "table.parquet"
    into.parent.mkdir()
    with pytest.raises(RefusedFileError) as caught:
        bring_in(path, into, table.limits)
    sentence = str(caught.value)
    assert re.fullmatch(table.sentence, sentence)
    assert is_known(sentence)
    assert len(sentence) <= LONGEST
    assert "\n" not in sentence
    assert str(tmp_path) not in sentence
    assert caught.value.hint
    assert list(into.parent.iterdir()) == []


@pytest.mark.parametrize("table", READ, ids=name)
def test_a_table_that_can_be_read_is_read_as_it_is_written(
    table: Read, tmp_path: Path
) -> None:
    """Rows, types and values are those of the file; what was mended or left out is said."""
    path, into = bring(tmp_path, table), tmp_path / "clean" / "table.parquet"
    into.parent.mkdir()
    reasons, reading = bring_in(path, into)
    assert [(c.name, c.type.word) for c in reading.columns] == list(table.types)
    first, last = ends(into)
    assert reading.rows == table.rows
    assert first[: len(table.first)] == list(table.first)
    assert last[: len(table.last)] == list(table.last)
    for pattern in table.reasons:
        assert any(re.fullmatch(pattern, reason) for reason in reasons), reasons
    assert reading.rejected_count == len(table.rejected)
    for pattern, bad in zip(table.rejected, reading.rejected, strict=True):
        assert re.fullmatch(pattern, bad.why)
    assert list(into.parent.iterdir()) == [into]


def test_each_table_is_another_and_the_same_tomorrow() -> None:
    """No name stands twice, and a seed makes the same bytes again."""
    tables = (*REFUSED, *READ)
    assert len({table.name for table in tables}) == len(tables) >= 45
    for table in tables:
        if not table.make.__name__.endswith("duckdb_file"):  # it holds the time
            first, second = (table.make(np.random.default_rng(SEED)) for _ in range(2))
            assert first == second, table.name
