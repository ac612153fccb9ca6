"""The catalogue: every metric that is reported, in words, with its formula."""

from dataclasses import dataclass
from typing import Final

from core.measures.formulas import (
    LABELLED,
    NO_LABEL,
    NO_NEGATIVES,
    NO_POSITIVES,
    RECALL,
    SPECIFICITY,
    Formula,
    Rate,
    balanced,
    bias,
    f1,
    mae,
    mcc,
    rmse,
)
from core.measures.outcomes import CHOSEN, FN, FP, PASSED, TN, TP
from core.records.models import Task

CLASSES: Final = (Task.BINARY, Task.MULTICLASS)
PROPER: Final = ("AUC", "Brier", "F1", "Matthews", "R2")  # names keep their capital


@dataclass(frozen=True, slots=True)
class Metric:
    """A metric: its field name, its words, and whether more of it is worse.

    `kind` is `share` (0 to 1), `ratio` (a number without unit) or `amount` (in units of
    the label). `per_class` metrics of a multiclass model are asked about one class against
    the rest.
    """

    id: str
    title: str
    meaning: str
    tasks: tuple[Task, ...]
    worse: str  # "high", "low", or "far": far from everybody else, on either side
    formula: Formula | None  # None: counted from the scores, not from right and wrong
    kind: str = "share"
    per_class: bool = False

    @property
    def name(self) -> str:
        """The title inside of a sentence: `error rate`, `AUC`, `Brier score`."""
        proper = self.title.split()[0] in PROPER
        return self.title if proper else self.title[0].lower() + self.title[1:]


METRICS: Final = (
    Metric(
        "error_rate",
        "Error rate",
        "Share of labelled rows that the model gets wrong.",
        CLASSES,
        "high",
        Rate((FP, FN), LABELLED, NO_LABEL),
    ),
    Metric(
        "accuracy",
        "Accuracy",
        "Share of labelled rows that the model gets right.",
        CLASSES,
        "low",
        Rate((TP, TN), LABELLED, NO_LABEL),
    ),
    Metric(
        "precision",
        "Precision",
        "Of the rows where the model says yes, the share where it is right.",
        CLASSES,
        "low",
        Rate((TP,), (TP, FP), "the model never says yes here"),
        per_class=True,
    ),
    Metric(
        "recall",
        "Recall",
        "Of the rows that are positive, the share that the model finds.",
        CLASSES,
        "low",
        RECALL,
        per_class=True,
    ),
    Metric(
        "false_positive_rate",
        "False positive rate",
        "Of the rows that are negative, the share that the model wrongly calls positive.",
        CLASSES,
        "high",
        Rate((FP,), (FP, TN), NO_NEGATIVES),
        per_class=True,
    ),
    Metric(
        "selection_rate",
        "Selection rate",
        "Share of all rows where the model says yes; needs no labels.",
        CLASSES,
        "high",
        Rate((TP, FP, CHOSEN), (*LABELLED, CHOSEN, PASSED), "no rows here"),
        per_class=True,
    ),
    Metric(
        "prevalence",
        "Prevalence",
        "Share of labelled rows that are positive.",
        CLASSES,
        "high",
        Rate((TP, FN), LABELLED, NO_LABEL),
        per_class=True,
    ),
    Metric(
        "f1",
        "F1",
        "Harmonic mean of precision and recall.",
        CLASSES,
        "low",
        f1,
        per_class=True,
    ),
    Metric(
        "false_negative_rate",
        "False negative rate",
        "Of the rows that are positive, the share that the model misses.",
        CLASSES,
        "high",
        Rate((FN,), (TP, FN), NO_POSITIVES),
        per_class=True,
    ),
    Metric(
        "specificity",
        "Specificity",
        "Of the rows that are negative, the share that the model calls negative.",
        CLASSES,
        "low",
        SPECIFICITY,
        per_class=True,
    ),
    Metric(
        "negative_predictive_value",
        "Negative predictive value",
        "Of the rows where the model says no, the share where it is right.",
        CLASSES,
        "low",
        Rate((TN,), (TN, FN), "the model never says no here"),
        per_class=True,
    ),
    Metric(
        "balanced_accuracy",
        "Balanced accuracy",
        "The mean of recall and specificity: both classes count the same.",
        CLASSES,
        "low",
        balanced,
        per_class=True,
    ),
    Metric(
        "mcc",
        "Matthews correlation",
        "How answer and truth go together: 1 always, 0 not at all, below 0 against each other.",
        CLASSES,
        "low",
        mcc,
        kind="ratio",
        per_class=True,
    ),
    Metric(
        "mae",
        "Mean absolute error",
        "How far the prediction lies from the label on average, in units of the label.",
        (Task.REGRESSION,),
        "high",
        mae,
        kind="amount",
    ),
    Metric(
        "bias",
        "Bias",
        "Prediction minus label on average; above 0 the model predicts too much.",
        (Task.REGRESSION,),
        "far",
        bias,
        kind="amount",
    ),
    Metric(
        "rmse",
        "Root mean squared error",
        "Like the mean absolute error, but large errors weigh more.",
        (Task.REGRESSION,),
        "high",
        rmse,
        kind="amount",
    ),
)
SCORED: Final = (
    Metric(
        "auc",
        "AUC",
        "Of 100 pairs of one positive and one negative row, how many it ranks rightly.",
        (Task.BINARY,),
        "low",
        None,
        kind="ratio",
    ),
    Metric(
        "average_precision",
        "Average precision",
        "Precision at each positive, from the highest score down, on average.",
        (Task.BINARY,),
        "low",
        None,
        kind="ratio",
    ),
    Metric(
        "brier",
        "Brier score",
        "Squared distance of the score from what happened, on average; 0 is best.",
        (Task.BINARY,),
        "high",
        None,
        kind="ratio",
    ),
    Metric(
        "log_loss",
        "Log loss",
        "How surprised one is by what happened, who believes the scores; 0 is best.",
        CLASSES,
        "high",
        None,
        kind="ratio",
    ),
    Metric(
        "top_2",
        "Top-2 accuracy",
        "Share of labelled rows whose class is among the two with the highest scores.",
        (Task.MULTICLASS,),
        "low",
        None,
    ),
    Metric(
        "macro_recall",
        "Macro recall",
        "Recall of each class, averaged: rare classes count as much as common ones.",
        (Task.MULTICLASS,),
        "low",
        None,
    ),
    Metric(
        "macro_precision",
        "Macro precision",
        "Precision of each class, averaged over the classes that the model answers.",
        (Task.MULTICLASS,),
        "low",
        None,
    ),
    Metric(
        "macro_f1",
        "Macro F1",
        "F1 of each class, averaged over the classes that occur.",
        (Task.MULTICLASS,),
        "low",
        None,
    ),
    Metric(
        "r2",
        "R2",
        "Share of the label's variance that the predictions account for; 1 is best.",
        (Task.REGRESSION,),
        "low",
        None,
        kind="ratio",
    ),
    Metric(
        "observed_expected",
        "Observed / expected",
        "How many positives came for each one that the scores promised; 1 is best.",
        (Task.BINARY,),
        "far",
        None,
        kind="ratio",
    ),
)
