"""Work can be watched and stopped, is done once, and is remembered when the app dies."""

import logging
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Event as Flag

import pytest

from core.errors import WrongInputError
from core.runs.desk import Desk, open_desk
from core.runs.jobs import Asked, Job, Jobs, Runner
from core.runs.watch import Watch

GO = Flag()


def _quick(_desk: Desk, asked: Asked, actor: str, watch: Watch) -> str:
    watch.step(0.5, "Half")
    return f"{asked['what']} for {actor}"


def _waits(_desk: Desk, _asked: Asked, _actor: str, watch: Watch) -> str:
    """Work until somebody stops it, or the test lets it go."""
    while not GO.is_set():
        watch.step(0.25, "A quarter")
        time.sleep(0.01)
    return "let go"


def _refuses(_desk: Desk, _asked: Asked, _actor: str, _watch: Watch) -> str:
    raise WrongInputError("The table has no rows.", hint="Choose another one.")


def _breaks(_desk: Desk, _asked: Asked, _actor: str, _watch: Watch) -> str:
    raise ZeroDivisionError


RUNNERS = {
    "quick": Runner(_quick, logged=False),
    "waits": Runner(_waits, logged=True),
    "refuses": Runner(_refuses, logged=True),
    "breaks": Runner(_breaks, logged=False),
}


@pytest.fixture
def jobs(desk: Desk) -> Iterator[Jobs]:
    """The work of an empty desk."""
    GO.clear()
    opened = Jobs(desk, RUNNERS)
    yield opened
    GO.set()
    opened.close()


def _until(jobs: Jobs, id_: str, holds: Callable[[Job], bool], seconds: float = 10) -> Job:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        job = jobs.job(id_)
        if job is not None and holds(job):
            return job
        time.sleep(0.005)
    pytest.fail(f"the job stands at {jobs.job(id_)}")


def _ended(jobs: Jobs, id_: str, seconds: float = 10) -> Job:
    return _until(jobs, id_, lambda job: not job.live, seconds)


def test_a_job_gives_its_result(jobs: Jobs) -> None:
    """What the run returned, for whom it was asked."""
    job = _ended(jobs, jobs.start("quick", {"what": "tea"}, actor="ada"))
    assert (job.state, job.result, job.share) == ("done", "tea for ada", 1.0)
    assert jobs.live() == ()


def test_the_same_live_question_has_one_job(jobs: Jobs, desk: Desk) -> None:
    """Twice pressed is once done; asked again later, it is done again."""
    first = jobs.start("waits", {"x": 1}, actor="ada")
    assert jobs.start("waits", {"x": 1}, actor="bob") == first
    assert jobs.start("waits", {"x": 2}, actor="ada") != first
    assert [job.id for job in jobs.live()].count(first) == 1
    GO.set()
    assert _ended(jobs, first).result == "let go"
    started = [e for e in desk.workspace.events if e.action == "work.started"]
    assert [event.subject for event in started].count(first) == 1
    assert jobs.start("waits", {"x": 1}, actor="bob") == first
    assert _ended(jobs, first).actor == "bob"


def test_one_job_runs_at_a_time(jobs: Jobs) -> None:
    """The second waits for the first."""
    first = jobs.start("waits", {"x": 1}, actor="ada")
    _until(jobs, first, lambda job: job.state == "running")
    second = jobs.start("waits", {"x": 2}, actor="ada")
    time.sleep(0.05)
    waiting = jobs.job(second)
    assert waiting is not None
    assert (waiting.state, waiting.text) == ("waiting", "Waiting for other work")


def test_a_job_stops_within_a_second(jobs: Jobs, desk: Desk) -> None:
    """The sentence says how far it was; a waiting one stops too."""
    running = jobs.start("waits", {"x": 1}, actor="ada")
    waiting = jobs.start("waits", {"x": 2}, actor="ada")
    _until(jobs, running, lambda job: job.share > 0)
    start = time.monotonic()
    jobs.stop(waiting)
    jobs.stop(running)
    job = _ended(jobs, running, seconds=1)
    assert _ended(jobs, waiting, seconds=1).state == "stopped"
    assert time.monotonic() - start < 1
    assert (job.state, job.trouble) == ("stopped", "Stopped at 25%; nothing was kept.")
    assert {w.ended for w in desk.workspace.state.work.values()} == {"stopped"}


def test_a_refusal_is_told_with_its_hint(jobs: Jobs, desk: Desk) -> None:
    """The sentence that the error was written with."""
    job = _ended(jobs, jobs.start("refuses", {}, actor="ada"))
    assert (job.state, job.trouble) == ("failed", "The table has no rows.")
    assert job.hint == "Choose another one."
    assert [w.ended for w in desk.workspace.state.work.values()] == ["failed"]


def test_a_fault_is_logged_and_not_shown(
    jobs: Jobs, caplog: pytest.LogCaptureFixture
) -> None:
    """The reader gets a sentence and a number, the log the traceback."""
    with caplog.at_level(logging.ERROR):
        job = _ended(jobs, jobs.start("breaks", {}, actor="ada"))
    assert (job.state, job.trouble) == ("failed", "This could not be done.")
    assert job.hint == f"Note {job.id[:4]} in the log says why."
    assert "ZeroDivisionError" in caplog.text


def test_interrupted_work_is_listed_and_can_be_dropped(tmp_path: Path) -> None:
    """A logged start without an end, found when the workspace is opened again."""
    with open_desk(tmp_path) as desk:
        payload = {"kind": "waits", "asked": {"x": 1}}
        desk.workspace.record("ada", "work.started", "deadbeef", payload)
    with open_desk(tmp_path) as desk:
        jobs = Jobs(desk, RUNNERS)
        (work,) = jobs.interrupted()
        assert (work.kind, work.asked, work.actor) == ("waits", {"x": 1}, "ada")
        assert jobs.job(work.id) is None
        jobs.drop(work.id, actor="bob")
        assert jobs.interrupted() == ()
        jobs.close()
    with open_desk(tmp_path) as desk:
        jobs = Jobs(desk, RUNNERS)
        assert jobs.interrupted() == ()
        jobs.close()


def test_interrupted_work_can_be_started_again(tmp_path: Path) -> None:
    """The same question has the same id, so it is no longer listed."""
    GO.set()
    with open_desk(tmp_path) as desk:
        jobs = Jobs(desk, RUNNERS)
        id_ = jobs.start("waits", {"x": 1}, actor="ada")
        _ended(jobs, id_)
        jobs.close()
        desk.workspace.record(
            "ada", "work.started", id_, {"kind": "waits", "asked": {"x": 1}}
        )
    with open_desk(tmp_path) as desk:
        jobs = Jobs(desk, RUNNERS)
        (work,) = jobs.interrupted()
        assert jobs.start(work.kind, work.asked, actor="bob") == work.id
        assert _ended(jobs, id_).state == "done"
        assert jobs.interrupted() == ()
        jobs.close()


def test_closing_stops_what_runs(desk: Desk) -> None:
    """The app can end while work is under way."""
    GO.clear()
    jobs = Jobs(desk, RUNNERS)
    id_ = jobs.start("waits", {"x": 1}, actor="ada")
    _until(jobs, id_, lambda job: job.state == "running")
    jobs.close()
    assert _ended(jobs, id_).state == "stopped"


def test_unknown_work_is_refused_and_leaves_no_trace(jobs: Jobs) -> None:
    """A kind that nobody knows is no job that waits for ever."""
    with pytest.raises(KeyError, match="dance"):
        jobs.start("dance", {}, actor="ada")
    assert jobs.live() == ()
