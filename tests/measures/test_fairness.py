"""Groups are judged alike only on evidence, and what cannot be measured is never a gap."""

import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from numpy.typing import NDArray
from sklearn.metrics import accuracy_score, precision_score, recall_score

from core.errors import WrongInputError
from core.measures.fairness import measure_fairness
from core.measures.fairness_words import NOTIONS
from core.measures.group_rates import Group
from core.measures.metrics import find_metric
from core.records.estimate import Estimate, NotEstimable, Word
from core.records.fairness import Homogeneity
from tests.measures.grouped import POLICY, chosen, group, known

DATA = Path(__file__).parents[3] / "shared" / "data"
TIMES = 4000 if os.environ.get("PROVE") else 400
COMPAS = (
    group("African-American", 1369, 805, 532, 990),
    group("Caucasian", 505, 349, 461, 1139),
)
needs_data = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public tables are not beside the project"
)


@pytest.fixture
def peer() -> Any:
    """Fairlearn, where it is installed: it is no part of the product."""
    return pytest.importorskip("fairlearn.metrics")


def test_every_notion_is_measured_in_its_order() -> None:
    """Seven criteria, each with a line per group, the largest group as reference."""
    found = measure_fairness(COMPAS, POLICY)
    assert [c.id for c in found.criteria] == [notion.id for notion in NOTIONS]
    assert found.reference == "African-American"
    for criterion in found.criteria:
        assert [g.title for g in criterion.groups] == ["African-American", "Caucasian"]


def test_compas_by_hand() -> None:
    """False-positive rates 805 / 1,795 and 349 / 1,488: 21.4 points, surely no chance."""
    found = measure_fairness(COMPAS, POLICY, positive="arrested again")
    balance = found.criterion("false_positive_balance")
    largest = known(balance.largest)
    assert largest.value == pytest.approx(805 / 1795 - 349 / 1488)
    assert (largest.low, largest.high) == pytest.approx((0.182, 0.245), abs=5e-4)
    assert isinstance(balance.homogeneity, Homogeneity)
    assert balance.homogeneity.p < 1e-30
    assert balance.verdict.word is Word.FAIL
    assert known(balance.spread).value == pytest.approx(0.2139 / np.sqrt(2), abs=5e-4)
    assert balance.sentence == (
        "Of 100 rows of Caucasian that are not arrested again, the model takes 23 for"
        " arrested again; of 100 of African-American, 45."
        " Chance alone hardly explains the difference."
    )
    assert found.note.startswith(
        "Of 100 rows of Caucasian, 39 are arrested again; of 100 of African-American, 51."
    )


def test_equalised_odds_take_the_larger_difference() -> None:
    """Recall differs by 19.7 points, the false-positive rate by 21.4; both hold together."""
    found = measure_fairness(COMPAS, POLICY)
    odds, balance = (
        found.criterion(id_) for id_ in ("equalised_odds", "false_positive_balance")
    )
    assert known(odds.largest).value == known(balance.largest).value
    assert known(odds.largest).low < known(balance.largest).low
    assert isinstance(odds.homogeneity, Homogeneity)
    assert odds.homogeneity.degrees == 2
    mine, other = odds.groups
    assert (known(mine.difference).value, known(mine.difference).high) == (0.0, 0.0)
    assert known(other.measured).value == known(odds.largest).value
    assert other.ratio == NotEstimable("two rates have no common ratio", 2454)


def test_a_perfect_model_is_not_unfair_to_a_group_without_positives() -> None:
    """Its recall is not estimable, so there is no difference and no verdict."""
    groups = [group("A", 50, 0, 0, 50), group("B", 0, 0, 0, 100)]
    found = measure_fairness(groups, POLICY)
    for id_ in ("equal_opportunity", "equalised_odds"):
        criterion = found.criterion(id_)
        alone = "fewer than two groups can be compared"
        assert isinstance(criterion.largest, NotEstimable)
        assert criterion.largest.reason == alone
        assert criterion.verdict.word is Word.NOT_MEASURED
        assert criterion.verdict.reason == f"{alone}; not judged: B (no positives here)"
        assert criterion.sentence == "Fewer than two groups can be compared."
        assert isinstance(criterion.homogeneity, NotEstimable)
        assert isinstance(criterion.spread, NotEstimable)
    assert found.criterion("equal_opportunity").groups[1].measured == NotEstimable(
        "no positives here", 0
    )
    assert known(found.criterion("false_positive_balance").largest).value == 0.0


