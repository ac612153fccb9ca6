"""Rows and errors counted by codes are those of the rows, weights and parts included."""

from collections import defaultdict

import numpy as np
import pytest

from core.engine.codes import make_codebook
from core.engine.mix import ONE, Answers, Cut, Mix, read_mix, write_mix
from core.records.data import ColumnType, Use
from core.records.models import Answer
from core.runs.desk import Desk
from tests.kept import AMOUNT, BINARY, THREE, Framed, Small, Values, column, lay_frame

NAMES = ("N", "S", None)


def drawn(answer: Answer, *, weights: bool) -> tuple[Small, np.ndarray]:
    """Draw 300 rows of two columns, a label that is missing in some, and the scores."""
    rng = np.random.default_rng(3)
    n = 300
    kind = ColumnType.NUMBER if answer is AMOUNT else ColumnType.TEXT
    columns = [column("label", kind, Use.LABEL), column("region"), column("job")]
    scores: np.ndarray
    if answer is AMOUNT:
        scores = rng.normal(50, 10, n).round(2)
        labels = (scores + rng.normal(0, 3, n)).round(2).tolist()
    elif answer is BINARY:
        scores = rng.random(n).round(3)
        labels = np.where(rng.random(n) < scores, "yes", "no").tolist()
    else:
        scores = rng.integers(0, 3, n)
        labels = rng.choice(["a", "b", "c"], n).tolist()
    for k in range(0, n, 11):
        labels[k] = None
    values = {
        "label": labels,
        "region": [NAMES[k] for k in rng.integers(0, 3, n)],
        "job": rng.choice(["x", "y", "z"], n).tolist(),
    }
    if weights:
        columns.append(column("w", ColumnType.NUMBER, Use.WEIGHT))
        values["w"] = rng.choice([0.5, 1.0, 3.0], n).tolist()
    return Small(tuple(columns), values), scores


def counted(desk: Desk, framed: Framed) -> tuple[Mix, Cut]:
    """Count both columns alone and together."""
    book = make_codebook(desk.work, framed.dataset)
    columns = tuple(c for c in book.columns if c.name in ("region", "job"))
    cut = Cut(columns, ((0,), (1,), (0, 1)))
    answers = Answers(framed.frame, framed.dataset.object, framed.answer.task, 500)
    name = desk.workspace.objects.put(lambda into: write_mix(desk.work, answers, cut, into))
    unit = 2.0**framed.facts.error_scale if framed.answer is AMOUNT else 1.0
    return read_mix(desk.count, name, framed.answer.task, unit=unit), cut


@pytest.mark.parametrize("answer", [BINARY, THREE, AMOUNT])
@pytest.mark.parametrize("weights", [False, True])
def test_sums_are_those_of_the_rows(desk: Desk, answer: Answer, *, weights: bool) -> None:
    """By brute force: rows, weights and errors of each code, for each part."""
    small, scores = drawn(answer, weights=weights)
    mix, cut = counted(desk, lay_frame(desk, small, answer, scores))
    names = [c.name for c in cut.columns]
    words = [[*c.values] for c in cut.columns]
    expected: dict[tuple[int, object, object], np.ndarray] = defaultdict(
        lambda: np.zeros(3)
    )
    heavy = small.values.get("w", [1.0] * len(scores))
    for k, label in enumerate(small.values["label"]):
        if label is None:
            continue
        if answer is AMOUNT:
            wrong = abs(scores[k] - label)
        elif answer is BINARY:
            wrong = float((scores[k] >= 0.5) != (label == "yes"))
        else:
            wrong = float("abc"[scores[k]] != label)
        at = [small.values[name][k] for name in names]
        for part, key in enumerate(((at[0], 0), (at[1], 0), (at[0], at[1]))):
            expected[part, *key] += (1, heavy[k], heavy[k] * wrong)
    assert len(mix.n) == len(expected)
    scale = float(mix.w.sum()) / sum(v[1] for key, v in expected.items())
    for k in range(len(mix.n)):
        part = int(mix.part[k])
        one = _value(words[cut.parts[part][0]], int(mix.one[k]))
        two = _value(words[1], int(mix.two[k])) if part == 2 else 0
        n, w, e = expected[part, one, two]
        assert mix.n[k] == n
        assert float(mix.w[k]) / scale == pytest.approx(w, rel=1e-9)
        error = float(mix.e[k]) / mix.scale / scale * mix.unit
        assert error == pytest.approx(e, rel=1e-6, abs=1e-6)


def test_an_error_without_bound_counts_at_most_1024_units(desk: Desk) -> None:
    """One label a billion away does not swallow the sums: it counts 1,024 units."""
    columns = (column("label", ColumnType.NUMBER, Use.LABEL), column("region"))
    values: Values = {"label": [1.0] * 99 + [1e12], "region": ["N"] * 100}
    framed = lay_frame(desk, Small(columns, values), AMOUNT, np.full(100, 2.0))
    cut = Cut(make_codebook(desk.work, framed.dataset).columns, ((0,),))
    answers = Answers(framed.frame, framed.dataset.object, AMOUNT.task, 500)
    name = desk.workspace.objects.put(lambda into: write_mix(desk.work, answers, cut, into))
    mix = read_mix(desk.count, name, AMOUNT.task, unit=1.0)
    assert int(mix.e.sum()) <= 1024 * ONE * int(mix.w.sum())


def _value(values: list[str], code: int) -> object:
    return values[code - 1] if code else None
