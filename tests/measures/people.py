"""Columns of personal data, and columns that only look alike, drawn value by value."""

from collections.abc import Callable
from ipaddress import IPv6Address
from typing import Final
from uuid import UUID

from numpy.random import Generator
from stdnum.br import cpf
from stdnum.gb import nhs
from stdnum.pl import pesel

from core.measures.detectors import NAMES, Kind

LETTERS: Final = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
SURNAMES: Final = ("Berg", "Okafor", "Silva", "Novak", "Tanaka", "O'Neil", "Weiss", "Lund")
Draw = Callable[[Generator], str]


def digits(rng: Generator, n: int) -> str:
    """Return random digits."""
    return "".join(map(str, rng.integers(0, 10, n)))


def letters(rng: Generator, n: int) -> str:
    """Return random capitals."""
    return "".join(LETTERS[k] for k in rng.integers(0, 26, n))


def luhn(number: str) -> str:
    """Return the number with its check digit, after ISO/IEC 7812-1, annex B."""
    doubled = [
        int(digit) * (2 if k % 2 == 0 else 1) for k, digit in enumerate(number[::-1])
    ]
    total = sum(n // 10 + n % 10 for n in doubled)
    return f"{number}{-total % 10}"


def german_iban(account: str) -> str:
    """Return the IBAN of an account, after ISO 13616: 98 less the remainder by 97."""
    return f"DE{98 - int(f'{account}131400') % 97:02}{account}"


def passing(shape: Draw, test: Callable[[str], bool]) -> Draw:
    """Return a draw of numbers that pass the test."""

    def draw(rng: Generator) -> str:
        while not test(number := shape(rng)):
            pass
        return number

    return draw


def person(rng: Generator) -> str:
    """Return a first and a last name."""
    return f"{rng.choice(NAMES.split()).title()} {rng.choice(SURNAMES)}"


def social(rng: Generator) -> str:
    """Return a US number as it may be given out."""
    return (
        f"{rng.integers(1, 600):03}-{rng.integers(1, 100):02}-{rng.integers(1, 10_000):04}"
    )


PERSONAL: Final[dict[str, tuple[Kind, Draw]]] = {
    "reach": (Kind.EMAIL, lambda r: f"{letters(r, 5).lower()}.{digits(r, 2)}@example.org"),
    "line": (Kind.PHONE, lambda r: f"+49 {r.integers(150, 180)} {digits(r, 7)}"),
    "us_line": (
        Kind.PHONE,
        lambda r: f"({r.integers(200, 999)}) {r.integers(200, 999)}-{digits(r, 4)}",
    ),
    "settled_by": (Kind.IBAN, lambda r: german_iban(digits(r, 18))),
    "paid_with": (Kind.CARD, lambda r: luhn(f"4{digits(r, 14)}")),
    "reference": (Kind.SSN, social),
    "nhs_number": (Kind.NHS, passing(lambda r: digits(r, 10), nhs.is_valid)),
    "registration": (
        Kind.PESEL,
        passing(
            lambda r: (
                f"{r.integers(40, 99)}{r.integers(1, 13):02}{r.integers(1, 29):02}"
                + digits(r, 5)
            ),
            pesel.is_valid,
        ),
    ),
    "document": (
        Kind.CPF,
        lambda r: (body := digits(r, 9)) + cpf._calc_check_digits(body),
    ),
    "seen_from": (
        Kind.IP,
        lambda r: f"{r.integers(20, 224)}." + ".".join(map(str, r.integers(0, 256, 3))),
    ),
    "seen_from_6": (Kind.IP, lambda r: str(IPv6Address(r.bytes(16)))),
    "device": (Kind.MAC, lambda r: r.bytes(6).hex(":")),
    "insured": (Kind.NAME, person),
    "last_name": (Kind.NAME, lambda r: letters(r, 6).title()),
    "delivered_to": (
        Kind.STREET,
        lambda r: (
            f"{r.integers(1, 900)} {letters(r, 5).title()} {r.choice(['St', 'Road'])}"
        ),
    ),
    "home": (Kind.STREET, lambda r: f"{letters(r, 5).title()}straße {r.integers(1, 200)}"),
    "dateOfBirth": (
        Kind.BIRTH,
        lambda r: f"{r.integers(1930, 2010)}-{r.integers(1, 13):02}-{r.integers(1, 29):02}",
    ),
    "where": (
        Kind.PLACE,
        lambda r: f"{r.uniform(-90, 90):.5f}, {r.uniform(-180, 180):.5f}",
    ),
    "latitude": (Kind.PLACE, lambda r: repr(r.uniform(-90, 90))),
    "passport_no": (Kind.PASSPORT, lambda r: f"C{digits(r, 8)}"),
    "drivers_licence": (Kind.LICENCE, lambda r: f"{letters(r, 1)}{digits(r, 7)}"),
}
DECOYS: Final[dict[str, Draw]] = {
    "order_id": lambda r: f"{r.integers(10**9, 10**10)}",
    "serial": lambda r: f"4{digits(r, 15)}",
    "serial_11": lambda r: f"{r.integers(10**10, 10**11)}",
    "serial_9": lambda r: f"{r.integers(10**8, 10**9)}",
    "serial_12": lambda r: f"{r.integers(2 * 10**11, 10**12)}",
    "account_key": lambda r: f"DE{digits(r, 20)}",
    "part": lambda r: f"{digits(r, 3)}-{digits(r, 2)}-{digits(r, 4)}",
    "article": lambda r: f"{digits(r, 3)}-{digits(r, 3)}-{digits(r, 4)}",
    "isbn": passing(lambda r: digits(r, 10), nhs.is_valid),
    "version": lambda r: ".".join(map(str, r.integers(0, 20, 4))),
    "build": lambda r: (
        f"{r.integers(1, 9)}.{r.integers(0, 9)}.{r.integers(0, 200)}.{r.integers(0, 256)}"
    ),
    "day": lambda r: (
        f"{r.integers(1990, 2027)}-{r.integers(1, 13):02}-{r.integers(1, 29):02}"
    ),
    "moment": lambda r: (
        f"2026-07-{r.integers(1, 29):02} {r.integers(0, 24):02}:{digits(r, 1)}0:00"
    ),
    "clock": lambda r: (
        f"{r.integers(0, 24):02}:{r.integers(0, 60):02}:{r.integers(0, 60):02}"
    ),
    "product": lambda r: f"{letters(r, 2)}-{digits(r, 4)}-{letters(r, 1)}",
    "region": lambda r: str(
        r.choice(["North", "South", "Île-de-France", "New York", "Bern"])
    ),
    "city": lambda r: str(
        r.choice(["Paris", "Charlotte", "Victoria", "Austin", "Santa Rosa"])
    ),
    "model_name": lambda r: f"{letters(r, 5).title()} {letters(r, 4).title()}",
    "price": lambda r: f"{r.integers(0, 5000)}.{digits(r, 2)}",
    "ratio": lambda r: repr(r.uniform(0, 1)),
    "uuid": lambda r: str(UUID(bytes=r.bytes(16), version=4)),
    "digest": lambda r: r.bytes(32).hex(),
    "phone_minutes": lambda r: f"{r.integers(0, 5000)}",
    "name": lambda r: f"{letters(r, 3)}{digits(r, 2)}",
    "birth_weight": lambda r: f"{r.integers(1500, 5000)}",
    "comment": lambda r: f"Called back {digits(r, 1)} times, nobody there.",
}
