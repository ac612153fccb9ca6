"""Players: raw columns, or several that a model mixes into one feature."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from core.models.opened import Opened
from core.records.explanations import Player


def find_players(opened: Opened) -> tuple[tuple[Player, ...], NDArray[np.int64]]:
    """Tell which raw columns push together, and to whom each feature of the head belongs.

    Columns that meet in one feature cannot be told apart by any account of that feature,
    so they are one player: the connected parts of the graph of columns that share a
    feature. A feature that no column can change belongs to a last, silent player, whose
    number is the number of the others.
    """
    count = len(opened.columns)
    pairs = [(few[0], other) for few in opened.origins for other in few[1:]]
    number, part = connected_components(_graph(pairs, count), directed=False)
    seen = list(dict.fromkeys(part.tolist()))  # in the order of the columns
    place = {name: k for k, name in enumerate(seen)}
    members = [[c for c in range(count) if part[c] == name] for name in seen]
    players = tuple(
        Player(tuple(opened.columns[c] for c in few), _met(opened, few)) for few in members
    )
    of_feature = [place[part[few[0]]] if few else int(number) for few in opened.origins]
    return players, np.array(of_feature, np.int64)


def _graph(pairs: Sequence[tuple[int, int]], count: int) -> coo_array:
    one, other = ([pair[k] for pair in pairs] for k in (0, 1))
    return coo_array((np.ones(len(pairs)), (one, other)), shape=(count, count))


def _met(opened: Opened, few: Sequence[int]) -> str:
    """Return the operator in which the columns of a joint player first meet."""
    return (
        next((kind for met, kind in opened.met if set(met) <= set(few)), "")
        if (len(few) > 1)
        else ""
    )
