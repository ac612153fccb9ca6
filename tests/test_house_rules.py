"""The house rules that no linter knows."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pages._table import PAGES, Page

ROOT = Path(__file__).parents[1]
CODE = sorted(
    [*ROOT.glob("core/**/*.py"), *ROOT.glob("pages/*.py"), *ROOT.glob("data/*.py")]
)
SCRIPTS = sorted(ROOT.glob("pages/[a-z]*.py"))
ROOMS = ("measures", "engine", "estimates", "reviews")
MODULES = sorted(path for room in ROOMS for path in ROOT.glob(f"core/{room}/[a-z]*.py"))
FOLDERS = (".ci", ".streamlit", "core", "data", "docs", "pages", "tests")
LONGEST, LONGEST_SCRIPT, LONGEST_READING = 350, 110, 40

# Tested by the file of another name, which calls what they export.
TESTED_IN = {
    "core/engine/label_ages.py": "tests/runs/test_drift_windows.py",
    "core/measures/mix_noise.py": "tests/measures/test_mix_split.py",
    "core/engine/duck.py": "tests/engine/test_content.py",  # every query goes through it
    "core/engine/labels.py": "tests/runs/test_drafting.py",  # as classes_in
    "core/engine/margins.py": "tests/measures/test_margins.py",
    "core/measures/catalogue.py": "tests/measures/test_metrics.py",
    "core/measures/detectors.py": "tests/measures/test_personal.py",
    "core/measures/formulas.py": "tests/measures/test_metrics.py",
    "core/measures/pair_kernels.py": "tests/measures/test_interactions.py",
    "core/measures/path_kernels.py": "tests/measures/test_shapley_paths.py",
    "core/measures/tree_kernels.py": "tests/measures/test_shapley_trees.py",
    "core/measures/outcomes.py": "tests/measures/test_metrics.py",
    **dict.fromkeys(
        (f"core/engine/shift_{part}.py" for part in ("scales", "values", "codes", "exact")),
        "tests/engine/test_shift_bins.py",
    ),
    **dict.fromkeys(
        ("core/engine/shift_overlap.py", "core/engine/shift_classes.py"),
        "tests/runs/test_drifting.py",
    ),
    **dict.fromkeys(
        (f"core/measures/shift_{part}.py" for part in ("pairs", "facts", "bars", "words")),
        "tests/measures/test_shifts.py",
    ),
    "core/measures/quality.py": "tests/measures/test_metrics.py",
}
# What stands in addresses: one name means the same on every page.
PARAMETERS = frozenset(
    (  # one line per kind: the frame, what is shown, where one is
        *("model", "data", "slice", "view"),
        *("part", "col", "metric", "act", "class", "ref", "vs", "x", "y"),
        *("row", "p", "ex", "q", "order", "step", "draft"),
        *("ways", "sure", "sens", "base"),
        *("check", "node", "than"),
        *("by", "pair", "with"),
        *("kind", "plan"),
        *("about", "actor", "action", "since", "e"),
        *("gate", "whose"),
        *("curve", "band", "rule", "cost", "cap", "recal"),
    )
)
MACHINE = re.compile(r"/(?:home|Users|root|work|mnt)/[\w.]")
INDEX = re.compile(
    r"pypi\.(?:org|python)|pythonhosted|--(?:extra-)?index-url[ =]|/simple/?\b"
)


def name(path: Path) -> str:
    """Return the path as it stands in a report."""
    return path.relative_to(ROOT).as_posix()


def tree(path: Path) -> ast.Module:
    """Return the syntax of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


def lines(path: Path) -> int:
    """Return how many lines a file has."""
    return len(path.read_text(encoding="utf-8").splitlines())


@pytest.mark.parametrize("path", CODE, ids=name)
def test_files_stay_short(path: Path) -> None:
    """A file can be read in one sitting."""
    assert lines(path) <= LONGEST


