"""All slices: the forest of the worst, and the table of as many as a reader can use."""

from typing import Final

import streamlit as st

from core.estimates.wording import say, say_both, say_interval, say_p
from core.figures.marks import Axis, Figure, Forest, Point, Reference
from core.measures.all_slices import ATTENTION, AllSlices, SliceLine
from core.measures.outcomes import Asked
from core.measures.quality import Quality
from core.measures.slice_words import LIGHTS, say_all
from core.records.estimate import Estimate, NotEstimable
from core.records.evaluations import Evaluation
from core.records.predicate import to_address
from core.records.texts import say_text
from core.runs.answered import layout_of
from core.runs.asking import quality_of
from core.runs.costs import cheapest_of
from core.runs.lattice import all_slices, find_lines, is_quick
from pages._frame import choose_slice, chosen, desk, start_job
from pages._page import answer, ask, chart, job_panel, say_ended
from pages._shown import name_column
from pages._slices import POINT_WORDS, Said, say_part
from pages._slices_worst import draw_worst

WAYS: Final = ("One", "Two", "Worst found")
DRAWN: Final = 14
ORDERS: Final = {
    "worst": "Worst first",
    "rows": "Largest first",
    "errors": "Most errors first",
}


def draw_all(evaluation: Evaluation, said: Said, asked: Asked) -> AllSlices | None:
    """Draw every slice of one or of two columns, or what the search found."""
    above = said.control_place.container(horizontal=True, vertical_alignment="bottom")
    ways = above.segmented_control(
        "Columns",
        ways_of(evaluation),
        key="ways",
        default=ways_of(evaluation)[-2],
        required=True,
        bind="query-params",
        help="Slices of one column, of two together, or the worst of up to four.",
    )
    if ways == "Worst found":
        draw_worst(evaluation, said, asked)
        return None
    found = found_or_job(evaluation, said, asked)
    if found is None:
        return None
    with said.answer_place:
        answer(*say_part(evaluation, say_all(found)))
    sure = above.checkbox(
        "Only sure",
        key="sure",
        bind="query-params",
        help="Leaves the slices that are surely worse than everybody else, ■ and ▲.",
    )
    columns = 1 if ways == "One" else 2
    left, right = st.columns(2)
    with right:
        bar = st.columns([3, 2])
        text = bar[0].text_input(
            "Find",
            key="q",
            placeholder="Find a slice by its words",
            bind="query-params",
            label_visibility="collapsed",
        )
        order = bar[1].selectbox(
            "Order",
            list(ORDERS),
            key="order",
            format_func=ORDERS.__getitem__,
            bind="query-params",
            label_visibility="collapsed",
        )
    lines, fitting = ask(
        find_lines,
        desk(),
        found,
        columns=columns,
        text=text or "",
        order=str(order),
        sure=sure,
    )
    with right:
        _draw_table(found, lines)
        if sure and not fitting:
            st.caption("No slice is surely worse than everybody else.")
        if fitting > len(lines):
            st.caption(f"The first {len(lines)} of {fitting:,} slices.")
        pairs, every = len(found.layout.paired), len(found.layout.cards)
        if columns > 1 and pairs < every:
            st.caption(
                f"Pairs of {pairs} of {every} columns, groups and sensitive ones first."
            )
    with left:
        _draw_forest(evaluation, found, lines, ask(quality_of, desk(), evaluation, asked))
    return found


def ways_of(evaluation: Evaluation) -> tuple[str, ...]:
    """Return the ways to look at slices; where no columns are combined, two are left."""
    return WAYS if len(layout_of(desk(), evaluation).paired) > 1 else (WAYS[0], WAYS[-1])


def found_or_job(evaluation: Evaluation, said: Said, asked: Asked) -> AllSlices | None:
    """Return all slices; where that takes long, leave it to a job and draw its progress."""
    if is_quick(desk(), evaluation, said.metric):
        return ask(all_slices, desk(), evaluation, said.metric, asked)
    slot = f"_count_{evaluation.id}_{said.metric}"
    job = {"evaluation": evaluation.id, "metric": said.metric}
    begun = st.session_state.setdefault("_counts_begun", set())
    say_ended()
    if slot not in st.session_state and slot not in begun:
        start_job(slot, "count", job)
        begun.add(slot)
    if slot not in st.session_state and st.button("Count slices", type="primary"):
        start_job(slot, "count", job)
    job_panel(slot)
    return None


