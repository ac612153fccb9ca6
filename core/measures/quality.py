"""Quality: how good is the model on the whole?"""

from dataclasses import dataclass

from core.engine.cells import Cells
from core.engine.ranking import Ranking
from core.estimates.intervals import estimate_auc, kish
from core.measures.metrics import find_metric, metrics_for
from core.measures.outcomes import Asked, outcome
from core.records.estimate import Measured, NotEstimable


@dataclass(frozen=True, slots=True)
class Headline:
    """One number of the whole evaluation; `rollup` is the object it was counted in."""

    id: str
    title: str
    meaning: str
    kind: str
    measured: Measured
    rollup: str


@dataclass(frozen=True, slots=True)
class Quality:
    """The headline numbers, most important first; `rows` counts labelled and all rows."""

    headlines: tuple[Headline, ...]
    labelled: int
    rows: int

    def headline(self, id_: str) -> Headline | None:
        """Return the headline of that name, if it applies."""
        return next((headline for headline in self.headlines if headline.id == id_), None)


def measure_quality(cells: Cells, ranking: Ranking | None, asked: Asked) -> Quality:
    """Return every metric over all rows of `cells`, with AUC first where there is a ranking."""
    found = outcome(cells, asked)
    metrics = metrics_for(asked.answer.task, of_class=bool(asked.of_class))
    headlines = tuple(
        Headline(m.id, m.title, m.meaning, m.kind, m.formula(found), cells.object)
        for m in metrics
        if m.formula
    )
    if ranking is not None:
        headlines = (_auc_headline(ranking), *headlines)
    return Quality(headlines, found.labelled.n, found.rows)


def measure_auc(ranking: Ranking) -> Measured:
    """Return how often a random positive scores above a random negative; ties count half.

    AUC = U / (P Q). Var = S10 / P + S01 / Q with the (weighted) variances of the share of
    negatives below each positive and of positives above each negative; P and Q in the
    denominators are Kish's effective rows. Source: DeLong et al. (1988), eq. 3-6; weights
    as in Keilwagen et al. (2014).
    """
    positives = kish(ranking.wp, ranking.wp2)
    negatives = kish(ranking.wq, ranking.wq2)
    rows = ranking.np + ranking.nq
    if not ranking.wp or not ranking.wq:
        side = "positives" if not ranking.wp else "negatives"
        return NotEstimable(f"no {side} to rank", rows)
    auc = ranking.u2 / (2 * ranking.wp * ranking.wq)
    below = ranking.below2 / (4 * ranking.wp * ranking.wq**2) - auc**2
    above = ranking.above2 / (4 * ranking.wq * ranking.wp**2) - auc**2
    variance = below / max(positives - 1, 1) + above / max(negatives - 1, 1)
    return estimate_auc(
        auc, max(variance, 0.0), positives=positives, negatives=negatives, rows=rows
    )


def _auc_headline(ranking: Ranking) -> Headline:
    auc = find_metric("auc")
    return Headline(
        auc.id, auc.title, auc.meaning, auc.kind, measure_auc(ranking), ranking.object
    )
