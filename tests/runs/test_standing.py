"""Where each model stands is said in one sentence, worst news first."""

from dataclasses import replace

from core.runs.desk import Desk
from core.runs.evaluating import evaluate
from core.runs.standing import error_over_tables, standing_of, standings
from tests.kept import BINARY, binary, bring, evaluated, keep

GOOD = [("yes", 0.9, "N"), ("no", 0.1, "N")] * 150
BAD = [("yes", 0.1, "N"), ("no", 0.9, "N")] * 150


def test_a_model_that_nobody_evaluated_says_so(desk: Desk) -> None:
    """There is a model, but no number."""
    bring(desk, BINARY)
    (standing,) = standings(desk)
    assert standing.sentence == "Model v1 has not been evaluated."
    assert standing.light == "○ Not measured"
    assert standing.headline(0) == ("", "")
    assert standing.verdicts == ()


def test_a_good_model_passes_all_rules(desk: Desk) -> None:
    """By hand: all 300 right."""
    standing = standing_of(desk, evaluated(desk, binary(GOOD), BINARY))
    assert standing.sentence == "Model v1 on Validation passes all 3 rules that apply."
    assert standing.light == "● Pass"
    assert standing.verdicts == ("● 3",)
    assert standing.headline(0)[0] == "AUC"


def test_a_bad_model_names_its_worst_finding(desk: Desk) -> None:
    """All 300 wrong: three rules fail."""
    standing = standing_of(desk, evaluated(desk, binary(BAD), BINARY))
    assert standing.sentence.startswith("Model v1 on Validation fails 3 of 3 rules. ")
    assert standing.light == "■ Fail"
    assert standing.verdicts == ("■ 3",)


def test_few_rows_cannot_be_judged(desk: Desk) -> None:
    """Six rows are too few for any rule."""
    standing = standing_of(desk, evaluated(desk, binary(GOOD[:6]), BINARY))
    assert "3 of 3 rules cannot be judged" in standing.sentence
    assert standing.light == "◇ Not enough evidence"


def test_each_pair_stands_once_and_errors_follow_the_tables(desk: Desk) -> None:
    """Two tables, one model: two standings, and the error of each."""
    first = keep(desk, binary(GOOD))
    second = keep(desk, replace(binary(BAD), name="Later"))
    model = bring(desk, BINARY)
    for data in (first, second):
        evaluate(desk, model.id, data.id, actor="test")
    found = standings(desk)
    assert [s.data.title for s in found if s.data] == ["Later", "Validation"]
    lines = error_over_tables(found, model.id)
    assert [(data.title, m.value) for data, _, m in lines] == [
        ("Later", 1.0),
        ("Validation", 0.0),
    ]
