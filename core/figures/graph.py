"""Graphs: nodes and edges, clickable on screen and still on paper."""

from collections.abc import Sequence
from typing import Final

import plotly.graph_objects as go
from matplotlib.axes import Axes

from core.figures.inks import Inks
from core.figures.layout import Places, lay_out
from core.figures.marks import Graph, GraphNode, short_label
from core.figures.plain import plain

NODE_PIXELS: Final = 14
ROW_PIXELS: Final = 44
LEAST_HEIGHT: Final = 220
LONGEST: Final = 28  # letters of a label between two layers
FADED: Final = 0.25
HOVER: Final = "%{customdata[1]}<extra></extra>"
ROOM: Final = 0.45  # of a layer, that labels need on both sides


def draw_graph(mark: Graph, inks: Inks) -> go.Figure:
    """Return the graph for plotly; each node carries its key and what it is."""
    places = _places(mark)
    shown = mark.nodes
    squares = go.Scatter(
        mode="markers+text",
        x=[places[node.key][0] for node in shown],
        y=[places[node.key][1] for node in shown],
        text=[_label(node) for node in shown],
        textposition="bottom center",
        textfont={"color": [_colour(node, inks, inks.text) for node in shown], "size": 12},
        marker={
            "symbol": "square",
            "size": NODE_PIXELS,
            "color": [_colour(node, inks, inks.rest) for node in shown],
            "opacity": [FADED if node.faded else 1.0 for node in shown],
        },
        customdata=[[node.key, _hover(node)] for node in shown],
        hovertemplate=HOVER,
        cliponaxis=False,
    )
    figure = go.Figure([*_lines(mark, places, inks), squares])
    hidden = {"visible": False, "fixedrange": True}
    last = max((x for x, _ in places.values()), default=0.0)
    return figure.update_layout(
        height=max(LEAST_HEIGHT, round(ROW_PIXELS * tallest(mark)) + 40),
        xaxis=hidden | {"range": [-ROOM, last + ROOM]},
        yaxis=hidden | {"range": [tallest(mark), 0]},
        hovermode="closest",
    )


def ink_graph(axes: Axes, mark: Graph, inks: Inks) -> None:
    """Draw the graph with matplotlib."""
    places = _places(mark)
    for source, target in mark.edges:
        (x, y), (u, v) = places[source], places[target]
        axes.plot([x, u], [y, v], color=inks.faint, linewidth=0.8, zorder=1)
    for node in mark.nodes:
        x, y = places[node.key]
        colour = _colour(node, inks, inks.rest)
        axes.scatter([x], [y], marker="s", s=36, color=colour, zorder=2)
        label = short_label(node.label, LONGEST)
        axes.annotate(label, (x, y), xytext=(6, -3), textcoords="offset points", fontsize=7)
    last = max((x for x, _ in places.values()), default=0.0)
    axes.set_xlim(-ROOM, last + ROOM)
    axes.set_ylim(tallest(mark), 0)
    axes.set_axis_off()


def tallest(mark: Graph) -> float:
    """Return how many nodes stand in the fullest layer."""
    layers = [x for x, _ in _places(mark).values()]
    return float(max((layers.count(x) for x in layers), default=1))


def _places(mark: Graph) -> Places:
    return lay_out([node.key for node in mark.nodes], mark.edges)


def _lines(mark: Graph, places: Places, inks: Inks) -> list[go.Scatter]:
    """Return the edges as two traces: those between nodes in sight, and the faded ones."""
    faded = {node.key for node in mark.nodes if node.faded}
    clear = [edge for edge in mark.edges if not faded & set(edge)]
    dim = [edge for edge in mark.edges if faded & set(edge)]
    return [
        _line(some, places, inks.faint, opacity)
        for some, opacity in ((dim, FADED), (clear, 1.0))
        if some
    ]


def _line(
    edges: Sequence[tuple[str, str]], places: Places, colour: str, opacity: float
) -> go.Scatter:
    x: list[float | None] = []
    y: list[float | None] = []
    for source, target in edges:
        x += [places[source][0], places[target][0], None]
        y += [places[source][1], places[target][1], None]
    return go.Scatter(
        mode="lines",
        x=x,
        y=y,
        line={"color": colour, "width": 1},
        opacity=opacity,
        hoverinfo="skip",
    )


def _label(node: GraphNode) -> str:
    text = plain(short_label(node.label, LONGEST))
    return f"<b>{text}</b>" if node.chosen else text


def _hover(node: GraphNode) -> str:
    return f"{plain(short_label(node.label, 120))} · {plain(short_label(node.note, 120))}"


def _colour(node: GraphNode, inks: Inks, other: str) -> str:
    if node.chosen:
        return inks.chosen
    return inks.faint if node.faded else other
