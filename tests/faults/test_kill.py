"""Whatever moment the app dies at: what was acknowledged is there, and nothing is torn."""

import json
import os
import re
import subprocess
import sys
import time
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path

import numpy as np

from core.store.backup import restore
from core.store.doctor import examine
from core.store.log import check_chain
from core.store.workspace import Workspace
from tests.sandbox.started import lay_python

ROOT = Path(__file__).parents[2]
KILLS = 200 if os.environ.get("PROVE") else 20
LONGEST_WORK = 2.0  # seconds until the kill: about one turn of the worker
LONGEST_OPEN = 1.0  # seconds
AT_ONCE = 40  # kills of one workspace, so that its log stays one that is checked in no time


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
    """Killed at seeded moments, the same workspace opens each time, whole and at once."""
    rng = np.random.default_rng(20260702)
    told: list[str] = []
    folder = tmp_path / "0" / "workspace"
    for number in range(KILLS):
        if number % AT_ONCE == 0:
            told, folder = [], tmp_path / str(number) / "workspace"
            folder.parent.mkdir()
        told += _killed(folder, number, float(rng.uniform(0.0, LONGEST_WORK)))
        began = time.process_time()  # other work on the machine does not count
        with Workspace(folder) as workspace:
            assert time.process_time() - began < LONGEST_OPEN
            check_chain(workspace.events)
            hashes = [event.hash for event in workspace.events]
            kept = iter(hashes)
            assert all(hash_ in kept for hash_ in told), "each, and in this order"
            untold = number % AT_ONCE + 2  # of each kill one may be kept but not yet told
            assert len(hashes) <= len(told) + untold
            _objects_are_whole(workspace)
            mirror = (folder / "events.jsonl").read_text(encoding="utf-8").splitlines()
            assert [json.loads(line)["hash"] for line in mirror] == hashes
            left = [path for path in workspace.drafts.iterdir() if path.is_dir()]
            assert left == [], "what was being read is swept"
        assert examine(folder).troubles == ()
        _exports_are_whole(folder.parent / "out", tmp_path / f"back-{number}")
    assert len(told) > 5 * (KILLS % AT_ONCE or AT_ONCE)


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


def _exports_are_whole(out: Path, aside: Path) -> None:
    """Cards and backups that stand under their name are complete."""
    newest = sorted(out.glob("*.zip"), key=lambda path: path.stat().st_mtime)[-1:]
    for backup in newest:
        events, objects = restore(backup, aside)
        assert events > 0
        assert objects > 0
    if (out / "card.json").exists():
        assert json.loads((out / "card.json").read_bytes())
    if (out / "card.html").exists():
        text = (out / "card.html").read_text(encoding="utf-8")
        HTMLParser().feed(text)
        assert text.rstrip().endswith("</html>")
    for left in out.glob("*.zip"):
        left.unlink()


ORPHAN = """
import sys
from core.sandbox.child import Child
from core.sandbox.limits import Limits
sys.executable = sys.argv[1]
with Child("tests.sandbox.probe", Limits()) as child:
    child.ask({"op": "say"})
    print(child.pid, flush=True)
    child.ask({"op": "spin"})
"""


def test_a_child_dies_with_its_app(tmp_path: Path) -> None:
    """A process that opens a brought file does not outlive an app that was killed."""
    command = [sys.executable, "-c", ORPHAN, lay_python(tmp_path)]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as app:
        assert app.stdout is not None
        status = Path(f"/proc/{int(app.stdout.readline())}/stat")
        time.sleep(0.3)  # it spins by now
        assert _runs(status)
        app.kill()
        app.wait()
    until = time.monotonic() + 5
    while _runs(status) and time.monotonic() < until:
        time.sleep(0.05)
    assert not _runs(status)


def _runs(status: Path) -> bool:
    """Return whether a process is there and no zombie that nobody has collected."""
    try:
        return status.read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
