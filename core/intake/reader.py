"""The process in which a file is opened: it reads one file and writes one folder.

It answers two questions. `look` gives how the file is probably to be read; `read` writes
it as clean Parquet and gives what was counted. Run as `python -I -m` with its name.
"""

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import islice
from pathlib import Path
from typing import Final

import duckdb

from core.errors import RefusedFileError
from core.intake.bounds import IntakeLimits, refuse
from core.intake.csv_staging import stage_csv
from core.intake.json_staging import stage_json
from core.intake.looking import LINES, MOST_LINE, check_whole, look_at
from core.intake.misfits import MOST_REJECTED, find_misfits
from core.intake.plain import Text, write_plain
from core.intake.staging import Staged, literal, stage_parquet
from core.intake.wire import pack_read_as, unpack_read_as
from core.intake.writing import Plan, count_facts, find_types, write_clean
from core.records.data import ReadAs
from core.sandbox.frames import Buffer, Header
from core.sandbox.worker import Report, serve

CONFIG: Final[dict[str, str | bool | int | float | list[str]]] = {
    "threads": 2,
    "autoinstall_known_extensions": False,
    "autoload_known_extensions": False,
    "allow_community_extensions": False,
    "allow_persistent_secrets": False,
    "python_enable_replacements": False,
}
LOCK_SQL: Final = (
    "set enable_progress_bar = false",
    "set timezone = 'UTC'",
    "set preserve_insertion_order = true",
    "set enable_external_access = false",
    "set lock_configuration = true",
)
CLEAN: Final = "clean.parquet"
PLAIN: Final = "plain.csv"
UNPACKED, STAGED, TYPED, WRITTEN = 0.2, 0.4, 0.6, 0.8  # shares of the whole work


@dataclass(slots=True)
class Reader:
    """Opens the engine, for one question; refusals travel as a sentence and a hint.

    It is opened once the limits hold, so that they hold for each of its threads.
    """

    base: duckdb.DuckDBPyConnection = field(init=False)

    def handle(
        self, question: Header, _buffers: list[bytearray], report: Report
    ) -> tuple[Header, Sequence[Buffer]]:
        """Answer one frame."""
        limits = IntakeLimits(**question["limits"])
        source, folder = Path(question["source"]), Path(question["folder"])
        self.base = duckdb.connect(config=CONFIG)
        self._lock(source, folder, limits)
        try:
            if question["op"] == "look":
                return self._look(source, limits), ()
            work = Work(self.base, source, folder, limits, report)
            return Conversion(work, unpack_read_as(question["read_as"])).run(), ()
        except RefusedFileError as error:
            return {"refused": str(error), "hint": error.hint}, ()

    def _lock(self, source: Path, folder: Path, limits: IntakeLimits) -> None:
        for sql in (
            f"set memory_limit = '{limits.engine_memory >> 20}MiB'",
            f"set temp_directory = {literal(str(folder))}",
            f"set allowed_paths = [{literal(str(source))}]",
            f"set allowed_directories = [{literal(str(folder))}]",
            *LOCK_SQL,
        ):
            self.base.execute(sql)

    def _look(self, source: Path, limits: IntakeLimits) -> Header:
        read_as, reasons, as_written = look_at(self.base, source, limits)
        return {
            "read_as": pack_read_as(read_as),
            "reasons": reasons,
            "as_written": as_written,
        }


@dataclass(frozen=True, slots=True)
class Work:
    """What a conversion works with."""

    base: duckdb.DuckDBPyConnection
    source: Path
    folder: Path
    limits: IntakeLimits
    report: Report


class Conversion:
    """One file on its way to clean Parquet."""

    def __init__(self, work: Work, read_as: ReadAs) -> None:
        self._work = work
        self._plain = work.folder / PLAIN
        self._clean = str(work.folder / CLEAN)
        self._read_as = read_as

    def run(self) -> Header:
        """Give what was counted, once the clean file is written."""
        work = self._work
        staged = self._stage()
        self._check_rows(staged)
        work.report(STAGED, "Finding the types")
        dates, plans = find_types(work.base, staged, self._read_as)
        self._read_as = replace(self._read_as, dates=dates)
        work.report(TYPED, "Writing the clean table")
        write_clean(work.base, staged, plans, self._clean)
        work.report(WRITTEN, "Counting the columns")
        facts = count_facts(work.base, self._clean, plans, staged.rows, work.limits)
        columns = [asdict(fact) for fact in facts]
        return self._answer(staged, plans) | {"columns": columns}

    def _answer(self, staged: Staged, plans: Sequence[Plan]) -> Header:
        plain = self._plain if self._read_as.format == "csv" else None
        misfits, count = find_misfits(self._work.base, staged, plans, plain, self._read_as)
        rejected = sorted(staged.rejected + misfits, key=lambda bad: bad.line)
        return {
            "read_as": pack_read_as(self._read_as),
            "rows": staged.rows,
            "rejected": [asdict(bad) for bad in rejected[:MOST_REJECTED]],
            "rejected_count": staged.rejected_count + count,
            "as_written": self._first_lines(),
        }

    def _stage(self) -> Staged:
        base, limits = self._work.base, self._work.limits
        if self._read_as.format == "parquet":
            check_whole(self._work.source)
            return stage_parquet(base, str(self._work.source), self._read_as, limits)
        counted = self._write_plain()
        self._work.report(UNPACKED, "Splitting lines into fields")
        if self._read_as.format == "jsonl":
            return stage_json(base, self._plain, self._read_as, limits)
        return stage_csv(base, self._plain, self._read_as, counted, limits)

    def _write_plain(self) -> Text:
        text = self._read_as.format == "csv"
        limits = self._work.limits
        return write_plain(
            self._work.source,
            self._plain,
            encoding=self._read_as.encoding,
            quote=self._read_as.quote if text else "",
            limits=limits if text else replace(limits, line_bytes=0),
            progress=self._tell("Reading the file"),
        )

    def _tell(self, what: str) -> Callable[[float], None]:
        told = 0.0

        def tell(share: float) -> None:
            nonlocal told
            if share * UNPACKED >= told + 0.01:
                told = share * UNPACKED
                self._work.report(told, what)

        return tell

    def _check_rows(self, staged: Staged) -> None:
        most = self._work.limits.rows
        if staged.rows > most:
            raise refuse(
                f"The file has {staged.rows:,} rows; a table may have {most:,}.",
                "Split it, or draw a sample.",
            )
        if not staged.rows:
            raise refuse("The file holds no rows.", "Bring a file with rows.")

    def _first_lines(self) -> list[str]:
        if self._read_as.format == "parquet":
            return []
        with self._plain.open(encoding="utf-8", newline="\n") as file:
            return [line.rstrip("\n")[:MOST_LINE] for line in islice(file, LINES)]


if __name__ == "__main__":
    serve(Reader().handle)
