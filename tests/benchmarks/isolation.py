"""What it costs that files are opened in processes of their own, measured.

Run as `python -m tests.benchmarks.isolation`. Each line stands beside the same work done in
this process with the same options. The two take turns, and the fastest of five rounds
counts: other programs on the machine only ever add time.
"""

import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import duckdb
import lightgbm
import numpy as np
import onnxruntime
import pyarrow as pa
from numpy.typing import NDArray
from onnxmltools import convert_lightgbm
from onnxmltools.convert.common.data_types import FloatTensorType
from typing_extensions import override

from core.intake.bounds import IntakeLimits
from core.intake.read import look, read
from core.intake.reader import CONFIG, Conversion, Reader, Work
from core.models.inspect import inspect_model
from core.models.runner import PIECE_ROWS
from core.models.scoring import BATCH_ROWS, Scoring, score_table
from core.records.data import ReadAs
from core.records.models import Answer, OutputKind, Task
from tests.benchmarks.yardstick import say, timed

TREES: Final = 200
FEATURES: Final = 30
TABLES: Final = (10_000, 100_000)  # rows
FILE_BYTES: Final = 10_000_000
ROUNDS: Final = 5
THREADS: Final = 2
NAMES: Final = tuple(f"x{k}" for k in range(FEATURES))
SCORING_TARGET: Final = "target 1.3 times"
READING_TARGET: Final = "target +0.3 s"


@dataclass(frozen=True, slots=True)
class Row:
    """Seconds in a process of its own and in this one, and what was aimed at."""

    what: str
    apart: float
    here: float
    target: str

    @override
    def __str__(self) -> str:
        """Give the line that is printed."""
        return (
            f"{self.what}: {self.apart:.3f} s apart, {self.here:.3f} s here; "
            f"{self.apart / self.here:.2f} times, {self.apart - self.here:+.3f} s "
            f"({self.target})"
        )


def measure_isolation() -> Iterator[Row]:
    """Give what is measured, line by line."""
    values = np.random.default_rng(4).normal(size=(TABLES[-1], FEATURES))
    model = make_forest(values)
    session = open_here(model)
    answer = Answer(Task.BINARY, "probabilities", OutputKind.TENSOR, ("0", "1"), "1")
    inputs = inspect_model(model).facts.inputs
    scoring = Scoring(model, inputs, ((inputs[0].name, NAMES),), answer, THREADS)
    for rows in TABLES:
        batches = make_batches(values[:rows])
        yield from measure_scoring(scoring, session, batches, rows)
    with tempfile.TemporaryDirectory() as name:
        yield measure_reading(Path(name))


def measure_scoring(
    scoring: Scoring, session: Any, batches: list[pa.RecordBatch], rows: int
) -> Iterator[Row]:
    """Give the seconds of scoring alone, and with the start of the process."""
    alone, whole, here = [], [], []
    for _ in range(ROUNDS):
        # The first row starts the process and loads the model; its time is told apart.
        start = time.perf_counter()
        parts = score_table(scoring, [batches[0].slice(0, 1), *batches], rows)
        next(parts)
        loaded = time.perf_counter()
        apart = np.concatenate(list(parts))
        alone.append(time.perf_counter() - loaded)
        whole.append(time.perf_counter() - start)
        start = time.perf_counter()
        scores = score_here(session, scoring, batches)
        here.append(time.perf_counter() - start)
        if not np.array_equal(apart, scores):
            raise RuntimeError
    told = f"{rows:,} rows x {FEATURES}, {TREES} trees"
    yield Row(f"scoring, {told}", min(alone), min(here), SCORING_TARGET)
    yield Row(f"start and scoring, {told}", min(whole), min(here), "no target")


def measure_reading(folder: Path) -> Row:
    """Give the seconds of reading a CSV file of 10 MB into clean Parquet."""
    source = write_csv(folder)
    read_as = look(source).read_as
    apart, here = [], []
    for _ in range(ROUNDS):
        apart.append(timed(lambda: read(source, read_as, folder / "clean.parquet")))
        here.append(timed(lambda: read_here(source, read_as)))
    size = f"{source.stat().st_size / 1e6:.0f} MB"
    return Row(f"reading CSV, {size}", min(apart), min(here), READING_TARGET)


def make_forest(values: NDArray[np.float64]) -> bytes:
    """Give a model of 200 trees over 30 features."""
    some = values[:20_000]
    label = (some[:, 0] + some[:, 1] * some[:, 2] > 0.5).astype(int)
    forest = lightgbm.LGBMClassifier(n_estimators=TREES, max_depth=6, verbose=-1)
    data: bytes = convert_lightgbm(
        forest.fit(some.astype(np.float32), label),
        initial_types=[("input", FloatTensorType([None, FEATURES]))],
        zipmap=False,
        target_opset=15,
    ).SerializeToString()
    return data


def make_batches(values: NDArray[np.float64]) -> list[pa.RecordBatch]:
    """Give the rows as an evaluation reads them from Parquet."""
    table = pa.table({name: pa.array(values[:, k]) for k, name in enumerate(NAMES)})
    return table.to_batches(max_chunksize=BATCH_ROWS)


def open_here(model: bytes) -> Any:
    """Open the model in this process with the options of the other."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.enable_cpu_mem_arena = False
    options.add_session_config_entry("session.intra_op.allow_spinning", "0")
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def score_here(
    session: Any, scoring: Scoring, batches: list[pa.RecordBatch]
) -> NDArray[np.float64]:
    """Score in this process: the same pieces on as many threads."""
    name, output = scoring.inputs[0].name, scoring.answer.output
    found: list[NDArray[np.float32]] = []
    for batch in batches:
        matrix = np.empty((batch.num_rows, FEATURES), np.float32)
        for k, column in enumerate(batch.columns):
            matrix[:, k] = column.to_numpy()
        pieces = [matrix[k : k + PIECE_ROWS] for k in range(0, len(matrix), PIECE_ROWS)]
        with ThreadPoolExecutor(THREADS) as pool:
            found += pool.map(lambda piece: session.run([output], {name: piece})[0], pieces)
    return np.concatenate(found)[:, 1].astype(np.float64).clip(0, 1)


def write_csv(folder: Path) -> Path:
    """Write a CSV file of about 10 MB: numbers, texts and dates."""
    rng = np.random.default_rng(5)
    line = "{},{:.6f},{:.6f},{},{},2026-{:02d}-{:02d}\n"
    lines = ["id,amount,rate,region,grade,day\n"]
    size = 0
    while size < FILE_BYTES:
        k = len(lines)
        place = ("North", "South", "East", "West")[k % 4]
        lines.append(
            line.format(k, *rng.normal(size=2), place, k % 7, k % 12 + 1, k % 28 + 1)
        )
        size += len(lines[-1])
    path = folder / "table.csv"
    path.write_text("".join(lines), encoding="utf-8")
    return path


def read_here(source: Path, read_as: ReadAs) -> None:
    """Do in this process what the other does, down to the settings of the engine."""
    limits = IntakeLimits()
    with tempfile.TemporaryDirectory() as name:
        reader = Reader()
        reader.base = duckdb.connect(config=CONFIG)
        reader._lock(source, Path(name), limits)
        with reader.base:
            work = Work(reader.base, source, Path(name), limits, lambda _share, _text: None)
            Conversion(work, read_as).run()


def main() -> None:
    """Print each line as soon as it is measured."""
    for row in measure_isolation():
        say(str(row))


if __name__ == "__main__":
    main()
