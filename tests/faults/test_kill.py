"""Whatever moment the app dies at: what was acknowledged is there, and nothing is torn."""

import json
import os
import re
import subprocess
import sys
from hashlib import sha256
from pathlib import Path

import numpy as np

from core.store.log import check_chain
from core.store.workspace import Workspace

ROOT = Path(__file__).parents[2]
KILLS = 20 if os.environ.get("PROVE") else 4


def _killed(folder: Path, seed: int, seconds: float) -> list[str]:
    """Run the worker, kill it `seconds` after its first word, return what it told."""
    command = [sys.executable, "-m", "tests.faults.killed", str(folder), str(seed)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdout is not None
        first = worker.stdout.readline()
        try:
            worker.wait(seconds)
        except subprocess.TimeoutExpired:
            worker.kill()
        rest = worker.stdout.read()
        assert worker.wait() == -9, "it was killed, and did not end by itself"
    return [
        line[:-1] for line in [first, *rest.splitlines(keepends=True)] if line[-1:] == "\n"
    ]


def test_nothing_acknowledged_is_lost(tmp_path: Path) -> None:
    """Killed at seeded moments, the same workspace opens each time, whole."""
    rng = np.random.default_rng(20260702)
    told: list[str] = []
    for number in range(KILLS):
        told += _killed(tmp_path, number, float(rng.uniform(0.0, 2.5)))
        with Workspace(tmp_path) as workspace:
            check_chain(workspace.events)
            hashes = [event.hash for event in workspace.events]
            kept = iter(hashes)
            assert all(hash_ in kept for hash_ in told), "each, and in this order"
            assert len(hashes) <= len(told) + 1 + number, "one may be kept but not yet told"
            _objects_are_whole(workspace)
            mirror = (tmp_path / "events.jsonl").read_text(encoding="utf-8").splitlines()
            assert [json.loads(line)["hash"] for line in mirror] == hashes
    assert len(told) > 5 * KILLS


def _objects_are_whole(workspace: Workspace) -> None:
    folder = workspace.objects.folder
    assert list((folder / "tmp").iterdir()) == []
    for path in folder.glob("*/*"):
        assert sha256(path.read_bytes()).hexdigest() == path.name
        assert path.stat().st_mode & 0o222 == 0
    for event in workspace.events:
        for field in ("object", "scores", "frame", "codebook"):
            name = event.payload.get(field)
            if isinstance(name, str) and re.fullmatch("[0-9a-f]{64}", name):
                assert name in workspace.objects
