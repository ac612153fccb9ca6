"""The best are kept, ordered as a reader sees them."""

import numpy as np

from core.engine.coded import CodedRows
from core.measures.best import Best, Limits
from core.measures.frontier import Frontier
from core.measures.row_errors import count_errors
from core.measures.slice_scores import Wilson, least_errors


def test_the_last_of_the_best_sets_how_many_errors_it_takes() -> None:
    """Nothing is asked of errors until the list is full; then its last score is."""
    codes = np.repeat(np.arange(4, dtype=np.uint8), 10)[np.newaxis]
    wrong = np.repeat([1, 1, 0, 0], 10).astype(np.uint8)
    coded, scorer = CodedRows(codes, (4,)), Wilson(5)
    best = Best(coded, scorer, count_errors(coded, wrong), Limits(5, 2), 0.0)
    assert best.least_errors(ties=False) == 1
    items = np.arange(4)[:, np.newaxis]
    best.offer(Frontier(items, np.full(4, 10), np.array([6, 8, 8, 4])))
    assert [(p.items, p.errors) for p in best.found()] == [(((0, 1),), 8), (((0, 2),), 8)]
    threshold = float(scorer.score(np.array([10]), np.array([8]))[0])
    needed = least_errors(scorer, 20, threshold, ties=False)
    assert best.least_errors(ties=False) == needed > 1
    best.offer(Frontier(items[:1], np.array([4]), np.array([4])))  # too few rows
    best.offer(Frontier(items[:1], np.array([10]), np.array([9])))
    assert [p.items for p in best.found()] == [((0, 0),), ((0, 1),)]
