"""Everybody can read what stands beside a finding: short words, short sentences."""

import re

import pytest

from core.measures.catalogue import METRICS
from core.records.estimate import Compare, Gate, NotEstimable
from core.reviews.wording import OTHER, TEXTS, beside, texts_of
from tests.reviews.test_findings import _estimate, _find, _gate, _slice

HARDEST = 9.0
LANGUAGES = sorted(path.stem for path in TEXTS.glob("*.yaml"))
FIELDS = ("why", "unknown", "ask")
# Rules without texts of their own: what stands under "other" fits them.
OTHERS = {
    "selection_rate",
    "prevalence",
    "f1",
    "specificity",
    "negative_predictive_value",
    "balanced_accuracy",
    "mcc",
    "mae",
    "bias",
    "rmse",
}


def syllables(word: str) -> int:
    """Return about how many syllables an English word has: its groups of vowels.

    A silent e at the end, and the e of -ed and -es, are not heard; io and ia mostly are two.
    """
    word = word.lower().replace("'", "")
    if not word.isalpha():
        return 1  # a number is read as one word
    count = len(re.findall(r"[aeiouy]+", word))
    if re.search(r"[^aeiouyl]e$|[aeiouy]le$|[^aeioudty]ed$|[^aeiouyscxzgh]es$", word):
        count -= 1
    if re.search(r"ia|(?<!q)ua|io(?!n|us)|[aeou]ing|ea$|eas$|eo(?!p)", word):
        count += 1
    return max(count, 1)


def grade(text: str) -> float:
    """Return the grade of Flesch and Kincaid.

    0.39 words per sentence + 11.8 syllables per word - 15.59 (Kincaid et al., 1975).
    """
    sentences = [s for s in re.split(r"(?<=[.?!])\s+", text.strip()) if s]
    words = re.findall(r"[A-Za-z][A-Za-z']*|\d[\d.,]*", text)
    heard = sum(map(syllables, words)) / len(words)
    return 0.39 * len(words) / len(sentences) + 11.8 * heard - 15.59


@pytest.mark.parametrize(
    ("word", "count"),
    [
        ("rate", 1),
        ("table", 2),
        ("people", 2),
        ("judged", 1),
        ("wanted", 2),
        ("used", 1),
        ("values", 2),
        ("cases", 2),
        ("idea", 3),
        ("being", 2),
        ("outcome", 2),
        ("policy", 3),
        ("evaluation", 5),
    ],
)
def test_syllables_are_counted_as_spoken(word: str, count: int) -> None:
    """By ear."""
    assert syllables(word) == count


def test_the_grade_by_hand() -> None:
    """Six words of one syllable each in one sentence: 0.39 * 6 + 11.8 - 15.59."""
    assert grade("The cat sat on the mat.") == pytest.approx(-1.45)
    hard = "Heterogeneous subpopulations exhibit statistically significant miscalibration."
    assert grade(hard) > 20


@pytest.mark.parametrize("key", texts_of("en"))
def test_every_text_is_easy_to_read(key: str) -> None:
    """Grade 9 or lower, each of the three texts."""
    texts = texts_of("en")[key]
    graded = {name: grade(getattr(texts, name)) for name in FIELDS}
    assert all(found <= HARDEST for found in graded.values()), graded


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_says_everything(language: str) -> None:
    """The same keys as English, and no text is empty."""
    texts = texts_of(language)
    assert texts.keys() == texts_of("en").keys()
    assert all(getattr(each, name) for each in texts.values() for name in FIELDS)


def test_a_rule_has_its_own_text_or_falls_to_other() -> None:
    """Of the metrics that gates can look at, those without a text are known."""
    ids = {metric.id for metric in METRICS if metric.formula} | {"auc"}
    assert ids - texts_of("en").keys() == OTHERS
    for id_ in OTHERS:
        assert beside(Gate("X-01", "", id_, "all", "<=", 1)) == texts_of("en")[OTHER]


def test_a_check_is_told_by_its_own_name() -> None:
    """A leak is measured by an AUC, and still is a leak."""
    assert beside(Gate("leak", "", "auc", "all", "<=", 0.95)) == texts_of("en")["leak"]
    assert beside(Gate("PERF-01", "", "auc", "all", ">=", 0.7)) == texts_of("en")["auc"]


SENTENCES = [
    *(f.sentence for f in _find({"auc": _estimate(0.874, 0.008)}, [])),
    *(f.sentence for f in _find({"accuracy": _estimate(0.81, 0.02)}, [])),
    *(f.sentence for f in _find({"accuracy": NotEstimable("no label yet", 0)}, [])),
    *(f.sentence for f in _find({}, [_slice("North", error_rate=_estimate(0.3, 0.02))])),
    *(f.sentence for f in _find({}, [_slice("North", error_rate=_estimate(0.01, 0.01))])),
    *(f.sentence for f in _find({}, [_slice("North", error_rate=_estimate(0.15, 0.02))])),
    *(
        f.sentence
        for metric in ("recall", "precision", "false_positive_rate", "f1", "mcc")
        for f in _find({metric: _estimate(0.7, 0.02)}, [], _gate(metric))
    ),
    *(
        f.sentence
        for metric in ("recall", "precision", "false_positive_rate")
        for f in _find(
            {},
            [_slice("North", **{metric: _estimate(0.7, 0.02)})],
            _gate(metric, population="each slice", compare=Compare.LOWER95),
        )
    ),
]


@pytest.mark.parametrize("sentence", sorted(set(SENTENCES)))
def test_every_sentence_of_a_finding_is_easy_to_read(sentence: str) -> None:
    """Grade 9 or lower, for each way in which a gate speaks."""
    assert grade(sentence) <= HARDEST, grade(sentence)
