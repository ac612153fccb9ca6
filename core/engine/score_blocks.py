"""Score blocks: the exact isotonic regression of what happened on what was said.

The rows are never sorted. The hull of the score cube is found first; a bucket could hold a
bend of the true hull only if its lowest possible path, all its non-events first, dips
below that hull. Only the rows of these buckets are looked at one by one; the result is that
of a full sort. Source of the curve: Dimitriadis, Gneiting and Jordan (2021), PNAS 118.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from core.engine.duck import Engine
from core.engine.grid import BUCKETS
from core.engine.score_cube import INSIDE, ScoreCube, whole_numbers
from core.engine.scored import Scored
from core.estimates.isotonic import lies_below, lower_hull

EXACT_SQL: Final = """
select bucket, score, label, w from {scored} where label >= 0 and {inside}
"""
COUNTS: Final = ("n", "s", "w", "wy")


@dataclass(frozen=True, slots=True, eq=False)
class ScoreBlocks:
    """Runs of scores with one share of events, lowest first; the shares rise.

    `n` rows and `s` events, `w` and `wy` the same by weight, `lo` and `hi` the lowest and
    the highest score of the run.
    """

    n: NDArray[np.int64]
    s: NDArray[np.int64]
    w: NDArray[np.int64]
    wy: NDArray[np.int64]
    lo: NDArray[np.float64]
    hi: NDArray[np.float64]

    @property
    def share(self) -> NDArray[np.float64]:
        """How often it happened in each block, by weight."""
        return np.asarray(self.wy / self.w, dtype=np.float64)


def write_score_blocks(engine: Engine, scored: Scored, cube: ScoreCube, into: Path) -> int:
    """Find the blocks, write them, and return how many rows were read again."""
    groups = _as_blocks(cube)
    suspect = _suspects(cube) if len(groups.n) else np.zeros(0, dtype=np.bool_)
    reread = 0
    if suspect.any():
        buckets = cube.select((cube.n > 0) & (cube.w > 0)).bucket[suspect]
        exact = _read_exact(engine, scored, buckets)
        reread = int(exact.n.sum())
        groups = _in_order(groups, ~suspect, exact)
    blocks = _joined(groups) if len(groups.n) else groups
    columns = {name: getattr(blocks, name) for name in ScoreBlocks.__dataclass_fields__}
    pq.write_table(pa.table(columns), into, compression="zstd")
    return reread


def read_score_blocks(engine: Engine, name: str) -> ScoreBlocks:
    """Return the roll-up of that name."""
    table = engine.table(f"select * from {engine.source(name)} order by lo")
    n, s, w, wy = (whole_numbers(table, key) for key in COUNTS)
    return ScoreBlocks(n, s, w, wy, table["lo"].to_numpy(), table["hi"].to_numpy())


def _as_blocks(cube: ScoreCube) -> ScoreBlocks:
    """Return one group for each bucket with rows that weigh something."""
    kept = cube.select((cube.n > 0) & (cube.w > 0))
    return ScoreBlocks(kept.n, kept.s, kept.w, kept.wy, kept.lo, kept.hi)


def _suspects(cube: ScoreCube) -> NDArray[np.bool_]:
    groups = _as_blocks(cube)
    hull = lower_hull(groups.w, groups.wy)
    x, y = (np.concatenate([[0], np.cumsum(each)]) for each in (groups.w, groups.wy))
    corner = x[:-1] + groups.w - groups.wy
    mixed = (groups.wy > 0) & (groups.wy < groups.w) & (groups.lo < groups.hi)
    return mixed & lies_below(corner, y[:-1], x[hull], y[hull])


def _read_exact(engine: Engine, scored: Scored, buckets: NDArray[np.int64]) -> ScoreBlocks:
    """Return the rows of some buckets by exact score; the others are let go at once."""
    wanted = np.zeros(BUCKETS + 1, dtype=np.bool_)
    wanted[buckets] = True
    source, values = scored.source(engine)
    text = EXACT_SQL.format(scored=source, inside=INSIDE)
    pieces = []
    for batch in engine.batches(text, values):
        bucket, score, label, w = (column.to_numpy() for column in batch.columns)
        mine = wanted[bucket] & (w > 0)
        pieces.append((score[mine], label[mine].astype(np.int64), w[mine]))
    score, label, w = (np.concatenate(each) for each in zip(*pieces, strict=True))
    order = np.argsort(score, kind="stable")
    score, label, w = score[order], label[order], w[order]
    starts = np.flatnonzero(np.diff(score, prepend=np.nan) != 0)
    n, s, mass, events = (
        np.add.reduceat(each, starts) for each in (np.ones_like(label), label, w, w * label)
    )
    return ScoreBlocks(n, s, mass, events, score[starts], score[starts])


def _in_order(
    groups: ScoreBlocks, keep: NDArray[np.bool_], exact: ScoreBlocks
) -> ScoreBlocks:
    """Return the groups to keep and the exact ones, lowest score first."""
    kept = _kept(groups, keep)
    order = np.argsort(np.concatenate([kept.lo, exact.lo]), kind="stable")
    columns = {
        name: np.concatenate([getattr(kept, name), getattr(exact, name)])[order]
        for name in ScoreBlocks.__dataclass_fields__
    }
    return ScoreBlocks(**columns)


def _kept(groups: ScoreBlocks, keep: NDArray[np.bool_]) -> ScoreBlocks:
    names = ScoreBlocks.__dataclass_fields__
    return ScoreBlocks(**{name: getattr(groups, name)[keep] for name in names})


def _joined(groups: ScoreBlocks) -> ScoreBlocks:
    """Return the blocks that neighbouring groups are pooled into."""
    hull = lower_hull(groups.w, groups.wy)
    starts, ends = hull[:-1], hull[1:] - 1
    n, s, w, wy = (np.add.reduceat(getattr(groups, name), starts) for name in COUNTS)
    return ScoreBlocks(n, s, w, wy, groups.lo[starts], groups.hi[ends])
