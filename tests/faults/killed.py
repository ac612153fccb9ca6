"""The process that `test_kill.py` kills: it imports, evaluates, signs, exports, and tells."""

import sys
from datetime import timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
from typing_extensions import override

from core.errors import WrongInputError
from core.intake.read import look, read
from core.records.evaluations import Evaluation
from core.records.events import Event
from core.records.reviews import Answer, Ask, Decision, Reply, Role, Tier
from core.reviews.separation import Wish
from core.runs.answering import answer_finding, give_first
from core.runs.asking import findings_of
from core.runs.commands import run
from core.runs.deciding import sign
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.findings import open_findings
from core.runs.people import give_role, name_person, person_of
from core.runs.reviewing import Asking, open_review, review_of
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
    """Import, evaluate, count and export until somebody ends it."""
    rng = np.random.default_rng(seed)
    desk = Desk(Telling(folder))
    out = folder.parent / "out"
    out.mkdir(exist_ok=True)
    for turn in range(10_000):
        rows = [
            (rng.choice(["yes", "no"]).item(), round(rng.random(), 3), f"r{k % 3}")
            for k in range(50)
        ]
        data = keep(desk, binary(rows))
        scores = evaluate(desk, bring(desk, BINARY).id, data.id, actor="test")
        findings_of(desk, scores)
        model = keep_onnx(desk, "score", "score")
        made = evaluate(desk, model.id, data.id, actor="test")
        _sign(desk, made)
        for kind in ("html", "json"):
            card = ("card", "--evaluation", made.id, "--format", kind)
            run(desk, (*card, "-o", f"card.{kind}"), cwd=out, say=lambda _: None)
        run(desk, ("backup", f"{seed}-{turn}.zip"), cwd=out, say=lambda _: None)
        _read_file(desk, rows)


def _sign(desk: Desk, evaluation: Evaluation) -> None:
    """Open a review, answer everything, and put a name under it."""
    name_person(desk, "ada", "Ada", actor="test")
    give_role(desk, "ada", ("", Role.OWNER), actor="test")
    asking = Asking((Ask("ada", Role.OWNER, None),), Tier.LOW)
    review = open_review(desk, evaluation, asking, actor="ada")
    give_first(desk, review, Decision.APPROVE, "fine", actor="ada")
    for key in open_findings(desk, review_of(desk, review.id), "ada"):
        answer_finding(desk, review, Answer(key, "ada", Reply.AGREE, "known"))
    until = (desk.workspace.now() + timedelta(days=30)).date()
    wish = Wish(person_of(desk, "ada"), Role.OWNER, Decision.APPROVE, "ok", (), until)
    sign(desk, review_of(desk, review.id), wish)


def _read_file(desk: Desk, rows: list[tuple[str, float, str]]) -> None:
    """Read a table as an import does, in a folder among the drafts."""
    with TemporaryDirectory(dir=desk.workspace.drafts) as folder:
        source = Path(folder) / "rows.csv"
        lines = "\n".join(f"{label},{score},{region}" for label, score, region in rows)
        source.write_text(f"late,score,region\n{lines}\n", encoding="utf-8")
        read(source, look(source).read_as, Path(folder) / "clean.parquet")


if __name__ == "__main__":
    try:
        work(Path(sys.argv[1]), int(sys.argv[2]))
    except WrongInputError as error:  # the test must see why it ended
        sys.exit(str(error))
