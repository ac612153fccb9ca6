"""The controls of the slices page, and what its parts share."""

from dataclasses import dataclass
from typing import Final

import streamlit as st
from streamlit.delta_generator import DeltaGenerator

from core.estimates.wording import WORDS, say_hash
from core.measures.all_slices import ATTENTION as WARNS
from core.measures.all_slices import FAIL, OPEN, PASS, UNKNOWN, AllSlices
from core.measures.metrics import metrics_for, slice_metrics_for
from core.records.data import DatasetVersion
from core.records.estimate import Word
from core.records.evaluations import Evaluation
from core.records.models import OutputKind, Task
from core.records.texts import say_text
from core.runs.answered import layout_of
from core.runs.desk import Desk
from core.runs.fairness import sensitive_columns
from core.runs.slicing import sliced_columns
from core.runs.versions import other_evaluations
from core.runs.windows import time_column
from pages._frame import desk
from pages._threshold import class_choice, threshold_choice

OVERALL: Final = "overall"
OWN: Final = (
    *("ways", "sure", "q", "order", "x", "y"),
    *("sens", "with_sens", "base", "notion", "vs"),
)
ALL, FAIR, TWO, VERSIONS, TIME, ROWS = (
    "All slices",
    "Fairness",
    "Two columns",
    "Two versions",
    "Over time",
    "Rows",
)
POINT_WORDS: Final = {
    FAIL: Word.FAIL,
    WARNS: Word.FAIL,
    OPEN: Word.INSUFFICIENT,
    PASS: None,
    UNKNOWN: Word.NOT_MEASURED,
}


TESTS: Final = (
    "Each slice against everybody else: shares by the G-test or Fisher's mid-p, means by "
    "Welch's t-test, AUC by DeLong's variance, all others by the error that their intervals "
    "imply. q by Benjamini and Hochberg over all slices with enough rows. A slice is called "
    "worse only if q is at most 0.05 and the interval of the difference lies beyond the "
    "tolerance of the policy."
)


@dataclass(frozen=True, slots=True)
class Said:
    """What the controls say. `threshold` counts thousandths; None where there is none."""

    part: str
    metric: str
    threshold: int | None
    of_class: str
    answer_place: DeltaGenerator
    control_place: DeltaGenerator

    def as_controls(self, slice_: str) -> dict[str, str]:
        """Return every control with its value, for a saved view."""
        act = {} if self.threshold is None else {"act": str(self.threshold / 10)}
        of_class = {"class": self.of_class} if self.of_class else {}
        own = {
            name: _written(st.session_state[name])
            for name in OWN
            if st.session_state.get(name)
        }
        first = {"part": self.part, "metric": self.metric}
        return first | own | act | of_class | ({"slice": slice_} if slice_ else {})


def _written(value: object) -> str:
    """Return what a control says as an address has it."""
    return "true" if value is True else str(value)


def parts_of(evaluation: Evaluation, where: Desk) -> list[str]:
    """Return the parts that have something to show."""
    labelled_classes = evaluation.labelled and evaluation.answer.task is not Task.REGRESSION
    shown = {
        ALL: True,
        FAIR: bool(sensitive_columns(where, evaluation))
        and evaluation.answer.task is not Task.REGRESSION,
        TWO: len(layout_of(where, evaluation).paired) > 1,
        VERSIONS: bool(labelled_classes and other_evaluations(where, evaluation)),
        TIME: time_column(where, evaluation) is not None,
        ROWS: True,
    }
    return [part for part, there in shown.items() if there]


def columns_of(evaluation: Evaluation) -> list[str]:
    """Return the columns that can be sliced by, groups and sensitive ones first."""
    return [column.name for column in sliced_columns(desk(), evaluation)]


def controls(evaluation: Evaluation) -> Said:
    """Draw parts and the row of controls that all of them share; return what they say."""
    place = st.container()
    parts = parts_of(evaluation, desk())
    if st.session_state.get("part") not in parts:
        st.session_state.pop("part", None)
    part = st.segmented_control(
        "Part",
        parts,
        key="part",
        default=ALL,
        required=True,
        bind="query-params",
        label_visibility="collapsed",
    )
    of_class = class_choice(evaluation, OVERALL)
    threshold = None
    if part in (FAIR, VERSIONS, ROWS):
        metric = ""
        own, last = st.columns([4, 3], vertical_alignment="bottom")
    else:
        row = st.columns([2, 3, 3], vertical_alignment="bottom")
        scored = part != TIME and evaluation.answer.kind is not OutputKind.LABEL
        metric = _metric(row[0], evaluation, of_class, scored=scored)
        own, last = row[1:]
    if evaluation.answer.task is Task.BINARY and part != VERSIONS:
        with last:
            threshold = threshold_choice(evaluation, "Says yes from")
    return Said(str(part), metric, threshold, of_class, place, own)


def say_part(evaluation: Evaluation, told: tuple[str, str, str]) -> tuple[str, str, str]:
    """Return light, rule and sentence of the answer box, where labels are missing too."""
    if not evaluation.label:
        text = "No label column, so nobody can count how often the model is right."
        return WORDS[Word.NOT_MEASURED], "", text
    light, rule, sentence = told
    missing = evaluation.rows - evaluation.labelled
    tail = f" {missing:,} rows have no label." if missing else ""
    return light, rule, sentence + tail


def how_counted(evaluation: Evaluation, found: AllSlices | None) -> list[tuple[str, str]]:
    """Return how the numbers came about."""
    weight = (
        f"weighted by {evaluation.weight}; Kish's effective rows"
        if evaluation.weight
        else "none"
    )
    about = [("Definition", found.metric.meaning), ("Tests", TESTS)] if found else []
    return [
        *about,
        ("Weights", weight),
        ("Labels missing", f"{evaluation.rows - evaluation.labelled:,}"),
        ("Evaluation", evaluation.id),
        ("Model", evaluation.model),
        ("Data (mrs1)", evaluation.dataset),
        ("Coded rows", say_hash(evaluation.frame)),
    ]


def first_column(place: DeltaGenerator, names: list[str]) -> str:
    """Draw the choice of a column and return it."""
    chosen = place.selectbox(
        "By",
        names,
        key="x",
        format_func=say_text,
        bind="query-params",
        persist_state="session",
    )
    return str(chosen)


def second_column(place: DeltaGenerator, names: list[str]) -> str:
    """Draw the choice of a column beside the first and return it."""
    chosen = place.selectbox(
        "and by",
        names,
        key="y",
        format_func=say_text,
        bind="query-params",
        persist_state="session",
    )
    return str(chosen)


def dataset_of(evaluation: Evaluation) -> DatasetVersion:
    """Return the table of an evaluation."""
    return desk().workspace.state.dataset(evaluation.dataset)


def _metric(
    place: DeltaGenerator, evaluation: Evaluation, of_class: str, *, scored: bool
) -> str:
    task = evaluation.answer.task
    known = (slice_metrics_for if scored else metrics_for)(task, of_class=bool(of_class))
    if not evaluation.labelled:
        known = tuple(m for m in known if m.id == "selection_rate") or known
    metrics = {metric.id: metric.title for metric in known}
    if st.session_state.get("metric") not in metrics:
        st.session_state.pop("metric", None)
    chosen = place.selectbox(
        "Metric",
        list(metrics),
        key="metric",
        format_func=lambda id_: metrics[id_],
        bind="query-params",
        persist_state="session",
    )
    return str(chosen)
