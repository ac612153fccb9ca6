"""What explanations cost: `python -m tests.benchmarks.explanations`.

Wall seconds and CPU seconds of all threads and processes, beside onnxruntime's own
prediction and beside the peers in the same run. woodelf is best installed into a folder of
its own that PYTHONPATH names; where it is absent its line says so. Peers explain fewer
rows, and are extrapolated by their rows.
"""

import json
import os
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from importlib import import_module
from importlib.util import find_spec
from typing import Any, Final

import numpy as np
import onnxruntime
import pandas as pd
import plotly.graph_objects as go
import pyarrow as pa
import xgboost
from numpy.typing import NDArray
from onnxmltools import convert_xgboost
from onnxmltools.convert.common.data_types import FloatTensorType
from plotly.io import to_json
from typing_extensions import override

from core.figures.explained import (
    beeswarm,
    dependence,
    group_table,
    moved_bridge,
    strengths,
)
from core.figures.screen import draw
from core.measures.explainer import Explainer, make_explainer
from core.measures.interactions import count_interactions
from core.measures.score_links import Outcome
from core.models.forest import Forest
from core.models.opened import CutModel
from core.models.scoring import Scoring
from core.records.canonical import to_plain
from core.records.explanations import Game, Link
from core.records.models import Answer, ModelInput, Task
from core.runs.desk import Desk
from core.runs.drivers import (
    Asked,
    dependence_of,
    drivers_by,
    drivers_of,
    moved_of,
    swarm_of,
)
from core.runs.explaining import explain
from core.runs.rollups import codebook_of
from tests.benchmarks.yardstick import peak_gb, say, watching_children

ROWS: Final = 1_000_000
REFERENCE: Final = 100_000
FEW: Final = 10_000
PAIRED: Final = 100_000
WIDTH: Final = 30
TREES: Final = 200
BATCH: Final = 65_536
BY_SHAP: Final = 500
BY_WOODELF: Final = 100_000
UNIT: Final = "log-odds"
NAMES: Final = tuple(f"x{k}" for k in range(WIDTH))


@dataclass(frozen=True)
class Spent:
    """Seconds on the clock, and of CPU in all threads and ended processes."""

    wall: float
    cpu: float

    @override
    def __str__(self) -> str:
        """Say both."""
        return f"{self.wall:.2f} s, {self.cpu:.2f} s CPU"


@dataclass(frozen=True)
class Laid:
    """A trained model, its file and rows of 30 columns."""

    booster: Any
    data: bytes
    x: NDArray[np.float32]

    def batches(self, rows: int) -> list[pa.RecordBatch]:
        """Return the first rows, cut as a table is read."""
        arrays = [pa.array(self.x[:rows, k]) for k in range(WIDTH)]
        return pa.Table.from_arrays(arrays, names=list(NAMES)).to_batches(BATCH)

    def opened(self) -> CutModel:
        """Return the model cut open in its own process."""
        ports = (ModelInput("X", "float", WIDTH),)
        plan = Scoring(self.data, ports, (("X", NAMES),), Answer(Task.REGRESSION))
        return CutModel(plan, self.batches(1)[0], 2 * ROWS)


def spent(work: Callable[[], object]) -> Spent:
    """Return what `work` takes."""
    wall, cpu = time.perf_counter(), _cpu()
    work()
    return Spent(time.perf_counter() - wall, _cpu() - cpu)


def _cpu() -> float:
    return sum(os.times()[:4])


def lay(rows: int) -> Laid:
    """Train 200 trees of depth 6 on 100,000 rows, and draw rows to explain."""
    rng = np.random.default_rng(0)
    x = rng.normal(size=(rows, WIDTH)).astype(np.float32)
    z = x[:REFERENCE]
    value = z[:, 0] + z[:, 1] * z[:, 2] + np.sin(z[:, 3]) + 0.3 * z[:, 4:10].sum(axis=1)
    label = (value + rng.normal(size=len(z)) > 0).astype(int)
    booster = xgboost.XGBClassifier(n_estimators=TREES, max_depth=6, learning_rate=0.1)
    booster.fit(z, label)
    shape = [("X", FloatTensorType([None, WIDTH]))]
    made = convert_xgboost(booster, initial_types=shape, target_opset=15)
    return Laid(booster, made.SerializeToString(), x)


