"""How much a file may bring, and what its reading may cost."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntakeLimits:
    """The limits of one file and of the child that reads it.

    `bytes` is the file as it arrives, `plain_bytes` a text after unpacking; `rejected`
    and `rejected_share` are the lines that may fail before the whole file is refused.
    """

    bytes: int = 500_000_000
    plain_bytes: int = 2_000_000_000
    output_bytes: int = 2_000_000_000
    rows: int = 100_000_000
    columns: int = 2_000
    cell_bytes: int = 1_000_000
    line_bytes: int = 8_000_000
    name_length: int = 200
    rejected: int = 1_000
    rejected_share: float = 0.01
    memory: int = 3 << 30
    seconds: float = 90.0
    most_seconds: float = 600.0
    bytes_per_second: float = 1_000_000.0

    def wall_seconds(self, file_bytes: int) -> float:
        """Return how long the reading of a file of that size may take."""
        return min(self.most_seconds, self.seconds + file_bytes / self.bytes_per_second)
