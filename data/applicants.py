"""Who applies for a loan: the columns a bank writes down on the day."""

from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

Column = NDArray[Any]
Columns = dict[str, Column]

OLDER_WORK: Final = {
    "employee": 0.55,
    "self-employed": 0.24,
    "civil servant": 0.13,
    "unemployed": 0.08,
}
YOUNG_WORK: Final = {
    "employee": 0.46,
    "self-employed": 0.06,
    "student": 0.40,
    "unemployed": 0.08,
}
USUAL_INCOME: Final = {
    "employee": 43_500,
    "self-employed": 45_000,
    "civil servant": 46_000,
    "student": 31_000,
    "retired": 37_000,
    "unemployed": 30_000,
    "platform worker": 49_000,
}
CHANNELS: Final = {"branch": 0.26, "mobile": 0.31, "web": 0.31, "broker": 0.12}
REGIONS: Final = {"North": 0.22, "South": 0.24, "East": 0.17, "West": 0.19, "Centre": 0.18}
PERMITS: Final = {"citizen": 0.883, "permanent": 0.117}
TEMPORARY_SHARE: Final = 0.0017  # 23 rows of validation: too few to judge
PURPOSES: Final = {
    "car": 0.31,
    "furniture": 0.18,
    "renovation": 0.21,
    "debt consolidation": 0.17,
    "education": 0.06,
    "other": 0.07,
}
HOUSING: Final = {"rent": 0.52, "own": 0.36, "with family": 0.12}
FIRST_NAMES: Final = (
    "ada ali amara anna bela carla chen david elif emma farid grace hugo ines ivan jana "
    "jonas kaya kofi lea leo lina luca maria mateo mia nadia noah nora omar paul priya rosa "
    "sami sara sofia tariq tom vera yuki zoe"
)
LAST_NAMES: Final = (
    "abel adeyemi ahmed bauer becker costa diaz dubois evans fischer garcia haddad hansen "
    "ito jansen kaplan keller khan klein kovac lang lopez lund marino meyer moreau nagy novak "
    "okafor olsen patel petrov rossi sato schmidt silva singh tanaka torres weber wong yilmaz"
)
YOUNG_BELOW: Final = 25
OLD_FROM: Final = 65
YOUNG_SHARE: Final = 0.18
RETIRED_SHARE: Final = 0.85  # of the old
GUARANTOR_SHARE: Final = 0.12
DOMAINS: Final = ("example.org", "example.com", "example.net")


@dataclass(frozen=True, slots=True)
class Window:
    """A table to make: its file stem, its days, its rows, and how its world differs.

    `income_factor` multiplies every income. `platform_share` of the applicants are
    platform workers, a category that did not exist before.
    """

    stem: str
    first: date
    last: date
    rows: int
    income_factor: float = 1.0
    platform_share: float = 0.0


def draw_applicants(rng: Generator, window: Window) -> Columns:
    """Return the applicants of a window: every column known on the day, in day order."""
    rows = window.rows
    person = _draw_person(rng, window)
    amount = np.clip(person["income"] * rng.gamma(3.2, 0.11, rows), 1_000, 60_000)
    return {
        **_draw_contact(rng, window),
        **person,
        "debt_to_income": np.round(rng.beta(2.6, 4.6, rows), 2),
        "loan_amount": (np.round(amount / 100) * 100).astype(np.int64),
        "loan_term_months": rng.choice(
            [12, 24, 36, 48, 60, 72, 84], rows, p=[0.1, 0.18, 0.22, 0.2, 0.16, 0.08, 0.06]
        ),
        "purpose": _choose(rng, PURPOSES, rows),
        "late_payments": np.minimum(rng.negative_binomial(0.55, 0.42, rows), 9),
        "credit_lines": 1 + rng.binomial(9, 0.33, rows),
        "card_utilisation": np.round(rng.beta(1.25, 1.7, rows), 2),
        "credit_inquiries": np.minimum(rng.poisson(1.1, rows), 8),
        "housing": _choose(rng, HOUSING, rows),
        "has_guarantor": rng.random(rows) < GUARANTOR_SHARE,
    }


def _draw_contact(rng: Generator, window: Window) -> Columns:
    """Draw the day, and addresses that nobody owns (RFC 2606; 555-0100 to 555-0199)."""
    rows = window.rows
    days = np.sort(rng.integers(0, (window.last - window.first).days + 1, rows))
    first, last = (rng.choice(n.split(), rows) for n in (FIRST_NAMES, LAST_NAMES))
    year, domain = rng.integers(1, 100, rows), rng.choice(DOMAINS, rows)
    area, line = rng.integers(201, 990, rows), rng.integers(0, 100, rows)
    return {
        "applied_on": np.datetime64(window.first, "D") + days.astype("timedelta64[D]"),
        "email": np.array(
            [
                f"{f}.{k}{y}@{d}"
                for f, k, y, d in zip(first, last, year, domain, strict=True)
            ]
        ),
        "phone": np.array(
            [f"+1 {a} 555 01{n:02}" for a, n in zip(area, line, strict=True)]
        ),
    }


def _draw_person(rng: Generator, window: Window) -> Columns:
    rows = window.rows
    age = np.where(
        rng.random(rows) < YOUNG_SHARE,
        rng.integers(18, YOUNG_BELOW, rows),
        np.clip(np.round(YOUNG_BELOW + rng.gamma(2.4, 8.0, rows)), YOUNG_BELOW, 84),
    ).astype(np.int64)
    work = np.where(
        age < YOUNG_BELOW, _choose(rng, YOUNG_WORK, rows), _choose(rng, OLDER_WORK, rows)
    ).astype("<U15")
    work[(age >= OLD_FROM) & (rng.random(rows) < RETIRED_SHARE)] = "retired"
    work[(age < OLD_FROM) & (rng.random(rows) < window.platform_share)] = "platform worker"
    usual = np.array([USUAL_INCOME[w] for w in work])
    income = usual * np.exp(rng.normal(0, 0.235, rows)) * window.income_factor
    years_of_work = np.clip(age - 18, 0.2, 40)
    account_years = np.round(np.clip(age - 17, 1, 30) * rng.beta(1.4, 2.2, rows), 1)
    savings = rng.gamma(1.5, 5_500, rows) * np.where(age < YOUNG_BELOW, 0.55, 1.0)
    return {
        "age": age,
        "income": (np.round(income / 100) * 100).astype(np.int64),
        "employment": work,
        "channel": _choose(rng, CHANNELS, rows),
        "region": _choose(rng, REGIONS, rows),
        "permit": _draw_permits(rng, rows),
        "sex": _choose(rng, {"female": 0.48, "male": 0.52}, rows),
        "dependants": rng.binomial(4, 0.22, rows),
        "months_employed": np.round(12 * years_of_work * rng.beta(1.1, 3.0, rows)),
        "account_years": account_years,
        "savings": np.round(savings / 10) * 10,
    }


def _draw_permits(rng: Generator, rows: int) -> Column:
    permits = _choose(rng, PERMITS, rows)
    few = rng.choice(rows, round(rows * TEMPORARY_SHARE), replace=False)
    permits[few] = "temporary"
    return permits


def _choose(rng: Generator, shares: dict[str, float], rows: int) -> Column:
    return rng.choice(np.array(list(shares)), rows, p=list(shares.values()))
