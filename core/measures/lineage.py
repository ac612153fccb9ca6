"""Lineage: the way from a source to a decision, as nodes and what made one of another."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from core.estimates.wording import say_bytes, say_day, say_hash, say_rows
from core.records.data import DatasetVersion, Split
from core.store.state import State

UNFOLDED: Final = 2  # production windows that are drawn one by one


@dataclass(frozen=True, slots=True)
class Node:
    """A thing on the way, by its hash or id.

    `kind`: source, table, model, evaluation, card or decision.
    """

    id: str
    kind: str
    title: str
    note: str
    facts: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """What was made of what: `how` is a verb."""

    source: str
    target: str
    how: str


@dataclass(frozen=True, slots=True)
class Lineage:
    """All nodes in the order in which they came to be, and the edges between them."""

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]

    def node(self, id_: str) -> Node | None:
        """Return the node of that id, if there is one."""
        return next((node for node in self.nodes if node.id == id_), None)

    def after(self, id_: str) -> frozenset[str]:
        """Return everything that depends on a node, itself included."""
        return self._reach(id_, [(edge.source, edge.target) for edge in self.edges])

    def before(self, id_: str) -> frozenset[str]:
        """Return everything that a node stands on, itself included."""
        return self._reach(id_, [(edge.target, edge.source) for edge in self.edges])

    def _reach(self, id_: str, steps: list[tuple[str, str]]) -> frozenset[str]:
        found, waiting = {id_}, [id_]
        while waiting:
            here = waiting.pop()
            new = {there for start, there in steps if start == here} - found
            found |= new
            waiting += new
        return frozenset(found)


def trace(state: State, *, folded: bool = True) -> Lineage:
    """Return the way of all data in a workspace: source to card and decision.

    With `folded`, all production windows but the newest are drawn as one, with everything
    that was made of them.
    """
    nodes = [
        *_sources(state),
        *_tables(state),
        *_models(state),
        *_evaluations(state),
        *_decisions(state),
    ]
    whole = Lineage(tuple(nodes), (*_table_edges(state), *_made_edges(state)))
    return _fold(whole, _older(state)) if folded else whole


def _sources(state: State) -> Iterator[Node]:
    seen: set[str] = set()
    for version in state.datasets.values():
        if version.file_sha256 not in seen:
            seen.add(version.file_sha256)
            facts = (("File", version.file_name), ("SHA-256", version.file_sha256))
            declared = state.declared_of(version)
            source = declared.get("source", "")
            yield Node(
                f"file:{version.file_sha256}",
                "source",
                version.file_name,
                say_hash(version.file_sha256),
                (*facts, *((("Source", source),) if source else ())),
            )


def _tables(state: State) -> Iterator[Node]:
    for version in state.datasets.values():
        gone = version.object in state.erased
        facts = (
            ("Rows", f"{version.rows:,}" + (" (erased)" if gone else "")),
            ("Split", str(version.split)),
            ("Content hash", version.id),
            ("Size", say_bytes(version.bytes)),
            ("Imported", f"{say_day(version.at)}, by {version.actor}"),
        )
        note = f"{version.split} · {'rows erased' if gone else say_rows(version.rows)}"
        yield Node(version.id, "table", version.title, note, facts)


def _models(state: State) -> Iterator[Node]:
    for model in state.models.values():
        training = dict(model.declared).get("training_data", "")
        facts = (
            ("Task", model.answer.task.value),
            ("File hash", model.object or "scores only"),
            ("Trained on", training or "nobody has said"),
        )
        yield Node(model.id, "model", model.title, say_hash(model.id), facts)


def _table_edges(state: State) -> Iterator[Edge]:
    for version in state.datasets.values():
        yield Edge(f"file:{version.file_sha256}", version.id, "imported as")
        if version.parent:
            yield Edge(version.parent, version.id, "reduced to")
    for model in state.models.values():
        training = dict(model.declared).get("training_data", "")
        for version in state.datasets.values():
            if training and training in (version.title, version.id):
                yield Edge(version.id, model.id, "trained")


def _evaluations(state: State) -> Iterator[Node]:
    for made in state.evaluations.values():
        model, table = state.model(made.model), state.dataset(made.dataset)
        facts = (
            ("Model", model.title),
            ("Data", table.title),
            ("Rows", f"{made.rows:,}"),
            ("Evidence", made.id),
            ("Evaluated", say_day(made.at)),
        )
        title = f"{model.title} on {table.title}"
        yield Node(made.id, "evaluation", title, say_hash(made.id), facts)
        yield Node(f"card:{made.id}", "card", f"Card: {title}", "a document", facts)


def _decisions(state: State) -> Iterator[Node]:
    for review in state.decided.reviews.values():
        title = f"Review of {state.model(review.model).title}"
        said = tuple(
            (f"{signed.person}, {signed.role}", f"{signed.decision}, {say_day(signed.at)}")
            for signed in review.signed
        )
        many = "1 signature" if len(said) == 1 else f"{len(said)} signatures"
        yield Node(review.id, "decision", title, many, (("Evidence", review.root), *said))


def _made_edges(state: State) -> Iterator[Edge]:
    for made in state.evaluations.values():
        yield Edge(made.dataset, made.id, "evaluated in")
        yield Edge(made.model, made.id, "evaluated in")
        yield Edge(made.id, f"card:{made.id}", "handed out as")
    for review in state.decided.reviews.values():
        yield Edge(review.evaluation, review.id, "decided in")


def _older(state: State) -> dict[str, str]:
    """Return what is folded, and into what: the windows before the newest."""
    windows = sorted(
        (d for d in state.datasets.values() if d.split is Split.PRODUCTION), key=_end
    )
    if len(windows) <= UNFOLDED:
        return {}
    older = {d.id for d in windows[:-1]}
    into = dict.fromkeys(older, "windows")
    into |= {f"file:{state.dataset(id_).file_sha256}": "window files" for id_ in older}
    for made in state.evaluations.values():
        if made.dataset in older:
            into |= {made.id: f"windows:{made.model}"}
            into |= {f"card:{made.id}": f"cards:{made.model}"}
    return into


def _fold(whole: Lineage, into: dict[str, str]) -> Lineage:
    counts = Counter(into.values())
    nodes: dict[str, Node] = {}
    for node in whole.nodes:
        id_ = into.get(node.id, node.id)
        if id_ not in nodes:
            nodes[id_] = node if id_ == node.id else _folded(node, id_, counts[id_])
    edges = dict.fromkeys(
        Edge(into.get(e.source, e.source), into.get(e.target, e.target), e.how)
        for e in whole.edges
    )
    return Lineage(tuple(nodes.values()), tuple(edges))


def _folded(first: Node, id_: str, count: int) -> Node:
    words = {
        "source": "files",
        "table": "windows",
        "evaluation": "evaluations",
        "card": "cards",
    }
    title = f"{count} earlier {words[first.kind]}"
    return Node(id_, first.kind, title, "production", (("Among them", first.title),))


def _end(version: DatasetVersion) -> str:
    return version.window[1] if version.window else ""
