"""What rows tell in one sentence: how often the model errs in them, and in all."""

from core.estimates.wording import NBSP
from core.measures.quality import Headline, Quality
from core.measures.row_words import say_rows_behind
from core.records.estimate import Estimate, Measured, NotEstimable


def _quality(
    measured: Measured, *, rows: int = 812, labelled: int = 812, amount: bool = False
) -> Quality:
    id_, kind = ("mae", "amount") if amount else ("error_rate", "share")
    return Quality((Headline(id_, id_, "", kind, measured, "object"),), labelled, rows)


def _estimate(value: float, low: float, high: float) -> Estimate:
    return Estimate(value, low, high, 812, 812.0, "by hand")


MINE = _estimate(0.278, 0.249, 0.310)
ALL = _quality(_estimate(0.06, 0.05, 0.07), rows=9000, labelled=9000)


def test_a_slice_stands_beside_all_rows() -> None:
    """Its share of wrong answers with the interval, and that of all rows."""
    assert say_rows_behind(_quality(MINE), ALL) == (
        f"812 rows: the model is wrong on 28{NBSP}% (25–31{NBSP}%) of those; "
        f"of all rows on 6{NBSP}%."
    )


def test_all_rows_stand_alone_and_say_how_many_have_a_label() -> None:
    """No other rows to compare with."""
    assert say_rows_behind(_quality(MINE, labelled=700)) == (
        f"812 rows: the model is wrong on 28{NBSP}% (25–31{NBSP}%) of those "
        "that have a label (700)."
    )


def test_an_amount_is_by_how_much() -> None:
    """A regression is off by so much on average."""
    mine, every = _estimate(3.2, 3.0, 3.4), _estimate(2.1, 2.0, 2.2)
    assert say_rows_behind(_quality(mine, amount=True), _quality(every, amount=True)) == (
        "812 rows: the model is off by 3.2 (3.0–3.4) on average; in all rows by 2.1."
    )


def test_without_labels_nobody_knows() -> None:
    """It is said, and no number is."""
    nothing = NotEstimable("no row has a label", 0)
    assert say_rows_behind(_quality(nothing, rows=1, labelled=0)) == (
        "1 row, none with a label: nobody knows which are answered wrongly."
    )
