"""A full, closed or failing disk is a sentence; what was acknowledged stays."""

import subprocess
import sys
from pathlib import Path

import pytest

from core.errors import StorageError
from core.runs.desk import open_desk
from core.runs.jobs import Job, Jobs, Runner
from core.store import log as log_module
from core.store.log import check_chain
from core.store.workspace import Workspace
from tests.serving.conftest import ROOT, start

FULL = "The disk is full; nothing was changed. Free some space, then try again."
UNSURE = (
    "The records could not be written. "
    "Look whether the last step was kept; run `countersign doctor`."
)
PRIVATE = ("unshare", "--user", "--map-root-user", "--mount", "sh", "-c")
CLOSED = 'mount -t tmpfs -o ro none "$0" && exec "$1" -c "$2" "$0"'
MOUNT = 'mount -t tmpfs -o size=48m none "$0" && exec "$1" -m tests.faults.filled "$0"'
OPEN = (
    "import sys; from pathlib import Path; from core.errors import CountersignError\n"
    "from core.store.workspace import Workspace\n"
    "try: Workspace(Path(sys.argv[1]))\n"
    "except CountersignError as error: print(error, error.hint)"
)


def _on_a_disk_of_its_own(script: str, *words: str) -> str:
    """Run a script that mounts a disk where only it sees it; return what it says."""
    probe = subprocess.run([*PRIVATE, "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("this machine lets no test mount a small disk of its own")
    done = subprocess.run(
        [*PRIVATE, script, *words],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    """On a real disk of 48 MB: each refusal is a sentence, and with room it goes on."""
    said = _on_a_disk_of_its_own(MOUNT, str(tmp_path), sys.executable)
    kept_free, last_byte, no_object, counted = said.splitlines()
    assert kept_free == FULL
    assert last_byte in {FULL, UNSURE}
    assert no_object == FULL
    told, kept = (int(word) for word in counted.split() if word.isdigit())
    assert told <= kept <= told + 2  # what failed half-way may be kept, but was not told


@pytest.mark.parametrize("fails", ["mirror", "table"])
def test_a_write_that_fails_half_way_is_taken_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fails: str
) -> None:
    """Table and mirror agree again at the next write, and the state follows them."""
    with Workspace(tmp_path) as workspace:
        before = len(workspace.events)
        with monkeypatch.context() as patch:
            patch.setattr(log_module, "write_whole" if fails == "mirror" else "_row", _fail)
            with pytest.raises(StorageError, match="cannot be used: Input/output error"):
                workspace.record("ada", "threshold.set", "m", {"thousandths": 1, "why": ""})
        event = workspace.record("ada", "threshold.set", "n", {"thousandths": 2, "why": ""})
        kept = 1 if fails == "mirror" else 0
        assert event.seq == before + kept + 1
        assert workspace.state.thresholds == ({"m": 1} if kept else {}) | {"n": 2}
        events = workspace.events
    with Workspace(tmp_path) as workspace:
        check_chain(workspace.events)
        assert workspace.events == events


def _fail(*_: object) -> None:
    raise OSError(5, "Input/output error")


def test_a_job_on_a_full_disk_fails_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It neither hangs nor takes the others along; after the next start it can be redone."""

    def fill(*_: object) -> str:
        monkeypatch.setattr("core.store.disk.room", lambda _: 0)
        desk.workspace.objects.put_bytes(b"x")
        return ""

    with open_desk(tmp_path) as desk:
        jobs = Jobs(desk, {"fill": Runner(fill, logged=True)})
        id_ = jobs.start("fill", {}, actor="ada")
        jobs.close()
        job = jobs.job(id_)
        assert isinstance(job, Job)
        assert (job.state, f"{job.trouble} {job.hint}") == ("failed", FULL)
    monkeypatch.undo()
    with open_desk(tmp_path) as desk:
        assert [work.id for work in Jobs(desk, {}).interrupted()] == [id_]


def test_a_read_only_disk_is_named(tmp_path: Path) -> None:
    """A workspace where nothing can be written says so, and how to go on."""
    said = _on_a_disk_of_its_own(CLOSED, str(tmp_path), sys.executable, OPEN)
    assert said == (
        f"The folder {tmp_path} cannot be written. "
        "Give your user the right to write there, or name another folder.\n"
    )


def test_a_path_that_leads_nowhere_is_named(tmp_path: Path) -> None:
    """A workspace inside of a file says so."""
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(StorageError, match="workspace cannot be used: Not a directory"):
        Workspace(tmp_path / "file" / "workspace")


def test_a_second_start_ends_with_a_sentence(tmp_path: Path) -> None:
    """Two apps on one workspace: one runs, the other says why it does not."""
    with Workspace(tmp_path / "workspace"):
        second = start(ROOT, tmp_path / "workspace", 8599)
        assert second.wait(30) == 2
    said = (tmp_path / "log-8599").read_text(encoding="utf-8")
    assert "Another process holds the workspace workspace. Close the app" in said
    assert "Traceback" not in said
