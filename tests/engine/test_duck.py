"""The engine counts what memory does not hold, and says where even that is not enough."""

from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from core.engine import duck
from core.engine.duck import DuckDB
from core.errors import WrongInputError
from core.store.objects import Objects

ROWS = 1_000_000
SORTED_SQL = f"""
select digest from (select unhex(sha256(cast(range as varchar))) as digest
from range({ROWS})) order by digest
"""
HEAVY_SQL = f"select string_agg(repeat('x', 100), '') from range({ROWS})"


@pytest.fixture
def narrow(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[DuckDB]:
    """An engine with 40 MB, less than what it is asked for below."""
    monkeypatch.setitem(duck.CONFIG, "memory_limit", "40MB")
    opened = DuckDB(Objects(tmp_path))
    yield opened
    opened.close()


def test_what_memory_does_not_hold_is_put_aside(narrow: DuckDB, tmp_path: Path) -> None:
    """A million digests, more than the memory, come in order, piece by piece, all of them.

    What was put aside lies in the workspace and goes with the engine.
    """
    batches = narrow.batches(SORTED_SQL)
    first = next(batches)
    assert list((tmp_path / "tmp").glob("*/duckdb_temp*"))
    found = [*first.column(0).to_pylist()]
    for batch in batches:
        found += batch.column(0).to_pylist()
    expected = sorted(sha256(str(k).encode()).digest() for k in range(ROWS))
    assert found == expected
    assert len(first) < ROWS
    narrow.close()
    assert not list((tmp_path / "tmp").iterdir())


def test_too_much_for_the_memory_is_a_sentence(narrow: DuckDB) -> None:
    """One text of 100 MB cannot be put aside; the next question is answered again."""
    with pytest.raises(WrongInputError, match="more than the 40MB of memory"):
        narrow.rows(HEAVY_SQL)
    assert narrow.rows("select 1") == [(1,)]
