"""The tour of the demo: five views, each with a sentence; only where the demo was built."""

import tomllib
from dataclasses import dataclass
from functools import cache
from typing import Any

from core.records.evaluations import Evaluation
from core.runs.demo import ACTOR, DATA
from core.runs.desk import Desk


@dataclass(frozen=True, slots=True)
class Stop:
    """One view of the tour: the page's address, what to see there, and its controls."""

    page: str
    title: str
    text: str
    evaluation: Evaluation
    controls: tuple[tuple[str, str], ...]


def tour_of(desk: Desk) -> tuple[Stop, ...]:
    """Return the stops of the tour; none where the demo is not, or not whole any more."""
    state = desk.workspace.state
    models = {m.title: m for m in state.models.values() if m.actor == ACTOR}
    tables = {d.title: d for d in state.datasets.values() if d.actor == ACTOR}
    manifest = _manifest()
    model = models.get(f"{manifest['name']} v{manifest['review']['version']}")
    if model is None:
        return ()
    stops = []
    for said in manifest["tour"]:
        table = tables.get(said["table"])
        evaluation = state.evaluation_of(model.id, table.id) if table else None
        if evaluation is None:
            return ()
        own = {k: said[k] for k in ("part", "check", "slice") if k in said}
        stops.append(
            Stop(said["page"], said["title"], said["text"], evaluation, tuple(own.items()))
        )
    return tuple(stops)


@cache
def _manifest() -> dict[str, Any]:
    return tomllib.loads((DATA / "demo.toml").read_text(encoding="utf-8"))
