"""Detectors: what personal data looks like, kind by kind."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv6Address
from typing import Final

from stdnum import iban, luhn
from stdnum.br import cpf
from stdnum.de import idnr
from stdnum.es import dni
from stdnum.fr import nir
from stdnum.gb import nhs
from stdnum.in_ import aadhaar
from stdnum.it import codicefiscale
from stdnum.nl import bsn
from stdnum.pl import pesel
from stdnum.us import ssn

APART: Final = " .-/"  # what people write between digits


class Kind(StrEnum):
    """What a column may hold, as it is called on the screen."""

    EMAIL = "e-mail address"
    PHONE = "phone number"
    IBAN = "bank account (IBAN)"
    CARD = "payment card"
    SSN = "US social security number"
    NHS = "UK health number (NHS)"
    BSN = "Dutch citizen number (BSN)"
    DNI = "Spanish identity number (DNI)"
    PESEL = "Polish citizen number (PESEL)"
    CPF = "Brazilian tax number (CPF)"
    NIR = "French social security number (NIR)"
    FISCAL = "Italian tax code (codice fiscale)"
    AADHAAR = "Indian identity number (Aadhaar)"
    IDNR = "German tax number (IdNr)"
    IP = "network address (IP)"
    MAC = "device address (MAC)"
    NAME = "name of a person"
    STREET = "street address"
    BIRTH = "date of birth"
    PLACE = "coordinates"
    PASSPORT = "passport number"
    LICENCE = "driving licence number"


@dataclass(frozen=True, slots=True, kw_only=True)
class Detector:
    """A kind, its shape, and when it may speak.

    `need` is the share of values that must have the shape, once the characters `drop` are
    taken out; `least` the share of those that must pass the rule, which random digits pass
    with the probability `chance`. `alone`: without a telling name too.
    """

    kind: Kind
    shape: str
    name: str
    passes: Callable[[str], bool] | None = None
    chance: float | None = None
    need: float = 0.5
    least: float = 0.5
    drop: str = ""
    alone: bool = True
    certain: bool = True


# The commonest first names of a dozen languages, as everybody knows them.
NAMES: Final = """
    james john robert michael william david richard joseph thomas charles christopher daniel
    matthew anthony mark steven paul andrew joshua kevin brian george edward ronald timothy
    jason jeffrey ryan jacob gary nicholas eric jonathan stephen larry justin scott brandon
    benjamin samuel gregory frank alexander patrick jack dennis jerry henry adam peter noah
    liam oliver lucas ethan oscar leo max felix mary patricia jennifer linda elizabeth
    barbara susan jessica sarah karen lisa nancy betty margaret sandra ashley kimberly emily
    donna michelle carol amanda melissa deborah stephanie rebecca sharon laura cynthia
    kathleen amy angela anna ruth brenda pamela nicole katherine samantha christine emma
    catherine rachel carolyn janet maria heather diane julie joyce victoria kelly christina
    joan evelyn olivia sophia isabella mia charlotte amelia chloe grace hannah julia alice
    hans klaus jürgen wolfgang stefan andreas uwe jan lukas jonas tim finn paula lena lea
    sabine petra monika ursula heike katrin anja claudia ingrid helga jean pierre michel
    philippe nicolas louis antoine camille marie isabelle sophie nathalie céline manon
    giuseppe giovanni marco luca matteo francesco lorenzo giulia chiara francesca elena sara
    josé juan carlos luis javier miguel manuel antonio pedro pablo diego carmen ana lucía
    isabel pilar rosa joão paulo luiz gabriel rafael beatriz fernanda piotr krzysztof tomasz
    agnieszka katarzyna małgorzata ivan dmitri sergei alexei olga natalia irina svetlana
    mohammed muhammad ahmed ali omar hassan ibrahim fatima aisha zainab mehmet mustafa ayşe
    wei ming li yan hiroshi kenji yuki sakura raj amit priya sanjay anjali ravi lars erik
    anders sven björn nils ingrid astrid sofia nina eva karin kofi kwame amara chidi ngozi
