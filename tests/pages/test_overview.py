"""The overview: what is asked of me, where each version stands, and the tour of the demo."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from streamlit.testing.v1 import AppTest

from core.records.evaluations import Evaluation
from core.records.reviews import Ask, Decision, Review, Role, Tier
from core.runs.answering import Remark, comment_on, request_changes
from core.runs.keeping import set_threshold
from core.runs.people import give_role, name_person
from core.runs.reviewing import Asking, open_review, review_of
from core.runs.stopping import suspend
from core.serving.house import House
from tests.pages.opening import Table, open_page, texts
from tests.pages.reading import click, said

Make = Callable[[Table], Evaluation]
STAFF = {"robin": Role.OWNER, "kim": Role.VALIDATOR}


@pytest.fixture
def asked(evaluation_of: Make, opened: House) -> Review:
    """A review of low tier that two people are asked for; Kim has a question for Robin."""
    evaluation = evaluation_of(Table())
    desk = opened.desk
    for id_, role in STAFF.items():
        name_person(desk, id_, id_.title(), actor="test")
        give_role(desk, id_, ("Churn", role), actor="test")
    due = desk.workspace.now().date() + timedelta(7)
    asks = tuple(Ask(id_, role, due) for id_, role in STAFF.items())
    review = open_review(desk, evaluation, Asking(asks, Tier.LOW), actor="robin")
    comment_on(desk, review, Remark("", "Why so young?", "robin"), actor="kim")
    return review_of(desk, review.id)


def sign(opened: House, review: Review) -> None:
    """Write down that everybody approved, as the log would hold it."""
    until = opened.desk.workspace.now().date() + timedelta(90)
    for id_, role in STAFF.items():
        payload = {
            "role": role,
            "decision": Decision.APPROVE,
            "because": "",
            "conditions": [],
            "until": until.isoformat(),
            "root": review.root,
            "envelope": "",
        }
        opened.desk.workspace.record(id_, "signoff.made", review.id, payload)


def acting(app: AppTest, id_: str) -> AppTest:
    """Be somebody else."""
    return app.selectbox(key="_who").set_value(id_).run()


def states(app: AppTest) -> list[str]:
    """Return the states of the table."""
    return list(app.dataframe[0].value["State"])


def test_what_is_asked_of_me_stands_first(asked: Review) -> None:
    """The answer names the day and the role; the cards hold the decision and the question."""
    app = open_page()
    assert "your decision is due" in said(app)
    assert "You are asked as owner." in said(app)
    text = texts(app).replace("\\", "")
    assert "Decide on Churn v1" in text
    assert "Answer Kim" in text
    assert "Why so young?" in text
    assert "In review" in states(app)[0]
    assert asked.asks[0].due is not None


def test_everybody_sees_their_own(asked: Review) -> None:
    """Kim is asked to decide, and no question is hers; Everybody's shows both."""
    app = acting(open_page(), "kim")
    assert "You are asked as validator." in said(app)
    assert "Answer Kim" not in texts(app)
    app = acting(open_page(whose="Everybody's"), "kim")
    assert "Asked of everybody" in texts(app)
    assert texts(app).count("Decide on") == len(asked.asks)


def test_a_card_opens_the_review(asked: Review) -> None:
    """And the question opens its talk."""
    app = click(open_page(), "Open review")
    assert app.title[0].value == "Review"
    app = click(open_page(), "Open talk")
    assert "Why so young?" in texts(app)
    assert asked.comments


def test_an_active_model_needs_nobody(asked: Review, opened: House) -> None:
    """Everybody signed: nothing is asked but the question, and the day stands in the table."""
    sign(opened, asked)
    app = acting(open_page(), "kim")
    assert "Nothing needs you today. Churn v1 is active until" in said(app)
    assert "Nothing is asked of you." in texts(app)
    assert states(app) == ["● Active"]
    assert list(app.dataframe[0].value["Valid until"]) != ["–"]


def test_a_suspended_model_is_named_with_the_reason(asked: Review, opened: House) -> None:
    """Also to those who are asked for something else."""
    sign(opened, asked)
    suspend(opened.desk, asked.model, "accuracy fell in June.", actor="robin")
    app = acting(open_page(), "kim")
    assert "■ Suspended · Churn v1" in said(app)
    assert "Churn v1: Suspended: accuracy fell in June." in said(app)
    assert states(app) == ["■ Suspended"]


def test_a_stale_model_says_what_changed(asked: Review, opened: House) -> None:
    """The threshold moved after the signatures: the answer names it."""
    sign(opened, asked)
    set_threshold(opened.desk, asked.model, 300, actor="robin", why="so")
    app = acting(open_page(), "kim")
    assert "▲ Stale · Churn v1" in said(app)
    assert "the decision threshold" in said(app)


def test_changes_that_were_asked_for_show_in_the_table(
    asked: Review, opened: House
) -> None:
    """The state is a function of the log."""
    request_changes(opened.desk, asked, "Take out a column.", actor="kim")
    assert states(open_page()) == ["▲ Changes requested"]


@pytest.mark.usefixtures("asked")
def test_there_is_no_tour_without_the_demo() -> None:
    """Own data needs none."""
    assert "Take the tour" not in texts(open_page())


def test_without_people_nothing_is_asked(evaluation_of: Make) -> None:
    """The page is as it was: the worst finding, and the table."""
    evaluation_of(Table())
    app = open_page()
    assert "Asked of" not in texts(app)
    assert "fails" in said(app)
    assert states(app) == ["– Draft"]
