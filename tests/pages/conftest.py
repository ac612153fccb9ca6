"""An open workspace for each test, and evaluations made in it."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from core.records.evaluations import Evaluation
from core.serving.house import House, close_house, open_house
from tests.pages.opening import Table, evaluated


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[House]:
    """An open, empty workspace that pages find."""
    yield open_house(tmp_path / "workspace")
    close_house()


@pytest.fixture
def evaluation_of(opened: House, tmp_path: Path) -> Callable[[Table], Evaluation]:
    """Make an evaluation of a table in the open workspace."""
    return lambda table: evaluated(opened.desk, tmp_path, table)
