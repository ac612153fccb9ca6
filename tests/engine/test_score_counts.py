"""Score counts: every row once, by its score and what is known of its label."""

from collections import Counter

import numpy as np
import pytest

from core.engine.score_counts import ScoreCounts, read_score_counts, write_score_counts
from core.engine.scored import Scored
from core.errors import WrongInputError
from core.records.models import Answer
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, Framed, binary, lay_frame


def counted(desk: Desk, framed: Framed) -> ScoreCounts:
    """Count the rows of a frame."""
    scored = Scored(framed.frame, framed.scores, framed.answer)
    name = desk.workspace.objects.put(
        lambda into: write_score_counts(desk.work, scored, into)
    )
    return read_score_counts(desk.count, name)


def framed(
    desk: Desk, answer: Answer = BINARY
) -> tuple[Framed, list[tuple[str | None, float]]]:
    """Lay down 500 rows with a fifth of the labels missing."""
    rng = np.random.default_rng(4)
    score = (rng.integers(0, 41, 500) / 40).tolist()
    label = [
        None if u < 0.2 else ("yes" if u < 0.6 else "no") for u in rng.random(500).tolist()
    ]
    rows = [(known, at, "N") for known, at in zip(label, score, strict=True)]
    laid = lay_frame(desk, binary(rows), answer, np.array(score))
    return laid, list(zip(label, score, strict=True))


def test_rows_labels_and_what_happened_are_counted(desk: Desk) -> None:
    """By brute force over 41 different scores."""
    laid, rows = framed(desk)
    found = counted(desk, laid)
    places = [round(score * 64000) for _, score in rows]
    assert dict(zip(found.bucket.tolist(), found.n.tolist(), strict=True)) == Counter(
        places
    )
    known = Counter(p for p, (label, _) in zip(places, rows, strict=True) if label)
    yes = Counter(p for p, (label, _) in zip(places, rows, strict=True) if label == "yes")
    assert found.labelled.tolist() == [known[p] for p in found.bucket.tolist()]
    assert found.happened.tolist() == [yes[p] for p in found.bucket.tolist()]


def test_a_regression_has_no_score_to_count_by(desk: Desk) -> None:
    """Its amounts are no chances."""
    laid, _ = framed(desk)
    amounts = Framed(
        laid.dataset, AMOUNT, laid.codebook, laid.scores, laid.frame, laid.facts
    )
    with pytest.raises(WrongInputError, match="amounts, not chances"):
        counted(desk, amounts)
