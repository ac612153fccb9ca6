"""Worst slices: search, confirm, and ask whether chance could have done it."""

import json
from dataclasses import dataclass, replace
from types import ModuleType
from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.engine import bitmaps, coded, conjunctions, joint, remembered
from core.engine.coded import CodedRows
from core.engine.sample import take_sample
from core.measures import (
    aliases,
    chance,
    confirming,
    covering,
    frontier,
    search,
    slice_scores,
)
from core.measures.all_slices import find_slice, say_slice
from core.measures.best import Items, Limits
from core.measures.chance import search_p
from core.measures.confirming import Confirmed, confirm, find_confirmed
from core.measures.covering import Covered, cover_worst
from core.measures.formulas import LABELLED, Rate
from core.measures.heed import Heed
from core.measures.metrics import find_metric
from core.measures.outcomes import FN, FP, Asked, sort_out
from core.records.canonical import canonical, from_plain, to_plain
from core.records.codes import Codebook
from core.records.evaluations import Evaluation
from core.records.models import Task
from core.records.predicate import from_address, to_address
from core.records.worst import Chance, Half, Worst, WorstSlice
from core.runs.answered import answered_of, short_columns
from core.runs.asking import asked_of
from core.runs.desk import Desk
from core.runs.hiding import hides_slice
from core.runs.rollups import Kind, codebook_of, fill_in, known
from core.runs.slicing import left_out_columns
from core.runs.versions import ONLY_FIRST, ONLY_SECOND, agreement
from core.runs.watch import Watch

Kept = TypeVar("Kept")
CODE: Final[tuple[ModuleType, ...]] = (
    *(bitmaps, coded, conjunctions, joint, remembered),
    *(aliases, covering, frontier, search, slice_scores),
)
WORST: Final = Kind("worst slices", 1, (*CODE, confirming))
CHANCE: Final = Kind("worst slices by chance", 1, (*CODE, chance))
LEAST_SHARE: Final = 200  # a slice has at least one row of so many
MOST: Final = 8
DEEPEST: Final = 4
PERMUTATIONS: Final = 200
MOST_SHUFFLED: Final = 200_000  # rows
LEAST_SCORE: Final = 12.0  # nats; of 100,000 slices the best reaches that by chance
SEED: Final = 20260702
WORST_TENTH: Final = 0.9
SEARCHED: Final = 0.6  # of the progress bar


@dataclass(frozen=True, slots=True)
class WorstAsked:
    """What is searched: errors of `metric`, as `asked`.

    With `against`, the id of another model's evaluation of the same rows, only the rows
    where just one of the two is right are searched; an error is one where it is the other.
    """

    metric: str
    asked: Asked
    against: str = ""


def known_worst(desk: Desk, evaluation: Evaluation, wanted: WorstAsked) -> Worst | None:
    """Return what a search found and may be shown; None if nobody searched."""
    name = known(desk, WORST, _inputs(desk, evaluation, wanted))
    return _shown(desk, evaluation, _read(desk, name, Worst)) if name else None


def known_chance(desk: Desk, evaluation: Evaluation, wanted: WorstAsked) -> Chance | None:
    """Return how likely chance finds a slice as bad; None if nobody asked."""
    name = known(desk, CHANCE, _inputs(desk, evaluation, wanted))
    return _read(desk, name, Chance) if name else None


