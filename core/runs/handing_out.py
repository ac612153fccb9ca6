"""Hand out: the card of an evaluation as a file."""

from dataclasses import dataclass

from core.cards.card import Card, CardFacts, make_card, slice_figure
from core.cards.html_card import write_html
from core.cards.json_card import write_json
from core.errors import WrongInputError
from core.figures.marks import Figure
from core.measures.metrics import metrics_for
from core.records.data import DatasetVersion
from core.records.evaluations import Evaluation
from core.runs.asking import asked_of, quality_of, slices_of
from core.runs.desk import Desk
from core.runs.drift_findings import gate_findings
from core.runs.rollups import cells_of, codebook_of, first_parts
from core.runs.slicing import sliced_columns

FORMATS = {"html": "text/html", "json": "application/json"}


@dataclass(frozen=True, slots=True)
class CardFile:
    """A card and the figures that its HTML shows, by column."""

    card: Card
    figures: tuple[tuple[str, Figure], ...]


def card_of(desk: Desk, evaluation_id: str) -> CardFile:
    """Return the card of an evaluation as it stands under the policy in force."""
    state = desk.workspace.state
    evaluation = state.evaluation(evaluation_id)
    dataset = state.dataset(evaluation.dataset)
    asked = asked_of(desk, evaluation)
    quality = quality_of(desk, evaluation, asked)
    metric = metrics_for(evaluation.answer.task, of_class=False)[0]
    cells = cells_of(desk, evaluation, first_parts(codebook_of(desk, evaluation)))
    slices = tuple(
        (name, slices_of(desk, evaluation, (name,), asked))
        for name in _marked(desk, evaluation, dataset)
    )
    facts = CardFacts(
        model=state.model(evaluation.model),
        dataset=dataset,
        evaluation=evaluation,
        threshold=asked.threshold,
        policy=state.policy.policy,
        policy_object=state.policy.object,
        quality=quality,
        quality_object=cells.object,
        findings=gate_findings(desk, evaluation),
        slices=slices,
        metric=metric,
    )
    whole = next((h.measured for h in quality.headlines if h.id == metric.id), None)
    drawn = (
        (name, slice_figure(found, metric, evaluation.id, whole=whole))
        for name, found in slices
    )
    figures = tuple((name, figure) for name, figure in drawn if figure)
    return CardFile(make_card(facts), figures)


def card_file(desk: Desk, evaluation_id: str, format_: str) -> bytes:
    """Return the card of an evaluation as the bytes of a file.

    Raises:
        WrongInputError: the format is neither html nor json.
    """
    made = card_of(desk, evaluation_id)
    match format_:
        case "html":
            return write_html(made.card, made.figures)
        case "json":
            return write_json(made.card)
    raise WrongInputError(
        f"There is no card as `{format_}`.", hint=f"Choose {' or '.join(FORMATS)}."
    )


def card_name(desk: Desk, evaluation_id: str, format_: str) -> str:
    """Return the file name of a card: `loan-default-v2-on-validation.html`."""
    state = desk.workspace.state
    evaluation = state.evaluation(evaluation_id)
    titles = state.model(evaluation.model).title, state.dataset(evaluation.dataset).title
    words = " on ".join(titles).lower()
    safe = "".join(letter if letter.isalnum() else "-" for letter in words)
    return f"{safe}.{format_}"


def _marked(desk: Desk, evaluation: Evaluation, dataset: DatasetVersion) -> tuple[str, ...]:
    coded = {column.name for column in sliced_columns(desk, evaluation)}
    marked = (c.name for c in dataset.columns if c.group or c.sensitive)
    return tuple(name for name in marked if name in coded)
