"""A running app for the tests that need one: the real launcher over two small pages."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from core.records.views import make_view
from core.runs.desk import open_desk
from core.runs.viewing import save_view

ROOT = Path(__file__).parents[2]
VIEW = make_view("deep", {"act": "50"}, {})
ROUTER = """
import streamlit as st

st.set_page_config(page_title="Countersign", page_icon=".streamlit/icon.png")
page = st.navigation([st.Page("home.py", default=True), st.Page("deep.py", url_path="deep")])
st.text("the router ran")
st.text("visitor " + st.context.headers["X-Auth-User"])
page.run()
"""
DEEP = """
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

st.title("Deep page")
st.plotly_chart(go.Figure(go.Bar(x=[1, 2], y=[3, 4])), alt="Two bars")
st.dataframe(pd.DataFrame({"a": [1, 2]}))
"""


@dataclass(frozen=True)
class Served:
    """An app that runs in a process of its own."""

    address: str
    port: int
    workspace: Path
    process: "subprocess.Popen[bytes]"


Serve = Callable[[Path], "subprocess.Popen[bytes]"]


@pytest.fixture(scope="session")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the real `app.py` and `.streamlit`, and a router of two pages."""
    folder = tmp_path_factory.mktemp("launcher")
    shutil.copy(ROOT / "app.py", folder)
    shutil.copytree(ROOT / ".streamlit", folder / ".streamlit")
    pages = folder / "pages"
    pages.mkdir()
    (pages / "_router.py").write_text(ROUTER)
    (pages / "home.py").write_text('import streamlit as st\nst.title("Home page")\n')
    (pages / "deep.py").write_text(DEEP)
    return folder


@pytest.fixture(scope="session")
def served(launcher: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """An app for all tests that do not mind who visited before."""
    with serving(launcher, tmp_path_factory.mktemp("kept") / "workspace") as app:
        yield app


@pytest.fixture
def fresh(launcher: Path, tmp_path: Path) -> Iterator[Served]:
    """An app that nobody has visited."""
    with serving(launcher, tmp_path / "workspace") as app:
        yield app


@contextmanager
def serving(launcher: Path, workspace: Path, **settings: str) -> Iterator[Served]:
    """Start the app on a workspace with one saved view; end it by its process id."""
    with open_desk(workspace) as desk:
        save_view(desk, VIEW, actor="test")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = start(launcher, workspace, port, **settings)
    try:
        address = f"http://localhost:{port}"
        wait_until_healthy(address, process)
        yield Served(address, port, workspace, process)
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(10)


def start(
    launcher: Path, workspace: Path, port: int, **settings: str
) -> "subprocess.Popen[bytes]":
    """Start `streamlit run app.py`; what it writes goes to files beside the workspace."""
    command = [
        sys.executable,
        "-m",
        "streamlit",
        "run",
        "app.py",
        "--server.port",
        str(port),
    ]
    environment = os.environ | {"COUNTERSIGN_WORKSPACE": str(workspace)} | settings
    with (workspace.parent / f"log-{port}").open("wb") as log:
        return subprocess.Popen(
            command, cwd=launcher, env=environment, stdout=log, stderr=log
        )


def wait_until_healthy(address: str, process: "subprocess.Popen[bytes]") -> None:
    """Return when the app answers; fail when it ended or takes too long."""
    until = time.monotonic() + 30
    while time.monotonic() < until and process.poll() is None:
        try:
            if httpx.get(f"{address}/healthz", timeout=30).is_success:
                return
        except httpx.TransportError:
            time.sleep(0.05)
    pytest.fail(f"the app did not start: {process.poll()}")