def test_the_peer_calls_that_perfect_model_as_unfair_as_can_be(peer: Any) -> None:
    """Fairlearn takes the missing recall for 0: an equal-opportunity difference of 1."""
    truth, groups = [1] * 50 + [0] * 150, ["A"] * 100 + ["B"] * 100
    assert peer.equal_opportunity_difference(truth, truth, sensitive_features=groups) == 1.0


def test_few_rows_are_no_evidence_and_say_how_many_are_missing() -> None:
    """By hand: 12 rows lack 18 of 30; 40 rows with 4 of 10 positives lack 60.

    Where the other group has no positives at all, no rows of this one would do.
    """
    groups = [group("A", 60, 20, 20, 60), group("B", 3, 3, 3, 3)]
    verdict = measure_fairness(groups, POLICY).criterion("equal_opportunity").verdict
    assert (verdict.word, verdict.more_rows) == (Word.INSUFFICIENT, 18)
    groups[1] = group("B", 2, 0, 2, 36)
    verdict = measure_fairness(groups, POLICY).criterion("equal_opportunity").verdict
    assert (verdict.word, verdict.more_rows) == (Word.INSUFFICIENT, 60)
    assert "not judged: B (only 4 rows count towards this rate)" in verdict.reason
    groups[0] = group("A", 0, 20, 0, 60)
    verdict = measure_fairness(groups, POLICY).criterion("equal_opportunity").verdict
    assert (verdict.word, verdict.more_rows) == (Word.NOT_MEASURED, None)


def test_a_pass_names_whom_it_does_not_speak_of() -> None:
    """Two large groups alike, a small one unknown: pass, with the small one's name."""
    groups = [chosen("A", 3000, 9000), chosen("B", 3010, 9000), chosen("C", 9, 12)]
    parity = measure_fairness(groups, POLICY).criterion("demographic_parity")
    assert parity.verdict.word is Word.PASS
    assert parity.verdict.reason.endswith("; not judged: C (12 rows are too few to judge)")
    small = parity.groups[2]
    assert known(small.measured).value == 0.75
    assert small.difference == NotEstimable("12 rows are too few to judge", 12)
    assert known(parity.largest).value == pytest.approx(10 / 9000)
    assert parity.sentence.endswith("The difference may be chance.")


def test_a_verdict_does_not_depend_on_the_reference() -> None:
    """Held against the middle group nobody is far off; the outer two still fail."""
    groups = [chosen("low", 260, 1000), chosen("mid", 300, 1000), chosen("top", 340, 1000)]
    policy = replace(POLICY, slice_tolerance=0.02)
    found = [
        measure_fairness(groups, policy, reference=name).criterion("demographic_parity")
        for name in ("low", "mid", "top")
    ]
    assert {criterion.verdict.word for criterion in found} == {Word.FAIL}
    assert len({criterion.verdict for criterion in found}) == 1
    middle = found[1].groups
    assert [known(g.difference).value for g in middle] == pytest.approx([-0.04, 0, 0.04])
    assert known(middle[0].ratio).value == pytest.approx(26 / 30)


def test_a_reference_that_cannot_be_compared_says_so() -> None:
    """The others keep their values; only what is held against it is missing."""
    groups = [
        group("A", 60, 20, 20, 60),
        group("B", 40, 20, 20, 60),
        group("C", 0, 9, 0, 30),
    ]
    found = measure_fairness(groups, POLICY, reference="C").criterion("equal_opportunity")
    reason = "the reference is not compared: no positives here"
    assert found.groups[0].difference == NotEstimable(reason, 160)
    assert found.groups[0].ratio == NotEstimable(reason, 160)
    assert isinstance(found.largest, Estimate)


