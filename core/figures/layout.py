"""Layout: where the nodes of a graph stand, layer by layer from left to right."""

from collections.abc import Sequence
from statistics import fmean

import networkx as nx

from core.errors import WrongInputError

Places = dict[str, tuple[float, float]]


def lay_out(nodes: Sequence[str], edges: Sequence[tuple[str, str]]) -> Places:
    """Return x (the layer) and y (top is 0) of each node.

    A node stands one layer behind the last of those that it came from (longest path); in a
    layer the nodes stand in the order of those before them, so that few edges cross.

    Raises:
        WrongInputError: the edges lead in a circle.
    """
    graph = nx.DiGraph()
    graph.add_nodes_from(nodes)
    graph.add_edges_from(edges)
    try:
        layers = [
            sorted(layer, key=nodes.index) for layer in nx.topological_generations(graph)
        ]
    except nx.NetworkXUnfeasible:
        raise WrongInputError(
            "The way of the data leads in a circle.", hint="Report how it came to be."
        ) from None
    tallest = max((len(layer) for layer in layers), default=1)
    places: Places = {}
    for number, layer in enumerate(layers):
        ordered = sorted(layer, key=lambda node: _middle(graph, node, places))
        room = tallest / len(layer)
        for place, node in enumerate(ordered):
            places[node] = (float(number), (place + 0.5) * room)
    return places


def _middle(graph: "nx.DiGraph[str]", node: str, places: Places) -> float:
    before = [places[other][1] for other in graph.predecessors(node)]
    return fmean(before) if before else 0.0
