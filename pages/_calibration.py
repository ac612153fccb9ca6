"""The parts of the calibration page: what they share, and the reading line."""

from dataclasses import dataclass
from typing import Final

import streamlit as st

from core.estimates.wording import ATTENTION, WORDS, say_both, say_number
from core.figures.marks import Axis, Figure, Histogram, Line, Series
from core.figures.reliability import (
    band_line,
    curve_line,
    other_line,
    reliability,
)
from core.measures.reading_line import say_chance, worst_line
from core.records.calibration import Calibration, Light, ReadingLine
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import SCORE, Comparison, Predicate, both, to_address
from core.records.texts import say_text
from core.runs.calibrating import (
    bands_of,
    calibration_of,
    guarantee_of,
    score_histogram,
    width_lines_of,
)
from core.runs.score_rollups import Scores, blocks_of, cube_of
from pages._frame import choose_slice, desk
from pages._page import ask, chart
from pages._shown import escape

PARTS: Final = ("Reading line", "By slice", "Where to act", "Recalibrate")
TOP: Final = "top label"
CURVES: Final = ("Reading line", "Curve", "Equal bins")
BANDS: Final = ("Likely", "If perfect", "Guaranteed")
NONE: Final = "nothing else"
WIDTH: Final = 400  # pixels, so that the square diagram fills it
LIGHTS: Final = {
    Light.NO_GAP: WORDS[Word.PASS],
    Light.SMALL_GAP: ATTENTION,
    Light.GAP: WORDS[Word.FAIL],
    Light.TOO_FEW: WORDS[Word.INSUFFICIENT],
}
MEANINGS: Final = {
    "Curve": "The line is the best-fitting rising curve; no choice of bins went into it.",
    "Equal bins": "Ten ranges of the score, equally wide; some may hold few cases.",
}


@dataclass(frozen=True, slots=True)
class Shown:
    """What the controls of the reading line say."""

    curve: str
    bands: tuple[str, ...]
    against: str
    log: bool


def say_answer(found: Calibration) -> tuple[str, str, str]:
    """Return light, rule and sentence of the answer box."""
    verdict = found.verdict
    sentence = f"{verdict.sentence} {found.observed_sentence}"
    left_out = [
        f"{number:,} rows have no {what}"
        for number, what in (
            (found.unlabelled, "label"),
            (found.outside, "chance as score"),
        )
        if number
    ]
    if left_out:
        sentence += f" {'; '.join(left_out)}."
    return LIGHTS[verdict.light], verdict.light.value, sentence


def draw_lines(evaluation: Evaluation, found: Calibration, scores: Scores) -> None:
    """Draw the diagram, the reading lines as sentences, and the three facts."""
    shown = _controls(evaluation)
    lines = found.lines
    if shown.curve == "Equal bins":
        lines = ask(width_lines_of, scores)
    left, right = st.columns([4, 5])
    with left, st.container(width=WIDTH):
        _draw_diagram(evaluation, found, lines, scores, shown)
        _draw_scores(evaluation, scores)
    with right:
        _draw_table(lines)
        with st.expander("Read aloud"):
            st.markdown("\n\n".join(escape(line.sentence) for line in lines))
    _draw_facts(found)


def _controls(evaluation: Evaluation) -> Shown:
    row = st.columns([3, 3, 2, 1], vertical_alignment="bottom")
    curve = row[0].segmented_control(
        "Drawn as",
        CURVES,
        key="curve",
        default=CURVES[0],
        required=True,
        bind="query-params",
    )
    bands = row[1].pills(
        "Bands", BANDS, key="band", selection_mode="multi", bind="query-params"
    )
    others = [NONE, *_others(evaluation)]
    against = row[2].selectbox("Beside", others, key="vs", format_func=say_text)
    log = row[3].toggle(
        "Log", key="log", help="Both axes in powers of ten, for rare events."
    )
    return Shown(str(curve), tuple(bands or ()), str(against), bool(log))


def _others(evaluation: Evaluation) -> dict[str, Evaluation]:
    """Return other models on this table, and this model on other tables, by title."""
    state = desk().workspace.state
    found: dict[str, Evaluation] = {}
    for other in state.evaluations.values():
        same = other.dataset == evaluation.dataset, other.model == evaluation.model
        if same == (True, True) or not any(same) or other.answer != evaluation.answer:
            continue
        model = state.model(other.model).title
        found[f"{model} · {state.dataset(other.dataset).title}"] = other
    return found


