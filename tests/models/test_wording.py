"""The runtime's words, cut to the reason: no path, no C++, never long."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models.wording import LONGEST_MESSAGE, LONGEST_NAME, quote, say_runtime

HEAD = "[ONNXRuntimeError] : 1 : FAIL : Exception during initialization: "
PLACE = "/onnxruntime_src/onnxruntime/core/providers/cpu/ml/tree_ensemble_common.h:263 "
INIT = (
    "onnxruntime::common::Status onnxruntime::ml::Tree<In, Out>::Init(int, const "
    "std::vector<std::pair<int, long> >&, std::function<void(int)>) const [with In = float; "
    "Out = float] "
)
SAID = {
    f"{HEAD}{PLACE}{INIT}a[0] < b.size() was false. No root.\n": "No root.",
    f"{HEAD}{PLACE}{INIT}A node cannot point to itself: 0-0.": "A node cannot point to "
    "itself: 0-0.",
    f"{HEAD}{PLACE}{INIT}(a >= 0) was false.": "(a >= 0) was false.",
    "[ONNXRuntimeError] : 1 : FAIL : Non-zero status code returned while running Mul node. "
    f"Name:'/m/Mul' Status Message: {PLACE}void ns::run()::<lambda(int)>(int) bad": "Mul: bad",
    "[ONNXRuntimeError] : 1 : FAIL : utils.cc:9 Check Initializer 'c' is bad. Use external "
    "data for large ones.": "Initializer 'c' is bad.",
    'In Node, ("/fc1/Gemm", Gemm): bad': 'In Node, ("Gemm", Gemm): bad',
    r"open C:\Users\kraken\secret.txt": "open secret.txt",
    "open ../kraken/secret.txt, /etc/kraken": "open ..secret.txt, kraken",
    "either the inputs/outputs or the model": "either the inputs/outputs or the model",
    f"{PLACE}{INIT}": "it gives no reason",
    f"{PLACE}ns::f(((": "it gives no reason",
    "": "it gives no reason",
}


@pytest.mark.parametrize(("message", "says"), SAID.items())
def test_the_reason_is_what_remains(message: str, says: str) -> None:
    """Codes, places, functions and conditions are left out."""
    assert say_runtime(message) == says


PARTS = st.sampled_from(
    [
        HEAD,
        PLACE,
        INIT,
        "/a/b",
        "a.cc:1 ",
        "::",
        "(",
        ")",
        "[",
        "]",
        " ",
        "x",
        " was false. ",
    ]
)


@given(st.lists(PARTS | st.text(max_size=9), max_size=30).map("".join))
def test_nothing_breaks_it_and_nothing_long_comes_out(message: str) -> None:
    """Any message gives a short text without a place in the runtime's source."""
    said = say_runtime(message)
    assert 0 < len(said) <= LONGEST_MESSAGE
    assert "onnxruntime_src" not in said


def test_a_message_of_a_megabyte_is_cut_at_once() -> None:
    """The name of a node may be endless, its sentence is not."""
    assert len(say_runtime("Q" * 10**6)) == LONGEST_MESSAGE
    assert len(say_runtime("(" * 10**6)) <= LONGEST_MESSAGE
    assert len(quote("n" * 10**6)) == LONGEST_NAME + 2
