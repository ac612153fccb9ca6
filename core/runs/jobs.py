"""Jobs: long work, one piece at a time, that can be watched, stopped and started again."""

import logging
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from threading import Event as Flag
from threading import Lock
from typing import Any, Final

from core.errors import CountersignError, StoppedError
from core.records.canonical import digest
from core.records.work import Work
from core.runs.desk import Desk
from core.runs.watch import Watch

LOG: Final = logging.getLogger(__name__)
Asked = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Runner:
    """How a kind of work is done; what is `logged` can be started again after a crash."""

    run: Callable[[Desk, Asked, str, Watch], str]
    logged: bool


@dataclass(frozen=True, slots=True)
class Job:
    """A piece of work as it stands. `state`: waiting, running, done, stopped or failed.

    `result` is what the run returned, usually the id of what it made; `trouble` and
    `hint` say why it failed.
    """

    id: str
    kind: str
    asked: Asked
    actor: str
    state: str = "waiting"
    share: float = 0.0
    text: str = "Waiting for other work"
    result: str = ""
    trouble: str = ""
    hint: str = ""

    @property
    def live(self) -> bool:
        """Whether it still waits or runs."""
        return self.state in ("waiting", "running")


class Jobs:
    """The work of one desk: one job at a time, the same question only once."""

    def __init__(self, desk: Desk, runners: Mapping[str, Runner]) -> None:
        self._desk = desk
        self._runners = runners
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="job")
        self._jobs: dict[str, Job] = {}
        self._stops: dict[str, Flag] = {}
        self._lock = Lock()

    def start(self, kind: str, asked: Asked, *, actor: str) -> str:
        """Start work and return the id of its job; the same live question has one job."""
        runner = self._runners[kind]
        id_ = digest({"kind": kind, "asked": asked})[:16]
        with self._lock:
            known = self._jobs.get(id_)
            if known and known.live:
                return id_
            self._jobs[id_] = Job(id_, kind, asked, actor)
            self._stops[id_] = Flag()
        if runner.logged:
            payload = {"kind": kind, "asked": asked}
            self._desk.workspace.record(actor, "work.started", id_, payload)
        self._pool.submit(self._run, id_)
        return id_

    def job(self, id_: str) -> Job | None:
        """Return the job as it stands now; None after a restart of the app."""
        return self._jobs.get(id_)

    def stop(self, id_: str) -> None:
        """Ask a job to stop; what it made so far is not kept."""
        if id_ in self._stops:
            self._stops[id_].set()

    def live(self) -> tuple[Job, ...]:
        """Return what waits or runs."""
        return tuple(job for job in self._jobs.values() if job.live)

    def interrupted(self) -> tuple[Work, ...]:
        """Return logged work that neither ended nor lives: the app died over it."""
        work = self._desk.workspace.state.work.values()
        return tuple(w for w in work if not w.ended and w.id not in self._jobs)

    def drop(self, id_: str, *, actor: str) -> None:
        """Give up interrupted work."""
        self._desk.workspace.record(actor, "work.ended", id_, {"how": "stopped"})

    def close(self) -> None:
        """Stop everything and wait until it has stopped."""
        for flag in self._stops.values():
            flag.set()
        self._pool.shutdown(wait=True)

    def _change(self, id_: str, **changes: Any) -> None:  # noqa: ANN401 - fields of Job
        with self._lock:
            self._jobs[id_] = replace(self._jobs[id_], **changes)

    def _run(self, id_: str) -> None:
        job, flag = self._jobs[id_], self._stops[id_]
        watch = Watch(
            flag.is_set, lambda share, text: self._change(id_, share=share, text=text)
        )
        runner = self._runners[job.kind]
        try:
            watch.step(0.0, "Starting")
            self._change(id_, state="running")
            result = runner.run(self._desk, job.asked, job.actor, watch)
            ended = {"state": "done", "result": result, "share": 1.0}
        except StoppedError:
            text = f"Stopped at {self._jobs[id_].share:.0%}; nothing was kept."
            ended = {"state": "stopped", "trouble": text}
        except CountersignError as error:
            ended = {"state": "failed", "trouble": str(error), "hint": error.hint}
        except Exception:
            LOG.exception("job %s", id_)
            hint = f"Note {id_[:4]} in the log says why."
            ended = {"state": "failed", "trouble": "This could not be done.", "hint": hint}
        if runner.logged:
            how = {"how": ended["state"]}
            try:
                self._desk.workspace.record(job.actor, "work.ended", id_, how)
            except (
                CountersignError
            ) as error:  # after the next start it counts as interrupted
                LOG.warning("job %s: %s", id_, error)
        self._change(id_, **ended)
