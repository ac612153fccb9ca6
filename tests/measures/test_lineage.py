"""The way of the data leads from files to cards, and can be followed both ways."""

from dataclasses import replace

from core.measures.lineage import trace
from core.records.data import Split
from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.keeping import keep_table
from core.store.state import State
from tests.kept import BINARY, binary, bring, evaluated, to_keep
from tests.runs.test_reviewing import approve, begin

ROWS = [("yes", 0.9, "N"), ("no", 0.2, "S")]


def test_the_way_leads_from_the_file_to_the_card(desk: Desk) -> None:
    """By hand: one file, one table, one model, one evaluation, one card."""
    made = evaluated(desk, binary(ROWS), BINARY)
    way = trace(desk.workspace.state)
    assert [node.kind for node in way.nodes] == [
        *("source", "table", "model", "evaluation", "card"),
    ]
    source, table, model, evaluation, card = (node.id for node in way.nodes)
    assert (table, model, evaluation) == (made.dataset, made.model, made.id)
    assert way.after(source) == {source, table, evaluation, card}
    assert way.before(card) == {source, table, model, evaluation, card}
    assert way.before(model) == {model}


def test_a_declared_training_table_leads_to_its_model(desk: Desk) -> None:
    """Whoever says what a model learned from finds it before all that the model made."""
    made = evaluated(desk, binary(ROWS), BINARY)
    state = desk.workspace.state
    trained = replace(state.model(made.model), declared=(("training_data", "Validation"),))
    state.models[made.model] = trained
    assert made.model in trace(state).after(made.dataset)


def test_a_review_stands_at_the_end_with_its_signatures(desk: Desk) -> None:
    """Whoever asks what depends on a file finds the decision, and who signed it how."""
    evaluation, review = begin(desk)
    approve(desk, review)
    way = trace(desk.workspace.state)
    node = way.node(review.id)
    assert node is not None
    assert (node.kind, node.note) == ("decision", "3 signatures")
    assert [fact for fact, _ in node.facts] == [
        *("Evidence", "ada, owner", "kim, validator", "lee, executive"),
    ]
    assert all(said.startswith("approve, ") for _, said in node.facts[1:])
    assert {evaluation.dataset, evaluation.model, evaluation.id} < way.before(review.id)


def _windows(desk: Desk, count: int) -> State:
    model = bring(desk, BINARY)
    for month in range(1, count + 1):
        small = binary([*ROWS, ("no", month / 100, "N")])
        table = replace(
            to_keep(desk, small),
            name=f"Production {month}",
            split=Split.PRODUCTION,
            window=(f"2026-{month:02}-01", f"2026-{month:02}-28"),
        )
        version = keep_table(desk, table, actor="test")
        evaluate(desk, model.id, version.id, actor="test")
    return desk.workspace.state


def test_older_windows_are_folded_into_one(desk: Desk) -> None:
    """Of six months the newest stays; the others are one table, evaluation and card."""
    state = _windows(desk, 6)
    whole, folded = trace(state, folded=False), trace(state)
    assert sum(node.kind == "evaluation" for node in whole.nodes) == 6
    titles = [node.title for node in folded.nodes]
    assert titles.count("5 earlier windows") == 1
    assert titles.count("5 earlier evaluations") == 1
    assert titles.count("5 earlier cards") == 1
    assert "Production 6" in titles
    assert len(folded.edges) == len(set(folded.edges))
    known = {node.id for node in folded.nodes}
    assert all({edge.source, edge.target} <= known for edge in folded.edges)


def test_two_windows_are_drawn_one_by_one(desk: Desk) -> None:
    """Nothing is folded that is not in the way."""
    state = _windows(desk, 2)
    assert trace(state) == trace(state, folded=False)
