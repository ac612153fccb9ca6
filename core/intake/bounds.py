"""What a file may be: its size, its shape, and what reading it may cost."""

from dataclasses import asdict, dataclass
from typing import Any

from core.errors import RefusedFileError
from core.sandbox.limits import Limits

# What DuckDB looks at when it opens, to learn how much of the machine it may use.
MACHINE = ("/proc/self/cgroup", "/sys/fs/cgroup")
GZIP_GROWTH = 10  # a table unpacks to about that many times its size


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """Bounds of a file and of the process that reads it.

    Sizes are bytes. Time grows with the file: `cpu_seconds` and `wall_seconds` are what a
    small file may take, and each megabyte adds `seconds_per_megabyte` to both.
    """

    file_bytes: int = 500_000_000
    plain_bytes: int = 2_000_000_000  # once it is unpacked
    columns: int = 2_000
    rows: int = 100_000_000
    name_chars: int = 200
    cell_bytes: int = 1_000_000
    line_bytes: int = 10_000_000
    rejected_lines: int = 1_000
    rejected_share: float = 0.01
    memory: int = 3 << 30
    engine_memory: int = 1 << 30
    output_bytes: int = 2 << 30
    cpu_seconds: int = 60
    wall_seconds: int = 90
    seconds_per_megabyte: float = 1.0

    def more_seconds(self, size: int, *, packed: bool) -> int:
        """Give the seconds that a file of `size` bytes may take beyond the first ones."""
        megabytes = size * (GZIP_GROWTH if packed else 1) / 1e6
        return int(megabytes * self.seconds_per_megabyte)

    def of_child(self, source: str, folder: str, more_seconds: int) -> Limits:
        """Give the limits of the process that reads `source` and writes into `folder`."""
        return Limits(
            memory=self.memory,
            cpu_seconds=self.cpu_seconds + more_seconds,
            file_bytes=self.output_bytes,
            reads=(source, *MACHINE),
            writes=(folder,),
        )

    def plain(self) -> dict[str, Any]:
        """Give the fields as JSON takes them."""
        return asdict(self)


def refuse(message: str, hint: str) -> RefusedFileError:
    """Give the error that says why a file is not read, and the next step."""
    return RefusedFileError(message, hint=hint)
