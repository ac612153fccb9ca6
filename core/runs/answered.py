"""Answered rows of an evaluation in memory, and how their slices are laid out."""

from typing import Final

import numpy as np

from core.engine.answered import AnsweredRows, read_answered
from core.engine.lattice import LARGEST_CUBE, Floats, Layout, cube_bytes, lay_out
from core.measures.tallies import LABELS, STEPS
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.runs.desk import Desk
from core.runs.rollups import codebook_of
from core.runs.slicing import sliced_places

MOST_PAIRED: Final = 24  # columns
MOST_WEIGHED: Final = 8  # columns whose pairs are counted while a page waits
MOST_CODES: Final = 40  # of a column that is paired with others
QUICK_ROWS: Final = 100_000  # so many are counted while a page waits
SCORE_SQL: Final = "select {names} from {scores} order by file_row_number"


def layout_of(desk: Desk, evaluation: Evaluation) -> Layout:
    """Return how slices are laid out: each sliced column, and pairs of the first 24 or fewer.

    Of many rows only as many columns are paired as can be answered at once: from a cube of
    64 MB, or by counting the rows, where they have weights. Columns of personal data are in
    no part, but keep their place among the others.
    """
    alone = sliced_places(desk, evaluation)
    key = ("layout", evaluation.frame, evaluation.codebook, evaluation.scores, alone)

    def make() -> Layout:
        cards = _cards(desk, evaluation)
        paired = list(short_columns(desk, evaluation))
        layout = lay_out(cards, paired=paired, alone=alone)
        if evaluation.rows <= QUICK_ROWS:
            return layout
        if evaluation.weight:
            return lay_out(cards, paired=paired[:MOST_WEIGHED], alone=alone)
        labels = LABELS if evaluation.labelled < evaluation.rows else LABELS[:2]
        while cube_bytes(layout, len(labels), STEPS) > LARGEST_CUBE and paired:
            paired.pop()
            layout = lay_out(cards, paired=paired, alone=alone)
        return layout

    return desk.once(key, make)


def short_columns(desk: Desk, evaluation: Evaluation) -> tuple[int, ...]:
    """Return the columns that can be combined with others: the first 24 of few codes."""
    cards = _cards(desk, evaluation)
    few = [place for place in sliced_places(desk, evaluation) if cards[place] <= MOST_CODES]
    return tuple(few[:MOST_PAIRED])


def answered_of(desk: Desk, evaluation: Evaluation) -> AnsweredRows:
    """Return the answered rows of an evaluation, in memory."""
    cards = _cards(desk, evaluation)
    key = ("answered", evaluation.frame, evaluation.codebook)
    return desk.hold(key, lambda: read_answered(desk.work, evaluation, cards))


def has_answered(desk: Desk, evaluation: Evaluation) -> bool:
    """Return whether the answered rows are in memory already."""
    return desk.holds(("answered", evaluation.frame, evaluation.codebook))


def scores_in(desk: Desk, evaluation: Evaluation) -> Floats:
    """Return (rows, classes): the scores of each row; one column but for multiclass."""
    classes = len(evaluation.answer.classes)
    multiclass = evaluation.answer.task is Task.MULTICLASS
    names = [f"score_{k}" for k in range(classes)] if multiclass else ["score"]
    text = SCORE_SQL.format(
        names=", ".join(names), scores=desk.work.source(evaluation.scores)
    )
    table = desk.work.table(text)
    return np.column_stack([table[name].to_numpy() for name in names])


def _cards(desk: Desk, evaluation: Evaluation) -> tuple[int, ...]:
    return tuple(len(column.codes) for column in codebook_of(desk, evaluation).columns)


def held(desk: Desk, evaluation: Evaluation, what: str) -> tuple[object, ...]:
    """Return the key under which something counted of all slices is held."""
    scores = evaluation.scores  # finer than the steps of the frame
    alone = sliced_places(desk, evaluation)
    return ("lattice", what, evaluation.frame, scores, evaluation.codebook, alone)
