"""One process holds a workspace, and finds it again as it left it."""

import subprocess
import sys
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.errors import BrokenWorkspaceError, BusyWorkspaceError, NotFoundError
from core.records.views import make_view
from core.reviews.policy import FIRST_POLICY
from core.runs.desk import freeze_policy, open_desk
from core.runs.keeping import set_threshold
from core.runs.viewing import save_view
from core.store.state import State
from core.store.workspace import Workspace
from tests.kept import BINARY, binary, evaluated

OPEN = "import sys; from pathlib import Path; from core.store.workspace import Workspace; Workspace(Path(sys.argv[1]))"


SAID: dict[str, dict[str, Any]] = {
    "direction.declared": {"column": "score", "direction": "rises"},
    "provenance.declared": {"field": "licence", "value": "MIT"},
    "column.personal": {"column": "region", "personal": True},
    "margins.given": {"object": "0" * 64},
    "rows.erased": {"erased": ["1" * 64], "why": "asked for", "rows": 3},
    "slice.saved": {"object": "2" * 64},
}


def test_a_second_handle_is_told_that_it_is_busy(tmp_path: Path) -> None:
    """In this process, and in another one."""
    with Workspace(tmp_path / "w"):
        with pytest.raises(
            BusyWorkspaceError, match="Another process holds the workspace w"
        ):
            Workspace(tmp_path / "w")
        other = subprocess.run(
            [sys.executable, "-c", OPEN, str(tmp_path / "w")],
            capture_output=True,
            text=True,
            check=False,
            cwd=Path(__file__).parents[2],
        )
        assert other.returncode == 1
        assert "BusyWorkspaceError: Another process holds the workspace w" in other.stderr
    Workspace(tmp_path / "w").close()


def test_a_broken_log_lets_go_of_the_folder(tmp_path: Path) -> None:
    """After the refusal the folder can be mended and opened without a restart."""
    Workspace(tmp_path).close()
    with duckdb.connect(str(tmp_path / "records.duckdb")) as connection:
        connection.execute("update events set actor = 'eve'")
    for _ in range(2):
        with pytest.raises(BrokenWorkspaceError, match="Event 1 does not match its hash"):
            Workspace(tmp_path)
    with duckdb.connect(str(tmp_path / "records.duckdb")) as connection:
        connection.execute("update events set actor = 'countersign'")
    Workspace(tmp_path).close()


def test_the_state_is_the_same_after_reopening(tmp_path: Path) -> None:
    """Tables, models, evaluations, roll-ups, policies, thresholds, directions, views."""
    with open_desk(tmp_path) as desk:
        evaluation = evaluated(desk, binary([("yes", 0.9, "N"), ("no", 0.2, "S")]), BINARY)
        set_threshold(desk, evaluation.model, 250, actor="ada", why="cost")
        save_view(desk, make_view("slices", {"act": "25"}, {}), actor="ada")
        freeze_policy(desk.workspace, FIRST_POLICY.replace("0.7", "0.6"), actor="ada")
        for action, payload in SAID.items():
            desk.workspace.record("ada", action, evaluation.dataset, payload)
        before = asdict(desk.workspace.state)
        events = desk.workspace.events
    assert all(before[part] for part in before if part != "work")
    with open_desk(tmp_path) as desk:
        assert desk.workspace.events == events
        assert asdict(desk.workspace.state) == before
        assert desk.workspace.state.evaluation(evaluation.id) == evaluation
        assert desk.workspace.state.threshold(evaluation.model) == 250


def test_a_new_workspace_says_when_it_was_made(tmp_path: Path) -> None:
    """The clock is passed in; the folder is its owner's alone."""
    moment = datetime(2026, 7, 2, tzinfo=UTC)
    with Workspace(tmp_path / "w", clock=lambda: moment) as workspace:
        (event,) = workspace.events
        assert (event.action, event.at) == (
            "workspace.created",
            "2026-07-02T00:00:00.000000+00:00",
        )
        assert workspace.folder.stat().st_mode & 0o777 == 0o700
        assert workspace.state.empty


def test_what_is_not_there_is_refused() -> None:
    """Every kind of record has its own sentence."""
    state = State()
    with pytest.raises(NotFoundError, match="There is no dataset version deadbeef"):
        state.dataset("deadbeef" * 8)
    with pytest.raises(NotFoundError, match="There is no model version deadbeef"):
        state.model("deadbeef" * 8)
    with pytest.raises(NotFoundError, match="There is no evaluation deadbeef"):
        state.evaluation("deadbeef" * 8)
    with pytest.raises(NotFoundError, match="There is no policy yet"):
        _ = state.policy
