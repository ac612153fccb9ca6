"""A policy says what it means, or is refused before anything is held against it."""

import pytest

from core.errors import WrongInputError
from core.records.estimate import Compare, Severity
from core.reviews.policy import FIRST_POLICY, read_policy, templates


def test_the_first_policy_reads() -> None:
    """By hand: what a new workspace starts with."""
    policy = read_policy(FIRST_POLICY)
    assert (policy.number, policy.alpha, policy.decision_threshold) == (0, 0.05, 500)
    assert (policy.min_rows, policy.min_denominator, policy.privacy_limit) == (30, 10, 5)
    assert [gate.id for gate in policy.gates] == ["PERF-01", "PERF-02", "SLC-01"]
    slices = policy.gates[2]
    assert (slices.metric, slices.comparator, slices.limit) == ("error_rate", "<=", 0.15)
    assert (slices.compare, slices.severity) == (Compare.UPPER95, Severity.BLOCK)


def test_what_a_gate_leaves_out_has_a_default() -> None:
    """A gate of five lines compares the value itself, on 30 rows, and blocks."""
    text = FIRST_POLICY[: FIRST_POLICY.index("gates:")] + (
        "gates:\n  - {id: A, title: B, metric: recall, population: all, "
        'comparator: ">=", limit: 1}\n'
    )
    (gate,) = read_policy(text).gates
    assert (gate.compare, gate.min_rows, gate.severity) == (
        Compare.POINT,
        30,
        Severity.BLOCK,
    )


@pytest.mark.parametrize(
    "text",
    ["", "- 1", "a: [", "number: 0", "!!python/object:os.system {}", "gates: 3", "\0"],
)
def test_what_is_no_policy_is_refused(text: str) -> None:
    """Empty, cut short, or something else."""
    with pytest.raises(WrongInputError, match="This policy cannot be read"):
        read_policy(text)


CHANGES = [
    ("decision_threshold: 500", "decision_threshold: 1001", "threshold is 1001"),
    ("decision_threshold: 500", "decision_threshold: -1", "threshold is -1"),
    (
        "decision_threshold: 500",
        "decision_threshold: 0.5",
        "`decision_threshold` cannot be 0.5",
    ),
    ("min_rows: 30", "min_rows: 30\nmin_row: 5", "A policy has no `min_row`"),
    ("severity: block", "severty: warn", "A gate has no `severty`"),
    ("severity: block", "severity: maybe", "cannot be read"),
    ("compare: lower95", "compare: lower", "cannot be read"),
    ("metric: accuracy", "metric: acuracy", "There is no metric `acuracy`"),
    ("population: each slice", "population: each", "SLC-01 is about `each`"),
    ('comparator: "<="', 'comparator: "<"', "SLC-01 compares by `<`"),
    ("limit: 0.15", "limit: .nan", "`limit` cannot be nan"),
    ("limit: 0.15", "limit: .inf", "`limit` cannot be inf"),
    ("limit: 0.15", "limit: much", "cannot be read"),
    ("id: PERF-02", "id: PERF-01", "Two gates have the same id"),
]


@pytest.mark.parametrize(("old", "new", "sentence"), CHANGES)
def test_a_slip_is_refused_and_named(old: str, new: str, sentence: str) -> None:
    """A typo must not switch a rule off in silence."""
    assert old in FIRST_POLICY
    with pytest.raises(WrongInputError, match=sentence):
        read_policy(FIRST_POLICY.replace(old, new, 1))


def test_a_gate_may_be_about_a_saved_slice() -> None:
    """`slice NAME` is a population; the word alone is none, nor is a metric of the scores."""
    text = FIRST_POLICY.replace("population: each slice", "population: slice Newcomers")
    assert read_policy(text).gates[-1].population == "slice Newcomers"
    with pytest.raises(WrongInputError, match="is about `slice`"):
        read_policy(FIRST_POLICY.replace("population: each slice", "population: slice"))
    with pytest.raises(WrongInputError, match="looks at `brier`, for which there are no"):
        read_policy(FIRST_POLICY.replace("metric: accuracy", "metric: brier"))


WAIVERS = [
    ("waivable_by: boss", "PERF-01 is waivable by `boss`"),
    ("waivable_by: [owner]", "`waivable_by` cannot be"),
    ("max_waiver_days: 0", "PERF-01 can be waived for 0 days"),
    ("max_waiver_days: 731", "PERF-01 can be waived for 731 days"),
    ("max_waiver_days: 1.5", "`max_waiver_days` cannot be 1.5"),
    ("max_waiver_days: 9\n    questions: Why?", "`questions` cannot be 'Why[?]'"),
    ("max_waiver_days: 9\n    maps_to: [7]", "`maps_to` cannot be"),
]


@pytest.mark.parametrize(("line", "sentence"), WAIVERS)
def test_a_waiver_has_a_role_and_an_end(line: str, sentence: str) -> None:
    """Nobody's role, no time, or for ever: refused; so is a list that is none."""
    with pytest.raises(WrongInputError, match=sentence):
        read_policy(FIRST_POLICY.replace("    metric: auc", f"    metric: auc\n    {line}"))


@pytest.mark.parametrize("days", [1, 730])
def test_the_longest_and_the_shortest_waiver_are_read(days: int) -> None:
    """One day and two years, by a role."""
    lines = f"    metric: auc\n    waivable_by: domain voice\n    max_waiver_days: {days}"
    gate = read_policy(FIRST_POLICY.replace("    metric: auc", lines)).gates[0]
    assert (gate.waivable_by, gate.max_waiver_days) == ("domain voice", days)


def test_the_templates_read_and_say_why() -> None:
    """Credit, health triage and churn: every gate with its comment, clauses and questions."""
    assert [each.id for each in templates()] == ["churn", "credit", "health_triage"]
    for each in templates():
        policy = read_policy(each.text)
        assert policy.number == 0
        assert each.title == each.text.split("\n")[0][2:]
        lines = each.text.split("\n")
        for gate in policy.gates:
            place = next(k for k, x in enumerate(lines) if x.strip() == f"- id: {gate.id}")
            assert lines[place - 1].startswith("  # ")
            assert gate.maps_to
            assert gate.questions
