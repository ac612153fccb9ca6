"""The demo's people, and the review that waits for three of them."""

from datetime import timedelta
from typing import Any

from core.records.reviews import Ask, Role, Tier
from core.runs.answering import Remark, comment_on
from core.runs.call import find_dataset, find_model
from core.runs.desk import Desk
from core.runs.heads import sign_head
from core.runs.people import give_role, name_person
from core.runs.reviewing import Asking, open_review, review_of

Manifest = dict[str, Any]


def open_demo_review(desk: Desk, manifest: Manifest) -> None:
    """Name the sample people, open the review of the manifest, and sign the log's head."""
    roles = {each["id"]: Role(each["role"]) for each in manifest["people"]}
    for each in manifest["people"]:
        id_, everywhere = each["id"], each.get("everywhere", False)
        name_person(desk, id_, each["name"], actor="demo")
        model = "" if everywhere else manifest["name"]
        give_role(desk, id_, (model, roles[id_]), actor="demo")
    said = manifest["review"]
    state = desk.workspace.state
    evaluation = state.evaluation_of(
        find_model(desk, f"{manifest['name']} v{said['version']}").id,
        find_dataset(desk, said["table"]).id,
    )
    if evaluation is None:  # somebody brought a table of that name before
        return
    due = desk.workspace.now().date() + timedelta(said["days"])
    asks = tuple(Ask(person, roles[person], due) for person in said["asked"])
    asking = Asking(asks, Tier(said["tier"]), tuple(said["reading"]))
    review = open_review(desk, evaluation, asking, actor=said["by"])
    for comment in said["comments"]:
        remark = Remark("", comment["text"], comment["to"])
        comment_on(desk, review_of(desk, review.id), remark, actor=comment["by"])
    sign_head(desk, actor="demo")
