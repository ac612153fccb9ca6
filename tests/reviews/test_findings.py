"""Each gate says what it found in a short sentence, worst first."""

from dataclasses import replace
from typing import Any

import pytest

from core.errors import WrongInputError
from core.estimates.wording import ATTENTION, WORDS
from core.measures.quality import Headline, Quality
from core.measures.slices import Slice
from core.records.estimate import (
    Compare,
    Estimate,
    Gate,
    Measured,
    NotEstimable,
    Policy,
    Severity,
    Word,
)
from core.records.findings import Finding
from core.records.predicate import And, Comparison
from core.records.views import make_view
from core.reviews.findings import Evidence, exit_code, find, light, overall
from core.reviews.policy import FIRST_POLICY, read_policy

FIRST = read_policy(FIRST_POLICY)
EVALUATION, ROLLUP = "e" * 64, "a" * 64
VIEW = make_view("slices", {"act": "50.0"}, {})


def _estimate(value: float, half: float, rows: int = 812) -> Estimate:
    low, high = max(0.0, value - half), min(1.0, value + half)
    return Estimate(value, low, high, rows, rows, "by hand")


def _slice(region: str, **metrics: Measured) -> Slice:
    predicate = And((Comparison("region", "=", region), Comparison("sex", "=", "f")))
    pairs = tuple(metrics.items())
    return Slice(predicate, region, 812, 812, pairs, too_few=False)


def _find(
    headlines: dict[str, Measured], slices: list[Slice], policy: Policy = FIRST
) -> tuple[Finding, ...]:
    found = tuple(Headline(k, k, "", "share", m, ROLLUP) for k, m in headlines.items())
    quality = Quality(found, 812, 812)
    return find(Evidence(quality, slices, EVALUATION, ROLLUP, VIEW), policy)


def _gate(metric: str, **changes: Any) -> Policy:
    plain = Gate("X-01", "A rule", metric, "all", ">=", 0.8, Compare.POINT, 30)
    return replace(FIRST, gates=(replace(plain, **changes),))


def test_a_good_model_passes_each_rule() -> None:
    """Three sentences, three passes, exit code 0."""
    found = _find(
        {"auc": _estimate(0.874, 0.008), "accuracy": _estimate(0.9, 0.02)},
        [_slice("North", error_rate=_estimate(0.05, 0.01))],
    )
    assert [finding.sentence for finding in found] == [
        "Of 100 random pairs it ranks 87 rightly, counted on 812 rows.",
        "The model is right in 90 of 100 cases, counted on 812 rows.",
        "None of 1 groups is judged wrongly more often than allowed.",
    ]
    assert overall(found) is Word.PASS
    assert exit_code(overall(found)) == 0
    assert {(f.evaluation, f.evidence, f.view) for f in found} == {
        (EVALUATION, ROLLUP, VIEW)
    }


def test_the_worst_group_is_named() -> None:
    """Of two failed groups the worse; a failed one before an open one."""
    slices = [
        _slice("North", error_rate=_estimate(0.30, 0.01)),
        _slice("South", error_rate=_estimate(0.278, 0.01)),
        _slice("West", error_rate=_estimate(0.5, 0.45)),
    ]
    (found,) = _find({}, slices)
    assert found.about == "region = North and sex = f"
    assert found.sentence == (
        "Where region = North and sex = f, the model is wrong in 30 of 100 cases (812 rows)."
    )
    assert light(found) == "■ Fail"
    assert exit_code(overall([found])) == 1


def test_not_enough_evidence_says_what_would_settle_it() -> None:
    """The interval holds the limit: more rows, or a plain sentence that none will do."""
    found = _find({"auc": _estimate(0.75, 0.1), "accuracy": _estimate(0.8, 0.01)}, [])
    assert [finding.verdict.word for finding in found] == [Word.INSUFFICIENT] * 2
    assert found[0].sentence == (
        "Of 100 random pairs it ranks 75 rightly, counted on 812 rows. "
        "About 2,500 more rows would settle it."
    )
    assert found[1].sentence.endswith("That is too close to the limit to say.")
    assert exit_code(overall(found)) == 3


def test_what_cannot_be_measured_says_why() -> None:
    """For all rows and for a slice."""
    reason = NotEstimable("no positives to rank", 12)
    whole, part = _find({"auc": reason}, [_slice("North", error_rate=reason)])
    assert whole.sentence == "Nobody can say: no positives to rank."
    assert part.sentence == "region = North and sex = f: no positives to rank."
    assert overall((whole, part)) is Word.NOT_MEASURED
    assert exit_code(Word.NOT_MEASURED) == 3


