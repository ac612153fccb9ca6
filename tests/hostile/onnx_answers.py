"""Models of odd operators, ports and answers, and what each is told."""

from typing import Final

import numpy as np
from onnx import helper

from tests.models import graphs
from tests.models.cases import (
    ACCEPTED,
    CHANCE,
    MAPPED,
    NAMED,
    NOT_LOADED,
    NOT_RUN,
    ONE_EACH,
    SCORE,
    SHARE,
    THREE,
    Case,
)
from tests.models.odd import (
    BIG,
    branching,
    long_texts,
    made,
    node,
    numbers,
    odd_input,
    output,
    single,
    summed,
    unknown_label,
    zipmap,
)

OPERATORS: Final = (
    Case(
        "foreign domain",
        lambda: made([node("Any", domain="evil.org")]),
        "`Any` of `evil.org`",
    ),
    Case(
        "plug-in",
        lambda: made([node("PythonOp", domain="com.microsoft")]),
        "`PythonOp` of `com.m",
    ),
    Case(
        "training",
        lambda: made([node("Adam", domain="ai.onnx.preview.training")]),
        "not accepted",
    ),
    Case("node twice", lambda: made([graphs.same(), graphs.same()]), NOT_LOADED),
    Case(
        "constant twice",
        lambda: made([node("Mul", "x", "c")], [numbers("c", 1, kind=np.float32)] * 2),
        "",
        ACCEPTED,
    ),
    Case(
        "uniform",
        lambda: made([node("RandomUniformLike")]),
        CHANCE.format("RandomUniformLike"),
    ),
    Case(
        "normal",
        lambda: made([node("RandomNormalLike")]),
        CHANCE.format("RandomNormalLike"),
    ),
    Case(
        "seeded",
        lambda: made([node("RandomNormalLike", seed=1.0)]),
        CHANCE.format("RandomNormalLike"),
    ),
    Case(
        "uniform constant",
        lambda: made([summed("RandomUniform", shape=[1])[0], graphs.same()]),
        CHANCE.format("RandomUniform"),
    ),
    Case("bernoulli", lambda: made([node("Bernoulli")]), CHANCE.format("Bernoulli")),
    Case(
        "multinomial",
        lambda: made([node("Multinomial")], outputs=output(6, [None, 1])),
        CHANCE.format("Multinomial"),
    ),
    Case(
        "dropout in training",
        lambda: made([node("Dropout", "x", "", "t")], [single("t", 1, bool)]),
        CHANCE.format("Dropout"),
    ),
    Case("chance in a branch", branching, CHANCE.format("RandomNormalLike")),
    Case("dropout in use", lambda: made([node("Dropout")]), "", ACCEPTED),
)
PORTS: Final = (
    Case("-7 rows of -1", odd_input(graphs.port("x", shape=[-7, -1])), "", ACCEPTED),
    Case(
        "input twice",
        lambda: made([graphs.same()], inputs=[graphs.port("x"), graphs.port("x")]),
        "two inputs or two outputs called",
    ),
    Case(
        "output twice",
        lambda: made([graphs.same()], outputs=[graphs.port("y"), graphs.port("y")]),
        "two inputs or two outputs called",
    ),
    Case("a million letters", long_texts, "texts of more than 2,000 letters", SCORE, NAMED),
    Case("3-d input", odd_input(graphs.port("x", shape=[None, 2, 2])), "has 3 dimensions"),
    Case("7 rows", odd_input(graphs.port("x", shape=[7, 1])), "exactly 7 rows at a time"),
    Case(
        "no inputs",
        lambda: made([node("Constant", value_float=1.0)], inputs=[]),
        "no input",
    ),
    Case("no outputs", lambda: made([graphs.same()], outputs=[]), "gives no table"),
    Case("wide input", odd_input(graphs.port("x", shape=[None, 2**60])), NOT_RUN, SCORE),
    Case(
        "sequence input",
        odd_input(helper.make_tensor_sequence_value_info("x", graphs.FLOAT, None)),
        "wants another type",
    ),
    Case(
        "optional input",
        odd_input(
            helper.make_value_info(
                "x",
                helper.make_optional_type_proto(
                    helper.make_tensor_type_proto(1, [None, 1])
                ),
            )
        ),
        "wants another type",
    ),
    Case(
        "map input",
        odd_input(
            helper.make_value_info(
                "x", helper.make_map_type_proto(7, helper.make_tensor_type_proto(1, None))
            )
        ),
        "wants another type",
    ),
    Case(
        "scalar",
        lambda: made([node("ReduceSum", keepdims=0)], outputs=output()),
        ONE_EACH,
        SCORE,
    ),
    Case(
        "3-d",
        lambda: made([node("Unsqueeze", "x", "n")], [numbers("n", 2)], outputs=output()),
        "has the shape 50 x 1 x 1",
        SCORE,
    ),
    Case(
        "one answer per table",
        lambda: made([node("ReduceSum")], outputs=output()),
        ONE_EACH,
        SCORE,
    ),
    Case(
        "one row fewer",
        lambda: made(
            [node("Slice", "x", "a", "b")],
            [numbers("a", 1), numbers("b", BIG)],
            outputs=output(),
        ),
        ONE_EACH,
        SCORE,
    ),
    Case(
        "a list of tensors",
        lambda: made(
            [node("SplitToSequence")],
            outputs=[helper.make_tensor_sequence_value_info("y", 1, None)],
        ),
        "gives no table",
    ),
    Case(
        "texts as numbers",
        lambda: made([node("Cast", to=8)], outputs=output(8)),
        "is no number",
        SCORE,
    ),
    Case(
        "complex", lambda: made([node("Cast", to=14)], outputs=output(14)), "gives no table"
    ),
    Case(
        "2 columns of 1",
        lambda: made([node("Concat", "x", "x", axis=1)], outputs=output()),
        "one column is wanted",
        SCORE,
    ),
    Case(
        "a million columns",
        lambda: made([node("Tile", "x", "n")], [numbers("n", 1, 10**6)], outputs=output()),
        "1,000,000 columns",
        SCORE,
    ),
)
ANSWERS: Final = (
    Case(
        "divided by 0",
        lambda: made([node("Div", "x", "c")], [numbers("c", 0, kind=np.float32)]),
        "50 of 50 scores are not numbers",
        SCORE,
    ),
    Case(
        "infinite",
        lambda: made([node("Mul", "x", "c")], [numbers("c", np.inf, kind=np.float32)]),
        "scores are not numbers",
        SCORE,
    ),
    Case("margins", lambda: graphs.scale(9.0), "lie outside 0 to 1", SCORE, SHARE),
    Case("below 0", lambda: graphs.scale(-1.0), "lie outside 0 to 1", SCORE, SHARE),
    Case(
        "not 1 in sum",
        lambda: made([node("Concat", "x", "x", "x", axis=1)], outputs=output()),
        "",
        ACCEPTED,
        THREE,
    ),
    Case(
        "unknown classes",
        unknown_label,
        "answers `5`, which is no value of the label",
        SCORE,
        NAMED,
    ),
    Case(
        "maps of other classes",
        lambda: zipmap([5, 6]),
        "no score for the class `1`",
        SCORE,
        MAPPED,
    ),
    Case(
        "maps of more classes",
        lambda: zipmap([0, 1, 7]),
        "`7`, which is no value of the label",
        SCORE,
        MAPPED,
    ),
    Case("a class twice", lambda: zipmap([1, 1]), "names the class `1` twice"),
    Case(
        "a class of 1 MB",
        lambda: zipmap(["0", "1" * 10**6]),
        "a class with an endless text",
    ),
    Case(
        "1,001 classes", lambda: zipmap(range(1_001)), "scores 1,001 classes", SCORE, MAPPED
    ),
)
