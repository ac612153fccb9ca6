"""How the answer of a model is understood, and turned into the scores that are kept."""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from core.errors import RefusedModelError
from core.models.labels import find_label, sort_labels
from core.models.wire import Raw
from core.models.wording import quote
from core.records.models import Answer, ModelFacts, ModelOutput, OutputKind, Task

Scores = NDArray[np.float64]
TWO: Final = 2
# Sums of float32 tree votes miss 0 and 1 by a little; so much is forgiven, then clipped.
SLACK: Final = 1e-5
OTHER_OUTPUT: Final = "Choose another output, or another task."


def propose_answer(
    facts: ModelFacts,
    label_values: Sequence[str],
    task: Task,
    *,
    classes: Sequence[str] = (),
) -> Answer:
    """Propose how to read the model; a person confirms it, or says otherwise.

    `classes` are those that the file names. Without them the label's values are taken in
    ascending order, as scikit-learn does; the positive class is `1`, `true` or `yes`,
    otherwise the last. One column of scores is taken as that of the positive class.
    """
    output = _choose_output(facts, task, max(len(classes), len(label_values)))
    if task is Task.REGRESSION:
        return Answer(task, output.name, output.kind)
    named = tuple(find_label(name, label_values) or name for name in classes)
    known = named or sort_labels(label_values)
    if len(set(known)) < len(known):
        raise _same_class(next(name for name in known if known.count(name) > 1))
    if task is Task.MULTICLASS:
        return Answer(task, output.name, output.kind, known)
    positive = next((k for k in known if find_label("1", [k])), known[-1] if known else "")
    return Answer(task, output.name, output.kind, known, positive)


def _choose_output(facts: ModelFacts, task: Task, classes: int) -> ModelOutput:
    order: list[tuple[OutputKind, tuple[int | None, ...]]] = [
        (OutputKind.TENSOR, (1, None)),
        (OutputKind.LABEL, (1, None)),
    ]
    if task is not Task.REGRESSION:
        order.insert(0, (OutputKind.MAPS, (None,)))
        order.insert(0, (OutputKind.TENSOR, (classes,)))
    usable = [o for o in facts.outputs if task is not Task.REGRESSION or o.type != "string"]
    for kind, widths in order:
        for output in usable:
            if output.kind is kind and output.width in widths:
                return output
    raise RefusedModelError(
        f"None of the model's {len(facts.outputs)} outputs answers a {task} question.",
        hint="Choose another task, or export the model with its scores as an output.",
    )


def read_answer(answer: Answer, raw: Raw) -> Scores:
    """Give what is kept: (n,) scores, or (n, k) in the order of `answer.classes`.

    Binary: the score of the positive class; regression: the value; multiclass: all
    classes. A model that gives only labels scores 1 for its class and 0 for the others.
    Every float32 is kept exactly, but probabilities up to 0.00001 outside 0 to 1, which
    are rounding of the model's own sums, are set to 0 or 1. A single score that is not a
    finite number refuses the whole: no measure can be taken of it, and to leave rows out
    would be an answer to another question.

    Raises:
        RefusedModelError: wrong shape, unknown class, no number, no probability.
    """
    if answer.task is Task.REGRESSION:
        scores = _one_column(raw, answer.output)
    elif answer.kind is OutputKind.MAPS:
        scores = _from_maps(answer, raw)
    elif answer.kind is OutputKind.LABEL:
        scores = _from_labels(answer, raw)
    else:
        scores = _from_tensor(answer, raw)
    _refuse_not_finite(scores)
    return scores if answer.task is Task.REGRESSION else _as_shares(scores)


def _one_column(raw: Raw, output: str) -> Scores:
    values = raw.values
    if values.dtype == object or raw.keys:
        raise RefusedModelError(
            f"The output {quote(output)} is no number.", hint=OTHER_OUTPUT
        )
    if values.ndim > TWO or (values.ndim == TWO and values.shape[1] != 1):
        raise RefusedModelError(
            f"The output {quote(output)} has the shape {_shape(raw)}; one column is wanted.",
            hint=OTHER_OUTPUT,
        )
    return np.asarray(values.reshape(len(values)), dtype=np.float64)