def test_calibration_within_groups() -> None:
    """O / E of 1.00 and 1.40, each to 0.05: they differ, and the sentence counts them."""
    values = [Estimate(v, v - 0.05, v + 0.05, 400, 400, "") for v in (1.0, 1.4)]
    groups = [
        group(title, 100, 100, 100, 100, calibration=value)
        for title, value in zip("AB", values, strict=True)
    ]
    found = measure_fairness(groups, POLICY, positive="late").criterion("calibration")
    assert found.verdict.word is Word.FAIL
    assert isinstance(found.homogeneity, Homogeneity)
    assert found.homogeneity.method == "Cochran's Q"
    assert found.sentence.startswith(
        "Where the scores of B promise 100 late, 140 come; where those of A do, 100."
    )
    none = measure_fairness(COMPAS, POLICY).criterion("calibration")
    assert none.verdict.word is Word.NOT_MEASURED


def test_equal_base_rates_need_no_note() -> None:
    """The theorem speaks of groups that truly differ; chance is not enough."""
    alike = [group("A", 30, 20, 20, 30), group("B", 31, 20, 20, 29)]
    assert measure_fairness(alike, POLICY).note == ""
    unlabelled = [chosen("A", 30, 100), chosen("B", 31, 100)]
    assert measure_fairness(unlabelled, POLICY).note == ""


@pytest.mark.parametrize("rows", [[50] * 5, [30, 80, 300]])
def test_the_four_fifths_rule_is_not_broken_by_chance(rows: list[int]) -> None:
    """Groups of one rate of 0.3: the ratio seen is below 0.8 nearly always, fail at 5 % at most.

    No notion fails more often than that either.
    """
    rng = np.random.default_rng(13)
    titles = [f"group {k}" for k in range(len(rows))]
    naive, failed = 0, {"four_fifths": 0, "demographic_parity": 0}
    for _ in range(TIMES):
        hits = rng.binomial(rows, 0.3).tolist()
        groups = [chosen(*each) for each in zip(titles, hits, rows, strict=True)]
        found = measure_fairness(groups, POLICY)
        naive += known(found.criterion("four_fifths").largest).value < 0.8
        for id_ in failed:
            failed[id_] += found.criterion(id_).verdict.word is Word.FAIL
    assert naive / TIMES > 0.5
    assert max(failed.values()) / TIMES <= 0.05


@pytest.mark.parametrize(
    ("hits", "rows", "word"),
    [
        ((300, 500), 1000, Word.FAIL),
        ((490, 500), 1000, Word.PASS),
        ((10, 15), 30, Word.INSUFFICIENT),
    ],
)
def test_the_four_fifths_rule_fails_and_passes_on_evidence(
    hits: tuple[int, int], rows: int, word: Word
) -> None:
    """30 % by 50 % of 1,000 fails; 49 % by 50 % passes; 10 by 15 of 30 is open."""
    groups = [chosen("A", hits[0], rows), chosen("B", hits[1], rows)]
    found = measure_fairness(groups, POLICY, positive="yes").criterion("four_fifths")
    assert found.verdict.word is word
    assert known(found.largest).value == pytest.approx(hits[0] / hits[1])
    assert (found.verdict.more_rows is not None) == (word is Word.INSUFFICIENT)
    assert found.sentence.startswith("For every 100 rows of B for which the model says yes")


def test_a_hidden_group_shows_nothing() -> None:
    """Three rows: no value, no difference, no place in the extremes."""
    groups = [
        chosen("A", 30, 100),
        chosen("B", 40, 100),
        chosen("C", 3, 3),
        chosen("D", 1, 2),
    ]
    found = measure_fairness(groups, POLICY).criterion("demographic_parity")
    for hidden in found.groups[2:]:
        assert hidden.left_out == "hidden, fewer than 5 rows"
        assert isinstance(hidden.measured, NotEstimable)
    assert (found.highest, found.lowest) == ("B", "A")


def test_groups_without_names_or_reference_are_refused() -> None:
    """Each group has a title of its own; the reference is one of them."""
    with pytest.raises(WrongInputError, match=r"The groups are \[\]"):
        measure_fairness([], POLICY)
    with pytest.raises(WrongInputError, match=r"The groups are \['A', 'A'\]"):
        measure_fairness([chosen("A", 1, 9), chosen("A", 2, 9)], POLICY)
    with pytest.raises(WrongInputError, match="There is no group `C`"):
        measure_fairness([chosen("A", 1, 9)], POLICY, reference="C")
    with pytest.raises(KeyError, match="luck"):
        measure_fairness(COMPAS, POLICY).criterion("luck")


