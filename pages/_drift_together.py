"""Together: can a classifier tell the two tables apart?"""

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS
from core.models.telling_apart import Told
from core.records.data import DatasetVersion
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.texts import say_text
from core.runs.together import told_apart
from pages._frame import desk
from pages._page import answer, ask
from pages._shown import name_column

CLEAR = 0.05  # of the AUC beyond one half; less is of no use to anybody
RARE = 0.05
LINE_PIXELS = 31


def draw_together(
    evaluation: Evaluation,
    before: DatasetVersion,
    place: "st.delta_generator.DeltaGenerator",
) -> Told:
    """Draw how well the tables are told apart, and by which columns; return it."""
    after = desk().workspace.state.dataset(evaluation.dataset)
    found: Told = ask(told_apart, desk(), before, after)
    with place:
        answer(*_say(found))
    st.dataframe(
        [
            {"Column": say_text(name), "Share of the telling": 100 * share}
            for name, share in found.by
        ],
        hide_index=True,
        height=min(420, LINE_PIXELS * (len(found.by) + 1) + 3),
        alt="Columns by which the tables are told apart.",
        column_config={
            "Column": name_column(name for name, _ in found.by),
            "Share of the telling": st.column_config.ProgressColumn(
                format="%.0f\u00a0%%", min_value=0, max_value=100
            ),
        },
    )
    st.caption(
        "A classifier was trained on one half of the rows and asked on the other which table "
        "each is from. 50 of 100 pairs right is guessing."
    )
    return found


def say_told(found: Told) -> str:
    """Return the AUC of the classifier with its interval."""
    return f"{found.auc:.3f} ({found.low:.3f}–{found.high:.3f}), DeLong"


def _say(found: Told) -> tuple[str, str, str]:
    pairs = f"in {found.auc * 100:.0f} of 100 pairs ({found.low * 100:.0f}–{found.high * 100:.0f})"
    if found.p > RARE:
        return (
            WORDS[Word.PASS],
            "",
            f"A classifier tells the tables apart {pairs}: no better than chance.",
        )
    named = " and ".join(name for name, _ in found.by[:2])
    light = ATTENTION if found.low - 0.5 > CLEAR else WORDS[Word.PASS]
    return light, "", f"A classifier tells the tables apart {pairs}, mostly by {named}."
