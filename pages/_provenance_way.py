"""The way of the data: from the file to the card and decision, as a graph that can be clicked."""

from typing import Final

import streamlit as st

from core.estimates.wording import say_hash
from core.figures.marks import Figure, Graph, GraphNode
from core.measures.lineage import Lineage, Node, trace
from core.records.data import DatasetVersion
from pages._frame import desk, jump
from pages._page import chart, facts_table
from pages._shown import escape

OPENS: Final = {
    "evaluation": ("slices.py", "Open in Slices"),
    "card": ("model_card.py", "Open the card"),
    "decision": ("review.py", "Open the review"),
}
ASKED: Final = {
    "all": "Everything",
    "before": "Where does this come from?",
    "after": "What depends on this?",
}


def draw_way(dataset: DatasetVersion) -> None:
    """Draw the graph; a click on a node tells of it, and the pills fade the rest."""
    whole = trace(desk().workspace.state)
    chosen = whole.node(st.query_params.get("node", "")) or _default(whole, dataset)
    asked = st.segmented_control(
        "Show",
        list(ASKED),
        key="way",
        default="all",
        required=True,
        format_func=ASKED.__getitem__,
        label_visibility="collapsed",
    )
    clear = _clear(whole, chosen, str(asked))
    nodes = tuple(
        GraphNode(
            node.id,
            node.title,
            f"{node.kind} · {node.note}",
            faded=node.id not in clear,
            chosen=chosen is not None and node.id == chosen.id,
        )
        for node in whole.nodes
    )
    edges = tuple((edge.source, edge.target) for edge in whole.edges)
    alt = f"{len(nodes)} nodes from source files over tables and evaluations to cards and decisions."
    chart(Figure(Graph(nodes, edges), alt), key="way_graph", on_click=_choose)
    st.caption(
        "From left to right: file, table, model or evaluation, card or decision. "
        "Click a square."
    )
    if chosen:
        with st.container(border=True):
            _draw_node(whole, chosen)


def _choose(key: str) -> None:
    st.query_params["node"] = key


def _default(whole: Lineage, dataset: DatasetVersion) -> Node | None:
    return whole.node(dataset.id)


def _clear(whole: Lineage, chosen: Node | None, asked: str) -> frozenset[str]:
    if chosen is None or asked == "all":
        return frozenset(node.id for node in whole.nodes)
    return whole.before(chosen.id) if asked == "before" else whole.after(chosen.id)


def _draw_node(whole: Lineage, node: Node) -> None:
    st.markdown(f"**{escape(node.title)}** · {node.kind}")
    cards = [id_ for id_ in whole.after(node.id) if id_.startswith("card")]
    facts_table(
        [
            *node.facts,
            ("Depends on it", f"{len(whole.after(node.id)) - 1} nodes, {len(cards)} cards"),
        ]
    )
    state = desk().workspace.state
    review = state.decided.reviews.get(node.id)
    id_ = review.evaluation if review else node.id.removeprefix("card:")
    evaluation = state.evaluations.get(id_)
    if evaluation is not None:
        page, label = OPENS[node.kind]
        if st.button(f"{label} ({say_hash(evaluation.id)})"):
            jump(page, evaluation)
