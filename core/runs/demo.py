"""The demo: a bank's loan-default model, brought in like anybody's files."""

import tomllib
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Final

from core.intake.read import look, read
from core.models.answers import propose_answer
from core.models.inspect import inspect_model
from core.models.matching import match_inputs
from core.records.data import Column, DatasetVersion, Split, Use
from core.records.models import ModelVersion, Task
from core.runs.asking import findings_of
from core.runs.checking import make_checks
from core.runs.demo_review import open_demo_review
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import (
    ModelToKeep,
    TableToKeep,
    keep_model,
    keep_table,
    set_threshold,
)
from core.runs.watch import Watch

DATA: Final = Path(__file__).parents[2] / "data"
ACTOR: Final = "demo"
Manifest = dict[str, Any]


def build_demo(desk: Desk, watch: Watch) -> str:
    """Import tables and models, evaluate every pair, validation first, and ask for a review."""
    manifest: Manifest = tomllib.loads((DATA / "demo.toml").read_text(encoding="utf-8"))
    tables = [
        _table(desk, manifest, table, watch.part(0.4 * k / 8, 0.4 * (k + 1) / 8))
        for k, table in enumerate(_validation_last(manifest["tables"]))
    ]
    newest = tables[::-1]
    models = [_model(desk, manifest, model, newest[0]) for model in manifest["models"]]
    pairs = [(model, table) for table in newest for model in models]
    for done, (model, table) in enumerate(pairs):
        share = 0.4 + 0.6 * done / len(pairs)
        watch.step(share, f"Evaluating {model.title} on {table.title}")
        evaluation = evaluate(
            desk, model.id, table.id, actor=ACTOR, watch=Watch(watch.stop)
        )
        findings_of(desk, evaluation)
    for table in tables:
        watch.step(0.99, f"Checking {table.title}")
        make_checks(desk, table.id)
    watch.step(0.995, "Opening a review")
    open_demo_review(desk, manifest)
    return ""


def _validation_last(tables: list[Manifest]) -> list[Manifest]:
    return sorted(tables, key=lambda table: table["split"] == "validation")


def _table(desk: Desk, manifest: Manifest, table: Manifest, watch: Watch) -> DatasetVersion:
    watch.step(0.0, f"Importing {table['name']}")
    source = DATA / table["file"]
    with TemporaryDirectory(dir=desk.workspace.drafts) as folder:
        clean = Path(folder) / "clean.parquet"
        reading = read(source, look(source).read_as, clean, stop=watch.stop)
        uses, marks = manifest["uses"], manifest["marks"]
        columns = tuple(
            Column(
                facts.name,
                facts.type,
                Use(uses[facts.name]),
                group=facts.name in marks["group"],
                sensitive=facts.name in marks["sensitive"],
            )
            for facts in reading.columns
        )
        window = table.get("window")
        kept = TableToKeep(
            parquet=clean,
            reading=reading,
            columns=columns,
            name=table["name"],
            split=Split(table["split"]),
            window=(str(window["from"]), str(window["to"])) if window else None,
            declared=tuple((key, table[key]) for key in ("licence", "source", "collected")),
        )
        return keep_table(desk, kept, actor=ACTOR, watch=Watch(watch.stop))


def _model(
    desk: Desk, manifest: Manifest, model: Manifest, data: DatasetVersion
) -> ModelVersion:
    file = (DATA / model["file"]).read_bytes()
    seen = inspect_model(file)
    answer = propose_answer(
        seen.facts,
        ["no", manifest["positive"]],
        Task(manifest["task"]),
        classes=seen.classes,
    )
    feeds = tuple((m.input.name, m.columns) for m in match_inputs(seen.facts, data.columns))
    declared = tuple((key, str(value)) for key, value in model.get("declared", {}).items())
    kept = ModelToKeep(file, seen.facts, answer, feeds, manifest["name"], declared)
    version = keep_model(desk, kept, actor=ACTOR)
    thousandths = round(manifest["threshold"] * 1000)
    set_threshold(
        desk, version.id, thousandths, actor=ACTOR, why="the bank's working point"
    )
    return version
