"""Values are written row by row with the facts beside them, and held against the sums."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.errors import RefusedModelError
from core.measures.explainer import Explainer
from core.runs.writing import FACTS, Writing, take_rows, thin_rows
from tests.measures.explained_cases import FACTS as TOLD


def _explainer(base: list[float]) -> Explainer:
    """Return what `check` asks of an explainer: outputs, the base, and the sums themselves."""
    made = SimpleNamespace(
        outputs=len(base),
        pushes=SimpleNamespace(base=np.array(base)),
        sums=lambda bare: bare,
    )
    return cast(Explainer, made)


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    """Two batches, in order, as float32, and what was said of them."""
    into = tmp_path / "values.parquet"
    first, second = np.array([[0.5, -1.0], [2.0, 0.25]]), np.array([[3.0], [-4.0]])
    with Writing(into, 2) as writing:
        writing.add(np.array([0, 1]), first)
        writing.add(np.array([7]), second)
        writing.close(TOLD)
    assert (writing.rows, writing.largest) == (3, 4.0)
    table = pq.read_table(into)
    assert table["row"].to_pylist() == [0, 1, 7]
    assert table["v0"].to_pylist() == [0.5, -1.0, 3.0]
    assert table["v1"].to_pylist() == [2.0, 0.25, -4.0]
    assert table.schema.field("v0").type == pa.float32()
    said = pq.read_metadata(into).metadata or {}
    assert b'"TreeEnsembleClassifier"' in said[FACTS.encode()]


def test_the_same_values_are_the_same_bytes(tmp_path: Path) -> None:
    """So that an object has one name."""
    data = []
    for name in "ab":
        with Writing(tmp_path / name, 1) as writing:
            writing.add(np.arange(50), np.linspace(-1, 1, 50)[None, :])
            writing.close(TOLD)
        data.append((tmp_path / name).read_bytes())
    assert data[0] == data[1]


def test_the_largest_miss_of_any_sum_is_kept(tmp_path: Path) -> None:
    """By hand: 1 + 2 against 3.4 is 0.4 off, over 1 + 3.4; two outputs, two rows."""
    pushes = np.array([[2.0, 0.0], [0.0, 1.0]])  # one player of each output
    with Writing(tmp_path / "a", 2) as writing:
        writing.add(np.array([0, 1]), pushes)
        writing.check(_explainer([1.0, -1.0]), np.array([[3.0, -1.0], [1.0, 0.0]]))
        assert writing.apart == 0.0
        writing.check(_explainer([1.0, -1.0]), np.array([[3.4, -1.0], [1.0, 0.0]]))
        assert writing.apart == pytest.approx(0.4 / 4.4)
        writing.check(_explainer([1.0, -1.0]), np.array([[3.0, -1.0], [1.0, 0.0]]))
        assert writing.apart == pytest.approx(0.4 / 4.4)
        writing.close(TOLD)


@pytest.mark.parametrize("odd", [np.nan, np.inf])
def test_sums_that_are_no_numbers_are_refused(tmp_path: Path, odd: float) -> None:
    """Nothing can be explained of them."""
    with Writing(tmp_path / "a", 1) as writing:
        writing.add(np.array([0]), np.array([[1.0]]))
        with pytest.raises(RefusedModelError, match="gives no number for some rows"):
            writing.check(_explainer([0.0]), np.array([[odd]]))


def test_all_rows_are_taken_or_those_of_the_lowest_hashes() -> None:
    """The same rows each time, in order, by Knuth's multiplication in whole numbers."""
    assert thin_rows(5, 5).tolist() == [0, 1, 2, 3, 4]
    found = thin_rows(10_000, 300)
    hashes = {k: (k * 2_654_435_761) % 2**32 for k in range(10_000)}
    assert found.tolist() == sorted(sorted(hashes, key=hashes.__getitem__)[:300])
    assert len(thin_rows(0, 10)) == 0


def test_rows_are_taken_from_whichever_batch_holds_them() -> None:
    """None of the second, one of the third; a batch that is wanted whole stays as it is."""
    batches = [pa.record_batch({"x": pa.array(range(k, k + 4))}) for k in range(0, 16, 4)]
    numbers = np.array([0, 2, 9, 12, 13, 14, 15])
    taken: list[Any] = [b["x"].to_pylist() for b in take_rows(iter(batches), numbers)]
    assert taken == [[0, 2], [9], [12, 13, 14, 15]]
    assert list(take_rows(iter(batches), np.array([], np.int64))) == []
