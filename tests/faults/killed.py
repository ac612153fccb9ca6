"""The process that `test_kill.py` kills: it imports, evaluates, and tells what was kept."""

import sys
from pathlib import Path
from typing import Any

import numpy as np
from typing_extensions import override

from core.records.events import Event
from core.runs.asking import findings_of
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.store.workspace import Workspace
from tests.kept import BINARY, binary, bring, keep
from tests.runs.onnx_file import keep_onnx


class Telling(Workspace):
    """A workspace that prints the hash of each event once it is acknowledged."""

    @override
    def record(
        self, actor: str, action: str, subject: str, payload: dict[str, Any]
    ) -> Event:
        event = super().record(actor, action, subject, payload)
        sys.stdout.write(event.hash + "\n")
        sys.stdout.flush()
        return event


def work(folder: Path, seed: int) -> None:
    """Import and evaluate until somebody ends it."""
    rng = np.random.default_rng(seed)
    desk = Desk(Telling(folder))
    while True:
        rows = [
            (rng.choice(["yes", "no"]).item(), round(rng.random(), 3), f"r{k % 3}")
            for k in range(50)
        ]
        data = keep(desk, binary(rows))
        scores = evaluate(desk, bring(desk, BINARY).id, data.id, actor="test")
        findings_of(desk, scores)
        model = keep_onnx(desk, "score", "score")
        evaluate(desk, model.id, data.id, actor="test")


if __name__ == "__main__":
    work(Path(sys.argv[1]), int(sys.argv[2]))