def _from_tensor(answer: Answer, raw: Raw) -> Scores:
    values = raw.values
    binary = answer.task is Task.BINARY
    if binary and (values.ndim == 1 or values.shape[1:] == (1,)):
        return _one_column(raw, answer.output)
    wanted = TWO if binary else len(answer.classes)
    if values.dtype == object or values.ndim != TWO or values.shape[1] != wanted:
        raise RefusedModelError(
            f"The output {quote(answer.output)} has the shape {_shape(raw)}; "
            f"one column for each of {wanted} classes is wanted.",
            hint=OTHER_OUTPUT,
        )
    matrix = np.asarray(values, dtype=np.float64)
    if not binary:
        return matrix
    return matrix[:, _positive_column(answer)].copy()


def _positive_column(answer: Answer) -> int:
    if len(answer.classes) != TWO or answer.positive not in answer.classes:
        raise RefusedModelError(
            f"{quote(answer.positive)} is not one of two classes of the output "
            f"{quote(answer.output)}.",
            hint="Name both classes in the order of the model's columns.",
        )
    return answer.classes.index(answer.positive)


def _from_maps(answer: Answer, raw: Raw) -> Scores:
    wanted = (answer.positive,) if answer.task is Task.BINARY else answer.classes
    known = answer.classes or wanted
    if raw.values.ndim != TWO or len(raw.keys) != raw.values.shape[1]:
        raise RefusedModelError(
            f"The output {quote(answer.output)} is no map list.", hint=OTHER_OUTPUT
        )
    found = {find_label(key, known): column for column, key in enumerate(raw.keys)}
    lost = [name for name in wanted if name not in found]
    if lost:
        raise RefusedModelError(
            f"The model gives no score for the class {quote(lost[0])}; it scores "
            f"{', '.join(map(quote, raw.keys[:3]))}.",
            hint="Check the classes and the label column.",
        )
    if None in found:
        raise _unknown_class(raw.keys[found[None]])
    if len(found) < len(raw.keys):
        means = [find_label(key, known) for key in raw.keys]
        raise _same_class(next(name or "" for name in means if means.count(name) > 1))
    matrix = np.asarray(raw.values, dtype=np.float64)[:, [found[name] for name in wanted]]
    return matrix[:, 0] if answer.task is Task.BINARY else matrix


def _from_labels(answer: Answer, raw: Raw) -> Scores:
    values = raw.values.reshape(len(raw.values), -1)
    if values.shape[1] != 1 or values.dtype.kind not in "Oibuf":
        raise RefusedModelError(
            f"The output {quote(answer.output)} has the shape {_shape(raw)}; one label per row "
            "is wanted.",
            hint=OTHER_OUTPUT,
        )
    given, codes = np.unique(values[:, 0], return_inverse=True)
    names = [find_label(_word(value), answer.classes) for value in given]
    if None in names:
        raise _unknown_class(_word(given[names.index(None)]))
    chosen = np.array([answer.classes.index(name) for name in names if name is not None])[
        codes
    ]
    if answer.task is Task.BINARY:
        return np.asarray(chosen == _positive_column(answer), dtype=np.float64)
    return np.asarray(chosen[:, None] == np.arange(len(answer.classes)), dtype=np.float64)


def _word(value: Any) -> str:  # noqa: ANN401 - an element of any array
    return str(value.item() if isinstance(value, np.generic) else value)


def _unknown_class(name: str) -> RefusedModelError:
    return RefusedModelError(
        f"The model answers {quote(name)}, which is no value of the label.",
        hint="Check that the label column is the one the model learned.",
    )


def _same_class(name: str) -> RefusedModelError:
    return RefusedModelError(
        f"Two classes of the model mean the label {quote(name)}.",
        hint="Export the model with one class for each value of the label.",
    )


def _shape(raw: Raw) -> str:
    return " x ".join(f"{size:,}" for size in raw.values.shape)


def _refuse_not_finite(scores: Scores) -> None:
    bad = int((~np.isfinite(scores)).sum())
    if bad:
        raise RefusedModelError(
            f"{bad:,} of {scores.size:,} scores are not numbers.",
            hint="The model may not take missing values; fill them in the table.",
        )


def _as_shares(scores: Scores) -> Scores:
    outside = int(((scores < -SLACK) | (scores > 1 + SLACK)).sum())
    if outside:
        raise RefusedModelError(
            f"{outside:,} of {scores.size:,} scores lie outside 0 to 1.",
            hint="Export the model with probabilities instead of raw margins.",
        )
    return np.clip(scores, 0.0, 1.0)