"""
FIRST_NAMES: Final = frozenset(NAMES.split())


OCTET: Final = r"(?:25[0-5]|2[0-4]\d|1\d\d|[1-9]?\d)"
WORD: Final = r"[^\W\d_][^\W\d_'’.]*"
FULL_NAME: Final = rf"{WORD}(?:(?:, | |-){WORD}){{1,3}}"
NATIONAL: Final = r"\bnational (id|number|no)\b|\bcitizen (id|number|no)\b"
STREET_ENDS: Final = (
    "street|st|road|rd|avenue|ave|lane|ln|drive|dr|boulevard|blvd|court|place|way|square|"
    "terrace|close|crescent|highway"
)
STREETS: Final = "|".join((
    rf"\d{{1,5}}[a-z]?,? (?:[\w.'-]+ ){{1,4}}(?:{STREET_ENDS})\b\.?.*",
    r"\d{1,4}(?: ?bis| ?ter)?,? (?:rue|avenue|boulevard|place|chemin|allée|impasse|quai) .+",
    r"[\w. -]*(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ufer|straat|laan|gracht) \d+.*",
    r"(?:calle|avenida|avda\.?|plaza|paseo|via|viale|corso|piazza|rua) \D+ \d+.*",
))  # fmt: skip
CARDS: Final = (
    r"4\d{12}(?:\d{3})?|5[1-5]\d{14}|2[2-7]\d{14}|3[47]\d{13}|6(?:011|5\d\d|4[4-9]\d)\d{12}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|62\d{14}"
)
FISCAL: Final = r"[a-z]{6}\d\d[a-ehlmprst]\d\d[a-z]\d{3}[a-z]"
DAY: Final = r"\d{4}-\d\d-\d\d(?:[ T][\d:.]+)?|\d{1,2}[./-]\d{1,2}[./-]\d{4}|(?:19|20)\d{6}"
NIR: Final = r"[12]\d\d(?:0[1-9]|1[0-2])\d{10}"
DEGREES: Final = r"-?\d{1,3}\.\d{3,}"
DOCUMENT: Final = rf"(?=.*\d)(?!(?:{DAY})$)[a-z0-9][a-z0-9 -]{{5,19}}"
SPOT: Final = r"\b(lat|latitude|lon|lng|longitude|coord|coords|coordinates|gps|geo)\b"
CALL: Final = r"phone|telefon|\b(tel|mobile|cell|handy|fax|whatsapp|gsm)\b"
SECURITY: Final = r"\bssn\b|social security"
BIRTH: Final = r"birth|\bdob\b|geburt|naissance|nacimiento|nascita"
PERSON: Final = r"(customer|client|patient|employee|applicant|contact|person|holder|owner)"
CALLED: Final = rf"\b(first|full|given|last|family|sur|maiden|middle) ?name|\b{PERSON} name"


def _is_iban(text: str) -> bool:
    return iban.is_valid(text, check_country=False)


def _is_north_american(text: str) -> bool:
    digits = re.sub(r"\D", "", text)[-10:]
    return digits[0] not in "01" and digits[3] not in "01"


def _has_digits(text: str) -> bool:
    return 8 <= sum(letter.isdigit() for letter in text) <= 15  # noqa: PLR2004 - E.164 and a code


def _is_spread(text: str) -> bool:
    """Return whether four numbers are spread as addresses are, and not as versions are.

    Versions begin with a small number and stay small; addresses begin with 10 or with 20
    and more, and nearly always hold a number of 64 or more.
    """
    first, _, third, last = map(int, text.split("."))
    return (first == 10 or first >= 20) and max(first, third, last) >= 64  # noqa: PLR2004 - see above


def _is_ipv6(text: str) -> bool:
    try:
        IPv6Address(text)
    except ValueError:
        return False
    return True


def _is_on_earth(text: str) -> bool:
    ends = (90.0, 180.0) if "," in text else (180.0,)
    numbers = map(float, text.split(","))
    return all(abs(n) <= end for n, end in zip(numbers, ends, strict=True))


def _has_first_name(text: str) -> bool:
    return any(word in FIRST_NAMES for word in re.split(r"[ ,.-]+", text.lower()))


def _named(kind: Kind, shape: str, name: str) -> Detector:
    """Return the detector of a kind that is told by the name of its column alone."""
    return Detector(kind=kind, shape=shape, name=name, alone=False, certain=False)


def _national(
    kind: Kind, shape: str, name: str, passes: Callable[[str], bool], chance: float
) -> Detector:
    """Return the detector of a number with check digits that a state gives to people."""
    return Detector(
        kind=kind,
        shape=shape,
        name=f"{name}|{NATIONAL}",
        passes=passes,
        chance=chance,
        drop=APART,
    )


DETECTORS: Final = (
    Detector(
        kind=Kind.EMAIL,
        shape=r"[\w.+%'-]{1,64}@(?:[\w-]{1,63}\.){1,5}[^\W\d_]{2,24}",
        name=r"\be ?mail",
    ),
    Detector(
        kind=Kind.PHONE,
        shape=r"\+\d[\d ().\-/]{6,20}\d",
        name=CALL,
        passes=_has_digits,
    ),
    # North America: neither the area nor the exchange begins with 0 or 1.
    Detector(
        kind=Kind.PHONE,
        shape=r"(?:1[ .-])?(?:\(\d{3}\) ?|\d{3}[ .-])\d{3}[ .-]\d{4}",
        name=CALL,
        passes=_is_north_american,
        chance=0.64,
        certain=False,
    ),
    Detector(
        kind=Kind.PHONE,
        shape=r"\(?0[1-9]\d{0,3}\)?[ /-]\d[\d /-]{4,12}\d",
        name=CALL,
        passes=_has_digits,
        need=0.8,
        certain=False,
    ),
    Detector(
        kind=Kind.PHONE,
        shape=rf"(?!{DAY}$)[\d ().+\-/]{{8,25}}",
        name=CALL,
        passes=_has_digits,
        alone=False,
        certain=False,
    ),
    Detector(
        kind=Kind.IBAN,
        shape=r"[A-Z]{2}\d\d[A-Z0-9]{11,30}",
        name=r"\biban\b|bank account",
        passes=_is_iban,
        chance=1 / 97,
        drop=APART,
    ),
    Detector(
        kind=Kind.CARD,
        shape=CARDS,
        name=r"\b(credit|debit|payment) ?card|\bcard (number|no|num)\b|\bpan\b",
        passes=luhn.is_valid,
        chance=0.1,
        drop=APART,
    ),
    # Nine digits of any kind pass the rules for US numbers too often to tell alone.
    Detector(
        kind=Kind.SSN,
        shape=r"\d{3}-\d\d-\d{4}",
        name=SECURITY,
        passes=ssn.is_valid,
        chance=0.89,
    ),
    _named(Kind.SSN, r"\d{3}[ -]?\d\d[ -]?\d{4}", SECURITY),
    # ISBN-10 has the same check digit; the blanks, or the name, tell them apart.
    Detector(
        kind=Kind.NHS,
        shape=r"\d{3}[ -]\d{3}[ -]\d{4}",
        name=r"\bnhs\b",
        passes=nhs.is_valid,
        chance=1 / 11,
    ),
    Detector(
        kind=Kind.NHS,
        shape=r"\d{10}",
        name=r"\bnhs\b",
        passes=nhs.is_valid,
        chance=1 / 11,
        alone=False,
    ),
    _national(Kind.BSN, r"\d{9}", r"\bbsn\b|burgerservice", bsn.is_valid, 1 / 11),
    _national(Kind.DNI, r"\d{8}[A-Z]", r"\bdni\b", dni.is_valid, 1 / 23),
    _national(Kind.PESEL, r"\d{11}", r"\bpesel\b", pesel.is_valid, 0.1),
    _national(Kind.CPF, r"\d{11}", r"\bcpf\b", cpf.is_valid, 0.01),
    _national(Kind.NIR, NIR, r"\bnir\b|securite sociale", nir.is_valid, 1 / 97),
    _national(Kind.FISCAL, FISCAL, r"codice fiscale", codicefiscale.is_valid, 1 / 26),
    _national(Kind.AADHAAR, r"[2-9]\d{11}", r"\baadhaa?r\b", aadhaar.is_valid, 0.1),
    _national(Kind.IDNR, r"[1-9]\d{10}", r"\bidnr\b|steuer id", idnr.is_valid, 0.005),
    # Versions have four parts too; with no telling name, values must be spread as well.
    Detector(
        kind=Kind.IP,
        shape=rf"{OCTET}(?:\.{OCTET}){{3}}",
        name=r"(?!)",
        passes=_is_spread,
        need=0.9,
    ),
    Detector(
        kind=Kind.IP,
        shape=rf"{OCTET}(?:\.{OCTET}){{3}}",
        name=r"\bip(v?4)?\b",
        alone=False,
    ),
    Detector(
        kind=Kind.IP,
        shape=r"(?=.*::|(?:.*:){7})[0-9a-f:.]{2,45}",
        name=r"\bip(v?6)?\b",
        passes=_is_ipv6,
    ),
    Detector(
        kind=Kind.MAC,
        shape=r"[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}",
        name=r"\bmac( address)?$",
    ),
    Detector(
        kind=Kind.NAME,
        shape=FULL_NAME,
        name=CALLED,
        passes=_has_first_name,
        need=0.8,
        least=0.3,
        certain=False,
    ),
    Detector(
        kind=Kind.NAME,
        shape=rf"{WORD}(?:[ ,.-]+{WORD}){{0,4}}\.?",
        name=rf"{CALLED}|^(sur)?name$",
        passes=_has_first_name,
        need=0.8,
        least=0.3,
        alone=False,
        certain=False,
    ),
    _named(
        Kind.NAME,
        rf"{WORD}(?:[ '’-]{WORD}){{0,3}}",
        r"\b(last|family|maiden) ?name\b|\bsurname\b",
    ),
    Detector(
        kind=Kind.STREET,
        shape=STREETS,
        name=r"^(?!.*\b(ip|e ?mail|mac|web|url)\b).*\b(street|address|addr|anschrift|adresse)",
        certain=False,
    ),
    _named(Kind.BIRTH, DAY, BIRTH),
    Detector(
        kind=Kind.PLACE,
        shape=rf"{DEGREES}, ?{DEGREES}",
        name=SPOT,
        passes=_is_on_earth,
        drop="()",
        certain=False,
    ),
    Detector(
        kind=Kind.PLACE,
        shape=DEGREES,
        name=SPOT,
        passes=_is_on_earth,
        alone=False,
        certain=False,
    ),
    _named(Kind.PASSPORT, DOCUMENT, r"\b(passport|reisepass|pasaporte)"),
    _named(Kind.LICENCE, DOCUMENT, r"\bdriv(er|ers|ing)\b.*\blicen[cs]e|führerschein"),
)
