"""Call: a command as it was typed, and the versions that it names."""

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

from core.errors import NotFoundError
from core.records.data import DatasetVersion
from core.records.models import ModelVersion
from core.runs.desk import Desk

Record = TypeVar("Record", ModelVersion, DatasetVersion)
Say = Callable[[str], None]
ACTOR: Final = "command line"


@dataclass(frozen=True, slots=True)
class Call:
    """What was said, in which folder, and where the answer goes."""

    desk: Desk
    said: argparse.Namespace
    cwd: Path
    say: Say


def find_model(desk: Desk, title: str | None) -> ModelVersion:
    """Return the model version of that title or id; the only one where none is named."""
    return _find(desk.workspace.state.models, title, "model version", "--model")


def find_dataset(desk: Desk, title: str | None) -> DatasetVersion:
    """Return the dataset version of that title or id; the only one where none is named."""
    return _find(desk.workspace.state.datasets, title, "dataset version", "--data")


def _find(records: dict[str, Record], title: str | None, noun: str, option: str) -> Record:
    wanted = [
        r
        for r in records.values()
        if title in (None, r.title) or r.id.startswith(title or "-")
    ]
    if len(wanted) == 1:
        return wanted[0]
    known = ", ".join(record.title for record in records.values()) or "none yet"
    raise NotFoundError(
        f"There is no {noun} `{title}`." if title else f"Which {noun}?",
        hint=f"Give {option}, one of: {known}.",
    )