def find_worst_slices(
    desk: Desk, evaluation: Evaluation, wanted: WorstAsked, watch: Watch | None = None
) -> Worst:
    """Return the worst slices of up to four conditions, searched now if nobody did.

    The search counts rows, not weights. A slice has at least 1 row of 200, and as many as
    the policy wants.

    Raises:
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    watch = watch or Watch()
    found = known_worst(desk, evaluation, wanted)
    if found:
        return found
    watch.step(0.0, "Reading the rows")
    rows, wrong, beyond = _errors(desk, evaluation, wanted)
    limits = _limits(desk, rows.rows)
    watch.step(0.05, "Searching for the worst slices")
    cut: list[int] = []
    heed = _heed(watch.part(0.05, SEARCHED), "Searching slices", cut)
    covered = cover_worst(rows, wrong, limits, above=LEAST_SCORE, heed=heed)
    confirmed: tuple[Confirmed, ...] = ()
    if covered:
        heed = _heed(watch.part(SEARCHED, 1.0), "Confirming on other rows", [])
        confirmed = confirm(rows, wrong, limits, seed=SEED, heed=heed)
    book = codebook_of(desk, evaluation)
    columns = short_columns(desk, evaluation)
    slices = tuple(_slice(each, rows, confirmed, book, columns) for each in covered)
    worst = Worst(
        metric=wanted.metric,
        slices=slices,
        rows=rows.rows,
        errors=int(np.count_nonzero(wrong)),
        columns=tuple(book.columns[column].name for column in columns),
        least_rows=limits.least_rows,
        deepest=min([limits.deepest, *cut]),
        beyond=beyond,
    )
    inputs = _inputs(desk, evaluation, wanted)
    name = fill_in(
        desk,
        evaluation.id,
        WORST,
        inputs,
        lambda _, into: into.write_bytes(canonical(worst)),
    )
    return _shown(desk, evaluation, _read(desk, name, Worst))


def find_chance(
    desk: Desk, evaluation: Evaluation, wanted: WorstAsked, watch: Watch | None = None
) -> Chance:
    """Return how often shuffled errors hold a slice as bad as the worst one found.

    Above 200,000 rows a hash sample of them is searched and shuffled.

    Raises:
        StoppedError: somebody pressed Cancel; nothing is kept.
    """
    watch = watch or Watch()
    found = known_chance(desk, evaluation, wanted)
    if found:
        return found
    watch.step(0.0, "Reading the rows")
    rows, wrong, _ = _errors(desk, evaluation, wanted)
    taken = take_sample(rows.rows, MOST_SHUFFLED)
    if len(taken) < rows.rows:
        rows, wrong = rows.take(taken), wrong[taken]
    limits = Limits(_limits(desk, rows.rows).least_rows, 1, DEEPEST)
    best = search.find_worst(rows, wrong, limits)
    made = Chance(1.0, 0, rows.rows, stopped=False)
    if best:
        heed = _heed(watch.part(0.02, 1.0), "Searching shuffled errors", [])
        p = search_p(
            rows,
            wrong,
            limits,
            found_score=best[0].score,
            seed=SEED,
            permutations=PERMUTATIONS,
            heed=heed,
        )
        made = Chance(p.p, p.permutations, rows.rows, stopped=p.stopped)
    inputs = _inputs(desk, evaluation, wanted)
    name = fill_in(
        desk,
        evaluation.id,
        CHANCE,
        inputs,
        lambda _, into: into.write_bytes(canonical(made)),
    )
    return _read(desk, name, Chance)


def _errors(
    desk: Desk, evaluation: Evaluation, wanted: WorstAsked
) -> tuple[CodedRows, NDArray[np.bool_], float]:
    """Return the rows that are searched, which of them are wrong, and from what size on.

    The rows are those in the denominator of the metric; the size is that of a regression's
    error that counts as one, in units of the label.
    """
    rows = answered_of(desk, evaluation)
    columns = list(short_columns(desk, evaluation))
    codes, cards = rows.codes[columns], tuple(rows.cards[c] for c in columns)
    if evaluation.answer.task is Task.REGRESSION and rows.error is not None:
        counted = rows.label >= 0
        size = np.abs(rows.error[counted])
        beyond = (
            float(np.quantile(size, WORST_TENTH, method="higher")) if len(size) else 0.0
        )
        wrong = size > beyond
        beyond *= 2.0**evaluation.error_scale
    elif wanted.against:
        other = desk.workspace.state.evaluation(wanted.against)
        kind = agreement(desk, (evaluation, other), (wanted.asked, asked_of(desk, other)))
        counted, beyond = (kind == ONLY_FIRST) | (kind == ONLY_SECOND), 0.0
        wrong = kind[counted] == ONLY_SECOND
    else:
        bad, base = _bad(wanted.metric)
        kind = sort_out(rows.label, rows.said, wanted.asked)
        counted = np.isin(kind, base)
        wrong, beyond = np.isin(kind[counted], bad), 0.0
    every = codes if bool(counted.all()) else np.ascontiguousarray(codes[:, counted])
    return CodedRows(every, cards), wrong, beyond


def _bad(metric_id: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which kinds of answers a metric calls bad, among which; wrong ones by default."""
    metric = find_metric(metric_id)
    if not isinstance(metric.formula, Rate):
        return (FP, FN), LABELLED
    top, bottom = metric.formula.top, metric.formula.bottom
    if metric.worse == "high":
        return top, bottom
    return tuple(kind for kind in bottom if kind not in top), bottom


def _limits(desk: Desk, rows: int) -> Limits:
    least = max(desk.workspace.state.policy.policy.min_rows, -(-rows // LEAST_SHARE))
    return Limits(least, MOST, DEEPEST)


def _heed(watch: Watch, text: str, cut: list[int]) -> Heed:
    return Heed(watch.stop, lambda share: watch.progress(share, text), cut.append)


def _slice(
    covered: Covered,
    rows: CodedRows,
    confirmed: tuple[Confirmed, ...],
    book: Codebook,
    columns: tuple[int, ...],
) -> WorstSlice:
    items = covered.pattern.items
    again = find_confirmed(rows, items, confirmed)
    places, codes = _named(items, columns)
    return WorstSlice(
        title=say_slice(book, places, codes),
        address=to_address(find_slice(book, places, codes)),
        rows=covered.pattern.rows,
        errors=int(covered.pattern.errors),
        score=covered.pattern.score,
        aliases=tuple(say_slice(book, *_named(a.items, columns)) for a in covered.aliases),
        confirmed=Half(again.rows, again.errors, again.rest_rows, again.rest_errors)
        if again
        else None,
    )


def _named(items: Items, columns: tuple[int, ...]) -> tuple[list[int], list[int]]:
    return [columns[column] for column, _ in items], [code for _, code in items]


def _inputs(desk: Desk, evaluation: Evaluation, wanted: WorstAsked) -> dict[str, Any]:
    state = desk.workspace.state
    other = state.evaluation(wanted.against) if wanted.against else None
    left = list(left_out_columns(desk, evaluation))
    return {
        "frame": evaluation.frame,
        "codebook": evaluation.codebook,
        "metric": wanted.metric,
        "asked": to_plain(wanted.asked),
        "against": wanted.against,
        "against_asked": to_plain(asked_of(desk, other)) if other else "",
        "least": state.policy.policy.min_rows,
        "deepest": DEEPEST,
        **({"left out": left} if left else {}),
    }


def _shown(desk: Desk, evaluation: Evaluation, found: Worst) -> Worst:
    """Return what was found without the slices that would tell a few people."""
    shown = (
        each
        for each in found.slices
        if not hides_slice(desk, evaluation, from_address(each.address))
    )
    return replace(found, slices=tuple(shown))


def _read(desk: Desk, name: str, kind: type[Kept]) -> Kept:
    def read() -> Kept:
        return from_plain(json.loads(desk.workspace.objects.read(name)), kind)

    return desk.once(("read", kind, name), read)
