"""A regression: is a predicted amount right on average, wherever it lies?"""

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say, say_both, say_hash
from core.figures.levels import bias_by_level, spread_by_level
from core.measures.error_levels import say_about
from core.measures.reading_line import FEW
from core.records.calibration import ErrorLevel, ErrorLevels
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.runs.calibrating import error_levels_of
from core.runs.score_rollups import Scores
from pages._page import answer, ask, chart, experts, facts_table
from pages._shown import escape


def draw_amounts(evaluation: Evaluation, scores: Scores) -> None:
    """Draw bias and typical error of a regression by predicted amount."""
    found = ask(error_levels_of, scores)
    answer(*_say(found))
    whole = found.whole
    if whole is None:
        return
    left, right = st.columns(2)
    with left:
        st.caption("Mean error by predicted amount: above 0 the model predicts too much")
        chart(bias_by_level(found, evaluation.id), key="levels")
        st.caption("Typical error by predicted amount (root mean square)")
        chart(spread_by_level(found, evaluation.id), key="spread")
    with right:
        _draw_table(found)
        with st.expander("Read aloud"):
            st.markdown("\n\n".join(escape(level.sentence) for level in found.levels))
    _draw_facts(whole)
    st.caption(
        "Whether a predicted range holds the truth as often as it says (coverage, PIT) can "
        "only be told of a model that outputs quantiles; this one outputs a single amount."
    )
    with experts("ex") as opened:
        if opened:
            _draw_experts(evaluation, found)


def _say(found: ErrorLevels) -> tuple[str, str, str]:
    """Return light, rule and sentence of the answer box."""
    whole = found.whole
    if whole is None:
        return WORDS[Word.NOT_MEASURED], "", found.sentence
    if whole.rows < FEW:
        return WORDS[Word.INSUFFICIENT], "", whole.sentence
    apart = sum(level.apart for level in found.levels)
    sentence = f"{whole.sentence} {found.sentence}"
    if apart or whole.apart:
        rule = f"{apart:,} of {len(found.levels):,} levels are off beyond chance"
        return ATTENTION, rule if apart else "off beyond chance as a whole", sentence
    return WORDS[Word.PASS], "", sentence


def _draw_table(found: ErrorLevels) -> None:
    st.dataframe(
        [
            {
                "Predicts": say_about(level.predicted),
                "": "▲" if level.apart else "",
                "Too high by": say_both(level.bias, "number"),
                "Typical error": say_both(level.spread, "number"),
                "Rows": level.rows,
            }
            for level in found.levels
        ],
        hide_index=True,
        height="content",
        placeholder="–",
        alt=f"{len(found.levels)} levels of the prediction with mean and typical error.",
        column_config={"Rows": st.column_config.NumberColumn(format="localized")},
    )


def _draw_facts(whole: ErrorLevel) -> None:
    columns = st.columns(3)
    for column, title, measured, kind in (
        (columns[0], "Too high by", whole.bias, "number"),
        (columns[1], "Typical error", whole.spread, "number"),
        (columns[2], "Predicts too much", whole.above, "share"),
    ):
        column.metric(
            title, say(measured, kind), border=True, help=say_both(measured, kind)
        )


def _draw_experts(evaluation: Evaluation, found: ErrorLevels) -> None:
    whole = found.whole
    if whole is None:
        return
    facts_table(
        [
            ("Mean error (prediction − truth), t interval", say_both(whole.bias, "number")),
            ("Root mean square error, delta interval", say_both(whole.spread, "number")),
            ("Share predicted too high, a hit counts half", say_both(whole.above)),
            ("Levels, about as many rows each", f"{len(found.levels):,}"),
            ("A level is off", "beyond chance at 5 % over all levels (Bonferroni)"),
            ("Evaluation", evaluation.id),
            ("Coded rows", say_hash(evaluation.frame)),
        ]
    )
