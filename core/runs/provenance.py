"""Provenance: which columns hold personal data, and rows that may not be kept."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from core.engine.sql import name
from core.errors import WrongInputError
from core.records.data import DatasetVersion, Reading, Use
from core.runs.desk import Desk
from core.runs.keeping import TableToKeep, keep_table

LEFT_SQL: Final = """
select {columns} from {table}
where {column} is null or cast({column} as varchar) not in ({marks})
order by file_row_number
"""
SHORTEST_REASON: Final = 10  # letters


def decide_personal(
    desk: Desk, id_: str, column: str, *, personal: bool, actor: str
) -> None:
    """Write down whether a column holds personal data; from then on it is masked.

    Raises:
        WrongInputError: there is no such column.
    """
    dataset = desk.workspace.state.dataset(id_)
    if dataset.column(column) is None:
        raise WrongInputError(
            f"{dataset.title} has no column `{column}`.", hint="Choose one of the list."
        )
    payload = {"column": column, "personal": personal}
    desk.workspace.record(actor, "column.personal", dataset.id, payload)


def erase_version(desk: Desk, id_: str, *, why: str, actor: str) -> None:
    """Erase the rows of a dataset version: table, scores and frames; what was counted stays.

    The event is written first; a crash before the files are gone is mended at the next start.

    Raises:
        WrongInputError: there is no reason, or the rows are gone already.
    """
    dataset = desk.workspace.state.dataset(id_)
    _check_reason(why)
    _check_there(desk, dataset)
    state = desk.workspace.state
    made = [e for e in state.evaluations.values() if e.dataset == id_]
    names = {dataset.object, *(e.scores for e in made), *(e.frame for e in made)}
    kept = _used_elsewhere(desk, id_)
    payload = {"erased": sorted(names - kept), "why": why.strip(), "rows": dataset.rows}
    desk.workspace.record(actor, "rows.erased", id_, payload)
    desk.workspace.remove_erased()
    desk.forget()


def erase_rows(
    desk: Desk, id_: str, ids: Sequence[str], *, why: str, actor: str
) -> DatasetVersion:
    """Erase the rows that carry one of `ids`, and return the version of what is left.

    The ids themselves are written down nowhere.

    Raises:
        WrongInputError: no row carries them, all do, there is no id column or no reason.
    """
    dataset = desk.workspace.state.dataset(id_)
    _check_reason(why)
    _check_there(desk, dataset)
    column = dataset.used_as(Use.ID)
    if column is None or not ids:
        raise WrongInputError(
            "No column has the use id, or no id was given.",
            hint="Give the ids of the rows, or erase the whole version.",
        )
    text = LEFT_SQL.format(
        columns=", ".join(name(each.name) for each in dataset.columns),
        table=desk.work.source(dataset.object),
        column=name(column.name),
        marks=", ".join("?" * len(ids)),
    )
    ((left,),) = desk.work.rows(f"select count(*) from ({text})", list(ids))
    rows = int(str(left))
    if rows in (0, dataset.rows):
        what = "Every row carries" if not rows else "No row carries"
        raise WrongInputError(
            f"{what} one of these ids in `{column.name}`.",
            hint="Erase the whole version, or check the ids.",
        )
    objects = desk.workspace.objects
    kept = objects.put(lambda into: desk.work.write(text, into, list(ids)))
    version = keep_table(desk, _left(dataset, objects.path(kept), rows), actor=actor)
    erase_version(desk, id_, why=why, actor=actor)
    return version


def _left(dataset: DatasetVersion, parquet: Path, rows: int) -> TableToKeep:
    reading = Reading(
        read_as=dataset.read_as,
        rows=rows,
        columns=(),
        rejected=(),
        rejected_count=dataset.rejected,
        as_written=(),
        file_name=dataset.file_name,
        file_sha256=dataset.file_sha256,
        file_bytes=0,
    )
    return TableToKeep(
        parquet=parquet,
        reading=reading,
        columns=dataset.columns,
        name=dataset.name,
        split=dataset.split,
        window=dataset.window,
        declared=dataset.declared,
        parent=dataset.id,
    )


def _used_elsewhere(desk: Desk, id_: str) -> set[str]:
    state = desk.workspace.state
    others = {d.object for d in state.datasets.values() if d.id != id_}
    for made in state.evaluations.values():
        if made.dataset != id_:
            others |= {made.scores, made.frame}
    return others


def _check_reason(why: str) -> None:
    if len(why.strip()) < SHORTEST_REASON:
        raise WrongInputError(
            "There is no reason.", hint="Say in a few words why the rows must go."
        )


def _check_there(desk: Desk, dataset: DatasetVersion) -> None:
    if why := desk.workspace.state.erased.get(dataset.object):
        raise WrongInputError(
            f"The rows of {dataset.title} are gone already: {why}.",
            hint="What was counted before stays.",
        )
