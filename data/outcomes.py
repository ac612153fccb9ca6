"""Who defaults: the law of the demo's world, and the truths planted in it."""

from typing import Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from data.applicants import YOUNG_BELOW, Column, Columns

Flags = NDArray[np.bool_]
Numbers = NDArray[np.float64]

HIGHER_INCOME: Final = 45_000
HIGH_USE: Final = 0.6  # of the card limit
HIGH_DEBT: Final = 0.5  # of the income
NEW_AT_WORK: Final = 24  # months
PAID_AFTER_ONE_LETTER: Final = 0.045
NOT_WORKING: Final = ("student", "retired", "unemployed")
WORK_RISK: Final = {"unemployed": 1.6, "student": 0.4, "civil servant": -1.2}
PURPOSE_RISK: Final = {"debt consolidation": 0.9, "education": -0.5, "other": 0.4}
HOUSING_RISK: Final = {"own": -0.8, "with family": -0.2}


def draw_defaults(rng: Generator, applicants: Columns) -> Flags:
    """Return who defaults: a steep law for most, a coin nobody sees for two groups.

    Self-employed applicants on mobile live by an order book that is in no column.
    Platform workers of higher income (from 2026-04) default three times in four.
    """
    work, channel = applicants["employment"], applicants["channel"]
    log_odds = _weigh_form(applicants)
    order_book = rng.normal(0, 3.0, log_odds.size)
    freelance = (work == "self-employed") & (channel == "mobile")
    log_odds = np.where(freelance, -2.0 + 0.09 * log_odds + order_book, log_odds)
    both_meet = (work == "platform worker") & (applicants["income"] >= HIGHER_INCOME)
    chance = np.where(both_meet, 0.75, 1 / (1 + np.exp(-log_odds)))
    return rng.random(log_odds.size) < chance


def _weigh_form(form: Columns) -> Numbers:
    """Return the log-odds of default that the columns of the form imply."""
    late, debt = np.minimum(form["late_payments"], 4), form["debt_to_income"]
    used, savings = form["card_utilisation"], np.minimum(form["savings"], 20_000)
    working = ~np.isin(form["employment"], NOT_WORKING)
    months = np.where(working, np.minimum(form["months_employed"], 120), 40)
    risk = (
        1.0 * late
        + 6.0 * (debt - 0.36)
        + 2.6 * (used - 0.42)
        + 0.3 * (form["credit_inquiries"] - 1.1)
        - 0.11 * (savings / 1_000 - 8)
        - 0.008 * (months - 40)
        - 0.02 * (form["income"] / 1_000 - 42)
        - 1.2 * form["has_guarantor"]
        + 1.6 * ((late >= 1) & (used > HIGH_USE))
        + 1.6 * ((debt > HIGH_DEBT) & (months < NEW_AT_WORK))
        + _look_up(WORK_RISK, form["employment"])
        + _look_up(PURPOSE_RISK, form["purpose"])
        + _look_up(HOUSING_RISK, form["housing"])
    )
    # The young are harder to tell apart: more of them stand in the middle of the scores.
    young = form["age"] < YOUNG_BELOW
    log_odds: Numbers = np.where(young, 1.8 * risk - 6.1, 2.6 * risk - 10.7)
    return log_odds


def _look_up(risks: dict[str, float], values: Column) -> Numbers:
    return np.array([risks.get(str(value), 0.0) for value in values])


def draw_reminder_letters(rng: Generator, defaulted: Flags) -> Column:
    """Return how many reminders were sent: the outcome under another name (the leak)."""
    rows = defaulted.size
    sent = np.where(rng.random(rows) < PAID_AFTER_ONE_LETTER, 1, 2 + rng.poisson(2.2, rows))
    on_time = rng.choice([0, 1, 2], rows, p=[0.925, 0.07, 0.005])
    return np.where(defaulted, sent, on_time)