def explain_all(laid: Laid, rows: int, reference: int) -> tuple[Explainer, float]:
    """Explain rows against reference rows; return the largest error of additivity."""
    worst = 0.0
    with laid.opened() as cut:
        explainer = make_explainer(
            cut.opened,
            Outcome(np.ones((1, 1)), Link.LOGISTIC),
            lambda: (d.features for d in cut.derive_all(laid.batches(reference))),
            game=Game.INTERVENTIONAL,
        )
        for derived in cut.derive_all(laid.batches(rows)):
            pushes = explainer.explain(derived.features)
            sums = explainer.sums(derived.bare)[:, 0]
            made = pushes.sum(axis=0, dtype=np.float64) + explainer.pushes.base[0]
            apart = np.abs(made - sums) / (1 + np.abs(sums))
            worst = max(worst, float(apart.max()))
    return explainer, worst


def bench_rows(laid: Laid) -> None:
    """A million rows, ten thousand rows, the prediction of both, and the peers."""
    explain_all(laid, 1_000, 1_000)  # compiles, or loads what was compiled
    before, rows = peak_gb(), len(laid.x)
    errors: list[float] = []
    with watching_children() as peaks:
        whole = spent(lambda: errors.append(explain_all(laid, rows, REFERENCE)[1]))
    grown, beside = (peak_gb() - before) * 1024, max(peaks.values(), default=0) * 1024
    say(
        f"{rows:,} rows x {WIDTH}, {TREES} trees of depth 6, reference {REFERENCE:,}: "
        f"{whole} (target 10 s), {grown:.0f} MB more (target 300) "
        f"and {beside:.0f} MB in the process of the model; "
        f"additivity {errors[0]:.1e} (target 1e-5)"
    )
    predicted = spent(lambda: _predict(laid))
    say(
        f"  onnxruntime's prediction of the same rows: {predicted}: "
        f"explaining is {whole.wall / predicted.wall:.2f} times the seconds, "
        f"{whole.cpu / predicted.cpu:.2f} times the CPU"
    )
    few = spent(lambda: explain_all(laid, FEW, FEW))
    say(
        f"{FEW:,} rows, with opening the model and reading {FEW:,} more: {few} (target 1 s)"
    )
    _beside_shap(laid, whole)
    _beside_woodelf(laid, whole)


def _predict(laid: Laid) -> None:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 2
    session = onnxruntime.InferenceSession(
        laid.data, options, providers=["CPUExecutionProvider"]
    )
    for start in range(0, len(laid.x), BATCH):
        session.run(None, {"X": laid.x[start : start + BATCH]})


def _beside_shap(laid: Laid, whole: Spent) -> None:
    """TreeExplainer as it comes, and with 100 background rows."""
    shap = import_module("shap")
    x = laid.x[:BY_SHAP]
    for title, arguments in (
        ("path-dependent", {"feature_perturbation": "tree_path_dependent"}),
        ("interventional, 100 background rows", {"data": laid.x[-100:]}),
    ):
        tree = shap.TreeExplainer(laid.booster, **arguments)
        took = spent(lambda t=tree: t.shap_values(x))  # type: ignore[misc]
        _say_peer(f"shap TreeExplainer, {title}", took, BY_SHAP, whole, 50)


def _beside_woodelf(laid: Laid, whole: Spent) -> None:
    if not find_spec("woodelf"):
        say("  woodelf is not installed")
        return
    explainer = import_module("woodelf").WoodelfExplainer
    count = min(BY_WOODELF, len(laid.x))
    shown, background = (
        pd.DataFrame(laid.x[part], columns=[f"f{k}" for k in range(WIDTH)])
        for part in (slice(0, count), slice(-1000, None))
    )
    took = spent(
        lambda: explainer(laid.booster, background).shap_values(shown, verbose=False)
    )
    _say_peer("woodelf, 1,000 background rows", took, count, whole, 5)


