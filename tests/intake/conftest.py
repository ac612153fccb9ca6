from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest

from tests.intake.bench import Bench


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    return Bench(tmp_path)


@pytest.fixture
def make_parquet(tmp_path: Path) -> Callable[[str], bytes]:
    """Give the bytes of the Parquet file that a query makes."""

    def make(sql: str) -> bytes:
        path = tmp_path / "made.parquet"
        with duckdb.connect() as base:
            base.execute("set timezone = 'UTC'")
            base.execute(f"copy ({sql}) to '{path}' (format parquet)")
        return path.read_bytes()

    return make
