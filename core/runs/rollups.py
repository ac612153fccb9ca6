"""Roll-ups, filled in when they are first asked for, and kept for good."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from pathlib import Path
from types import ModuleType
from typing import Final

from core.engine import cells as cells_module
from core.engine import ranking as ranking_module
from core.engine.cells import Cells, Part, read_cells, write_cells
from core.engine.duck import DuckDB
from core.engine.ranking import Ranking, read_ranking, write_ranking
from core.engine.where import Where
from core.records.canonical import digest, from_plain, to_plain
from core.records.codes import Codebook
from core.records.evaluations import Evaluation, RollUp
from core.records.models import Task
from core.records.predicate import Predicate, to_address
from core.runs.desk import Desk


@dataclass(frozen=True, slots=True)
class Kind:
    """An entry of the roll-up catalogue; raise `version` when its meaning changes."""

    name: str
    version: int
    modules: tuple[ModuleType, ...]

    @property
    def code(self) -> str:
        """The hash of the code that counts it."""
        return _code(tuple(str(module.__file__) for module in self.modules))


CELLS: Final = Kind("cells", 1, (cells_module,))
RANKING: Final = Kind("ranking", 1, (ranking_module,))


def codebook_of(desk: Desk, evaluation: Evaluation) -> Codebook:
    """Return what the codes of an evaluation mean."""
    name = evaluation.codebook

    def read() -> Codebook:
        return from_plain(json.loads(desk.workspace.objects.read(name)), Codebook)

    return desk.once(("codebook", name), read)


def cells_of(
    desk: Desk,
    evaluation: Evaluation,
    parts: Sequence[Part],
    *,
    where: Predicate | None = None,
    threshold: int | None = None,
) -> Cells:
    """Return the cells of an evaluation by `parts`, in the rows of `where`."""
    dataset = desk.workspace.state.dataset(evaluation.dataset)

    def fill(engine: DuckDB, into: Path) -> None:
        write_cells(
            engine,
            frame=evaluation.frame,
            task=evaluation.answer.task,
            codebook=codebook_of(desk, evaluation),
            parts=parts,
            where=Where(dataset, where, evaluation.scores) if where else None,
            threshold=threshold,
            into=into,
        )

    inputs = {
        "frame": evaluation.frame,
        "parts": [list(part) for part in parts],
        "where": to_address(where) if where else "",
        "threshold": threshold,
        "codebook": evaluation.codebook,
        "rows": dataset.object if where else "",
    }
    name = fill_in(desk, evaluation.id, CELLS, inputs, fill)
    return desk.once(("cells", name), lambda: read_cells(desk.count, name))


def ranking_of(
    desk: Desk, evaluation: Evaluation, *, where: Predicate | None = None
) -> Ranking | None:
    """Return the ranking sums of a binary evaluation with labels; None for all others."""
    if evaluation.answer.task is not Task.BINARY or not evaluation.labelled:
        return None
    dataset = desk.workspace.state.dataset(evaluation.dataset)

    def fill(engine: DuckDB, into: Path) -> None:
        write_ranking(
            engine,
            frame=evaluation.frame,
            scores=evaluation.scores,
            where=Where(dataset, where, evaluation.scores) if where else None,
            into=into,
        )

    inputs = {
        "frame": evaluation.frame,
        "scores": evaluation.scores,
        "where": to_address(where) if where else "",
        "rows": dataset.object if where else "",
    }
    name = fill_in(desk, evaluation.id, RANKING, inputs, fill)
    return desk.once(("ranking", name), lambda: read_ranking(desk.count, name))


def first_parts(codebook: Codebook) -> tuple[Part, ...]:
    """Return the parts that every evaluation is counted by: the whole, and each column."""
    return ((), *((column.name,) for column in codebook.columns))


def known(desk: Desk, kind: Kind, inputs: Mapping[str, object]) -> str:
    """Return the object of a roll-up if it was counted and is whole, else nothing."""
    rollup = desk.workspace.state.rollups.get(_key(kind, inputs))
    whole = rollup and desk.workspace.objects.is_whole(rollup.object)
    return rollup.object if rollup and whole else ""


def fill_in(
    desk: Desk,
    about: str,
    kind: Kind,
    inputs: Mapping[str, object],
    fill: Callable[[DuckDB, Path], object],
) -> str:
    """Return the object of a roll-up, counting it only if nobody has, or if it is damaged.

    `about` is the id of the evaluation or dataset version that it belongs to.
    """
    if found := known(desk, kind, inputs):
        return found
    key = _key(kind, inputs)
    before = desk.workspace.state.rollups.get(key)
    name = desk.workspace.objects.put(lambda into: fill(desk.work, into))
    if before and before.object == name:
        return name
    rollup = RollUp(key, kind.name, kind.version, kind.code, about, name)
    desk.workspace.record("countersign", "rollup.counted", key, to_plain(rollup))
    return name


def _key(kind: Kind, inputs: Mapping[str, object]) -> str:
    return digest({"kind": kind.name, "version": kind.version, "inputs": dict(inputs)})


@cache
def _code(paths: tuple[str, ...]) -> str:
    return sha256(b"".join(Path(path).read_bytes() for path in paths)).hexdigest()