def _draw_forest(
    evaluation: Evaluation, found: AllSlices, lines: list[SliceLine], whole: Quality
) -> None:
    where = chosen().where
    here = to_address(where) if where else ""
    points = tuple(
        Point(
            label=line.title,
            estimate=line.measured,
            evaluation=evaluation.id,
            key=line.address,
            word=POINT_WORDS[line.light],
            chosen=line.address == here,
            warns=line.light == ATTENTION,
        )
        for line in lines
        if isinstance(line.measured, Estimate) and line.measured.rows
    )[:DRAWN]
    if not points:
        st.markdown(f"{found.metric.title} cannot be estimated for any of these slices.")
        return
    headline = whole.headline(found.metric.id)
    references: tuple[Reference, ...] = ()
    if headline and isinstance(headline.measured, Estimate):
        said = say(headline.measured, headline.kind)
        references = (Reference(headline.measured.value, f"all rows {said}"),)
    axis = Axis(found.metric.title, found.metric.kind)
    alt = (
        f"Forest of {found.metric.name} by slice, evaluation {evaluation.id[:8]}. "
        f"{len(points)} values, in the order of the table beside it, which holds them."
    )
    chart(
        Figure(Forest(points, axis, references), alt), key="forest", on_click=choose_slice
    )


def _draw_table(found: AllSlices, lines: list[SliceLine]) -> None:
    def picked() -> None:
        rows = st.session_state["slice_table"]["selection"]["rows"]
        if rows and rows[0] < len(lines):
            choose_slice(lines[rows[0]].address)

    st.dataframe(
        [_line(found, line) for line in lines],
        key="slice_table",
        hide_index=True,
        height=340,
        on_select=picked,
        selection_mode="single-row",
        placeholder="–",
        alt=f"{found.metric.title} of {len(lines)} slices with intervals and rows.",
        column_config={
            "Slice": name_column(line.title for line in lines),
            "Rows": st.column_config.NumberColumn(format="localized"),
        },
    )


def _line(found: AllSlices, line: SliceLine) -> dict[str, object]:
    kind = found.metric.kind
    why = line.measured.reason if isinstance(line.measured, NotEstimable) else ""
    points = "points" if kind == "share" else kind
    share = line.share_of_errors
    return {
        "Slice": say_text(line.title),
        "Verdict": LIGHTS[line.light],
        found.metric.title: say(line.measured, kind),
        "Interval": why or say_interval(line.measured, kind),
        "Against the rest": say_both(line.difference, points)
        if isinstance(line.difference, Estimate)
        else None,
        "Rows": None if why.startswith("hidden") else line.rows,
        "Share of errors": None if share is None else f"{share * 100:.1f}\u00a0%",
        "q": say_p(line.q),
    }


def draw_costs(evaluation: Evaluation) -> None:
    """Draw the cheapest threshold of each slice, and the price of one for all."""
    st.caption("What one threshold for everybody costs")
    missed = st.number_input(
        "A missed case costs as much as so many false alarms",
        min_value=0.1,
        max_value=1000.0,
        value=5.0,
        key="missed",
    )
    common, lines = ask(cheapest_of, desk(), evaluation, missed=float(missed))
    st.markdown(
        f"The cheapest threshold for all rows is {common / 10:.1f}\u00a0%. The table says what "
        "each slice would save with its own, in false alarms of 1,000 rows."
    )
    st.dataframe(
        [
            {
                "Slice": say_text(line.title),
                "Own threshold": f"{line.best / 10:.1f}\u00a0%",
                "Would save": round((line.paid - line.least) / line.rows * 1000, 1),
                "Costs now": round(line.paid / line.rows * 1000, 1),
                "Rows": line.rows,
            }
            for line in lines
        ],
        hide_index=True,
        height=300,
        alt=f"Cheapest thresholds of {len(lines)} slices of one column.",
        column_config={"Slice": name_column(line.title for line in lines)},
    )
    st.caption(
        "Chosen and counted on the same rows, so a small slice looks as if it saved more "
        "than it will. Rows count once, whatever they weigh."
    )
