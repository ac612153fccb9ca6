"""What somebody's file is called never matters to the draft that holds it."""

from io import BytesIO

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from core.runs.desk import Desk
from core.runs.drafting import load_draft, read_draft, start_draft
from core.runs.watch import Watch

LINES = b'{"a": 1}\n{"a": 2}\n'


def _parquet() -> bytes:
    into = BytesIO()
    pq.write_table(pa.table({"a": [1, 2]}), into)
    return into.getvalue()


@pytest.mark.parametrize("name", ["draft.json", "clean.parquet", "model.jsonl"])
def test_a_file_may_have_the_name_of_one_of_ours(name: str, desk: Desk) -> None:
    """The draft's own files lie apart: both rows are read, twice, and the draft is whole."""
    data = _parquet() if name.endswith(".parquet") else LINES
    draft = start_draft(desk, name, BytesIO(data))
    for _ in range(2):
        reading = read_draft(desk, draft.id, None, Watch()).reading
        assert reading is not None
        assert reading.rows == 2
    assert load_draft(desk, draft.id).file_name == name