@pytest.mark.parametrize("path", SCRIPTS, ids=name)
def test_pages_are_short_scripts(path: Path) -> None:
    """A page reads from top to bottom and defines nothing."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    assert lines(path) <= LONGEST_SCRIPT
    assert not [node.lineno for node in ast.walk(tree(path)) if isinstance(node, kinds)]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_what_counts_has_a_test_of_the_same_name(path: Path) -> None:
    """core/room/x.py is tested in tests/room/test_x.py, or where the list says."""
    own = ROOT / "tests" / path.parent.name / f"test_{path.stem}.py"
    assert own.is_file() or (ROOT / TESTED_IN[name(path)]).is_file()


@pytest.mark.parametrize(
    "path",
    [path for path in CODE if path.parts[len(ROOT.parts)] in {"core", "pages"}],
    ids=name,
)
def test_nothing_is_left_for_later(path: Path) -> None:
    """What is there is done."""
    words = re.compile(r"\b(NotImplementedError|TODO|FIXME|XXX)\b")
    assert not words.findall(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", sorted(ROOT.glob("core/**/*.py")), ids=name)
def test_core_never_sees_the_browser(path: Path) -> None:
    """No module of core imports Streamlit, not even inside a function."""
    assert "streamlit" not in set(imported(tree(path)))


def imported(module: ast.Module) -> Iterator[str]:
    """Return the first name of everything that a file imports."""
    for node in ast.walk(module):
        if isinstance(node, ast.Import):
            yield from (alias.name.split(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module.split(".")[0]


def repository() -> list[Path]:
    """Return the text files of the repository."""
    nested = (path for folder in FOLDERS for path in (ROOT / folder).rglob("*"))
    found = (path for path in (*ROOT.glob("*"), *nested) if path.is_file())
    return [
        path
        for path in found
        if "__pycache__" not in path.parts and b"\0" not in path.read_bytes()[:8192]
    ]


@pytest.mark.parametrize("pattern", [MACHINE, INDEX], ids=["machine", "index"])
def test_no_file_knows_the_machine_it_was_written_on(pattern: "re.Pattern[str]") -> None:
    """No file names a folder of this machine or where packages were fetched from."""
    told = [
        f"{name(path)}: {match.group()}"
        for path in repository()
        if path != Path(__file__)
        for match in pattern.finditer(path.read_text(encoding="utf-8", errors="replace"))
    ]
    assert not told


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_pages_say_what_they_answer(page: Page) -> None:
    """Each page has a title, a question or a sentence, and how to read it in 40 words."""
    assert page.title[:1].isupper()
    assert page.question.endswith(("?", "."))
    assert 0 < len(page.reading.split()) <= LONGEST_READING
    assert page.reading.endswith(".")
    assert page.icon.startswith(":material/")


def test_the_table_of_pages_is_whole() -> None:
    """Every script is in the table once, with an address and a title of its own."""
    assert sorted(page.file for page in PAGES) == [path.name for path in SCRIPTS]
    for each in ("file", "address", "title", "question"):
        assert len({getattr(page, each) for page in PAGES}) == len(PAGES)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.title)
def test_a_script_begins_with_the_question_of_its_page(page: Page) -> None:
    """The docstring says title and question as the table does, or its beginning."""
    told = ast.get_docstring(tree(ROOT / "pages" / page.file)) or ""
    said = f"{page.title}: {page.question}".lower()
    assert told.startswith(f"{page.title}: ")
    assert said.startswith(told.lower().rstrip("?."))


@pytest.mark.parametrize("path", sorted(ROOT.glob("pages/*.py")), ids=name)
def test_parameters_of_addresses_are_registered(path: Path) -> None:
    """Every key that a page binds to, reads from or writes to the address is known."""
    assert set(bound(tree(path))) <= PARAMETERS


def test_the_pages_bind_parameters() -> None:
    """The rule above finds what it looks for."""
    found = {key for path in ROOT.glob("pages/*.py") for key in bound(tree(path))}
    assert {"model", "data", "slice", "view", "act", "metric", "step"} <= found


def bound(module: ast.Module) -> Iterator[str]:
    """Return the names that a file uses in addresses."""
    for node in ast.walk(module):
        if isinstance(node, ast.Call):
            named = {word.arg: word.value for word in node.keywords}
            if "bind" in named:
                yield constant(named.get("key"))
            if on_address(node.func):
                yield constant(node.args[0])
        elif isinstance(node, ast.Subscript) and on_address(node):
            yield constant(node.slice)


def on_address(node: ast.expr) -> bool:
    """Return whether an expression reads or writes st.query_params."""
    value = node.value if isinstance(node, ast.Attribute | ast.Subscript) else None
    return isinstance(value, ast.Attribute) and value.attr == "query_params"


def constant(node: ast.expr | None) -> str:
    """Return a text that stands in the code as it is; any other name is refused."""
    is_text = isinstance(node, ast.Constant) and isinstance(node.value, str)
    return str(node.value) if is_text and isinstance(node, ast.Constant) else "not a text"