def test_a_rule_about_another_metric_speaks_of_that_metric() -> None:
    """A group whose recall is low is not `wrong in 50 of 100 cases`."""
    policy = _gate("recall", population="each slice", limit=0.8)
    slices = [
        _slice("N", recall=_estimate(0.5, 0.02)),
        _slice("S", recall=_estimate(0.9, 0.02)),
    ]
    (found,) = _find({}, slices, policy)
    assert found.sentence.startswith("Where region = N and sex = f, the recall is 50")
    (kept,) = _find({}, slices[1:], policy)
    assert kept.sentence == "In each of 1 groups the recall keeps its limit."
    (whole,) = _find({"recall": _estimate(0.9, 0.04)}, [], _gate("recall"))
    assert whole.sentence == "The recall is 0.90 (0.86–0.94), counted on 812 rows."


def test_a_rule_that_does_not_apply_is_left_out() -> None:
    """A regression has no accuracy; without findings nobody can say."""
    assert _find({"mae": _estimate(0.5, 0.1)}, []) == ()
    assert overall(()) is Word.INSUFFICIENT


def test_order_is_worst_first() -> None:
    """Fail, then open, then not measured, then pass; warnings after blocks; then ids."""
    gates = (
        Gate("A", "", "pass", "all", ">=", 0.1),
        Gate("B", "", "none", "all", ">=", 0.1),
        Gate("C", "", "open", "all", ">=", 0.5, Compare.LOWER95),
        Gate("D", "", "fail", "all", ">=", 0.9, severity=Severity.WARN),
        Gate("F", "", "fail", "all", ">=", 0.9),
        Gate("E", "", "fail", "all", ">=", 0.9),
    )
    found = _find(
        {
            "pass": _estimate(0.5, 0.1),
            "none": NotEstimable("no rows", 0),
            "open": _estimate(0.52, 0.1),
            "fail": _estimate(0.5, 0.1),
        },
        [],
        replace(FIRST, gates=gates),
    )
    assert [finding.gate.id for finding in found] == ["E", "F", "D", "C", "B", "A"]
    assert light(found[2]) == ATTENTION
    assert light(found[0]) == WORDS[Word.FAIL]


def test_a_warning_alone_does_not_fail() -> None:
    """It is shown, but the exit code stays 0."""
    policy = _gate("recall", severity=Severity.WARN)
    found = _find({"recall": _estimate(0.1, 0.02)}, [], policy)
    assert found[0].verdict.word is Word.FAIL
    assert overall(found) is Word.PASS


def test_sentences_are_short() -> None:
    """25 words at most, for every verdict, with a slice of two columns."""
    for value, half in ((0.05, 0.01), (0.15, 0.1), (0.15, 0.001), (0.3, 0.02)):
        for metric in ("error_rate", "recall"):
            gates = (
                *_gate(metric, population="each slice", comparator="<=", limit=0.15).gates,
                *_gate(metric, comparator="<=", limit=0.15, id="X-02").gates,
            )
            measured = _estimate(value, half)
            policy = replace(FIRST, gates=gates)
            for compare in Compare:
                policy = replace(
                    policy, gates=tuple(replace(g, compare=compare) for g in gates)
                )
                found = _find(
                    {metric: measured}, [_slice("North", **{metric: measured})], policy
                )
                assert found
                for finding in found:
                    for sentence in finding.sentence.split(". "):
                        assert len(sentence.split()) <= 25, finding.sentence


def test_a_gate_that_compares_otherwise_is_refused() -> None:
    """Even where it did not come through `read_policy`."""
    with pytest.raises(WrongInputError, match="X-01 compares by `<`"):
        _find({"recall": _estimate(0.5, 0.1)}, [], _gate("recall", comparator="<"))


def test_a_gate_on_slices_leaves_small_ones_open() -> None:
    """One group has the gate's rows and passes; the small one is named, and fails nobody."""
    large = _slice("North", error_rate=_estimate(0.05, 0.01))
    small = replace(_slice("South", error_rate=_estimate(0.5, 0.3)), rows=20)
    policy = _gate("error_rate", population="each slice", comparator="<=", limit=0.15)
    (found,) = _find({}, [large, small], policy)

    assert found.verdict.word is Word.PASS
    assert found.sentence.endswith("One smaller group cannot be judged.")
    (alone,) = _find({}, [small], policy)
    assert alone.about == small.words


def test_a_gate_may_ask_for_a_saved_slice() -> None:
    """It is named in the sentence; without such a slice, or its columns, there is no finding."""
    policy = _gate("accuracy", population="slice Newcomers")
    named = Quality(
        (Headline("accuracy", "", "", "share", _estimate(0.6, 0.05), ROLLUP),), 9, 9
    )
    whole = Quality(
        (Headline("accuracy", "", "", "share", _estimate(0.9, 0.01), ROLLUP),), 9, 9
    )
    evidence = Evidence(whole, [], EVALUATION, ROLLUP, VIEW, (("Newcomers", named),))
    (found,) = find(evidence, policy)
    assert found.verdict.word is Word.FAIL
    assert found.about == "Newcomers"
    assert found.sentence == (
        "Newcomers: the model is right in 60 of 100 cases, counted on 812 rows."
    )
    assert find(replace(evidence, named=()), policy) == ()
