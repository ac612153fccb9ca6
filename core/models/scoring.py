"""A table, scored: batches in, scores out, the model in a process of its own."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

import pyarrow as pa

from core.errors import RefusedModelError, StoppedError
from core.models.answers import Scores, read_answer
from core.models.asking import MODULE, Stop, load_model, run_model
from core.models.feeding import feed_input
from core.models.wording import quote
from core.records.models import Answer, ModelInput
from core.sandbox.child import Child, Progress
from core.sandbox.frames import Buffer, Header
from core.sandbox.limits import Limits

BATCH_ROWS: Final = 65_536
LOAD_SECONDS: Final = 120.0
# Generous: a forest of 200 trees needs about 0.00001 s a row.
SECONDS_PER_ROW: Final = 0.02
LEAST_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Scoring:
    """What is run: a file, the columns of each of its inputs, the meaning of its answer.

    `threads` pieces of the table run side by side; their number changes no score.
    """

    model: bytes
    inputs: tuple[ModelInput, ...]
    feeds: tuple[tuple[str, tuple[str, ...]], ...]
    answer: Answer
    threads: int = 2


def limits_for(rows: int) -> Limits:
    """Give what a model may use to score that many rows: 4 GB, and time that grows."""
    seconds = LOAD_SECONDS + LEAST_SECONDS + rows * SECONDS_PER_ROW
    return Limits(cpu_seconds=int(seconds), open_files=16)


def score_table(
    scoring: Scoring,
    batches: Iterable[pa.RecordBatch],
    rows: int,
    *,
    stop: Stop = lambda: False,
    progress: Progress = lambda _share, _text: None,
) -> Iterator[Scores]:
    """Give the scores of a table, batch by batch and in its order.

    At most 65,536 rows are under way at a time, so memory does not grow with `rows`. A
    row's score depends on that row alone: not on its neighbours, the size of the batches
    or the number of processors (onnxruntime's own threads would change last bits); unless
    the model itself looks across rows, as DynamicQuantizeLinear does. When the caller
    stops asking, or `stop()` becomes true, the process is killed.

    Raises:
        RefusedModelError: the model, an input or an answer is not as it has to be.
        StoppedError: `stop()` became true.
    """
    done = 0
    with scoring_child(scoring, rows, stop=stop) as session:
        for batch in cut_batches(batches, BATCH_ROWS):
            if stop():
                raise StoppedError
            yield session.score(batch, done)
            done += batch.num_rows
            progress(done / max(rows, done), f"{done:,} of {rows:,} rows scored")


@contextmanager
def scoring_child(
    scoring: Scoring, rows: int, *, stop: Stop = lambda: False
) -> Iterator["Session"]:
    """Open a model to score batches one at a time, `rows` in all; the block ends it."""
    feeds = pair_inputs(scoring)
    with Child(MODULE, limits_for(rows)) as child:
        load_model(child, scoring.model, seconds=LOAD_SECONDS, stop=stop)
        yield Session(child, feeds, scoring, stop)


@dataclass(frozen=True, slots=True)
class Session:
    """A loaded model and all that stays the same from batch to batch."""

    child: Child
    feeds: tuple[tuple[ModelInput, tuple[str, ...]], ...]
    scoring: Scoring
    stop: Stop

    def score(self, batch: pa.RecordBatch, done: int = 0) -> Scores:
        """Give the scores of one batch that comes after `done` rows."""
        where = f"rows {done + 1:,} to {done + batch.num_rows:,}"
        headers: list[Header] = []
        buffers: list[Buffer] = []
        for port, columns in self.feeds:
            header, parts = feed_input(port, columns, batch, where)
            headers.append(header)
            buffers += parts
        question = {
            "rows": batch.num_rows,
            "feeds": headers,
            "output": self.scoring.answer.output,
            "threads": self.scoring.threads,
        }
        seconds = LEAST_SECONDS + batch.num_rows * SECONDS_PER_ROW
        raw = run_model(self.child, question, buffers, seconds=seconds, stop=self.stop)
        return read_answer(self.scoring.answer, raw)


def pair_inputs(scoring: Scoring) -> tuple[tuple[ModelInput, tuple[str, ...]], ...]:
    """Give each input of the file with its columns.

    Raises:
        RefusedModelError: an input has none.
    """
    columns = dict(scoring.feeds)
    lost = [port.name for port in scoring.inputs if not columns.get(port.name)]
    if lost:
        raise RefusedModelError(
            f"The input {quote(lost[0])} has no column.", hint="Choose one for it."
        )
    return tuple((port, columns[port.name]) for port in scoring.inputs)


def cut_batches(batches: Iterable[pa.RecordBatch], most: int) -> Iterator[pa.RecordBatch]:
    """Give the same rows in batches of at most `most`."""
    for batch in batches:
        for start in range(0, batch.num_rows, most):
            yield batch.slice(start, most)
