"""A table, a model file and an evaluation in which everything is called by hostile texts."""

import csv
from dataclasses import replace
from io import StringIO
from typing import Final

import numpy as np
from onnx import TensorProto, helper

from core.intake.bounds import IntakeLimits
from core.intake.names import clean_names
from core.records.data import Column, ColumnType, Use
from core.records.evaluations import Evaluation
from core.records.models import Answer, Task
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import ModelToKeep, keep_model, keep_table
from tests.hostile.texts import FORMULAE, HOSTILE, MARKUP, TURNED
from tests.kept import Small, column, to_keep

NO: Final = "<i>no</i> :red[kraken]"
YES: Final = "=yes|' www.kraken.example"
TITLE: Final = f"{MARKUP[5]} {MARKUP[0]}"
DATA: Final = f"{MARKUP[6]} $x$ {TURNED[0]}"
PORTS: Final = (MARKUP[1], ":material/home: https://kraken.example", FORMULAE[0])
DECLARED: Final = (("owner", MARKUP[1]), ("source", MARKUP[8]))
SEVERAL: Final = 20  # values in a column: each gets a bar or a line of its own
ROWS: Final = 800
GROUPS: Final = 3  # a drawing on the card for each


def column_names() -> tuple[str, ...]:
    """Return the hostile texts as an import would name columns after them."""
    return clean_names(HOSTILE, IntakeLimits())[0]


def small(rows: int = ROWS, *, columns: int = len(HOSTILE)) -> Small:
    """Return a table whose names, classes and values are hostile."""
    rng = np.random.default_rng(7)
    names = column_names()[:columns]
    score = rng.random(rows).round(4)
    values: dict[str, list[object]] = {
        "label": [
            YES if lot < p else NO for lot, p in zip(rng.random(rows), score, strict=True)
        ],
        "score": score.tolist(),
    }
    for number, name in enumerate(names):
        first = SEVERAL * number
        own = [HOSTILE[(first + k) % len(HOSTILE)] for k in range(SEVERAL)]
        values[name] = [own[k % SEVERAL] for k in range(rows)]
    groups = [column(name, group=k < GROUPS) for k, name in enumerate(names)]
    told = (
        Column("label", ColumnType.TEXT, Use.LABEL),
        Column("score", ColumnType.NUMBER, Use.SCORE),
    )
    return Small((*told, *groups), values, name=DATA)


def hostile_evaluation(desk: Desk) -> Evaluation:
    """Keep the table and its scores under hostile names and evaluate them."""
    table = replace(to_keep(desk, small()), declared=DECLARED)
    table = replace(table, reading=replace(table.reading, file_name=f"{MARKUP[1]}.csv"))
    data = keep_table(desk, table, actor="test")
    answer = Answer(Task.BINARY, classes=(NO, YES), positive=YES)
    feeds = (("scores", ("score",)),)
    brought = ModelToKeep(None, None, answer, feeds, TITLE, DECLARED)
    model = keep_model(desk, brought, actor="test")
    return evaluate(desk, model.id, data.id, actor="test")


def csv_file() -> bytes:
    """Return a hostile table as a CSV file, without NUL, which CSV cannot hold."""
    table = small(columns=24)
    told = StringIO()
    writer = csv.writer(told, quoting=csv.QUOTE_ALL)
    writer.writerow(table.values)
    writer.writerows(zip(*table.values.values(), strict=True))
    return told.getvalue().replace("\x00", "").encode()


def onnx_file() -> bytes:
    """Return a model whose ports have hostile names: the last is the sum of the others."""
    shape = [None, 1]
    ports = [helper.make_tensor_value_info(p, TensorProto.FLOAT, shape) for p in PORTS]
    node = helper.make_node("Add", list(PORTS[:2]), [PORTS[2]])
    graph = helper.make_graph([node], "kraken", ports[:2], ports[2:])
    opsets = [helper.make_opsetid("", 20)]
    data: bytes = helper.make_model(
        graph, opset_imports=opsets, ir_version=10
    ).SerializeToString()
    return data
