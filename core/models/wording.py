"""What a file or the runtime says of itself, cut to what a sentence can hold."""

import re
from typing import Final

from core.records.texts import shorten

LONGEST_NAME: Final = 60
LONGEST_MESSAGE: Final = 200
CODE: Final = re.compile(r"\[ONNXRuntimeError\] : \d+ : \w+ : ")
STARTING: Final = re.compile(r"^Exception during initialization: ")
RUNNING: Final = re.compile(
    r"Non-zero status code returned while running (\w+) node\. Name:'.*?' Status Message: "
)
# Where in the runtime's own source it was noticed, before the function and the reason.
PLACE: Final = re.compile(r"\S*\.(?:cc|h|hpp|cpp|cxx):\d+ ")
CONDITION: Final = re.compile(r"^.*? was false\. (?=\S)")
# An absolute path, or a name of a node that looks like one: its last part stays.
PATH: Final = re.compile(r"(?<!\w)(?:[A-Za-z]:)?(?:[/\\][^\s/\\\"',;()]+)+[/\\]?")
# What we would refuse.
ADVICE: Final = re.compile(r" Use external data [^.]*\.")
PAIRS: Final = {"(": ")", "[": "]"}


def quote(name: str) -> str:
    """Give a name as it stands in a sentence."""
    return f"`{shorten(name, LONGEST_NAME)}`"


def say_runtime(message: str) -> str:
    """Give the reason in a message of onnxruntime: no path, code or C++ function.

    >>> say_runtime(
    ...     "[ONNXRuntimeError] : 1 : FAIL : Exception during initialization: "
    ...     "/src/core/tree.h:9 void Tree<T>::Init(int, const A<T>&) [with T = float] "
    ...     "a[0] < b was false. The tree has no root."
    ... )
    'The tree has no root.'
    """
    text = ADVICE.sub("", " ".join(message.split())[:6_000])
    text = RUNNING.sub(r"\1: ", STARTING.sub("", CODE.sub("", text)))
    before, place, after = _cut_at_place(text)
    reason = CONDITION.sub("", _skip_function(after)) if place else after
    text = PATH.sub(lambda found: _last_part(found[0]), f"{before}{reason}")
    return shorten(text.strip() or "it gives no reason", LONGEST_MESSAGE)


def _cut_at_place(text: str) -> tuple[str, bool, str]:
    """Give what stands before the last place in the source, if there is one, and after."""
    places = list(PLACE.finditer(text))
    if not places:
        return "", False, text
    return text[: places[0].start()], True, text[places[-1].end() :]


def _skip_function(text: str) -> str:
    """Leave out `type name(arguments) const [with types]`, or a bare name."""
    start = text.find("(")
    if start < 0 or "::" not in text[:start]:
        return re.sub(r"^\w+ ", "", text)
    rest = text[start:]
    while rest.startswith(("(", "[", "::")):
        rest = _after_pair(rest) if rest[:1] in PAIRS else rest[_name_end(rest) :]
        rest = rest.removeprefix(">")  # the end of a lambda's name
        rest = re.sub(r"^ (?:const )?(?=\[with )", "", rest)
    return re.sub(r"^ (?:const )?", "", rest)


def _name_end(text: str) -> int:
    end = text.find("(")
    return end if end >= 0 else len(text)


def _after_pair(text: str) -> str:
    """Give what follows the bracket that `text` begins with and its partner."""
    opens, closes = text[0], PAIRS[text[0]]
    depth = 0
    for at, letter in enumerate(text):
        depth += (letter == opens) - (letter == closes)
        if not depth:
            return text[at + 1 :]
    return ""


def _last_part(path: str) -> str:
    parts = [part for part in re.split(r"[/\\]", path) if part]
    return parts[-1] if parts else ""
