"""Model files that somebody brings with intent or by accident, and what each is told."""

from typing import Any, Final

from onnx import helper

from tests.hostile.onnx_answers import ANSWERS, OPERATORS, PORTS
from tests.hostile.texts import MARKUP, TURNED
from tests.models import ensembles, graphs
from tests.models.cases import (
    ACCEPTED,
    ELSEWHERE,
    INSPECT,
    MEMORY,
    NO_MODEL,
    NOT_LOADED,
    SCORE,
    TIME,
    Case,
)
from tests.models.odd import (
    BIG,
    SECRET,
    attribute_of_no_kind,
    broken,
    changed,
    declared,
    external,
    invalid_name,
    made,
    multiplying,
    node,
    numbers,
    packed,
    renamed,
    scanning,
    single,
    summed,
    told,
)

FILES: Final = (
    Case("empty file", lambda: b"", NO_MODEL),
    Case("pickle", lambda: packed("pickle"), NO_MODEL),
    Case("zip", lambda: packed("zip"), NO_MODEL),
    Case("flatbuffer", lambda: b"\x20\0\0\0ORTM" + bytes(200), NO_MODEL),
    Case("cut in half", lambda: (d := ensembles.tree())[: len(d) // 2], NO_MODEL),
    Case("zeros", lambda: bytes(10_000), NO_MODEL),
    Case("name no text: graph", lambda: invalid_name("graph"), NO_MODEL),
    Case("name no text: input", lambda: invalid_name("input"), NO_MODEL),
    Case("name no text: operator", lambda: invalid_name("operator"), NO_MODEL),
    Case("words no text", lambda: invalid_name("words"), NO_MODEL),
    Case("constant no text", lambda: invalid_name("constant"), f"{NO_MODEL}|{NOT_LOADED}"),
    Case("no opset", lambda: changed(lambda m: m.ClearField("opset_import")), "opset"),
    Case("opset 0", lambda: made([graphs.same()], opset=0), NOT_LOADED),
    Case("opset -5", lambda: made([graphs.same()], opset=-5), NOT_LOADED),
    Case(
        "opset huge", lambda: made([graphs.same()], opset=2**62), "operator set 46116860184"
    ),
    Case("ir huge", lambda: changed(lambda m: setattr(m, "ir_version", 2**40)), "version"),
    Case("ir -1", lambda: changed(lambda m: setattr(m, "ir_version", -1)), "", ACCEPTED),
    Case("attribute of no kind", lambda: changed(attribute_of_no_kind), NOT_LOADED),
    Case("words everywhere", lambda: changed(told), "", ACCEPTED),
    Case("name of markup", lambda: renamed(MARKUP[1]), "", ACCEPTED),
    Case("name turned round", lambda: renamed(TURNED[0]), "", ACCEPTED),
    Case("no name", lambda: renamed(""), "", INSPECT),
    Case("name of 1 MB", lambda: renamed("n" * 10**6), "endless names"),
    Case("output of 1 MB", lambda: renamed("x", "n" * 10**6), NOT_LOADED),
    Case("node of 1 MB", lambda: made([node("Q" * 10**6)]), NOT_LOADED),
    Case("domain of 1 MB", lambda: made([node("Q", domain="d" * 10**6)]), "not accepted"),
    Case(
        "words of 1 MB",
        lambda: changed(lambda m: setattr(m, "doc_string", "w" * 10**6)),
        "",
        ACCEPTED,
    ),
)
OUTSIDE: Final = (
    *(Case(f"outside: {p}", external(p), ELSEWHERE) for p in graphs.hidden("x")),
    Case("outside: absolute", external("initializer", "/etc/passwd"), ELSEWHERE),
    Case("outside: climbing", external("attribute", "../" + SECRET), ELSEWHERE),
    Case("outside: process", external("subgraph", "/proc/self/environ"), ELSEWHERE),
)
BOMBS: Final = (
    Case("zeros of 8 GB", lambda: graphs.huge_constant(2 * 10**9), MEMORY, SCORE),
    Case("zeros of 160 GB", lambda: graphs.huge_constant(4 * 10**10), MEMORY, SCORE),
    Case(
        "zeros beyond 2^63", lambda: graphs.huge_constant(2**62), "size overflowed", SCORE
    ),
    Case(
        "zeros below nothing",
        lambda: graphs.huge_constant(-5),
        "must have non-negative elements",
    ),
    Case(
        "expand",
        lambda: made(summed("Expand", "x", "n"), [numbers("n", 1, BIG)]),
        MEMORY,
        SCORE,
    ),
    Case(
        "tile",
        lambda: made(summed("Tile", "x", "n"), [numbers("n", BIG, 1)]),
        "Tile output tensor",
        SCORE,
    ),
    Case(
        "range",
        lambda: made(
            summed("Range", "a", "b", "c"),
            [single("a", 0), single("b", BIG), single("c", 1)],
        ),
        MEMORY,
        SCORE,
    ),
    Case(
        "pad",
        lambda: made(summed("Pad", "x", "n"), [numbers("n", 0, 0, BIG, 0)]),
        MEMORY,
        SCORE,
    ),
    Case(
        "one hot",
        lambda: made(
            [
                helper.make_node("Cast", ["x"], ["i"], to=7),
                *summed("OneHot", "i", "n", "v"),
            ],
            [single("n", BIG), numbers("v", 0, 1)],
        ),
        MEMORY,
        SCORE,
    ),
    Case("constant of 4 TB", lambda: declared(10**6, 10**6), NOT_LOADED),
    Case("constant below nothing", lambda: declared(-3), NOT_LOADED),
    Case("constant beyond 2^63", lambda: declared(2**62, 4), NOT_LOADED),
    Case("doubled constant", lambda: graphs.doubling(40, constant=True), MEMORY),
    Case(
        "doubled rows",
        lambda: graphs.doubling(40, constant=False),
        f"{MEMORY}|{TIME}",
        SCORE,
    ),
    Case("hours of work", multiplying, TIME, SCORE),
    Case("loop", lambda: graphs.looping(2**62), "uses `Loop`, which may run without end"),
    Case("scan", scanning, "uses `Scan`, which may run without end"),
    Case("ifs 9 deep", lambda: graphs.nested(9), "nests graphs more than 8 deep"),
    Case("ifs 99 deep", lambda: graphs.nested(99), f"{NO_MODEL}|nests graphs"),
    Case("cycle", graphs.cyclic, NOT_LOADED + ".*not acyclic"),
    Case(
        "chain of 20,000 questions", lambda: ensembles.chain(20_000), "crashed the process"
    ),
)
# Attributes of a tree that no runtime may follow.
UNSOUND: Final[dict[str, dict[str, Any]]] = {
    "points to itself": {"nodes_truenodeids": [0, 0, 0]},
    "cycle": {
        "nodes_modes": ["BRANCH_LEQ"] * 2 + ["LEAF"],
        "nodes_falsenodeids": [2, 2, 0],
    },
    "feature -1": {"nodes_featureids": [-1, 0, 0]},
    "no such node": {"nodes_truenodeids": [77, 0, 0]},
    "lists of other lengths": {"nodes_values": [0.5]},
    "no thresholds": {"nodes_values": None},
    "target 1,000,000": {"target_ids": [0, 10**6]},
    "target -5": {"target_ids": [0, -5]},
    "leaf of no tree": {"target_treeids": [0, 99]},
    "unknown question": {"nodes_modes": ["WHY", "LEAF", "LEAF"]},
    "node twice": {"nodes_nodeids": [0, 1, 1]},
    "no targets": {"n_targets": 0},
}
UNSOUND_FIVE: Final[dict[str, dict[str, Any]]] = {
    "root": {"tree_roots": [10**6]},
    "leaf": {"nodes_truenodeids": [-(10**6)]},
    "points to itself": {"nodes_trueleafs": [0]},
    "target": {"leaf_targetids": [10**6, 0]},
}
FORESTS: Final = (
    Case("sound tree", ensembles.tree, "", ACCEPTED),
    *(Case(f"tree: {name}", broken(**how), NOT_LOADED) for name, how in UNSOUND.items()),
    *(
        Case(f"set five: {name}", broken(ensembles.tree_of_set_five, **how), NOT_LOADED)
        for name, how in UNSOUND_FIVE.items()
    ),
    Case("class 1,000,000", broken(ensembles.classifier, class_ids=[1, 10**6]), NOT_LOADED),
    Case(
        "feature 5,000", broken(nodes_featureids=[5_000, 0, 0]), "requests feature", SCORE
    ),
    Case("threshold NaN", broken(nodes_values=[float("nan"), 0.0, 0.0]), "", ACCEPTED),
    Case(
        "votes infinite", broken(target_weights=[float("inf"), 1.0]), "not numbers", SCORE
    ),
    Case("10,000,000 targets", broken(n_targets=10**7), f"{TIME}|{MEMORY}", SCORE),
    Case("2^40 targets", broken(n_targets=BIG), MEMORY, SCORE),
)
CASES: Final = (*FILES, *OUTSIDE, *BOMBS, *FORESTS, *OPERATORS, *PORTS, *ANSWERS)