def _draw_diagram(
    evaluation: Evaluation,
    found: Calibration,
    lines: tuple[ReadingLine, ...],
    scores: Scores,
    shown: Shown,
) -> None:
    curves: list[Line] = []
    if shown.curve == "Curve":
        blocks = ask(blocks_of, scores)
        curves.append(curve_line("best rising curve", blocks))
    notes = [MEANINGS[shown.curve]] if shown.curve in MEANINGS else []
    for name in shown.bands:
        band, note = _band(name, scores)
        if band:
            curves.append(band)
            notes.append(f"{name}: {note}")
    other = _others(evaluation).get(shown.against)
    if other:
        beside = ask(calibration_of, Scores(desk(), other, scores.of_class, scores.where))
        curves.append(other_line(shown.against, beside))
    figure = reliability(
        lines if shown.curve != "Curve" else (),
        evaluation.id,
        curves=curves,
        sentence=found.verdict.sentence,
        log=shown.log,
    )
    binary = evaluation.answer.task is Task.BINARY
    chart(figure, key="reliability", on_click=_choose_range if binary else None)
    for note in notes:
        st.caption(escape(note))


def _band(name: str, scores: Scores) -> tuple[Line | None, str]:
    if name == "Guaranteed":
        honest = ask(guarantee_of, scores)
        if honest is None:
            return None, ""
        return band_line("guaranteed", honest.band), honest.band.sentence
    kind = name.lower()
    band = ask(bands_of, scores, kind)
    return (band_line(kind, band), band.sentence) if band else (None, "")


def _choose_range(key: str) -> None:
    low, high = (float(end) for end in key.split(" "))
    choose_slice(to_address(_range(low, high)))


def _range(low: float, high: float) -> Predicate:
    """Return the rows of a range of scores."""
    above = Comparison(SCORE, ">=", low)
    last = high >= 1
    found = both(above, Comparison(SCORE, "<=" if last else "<", min(high, 1.0)))
    return above if found is None else found


def _draw_scores(evaluation: Evaluation, scores: Scores) -> None:
    cube = ask(cube_of, scores)
    counts = score_histogram(cube)
    axis = Axis("Score", "share")
    mark = Histogram((Series("rows", counts),), 0.0, 1.0, axis, evaluation.id)
    alt = f"Histogram of {sum(counts):,} scores in {len(counts)} steps."
    binary = evaluation.answer.task is Task.BINARY

    def boxed(low: float, high: float) -> None:
        choose_slice(to_address(_range(max(low, 0.0), high)))

    chart(Figure(mark, alt), key="score_steps", on_box=boxed if binary else None)


def _draw_table(lines: tuple[ReadingLine, ...]) -> None:
    st.dataframe(
        [
            {
                "Says": say_chance(line.said),
                "Happens": line.happened.reason
                if isinstance(line.happened, NotEstimable)
                else say_both(line.happened),
                "Cases": line.rows,
                "": "▲" if line.apart else "",
            }
            for line in lines
        ],
        hide_index=True,
        height="content",
        placeholder="–",
        alt=f"{len(lines)} reading lines: what was said, and what happened.",
        column_config={"Cases": st.column_config.NumberColumn(format="localized")},
    )


def _draw_facts(found: Calibration) -> None:
    columns = st.columns(3)
    happened = say_both(found.observed_expected, "ratio")
    columns[0].metric(
        "Happened / expected", happened.split(" ")[0], border=True, help=happened
    )
    if found.gap:
        chance = f"chance alone {_points(found.gap.chance)}"
        columns[1].metric(
            "Average gap",
            _points(found.gap.value),
            chance,
            delta_color="off",
            delta_arrow="off",
            border=True,
            help=found.gap.sentence,
        )
    worst = worst_line(found.lines)
    if worst and isinstance(worst.happened, Estimate):
        gap = abs(worst.happened.value - worst.said)
        columns[2].metric("Worst line", _points(gap), border=True, help=worst.sentence)


def _points(share: float) -> str:
    return f"{say_number(share * 100, 1)} points"