def _say_peer(title: str, took: Spent, count: int, whole: Spent, target: int) -> None:
    times = ROWS / count
    say(
        f"  {title}: {count:,} rows in {took}; for {ROWS:,} by extrapolation "
        f"{took.wall * times:,.0f} s, {took.cpu * times:,.0f} s CPU: "
        f"{took.wall * times / whole.wall:,.0f} times the seconds, "
        f"{took.cpu * times / whole.cpu:,.0f} times the CPU (target {target})"
    )


def bench_pairs(laid: Laid) -> None:
    """All 435 pairs over 100,000 rows, with opening the model and reading the reference."""

    def work() -> None:
        with laid.opened() as cut:
            head = cut.opened.head
            if not isinstance(head, Forest):
                raise TypeError
            player_of = np.array([few[0] for few in cut.opened.origins])

            def of(rows: int) -> Iterator[NDArray[Any]]:
                return (d.features for d in cut.derive_all(laid.batches(rows)))

            sums = count_interactions(
                head, player_of, WIDTH, lambda: of(REFERENCE), of(PAIRED), double=False
            )
            found.append(len(sums.pairs))

    found: list[int] = []
    work()
    took = spent(work)
    say(f"{found[0]} pairs over {PAIRED:,} rows: {took} (target 10 s)")


def bench_figures(desk: Desk) -> None:
    """Every global figure over all rows of an evaluation: under 1 s and 200 KB as drawn."""
    evaluation = next(iter(desk.workspace.state.evaluations.values()))
    took = spent(lambda: explain(desk, evaluation))
    asked = Asked(desk, explain(desk, evaluation))
    facts, own = asked.facts, evaluation.id
    say(f"values of {facts.rows:,} rows x {len(facts.players)} written: {took}")

    def by_drivers() -> go.Figure:
        return draw(strengths(drivers_of(asked), UNIT, own, ""))

    def swarm() -> go.Figure:
        shown = drivers_of(asked)[:15]
        _, squares = swarm_of(asked, [driver.player for driver in shown])
        return draw(beeswarm(shown, squares, UNIT, own))

    def depends(number: int, second: str = "") -> go.Figure:
        player = facts.players[number]
        found = dependence_of(asked, player, second)
        return draw(dependence(found, player.name, UNIT, own))

    def by_slice() -> str:
        groups = drivers_by(asked, facts.players[2].columns[0])
        return json.dumps(to_plain(group_table(groups, drivers_of(asked))))

    def moved() -> go.Figure:
        lowest = codebook_of(desk, evaluation).columns[0].codes[1].predicate
        low = replace(asked, where=lowest)
        changes = moved_of(low, asked)
        return draw(moved_bridge(changes, 0.0, ("low", "all"), UNIT, own))

    second = facts.players[1].columns[0]
    figures: dict[str, Callable[[], go.Figure | str]] = {
        "drivers": by_drivers,
        "beeswarm of 15": swarm,
        "dependence": lambda: depends(0),
        "dependence, coloured": lambda: depends(2, second),
        "drivers by slice": by_slice,
        "why the mean moved": moved,
    }
    for title, figure in figures.items():
        made: list[go.Figure | str] = []
        first = spent(lambda f=figure, m=made: m.append(f()))  # type: ignore[misc]
        again = spent(figure)
        text = made[0] if isinstance(made[0], str) else to_json(made[0])
        say(
            f"  {title}: counted and drawn in {first.wall:.2f} s (target 1), again "
            f"{1000 * again.wall:.0f} ms; {len(text) / 1000:.0f} KB (target 200)"
        )


def main() -> None:
    """Measure everything but the figures, which want an evaluation."""
    laid = lay(ROWS)
    bench_rows(laid)
    bench_pairs(laid)


if __name__ == "__main__":
    main()
