"""The reading line: when the model says so many percent, how often does it happen?"""

from typing import Final

from core.engine.grid import BUCKETS
from core.estimates.intervals import estimate_share
from core.estimates.wording import say, say_interval, say_number
from core.measures.score_groups import ScoreGroups
from core.records.calibration import ReadingLine
from core.records.estimate import Estimate, Measured

FEW: Final = 30  # cases
CENT: Final = 0.01
TENTH: Final = 0.1


def read_lines(bins: ScoreGroups, *, top: int = BUCKETS) -> tuple[ReadingLine, ...]:
    """Return one line per bin, lowest scores first.

    `happened` has Wilson's interval. A bin reaches to where the next begins, the last one
    to the bucket `top`.
    """
    edges = [*bins.bucket.tolist(), top]
    lines = []
    for k, said in enumerate(bins.said.tolist()):
        happened = estimate_share(
            float(bins.events[k]),
            float(bins.weight[k]),
            rows=int(bins.rows[k]),
            effective_rows=float(bins.effective[k]),
            nothing="no cases",
        )
        low, high = edges[k] / BUCKETS, edges[k + 1] / BUCKETS
        apart = (
            isinstance(happened, Estimate)
            and happened.rows >= FEW
            and not happened.low <= said <= happened.high
        )
        sentence = say_line(said, happened)
        events = float(bins.events[k])
        rows = int(bins.rows[k])
        line = ReadingLine(said, happened, rows, events, low, high, apart, sentence)
        lines.append(line)
    return tuple(lines)


def worst_line(lines: tuple[ReadingLine, ...]) -> ReadingLine | None:
    """Return the line that is farthest from what it says, of those with enough cases."""
    enough = [line for line in lines if line.rows >= FEW]
    return max(enough, key=_gap, default=None)


def say_line(said: float, happened: Measured) -> str:
    """Return a line as a sentence; of fewer than 30 cases no number is told.

    >>> said = Estimate(0.71, 0.682, 0.738, 2140, 2140, "")
    >>> say_line(0.8, said).replace(chr(160), " ")
    'When the model says about 80 %, it happens 71 % of the time (68–74 %, 2,140 cases).'
    """
    start = f"When the model says about {say_chance(said)}"
    cases = "1 case" if happened.rows == 1 else f"{happened.rows:,} cases"
    if not isinstance(happened, Estimate) or happened.rows < FEW:
        return f"{start}, there are too few cases to tell ({cases})."
    share, interval = say(happened), say_interval(happened)
    return f"{start}, it happens {share} of the time ({interval}, {cases})."


def say_chance(share: float) -> str:
    """Return a chance, with decimals where it is near 0 or 1.

    >>> [say_chance(p).replace(chr(160), " ") for p in (0.237, 0.052, 0.0031, 0.9981)]
    ['24 %', '5.2 %', '0.31 %', '99.81 %']
    """
    rest = min(share, 1 - share)
    digits = 0 if rest >= TENTH or rest <= 0 else 1 if rest >= CENT else 2
    return f"{say_number(100 * share, digits)}\u00a0%"


def _gap(line: ReadingLine) -> float:
    happened = line.happened
    return abs(happened.value - line.said) if isinstance(happened, Estimate) else 0.0
