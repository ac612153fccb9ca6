"""What every benchmark shares: how it speaks, and what it holds its figures against."""

import re
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from threading import Event, Thread
from typing import Final

import duckdb

GLANCE: Final = 0.02  # seconds


def say(text: str) -> None:
    """Write one line at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def timed(work: Callable[[], object]) -> float:
    """Return the seconds that `work` takes."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def plain_scan(table: Path) -> float:
    """Return the seconds of a plain DuckDB scan of a Parquet file: the yardstick."""
    with duckdb.connect() as con:
        con.execute("set threads = 2")
        text = "select bit_xor(hash(columns(*))) from read_parquet(?)"
        return statistics.median(
            timed(lambda: con.execute(text, [str(table)]).fetchall()) for _ in range(5)
        )


def peak_gb(process: int | str = "self") -> float:
    """Return the most memory that a process had so far, in GiB (VmHWM).

    What getrusage says would on Linux also count the process that it was started from.
    """
    if sys.platform == "darwin":
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 30)
    status = Path(f"/proc/{process}/status").read_text(encoding="ascii")
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    return int(found[1]) / (1 << 20) if found else 0.0


@contextmanager
def watching_children() -> Iterator[dict[int, float]]:
    """Give the peak memory of each child of this process by its id, where it can be seen."""
    peaks: dict[int, float] = {}
    done = Event()

    def watch() -> None:
        while not done.wait(GLANCE):
            for task in Path("/proc/self/task").glob("*/children"):
                with suppress(OSError):  # a thread or a child may end meanwhile
                    for child in map(int, task.read_text().split()):
                        peaks[child] = max(peaks.get(child, 0.0), peak_gb(child))

    thread = Thread(target=watch)
    thread.start()
    try:
        yield peaks
    finally:
        done.set()
        thread.join()
