"""Worst found: the search for slices of up to four conditions, and what it found."""

from collections.abc import Callable
from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS
from core.measures.formulas import Rate
from core.measures.metrics import find_metric
from core.measures.outcomes import Asked
from core.measures.slice_words import (
    say_apart,
    say_confirmed,
    say_search_chance,
    say_worst,
)
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.worst import Chance, Worst, WorstSlice
from core.runs.worst import WorstAsked, known_chance, known_worst
from pages._frame import choose_slice, desk, start_job
from pages._page import answer, ask, job_panel, say_ended
from pages._shown import escape
from pages._slices import Said

WORDS_FOR: Final = {
    "error_rate": "wrong",
    "accuracy": "wrong",
    "recall": "missed",
    "false_negative_rate": "missed",
    "false_positive_rate": "wrongly called positive",
    "specificity": "wrongly called positive",
    "precision": "wrong when it says yes",
    "selection_rate": "called positive",
}


def draw_worst(evaluation: Evaluation, said: Said, asked: Asked) -> None:
    """Offer the search; draw what it found, each slice in one sentence."""
    if not evaluation.labelled:
        st.markdown("Without labels nobody knows which answers are wrong.")
        return
    wanted = WorstAsked(said.metric, asked)
    found = ask(known_worst, desk(), evaluation, wanted)
    if found is None:
        _offer(
            evaluation,
            wanted,
            "Looks at every slice of up to four conditions and names the few that hold the "
            "worst of the errors, none twice.",
        )
        return
    word = _word(evaluation, said.metric)
    chance = ask(known_chance, desk(), evaluation, wanted)
    with said.answer_place:
        answer(*_say_answer(found, chance, word))
    _draw_found(evaluation, wanted, found, lambda each: say_worst(each, found, word))


def draw_apart(evaluation: Evaluation, other: Evaluation, asked: Asked, name: str) -> None:
    """Offer the search for where another model is right and this one is not."""
    wanted = WorstAsked("error_rate", asked, other.id)
    found = ask(known_worst, desk(), evaluation, wanted)
    if found is None:
        _offer(
            evaluation,
            wanted,
            f"Looks among the rows where just one of the two is right for slices where "
            f"it is {escape(name)} most often.",
        )
        return
    if not found.slices:
        st.markdown(f"There is no slice where it is {escape(name)} more often.")
    _draw_found(evaluation, wanted, found, lambda each: say_apart(each, found, name))


def _draw_found(
    evaluation: Evaluation,
    wanted: WorstAsked,
    found: Worst,
    say: Callable[[WorstSlice], str],
) -> None:
    if not found.slices:
        return
    _draw_chance(evaluation, wanted, ask(known_chance, desk(), evaluation, wanted))
    left, right = st.columns(2)
    for number, slice_ in enumerate(found.slices):
        with (left, right)[number % 2].container(border=True):
            st.markdown(f"**{escape(slice_.title)}**")
            st.markdown(escape(say(slice_)))
            st.caption(escape(say_confirmed(slice_)))
            if slice_.aliases:
                named = "; ".join(slice_.aliases[:2])
                st.caption(escape(f"Also described as {named}."))
            st.button(
                "Choose slice",
                key=f"worst_{number}",
                on_click=choose_slice,
                args=(slice_.address,),
            )
    st.caption(escape(_say_search(found)))


def _say_answer(found: Worst, chance: Chance | None, word: str) -> tuple[str, str, str]:
    if not found.slices:
        least = f"{found.least_rows:,} rows or more"
        return WORDS[Word.PASS], "", f"No slice of {least} is worse than everybody else."
    worst = found.slices[0]
    sentence = f"{worst.title}: {say_worst(worst, found, word)}"
    if chance is not None and chance.p > 0.05:  # noqa: PLR2004 - the level
        return WORDS[Word.INSUFFICIENT], "chance finds as much", say_search_chance(chance)
    return ATTENTION, "the worst slice", sentence


def _offer(evaluation: Evaluation, wanted: WorstAsked, what: str) -> None:
    slot = f"_worst_{evaluation.id}"
    st.markdown(what)
    say_ended()
    if slot not in st.session_state and st.button("Find worst slices", type="primary"):
        start_job(slot, "worst", _job(evaluation, wanted))
    job_panel(slot)


def _draw_chance(evaluation: Evaluation, wanted: WorstAsked, chance: Chance | None) -> None:
    if chance is not None:
        st.caption(say_search_chance(chance))
        return
    slot = f"_chance_{evaluation.id}"
    say_ended()
    if slot not in st.session_state and st.button(
        "Could this be chance?",
        help="Searches 200 times among shuffled errors and counts how often that is as bad.",
    ):
        start_job(slot, "chance", _job(evaluation, wanted))
    job_panel(slot)


def _job(evaluation: Evaluation, wanted: WorstAsked) -> dict[str, object]:
    return {
        "evaluation": evaluation.id,
        "metric": wanted.metric,
        "threshold": wanted.asked.threshold,
        "class": wanted.asked.of_class,
        "against": wanted.against,
    }


def _say_search(found: Worst) -> str:
    size = f" An error counts from {found.beyond:,.4g} on." if found.beyond else ""
    return (
        f"Searched {found.rows:,} rows over {len(found.columns)} columns for slices of up to "
        f"{found.deepest} conditions and {found.least_rows:,} rows or more. "
        f"The search counts rows, not weights.{size}"
    )


def _word(evaluation: Evaluation, metric_id: str) -> str:
    if evaluation.answer.task is Task.REGRESSION:
        return "far off"
    known = isinstance(find_metric(metric_id).formula, Rate)
    return WORDS_FOR.get(metric_id, "bad answers" if known else "wrong")
