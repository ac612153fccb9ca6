"""The engine: an in-memory DuckDB that reads objects and never sees the records."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Final, Protocol

import duckdb
import pyarrow as pa

from core.engine.sql import Value
from core.errors import WrongInputError
from core.store.disk import NO_SPACE, full
from core.store.objects import Objects

PAGE_SECONDS: Final = 20
JOB_SECONDS: Final = 900
PIECE_ROWS: Final = 100_000
CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "memory_limit": "1GB",
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
LOCK_SQL: Final = (
    f"set global max_execution_time = {PAGE_SECONDS * 1000}",
    "set enable_progress_bar = false",
    "set timezone = 'UTC'",
    "set preserve_insertion_order = true",
    "set allowed_configs = ['max_execution_time']",
    "set enable_external_access = false",
    "set lock_configuration = true",
)


class Engine(Protocol):
    """Runs SQL that was written once, in the portable subset of DuckDB's dialect."""

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[object, ...]]:
        """Return the lines of the answer."""

    def table(self, sql: str, values: Sequence[Value] = ()) -> pa.Table:
        """Return the answer as an Arrow table."""

    def batches(self, sql: str, values: Sequence[Value] = ()) -> Iterator[pa.RecordBatch]:
        """Return the answer piece by piece, for what is too long to be held at once."""

    def source(self, name: str) -> str:
        """Return the text that stands after FROM for the object of that name."""


class DuckDB:
    """The default engine: in this process, one cursor per question.

    An error that spoils the instance (DuckDB calls it fatal) throws it away; the next
    question opens a new one. `seconds` bounds each question.
    """

    def __init__(self, objects: Objects, *, seconds: int = PAGE_SECONDS) -> None:
        self._objects = objects
        self._seconds = seconds
        self._lock = Lock()
        self._connection: duckdb.DuckDBPyConnection | None = None

    def rows(self, sql: str, values: Sequence[Value] = ()) -> list[tuple[object, ...]]:
        """Return the lines of the answer."""
        with self._question() as cursor:
            return cursor.execute(sql, list(values)).fetchall()

    def table(self, sql: str, values: Sequence[Value] = ()) -> pa.Table:
        """Return the answer as an Arrow table."""
        with self._question() as cursor:
            table: pa.Table = cursor.sql(sql, params=list(values)).to_arrow_table()
            return table

    def batches(self, sql: str, values: Sequence[Value] = ()) -> Iterator[pa.RecordBatch]:
        """Return the answer piece by piece, for what is too long to be held at once."""
        with self._question() as cursor:
            yield from cursor.sql(sql, params=list(values)).to_arrow_reader(PIECE_ROWS)

    def source(self, name: str) -> str:
        """Return the text that stands after FROM for the object of that name.

        Raises:
            NotFoundError: there is no object of that name.
            BrokenWorkspaceError: the object is not what was written.
        """
        path = str(self._objects.path(name)).replace("'", "''")
        return f"read_parquet('{path}', file_row_number = true)"

    def write(self, sql: str, into: Path, values: Sequence[Value] = ()) -> None:
        """Write the answer as a Parquet file."""
        with self._question() as cursor:
            target = str(into).replace("'", "''")
            cursor.execute(
                f"copy ({sql}) to '{target}' (format parquet, compression zstd, preserve_order true)",
                list(values),
            )

    def for_jobs(self) -> "DuckDB":
        """Return an engine of its own for long work."""
        return DuckDB(self._objects, seconds=JOB_SECONDS)

    def close(self) -> None:
        """Throw the instance away; the next question opens a new one."""
        with self._lock:
            if self._connection:
                self._connection.close()
                self._connection = None

    @contextmanager
    def _question(self) -> Iterator[duckdb.DuckDBPyConnection]:
        try:
            with self._cursor() as cursor:
                yield cursor
        except duckdb.FatalException:
            self.close()
            raise
        except duckdb.OutOfMemoryException:
            raise WrongInputError(
                f"This takes more than the {CONFIG['memory_limit']} of memory that counting "
                "may use.",
                hint="Free some space on the disk, or bring fewer columns.",
            ) from None
        except duckdb.IOException as error:
            if NO_SPACE in str(error):
                raise full() from None
            raise

    def _cursor(self) -> duckdb.DuckDBPyConnection:
        with self._lock:
            if self._connection is None:
                self._connection = duckdb.connect(":memory:", config=CONFIG)
                folder = str(self._objects.folder).replace("'", "''")
                aside = str(self._objects.room_aside()).replace("'", "''")
                for statement in (
                    f"set allowed_directories = ['{folder}']",
                    f"set temp_directory = '{aside}'",  # what memory does not hold
                    *LOCK_SQL,
                ):
                    self._connection.execute(statement)
            cursor = self._connection.cursor()
        cursor.execute(f"set max_execution_time = {self._seconds * 1000}")
        return cursor
