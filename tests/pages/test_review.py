"""The review page: who sees what, and what each may do."""

from collections.abc import Callable

from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.reviews import Answer, Ask, Decision, Reply, Review, Role, Tier
from core.runs.answering import NewFinding, Remark, add_finding, answer_finding, comment_on
from core.runs.answering import give_first as think
from core.runs.desk import Desk
from core.runs.findings import open_findings
from core.runs.people import give_role, name_person
from core.runs.reviewing import Asking, open_review, review_of
from core.serving.house import House
from tests.pages.opening import Table, open_page, texts

Make = Callable[[Table], Evaluation]
PEOPLE = {"ada": Role.OWNER, "kim": Role.VALIDATOR, "tom": Role.AUDITOR}


def name_people(desk: Desk) -> None:
    """Make three people known."""
    for who, role in PEOPLE.items():
        name_person(desk, who, who.capitalize(), actor="test")
        give_role(desk, who, ("", role), actor="test")


def begin(desk: Desk, evaluation: Evaluation, *reading: str) -> Review:
    """Ask owner and validator."""
    name_people(desk)
    asks = (Ask("ada", Role.OWNER, None), Ask("kim", Role.VALIDATOR, None))
    return open_review(desk, evaluation, Asking(asks, Tier.LOW, reading), actor="ada")


def act_as(app: AppTest, who: str) -> AppTest:
    """Be somebody else."""
    return app.selectbox(key="_who").set_value(who).run()


def test_without_people_nobody_can_ask(evaluation_of: Make) -> None:
    """The page says who could, and where people are named."""
    evaluation_of(Table())
    app = open_page("review.py")
    assert not app.exception
    assert "Nobody has asked for a decision yet" in texts(app)
    assert not [button for button in app.button if button.label == "Open review"]


def test_only_an_owner_asks(evaluation_of: Make, opened: House) -> None:
    """An owner sees the form, a validator the sentence."""
    evaluation_of(Table())
    name_people(opened.desk)
    app = open_page("review.py")
    assert "Open review" in {button.label for button in app.button}
    app = act_as(app, "kim")
    assert "Open review" not in {button.label for button in app.button}


def test_a_reviewer_goes_through_four_steps(evaluation_of: Make, opened: House) -> None:
    """Read, think, answer, decide: a later step says what is missing."""
    evaluation = evaluation_of(Table())
    begin(opened.desk, evaluation, "Slices")
    app = act_as(open_page("review.py"), "kim")
    assert "not opened" in texts(app)
    app.segmented_control(key="part").set_value("3 Findings").run()
    assert "Give your first verdict before" in texts(app)
    app.segmented_control(key="part").set_value("4 Decide").run()
    assert "open Slices, give your first verdict" in texts(app)
    assert not app.exception


def test_others_answers_are_hidden_before_mine(evaluation_of: Make, opened: House) -> None:
    """Blind: what Ada answered shows once Kim has answered the same finding."""
    desk = opened.desk
    review = begin(desk, evaluation_of(Table()))
    add_finding(desk, review, NewFinding("Ages look odd."), actor="ada")
    for who in ("ada", "kim"):
        think(desk, review, Decision.APPROVE, f"{who} thinks so", actor=who)
    (key, *_) = [
        key
        for key in open_findings(desk, review_of(desk, review.id), "ada")
        if len(key) == 12
    ]
    answer_finding(desk, review, Answer(key, "ada", Reply.AGREE, "secret of Ada"))
    app = act_as(open_page("review.py"), "kim")
    app.segmented_control(key="part").set_value("3 Findings").run()
    assert "secret of Ada" not in texts(app)
    answer_finding(desk, review, Answer(key, "kim", Reply.DISAGREE, "mine"))
    app.segmented_control(key="show").set_value("All").run()
    assert "secret of Ada" in texts(app)


def test_an_auditor_reads_and_answers_nothing(evaluation_of: Make, opened: House) -> None:
    """Findings, talk and history; no form to answer, no step to sign."""
    desk = opened.desk
    review = begin(desk, evaluation_of(Table()))
    comment_on(desk, review, Remark("", "Please look at ages."), actor="kim")
    app = act_as(open_page("review.py"), "tom")
    control = app.segmented_control(key="part")
    assert control.options == ["3 Findings", "Talk", "History"]
    assert "Save answer" not in {button.label for button in app.button}
    control.set_value("Talk").run()
    assert "Please look at ages." in texts(app)
    app.segmented_control(key="part").set_value("History").run()
    assert "Ada opened a review" in texts(app)
    assert not app.exception


def test_hostile_words_are_words(evaluation_of: Make, opened: House) -> None:
    """What people write is shown as they wrote it, and does nothing."""
    desk = opened.desk
    review = begin(desk, evaluation_of(Table()))
    text = "<script>alert(1)</script> **bold** $x$ :smile: [a](javascript:b)"
    comment_on(desk, review, Remark("", text), actor="kim")
    app = act_as(open_page("review.py"), "tom")
    app.segmented_control(key="part").set_value("Talk").run()
    shown = next(each.value for each in app.markdown if "script" in each.value)
    assert "\\*\\*bold" in shown or "&#42;" in shown
    assert "[a](javascript" not in shown


def test_an_executive_sees_no_rows(evaluation_of: Make, opened: House) -> None:
    """Findings and counts are enough to decide on; rows are for those who build and check."""
    evaluation_of(Table())
    name_people(opened.desk)
    name_person(opened.desk, "lee", "Lee", actor="test")
    give_role(opened.desk, "lee", ("", Role.EXECUTIVE), actor="test")
    app = open_page("slices.py", part="Rows")
    assert "worst answers first" in texts(app)
    app = act_as(app, "lee")
    assert "Your role sees findings and counts" in texts(app)
    assert "worst answers first" not in texts(app)
