"""Privacy: which slices are hidden, so that nobody can be told from the numbers around them."""

from collections.abc import Sequence
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from core.engine.lattice import Layout, Place

Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]
HIDDEN: Final = "hidden, fewer than {limit} rows here or beside it"


def hide_small(rows: Counts, layout: Layout, *, limit: int, in_all: int) -> Mask:
    """Return which slices are hidden: the small ones, and those that would give them away.

    A slice with fewer rows than `limit`, or with fewer rows outside of it, is hidden. Where
    that leaves one hidden slice in a line of a table whose sum is shown, or several with
    fewer rows than `limit` together, the smallest others of the line are hidden too; then
    more, until no small slice follows from its table and the sums at its sides. Each table
    is looked at for itself: what several of them tell together is not.
    Source: complementary cell suppression, Cox (1980), J. Am. Stat. Assoc. 75, 377-385.
    """
    outside = in_all - rows
    small = (rows > 0) & ((rows < limit) | ((outside > 0) & (outside < limit)))
    hidden = small.copy()
    for part in sorted(layout.parts, key=len):  # the sums of a table before the table
        mine = _slice_of(layout, part)
        shape = (-1, layout.cards[part[-1]] if part else 1)
        table, mask = rows[mine].reshape(shape), hidden[mine].reshape(shape)  # views
        _complete(table, mask, limit)
        if len(part) > 1:
            _close(table, mask, _sums(hidden, layout, part), _sums(small, layout, part))
    return hidden


def is_few(rows: int, limit: int) -> bool:
    """Return whether so many rows tell somebody: some, but fewer than `limit`."""
    return 0 < rows < limit


def gives_away(rows: int, around: tuple[int, ...], *, limit: int) -> bool:
    """Return whether a slice must be hidden: it, or what it lacks of another, is too small.

    `around` are the rows of larger slices that contain this one, all rows included.
    """
    return any(is_few(number, limit) for number in (rows, *(n - rows for n in around)))


def hide_bars(
    series: Sequence[tuple[str, tuple[int, ...]]], *, limit: int
) -> tuple[tuple[str, tuple[int, ...]], ...]:
    """Return the bars of a histogram, those that tell a few people empty.

    A bar of fewer than `limit` rows is hidden, and more bars until it follows neither from
    the rows of its series nor from those of all series in its step: one table, as slices
    of two columns are.
    """
    table = np.array([counts for _, counts in series], dtype=np.int64)
    if not table.size:
        return tuple(series)
    parts = ((0,), (1,), (0, 1))
    sums = table.sum(axis=1), table.sum(axis=0)
    rows = np.concatenate([*sums, table.reshape(-1)])
    layout = Layout(table.shape, parts)
    hidden = hide_small(rows, layout, limit=limit, in_all=int(table.sum()))
    table[hidden[-table.size :].reshape(table.shape)] = 0
    return tuple(
        (name, tuple(line)) for (name, _), line in zip(series, table.tolist(), strict=True)
    )


def _slice_of(layout: Layout, part: Place) -> slice:
    number = layout.parts.index(part)
    return slice(layout.starts[number], layout.starts[number + 1])


def _sums(mask: Mask, layout: Layout, part: Place) -> Mask:
    """Return a mask of a table with one more line and column, for the sums at its sides.

    Sums that the layout does not hold are shown.
    """
    shape = [layout.cards[column] for column in part]
    framed = np.zeros([card + 1 for card in shape], dtype=np.bool_)
    framed[:-1, :-1] = mask[_slice_of(layout, part)].reshape(shape)
    for column, side in zip(part, (framed[:-1, -1], framed[-1, :-1]), strict=True):
        if (column,) in layout.parts:
            side[:] = mask[_slice_of(layout, (column,))]
    return framed


def _complete(table: Counts, hidden: Mask, limit: int) -> None:
    """Hide more cells until no line of the table gives a hidden one away."""
    lines = list(zip(table, hidden, strict=True))  # views: what is hidden stays hidden
    if table.shape[0] > 1:
        lines += zip(table.T, hidden.T, strict=True)
    before = -1
    while before != (before := int(hidden.sum())):
        for counts, mask in lines:
            while (victim := _victim(counts, mask, limit)) is not None:
                mask[victim] = True


def _victim(counts: Counts, hidden: Mask, limit: int) -> int | None:
    """Return the cell of a line that must be hidden too, if any."""
    known = int(hidden.sum())
    if not known or (known > 1 and counts[hidden].sum() >= limit):
        return None
    shown = np.flatnonzero(~hidden & (counts > 0))
    return int(shown[np.argmin(counts[shown])]) if len(shown) else None


def _close(table: Counts, hidden: Mask, framed: Mask, small: Mask) -> None:
    """Hide more cells until no small one follows from all that the table shows.

    Take hidden cells for edges between their line and their column. The shown cells and
    sums fix a cell exactly where its edge is a bridge, that is on no cycle: then the
    smallest shown cell that leads across is hidden too, an empty one if there is no other.
    `framed` is what is hidden and `small` what must not be told, both with the sums at the
    sides of the table.
    Source: Gusfield (1988), SIAM J. Comput. 17, 552-571.
    """
    lines, columns = table.sum(axis=1) > 0, table.sum(axis=0) > 0
    used: Mask = lines[:, None] & columns  # an empty line hides nothing
    while (across := _across(framed, small, used)) is not None:
        filled = across & (table > 0)
        cells = np.flatnonzero(filled if filled.any() else across)
        at = np.unravel_index(cells[np.argmin(table.flat[cells])], table.shape)
        hidden[at] = framed[at] = True


def _across(framed: Mask, small: Mask, used: Mask) -> Mask | None:
    """Return the shown cells that lead across the first bridge that tells a small cell."""
    height = len(framed)
    graph: nx.Graph[int] = nx.Graph()
    graph.add_edges_from((int(i), height + int(j)) for i, j in np.argwhere(framed))
    for ends in list(nx.bridges(graph)):
        line, column = sorted(ends)
        if not small[line, column - height]:
            continue
        graph.remove_edge(line, column)
        side = nx.node_connected_component(graph, line)
        graph.add_edge(line, column)
        mine = np.array([k in side for k in range(height + framed.shape[1])])
        apart = mine[:height, None] != mine[None, height:]
        across: Mask = apart[:-1, :-1] & ~framed[:-1, :-1] & used
        if across.any():
            return across
    return None
