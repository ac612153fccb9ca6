"""Macro averages of many slices are those of scikit-learn, slice by slice."""

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.metrics import f1_score, precision_score, recall_score

from core.engine.answered import AnsweredRows
from core.engine.lattice import lay_out
from core.measures.classes import ClassTally, count_classes, macro_many

SCORES = {
    "macro_recall": recall_score,
    "macro_precision": precision_score,
    "macro_f1": f1_score,
}


def _rows(
    label: NDArray[np.int16],
    said: NDArray[np.int16],
    code: NDArray[np.uint8],
    weight: NDArray[np.int64] | None = None,
) -> AnsweredRows:
    return AnsweredRows(code[np.newaxis], (2,), label, said, None, None, weight)


def test_by_hand() -> None:
    """Class 0 is found 1 of 2 times, class 1 always, class 2 does not occur: 75 %."""
    label, said = np.array([0, 0, 1], np.int16), np.array([0, 1, 1], np.int16)
    tally = count_classes(
        _rows(label, said, np.ones(3, np.uint8)), lay_out((2,), paired=()), 3
    )
    recall, precision = (macro_many(f"macro_{w}", tally) for w in ("recall", "precision"))
    assert recall.value[1] == pytest.approx(0.75)
    assert precision.value[1] == pytest.approx((1 + 0.5) / 2)
    assert np.isnan(recall.value[0])
    assert recall.low[1] < 0.75 < recall.high[1]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("metric", SCORES)
def test_values_are_those_of_sklearn(metric: str, *, weighted: bool) -> None:
    """Where every class occurs and is answered, in each slice and in its rest, by weight."""
    rng = np.random.default_rng(5)
    label, said = (rng.integers(0, 4, 400).astype(np.int16) for _ in range(2))
    said = np.where(rng.random(400) < 0.6, label, said).astype(np.int16)
    code = rng.integers(0, 2, 400).astype(np.uint8)
    weight = rng.integers(1, 2**40, 400) if weighted else None
    tally = count_classes(_rows(label, said, code, weight), lay_out((2,), paired=()), 4)
    for found, others in ((tally, False), (tally.rest, True)):
        values = macro_many(metric, found).value
        for group in range(2):
            mine = (code == group) != others
            expected = SCORES[metric](
                label[mine],
                said[mine],
                average="macro",
                sample_weight=weight[mine] if weight is not None else None,
            )
            assert values[group] == pytest.approx(expected, abs=1e-12)


def test_rows_without_a_label_do_not_count() -> None:
    """A missing label is no class: the row is neither right, answered nor truly anything."""
    label, said = np.array([0, -1, 1], np.int16), np.array([0, 0, 1], np.int16)
    code = np.ones(3, np.uint8)
    tally = count_classes(_rows(label, said, code), lay_out((2,), paired=()), 2)
    assert tally.w.true[1].tolist() == [1, 1]
    assert tally.w.said[1].tolist() == [1, 1]
    assert tally.rows.tolist() == [0, 2]
    assert macro_many("macro_f1", tally).value[1] == pytest.approx(1.0)


@pytest.mark.parametrize("metric", SCORES)
def test_rows_of_one_weight_count_as_without(metric: str) -> None:
    """Seven each: the same values and the same intervals."""
    rng = np.random.default_rng(6)
    label, said = (rng.integers(0, 3, 200).astype(np.int16) for _ in range(2))
    code, layout = rng.integers(0, 2, 200).astype(np.uint8), lay_out((2,), paired=())
    plain = count_classes(_rows(label, said, code), layout, 3)
    seven = count_classes(_rows(label, said, code, np.full(200, 7)), layout, 3)
    for one, other in ((plain, seven), (plain.rest, seven.rest)):
        for mine, theirs in zip(_ends(metric, one), _ends(metric, other), strict=True):
            assert mine == pytest.approx(theirs, abs=1e-12)
    assert plain.rows.tolist() == seven.rows.tolist()


@pytest.mark.parametrize("metric", SCORES)
def test_uneven_weights_widen_the_interval(metric: str) -> None:
    """One row of ten weighs a hundred times as much: fewer rows in effect."""
    rng = np.random.default_rng(7)
    label = rng.integers(0, 3, 300).astype(np.int16)
    said = np.where(rng.random(300) < 0.7, label, (label + 1) % 3).astype(np.int16)
    code, layout = np.ones(300, np.uint8), lay_out((2,), paired=())
    weight = np.where(np.arange(300) % 10 == 0, 100, 1)
    widths = []
    for each in (None, weight):
        _, low, high = _ends(
            metric, count_classes(_rows(label, said, code, each), layout, 3)
        )
        widths.append(high[1] - low[1])
    assert widths[1] > 2 * widths[0]


def _ends(metric: str, tally: ClassTally) -> list[NDArray[np.float64]]:
    found = macro_many(metric, tally)
    return [found.value, found.low, found.high]
