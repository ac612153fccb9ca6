"""The parts of the explanations page: what they share."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import streamlit as st

from core.figures.marks import Figure
from core.measures.push_words import kind_of, say_how, say_trust, unit_of
from core.records.evaluations import Evaluation
from core.records.explanations import Explanation, Game
from core.records.predicate import Predicate
from core.records.texts import say_text
from core.runs.drivers import Asked, drivers_of
from core.runs.explaining import Explained, explained_of, reference_of
from pages._frame import desk, start_job
from pages._page import adopt_running, answer, ask, chart, job_panel, say_ended
from pages._shown import escape

DRIVERS, COLUMN, PAIRS, CASE, MOVED, TRUST = (
    "Drivers",
    "One column",
    "Pairs",
    "One case",
    "Why it moved",
    "Can I trust it?",
)
PARTS: Final = (DRIVERS, COLUMN, PAIRS, CASE, MOVED, TRUST)
GAMES: Final = {
    "Every reference row": Game.INTERVENTIONAL,
    "Along the paths": Game.PATH,
}
SECONDS_PER_ROW: Final = 0.00001
STARTING: Final = 2.0  # seconds


@dataclass(frozen=True, slots=True)
class Said:
    """What is looked at: an evaluation, its explanation, one output, some rows."""

    evaluation: Evaluation
    explained: Explained
    where: Predicate | None
    game: Game
    output: str = ""

    @property
    def facts(self) -> Explanation:
        """What was explained and how."""
        return self.explained.facts

    @property
    def unit(self) -> str:
        """What pushes are measured in."""
        return unit_of(self.facts, self.evaluation.answer.task)

    @property
    def kind(self) -> str:
        """How a push is written."""
        return kind_of(self.facts, self.evaluation.answer.task)

    @property
    def asked(self) -> Asked:
        """The question to core, about the rows that are looked at."""
        return Asked(desk(), self.explained, self.output, self.where)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the players."""
        return tuple(player.name for player in self.facts.players)

    def of(self, output: str) -> "Said":
        """Return the same about one class."""
        return replace(self, output=output or self.facts.outputs[0])

    def controls(self, part: str) -> dict[str, str]:
        """Return the controls of the page as a saved view keeps them."""
        own = ("col", "by", "pair", "row", "with", "ref")
        kept = {k: str(st.session_state[k]) for k in own if st.session_state.get(k)}
        chosen = {"part": part, "class": self.output} | kept
        return {name: value for name, value in chosen.items() if value}


def explained_or_job(
    evaluation: Evaluation,
    where: Predicate | None,
    place: "st.delta_generator.DeltaGenerator",
) -> Said:
    """Return the explanation of an evaluation, or offer to make it and end the page."""
    model = desk().workspace.state.model(evaluation.model)
    if model.object is None:
        answer("○ Not measured", "", "Needs the model file; only its scores were imported.")
        st.page_link("import_.py", label="Import model", icon=":material/upload_file:")
        st.stop()
    with place.popover("More", type="tertiary", width="content"):
        game = GAMES[
            st.radio(
                "What stands in for a column that is left out",
                list(GAMES),
                key="game",
                help="Every reference row: its values, one row after the other. Along the "
                "paths: trees alone; the shares in which reference rows went at each test.",
            )
        ]
    found = ask(explained_of, desk(), evaluation, game=game)
    if found is None:
        _offer(evaluation, game)
        st.stop()
    return Said(evaluation, found, where, game)


def choose_part() -> str:
    """Draw the choice of the part."""
    return str(
        st.segmented_control(
            "Part",
            PARTS,
            key="part",
            default=PARTS[0],
            required=True,
            bind="query-params",
            label_visibility="collapsed",
        )
    )


def output_choice(evaluation: Evaluation) -> str:
    """Draw the choice of the class whose score is explained."""
    return str(
        st.pills(
            "Class",
            evaluation.answer.classes,
            key="class",
            default=evaluation.answer.classes[0],
            format_func=say_text,
            required=True,
            bind="query-params",
        )
    )


def column_choice(said: Said) -> str:
    """Draw the choice of a column that stands alone, the strongest first."""
    drivers = ask(drivers_of, said.asked)
    strongest = [driver.player for driver in drivers] or said.facts.players
    names = [player.name for player in strongest if len(player.columns) == 1]
    if st.session_state.get("col") not in names:
        st.session_state.pop("col", None)
    chosen = st.selectbox(
        "Column", names, key="col", format_func=say_text, bind="query-params"
    )
    return str(chosen)


def say_sentence(sentence: str) -> None:
    """Draw an answer that judges nothing: a sentence in a box without a light."""
    with st.container(border=True):
        st.markdown(escape(sentence))


def show(
    name: str, figure: Figure, *, key: str, on_click: Callable[[str], None] | None = None
) -> None:
    """Draw a figure, and remember it for those who want to take it away."""
    st.session_state["_figures"][name] = figure
    chart(figure, key=key, on_click=on_click)


def draw_how(said: Said) -> None:
    """Draw unit, game, reference and exactness; what every figure here is to be read by."""
    state = desk().workspace.state
    reference = state.dataset(said.facts.reference)
    how = say_how(
        said.facts,
        said.evaluation.answer.task,
        f"{reference.title} ({reference.id[:8]})",
        said.evaluation.rows,
    )
    sure, _ = say_trust(said.facts, same_share(said.evaluation))
    st.caption(escape(("● " if sure else "▲ ") + how))


def same_share(evaluation: Evaluation) -> float | None:
    """Return how many of the table's own predictions the file repeats, if it has some."""
    found = evaluation.agreement
    return found.same / found.rows if found and found.rows else None


def _offer(evaluation: Evaluation, game: Game) -> None:
    slot = f"_job_explain_{evaluation.id[:8]}_{game}"
    adopt_running(slot, "explain")
    reference = ask(reference_of, desk(), evaluation)
    seconds = STARTING + SECONDS_PER_ROW * (evaluation.rows + reference.rows)
    if slot not in st.session_state:
        st.markdown(
            f"Nobody has explained these scores yet. All {evaluation.rows:,} rows, against "
            f"{reference.rows:,} rows of {escape(reference.title)}: about {seconds:.0f} s for "
            "trees and linear models; others are tried on a sample and take longer."
        )
        if st.button("Explain scores", type="primary"):
            start_job(slot, "explain", {"evaluation": evaluation.id, "game": game})
            st.rerun()
    say_ended()
    job_panel(slot)
