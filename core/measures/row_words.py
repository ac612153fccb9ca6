"""Rows in words: what one page of rows is a part of."""

from core.estimates.wording import say, say_both, say_rows
from core.measures.quality import Headline, Quality
from core.records.estimate import Estimate


def say_rows_behind(mine: Quality, whole: Quality | None = None) -> str:
    """Return how often the model errs in the rows of a slice, and in all rows (`whole`).

    `812 rows: the model is wrong on 27.8 % (24.9-31.0 %) of those; of all rows on 6.2 %.`
    """
    rows, error = say_rows(mine.rows), _error(mine)
    if not mine.labelled or error is None or not isinstance(error.measured, Estimate):
        return f"{rows}, none with a label: nobody knows which are answered wrongly."
    amount = error.kind == "amount"
    value = say_both(error.measured, error.kind)
    labelled = f" that have a label ({mine.labelled:,})"
    if mine.labelled == mine.rows:
        labelled = ""
    elif amount:
        labelled = f" in those{labelled}"
    text = (
        f"{rows}: the model is off by {value} on average{labelled}"
        if amount
        else f"{rows}: the model is wrong on {value} of those{labelled}"
    )
    every = _error(whole) if whole else None
    if every is None or not isinstance(every.measured, Estimate):
        return f"{text}."
    other = say(every.measured, every.kind)
    return f"{text}; {f'in all rows by {other}' if amount else f'of all rows on {other}'}."


def _error(quality: Quality) -> Headline | None:
    return quality.headline("error_rate") or quality.headline("mae")