def _counted(label: NDArray[np.int64], said: NDArray[np.int64], title: str) -> Group:
    cells = [int(np.sum((said == s) & (label == y))) for s, y in ((1, 1), (1, 0), (0, 1))]
    return group(title, *cells, len(label) - sum(cells))


def test_values_are_those_of_fairlearn_where_it_has_any(peer: Any) -> None:
    """Six groups of a seeded table, five rates, to 1e-12; the differences too."""
    rng = np.random.default_rng(21)
    place = rng.integers(0, 6, 3000)
    label = (rng.random(3000) < 0.2 + 0.08 * place).astype(np.int64)
    said = np.where(rng.random(3000) < 0.75, label, 1 - label)
    peers = {
        "selection_rate": peer.selection_rate,
        "recall": recall_score,
        "false_positive_rate": peer.false_positive_rate,
        "precision": precision_score,
        "accuracy": accuracy_score,
    }
    frame = peer.MetricFrame(
        metrics=peers, y_true=label, y_pred=said, sensitive_features=place
    )
    groups = [_counted(label[place == k], said[place == k], str(k)) for k in range(6)]
    for name in peers:
        for k, each in enumerate(groups):
            formula = find_metric(name).formula
            assert formula is not None
            mine = known(formula(each.found)).value
            assert mine == pytest.approx(float(frame.by_group[name][k]), abs=1e-12)
    found = measure_fairness(groups, POLICY)
    gaps = frame.difference()
    for id_, name in (
        ("demographic_parity", "selection_rate"),
        ("equal_opportunity", "recall"),
        ("false_positive_balance", "false_positive_rate"),
        ("predictive_parity", "precision"),
    ):
        assert known(found.criterion(id_).largest).value == pytest.approx(gaps[name])
    odds = peer.equalized_odds_difference(label, said, sensitive_features=place)
    assert known(found.criterion("equalised_odds").largest).value == pytest.approx(odds)
    ratio = peer.demographic_parity_ratio(label, said, sensitive_features=place)
    assert known(found.criterion("four_fifths").largest).value == pytest.approx(ratio)


def _parity(
    chosen_: "pd.Series[bool]", by: "pd.Series[str]", reference: str
) -> tuple[float, float]:
    """Return difference and ratio of the other of two groups to the reference."""
    table = chosen_.groupby(by).agg(["sum", "count"])
    groups = [
        chosen(str(name), int(row["sum"]), int(row["count"]))
        for name, row in table.iterrows()
    ]
    found = measure_fairness(groups, POLICY, reference=reference)
    other = next(
        g for g in found.criterion("demographic_parity").groups if g.title != reference
    )
    return known(other.difference).value, known(other.ratio).value


@needs_data
def test_the_published_gap_of_german_credit() -> None:
    """Good credit of the 25 and younger by the older: -0.149448, ratio just below 4/5."""
    table = pd.read_csv(DATA / "german_credit" / "slices_german_credit.csv")
    good = table["class-label"] == 1
    older = (table["age"] > 25).map({True: "older", False: "younger"})
    found = _parity(good, older, "older")
    assert found == pytest.approx((-0.149448, 0.794826), abs=5e-7)
    shares = good.groupby(table["sex"].str.strip()).mean()
    assert (shares["male"], shares["female"]) == pytest.approx((0.7232, 0.6484), abs=5e-5)


@needs_data
def test_the_published_gap_of_adult() -> None:
    """Above 50 K: women 0.109251, men 0.303767: difference -0.194516, ratio 0.359655."""
    tables = [
        pd.read_csv(
            DATA / "adult" / name, header=None, skiprows=skip, skipinitialspace=True
        )
        for name, skip in (("adult.data", 0), ("adult.test", 1))
    ]
    table = pd.concat(tables)
    above, sex = table[14].str.startswith(">50K"), table[9]
    assert above.groupby(sex).mean().tolist() == pytest.approx(
        [0.109251, 0.303767], abs=5e-7
    )
    found = _parity(above, sex, "Male")
    assert found == pytest.approx((-0.194516, 0.359655), abs=5e-7)
