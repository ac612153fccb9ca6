"""A folder in which files are written, looked at and read."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb

from core.intake.read import Look, look, read
from core.records.data import Reading


class Bench:
    """A folder in which files are written, looked at and read."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.into = folder / "clean" / "table.parquet"
        self.into.parent.mkdir()

    def file(self, data: bytes | str, name: str = "table.csv") -> Path:
        """Write a file and give its path."""
        path = self.folder / name
        path.write_bytes(data.encode() if isinstance(data, str) else data)
        return path

    def look(self, data: bytes | str, name: str = "table.csv") -> Look:
        """Write a file and look at it."""
        return look(self.file(data, name))

    def read(self, data: bytes | str, name: str = "table.csv", **by_hand: Any) -> Reading:
        """Write a file and read it as found, but for what is set by hand."""
        path = self.file(data, name)
        return read(path, replace(look(path).read_as, **by_hand), self.into)

    def rows(self) -> list[tuple[Any, ...]]:
        """Give the rows of the clean table."""
        with duckdb.connect() as base:
            return base.execute("from read_parquet(?)", [str(self.into)]).fetchall()

    def types(self) -> dict[str, str]:
        """Give the columns of the clean table."""
        with duckdb.connect() as base:
            found = base.execute("describe from read_parquet(?)", [str(self.into)])
            return {name: kind for name, kind, *_ in found.fetchall()}

    def left_behind(self) -> list[str]:
        """Give the names in the folder of the clean table."""
        return sorted(path.name for path in self.into.parent.iterdir())
