"""The launcher: `streamlit run app.py` serves the pages; COUNTERSIGN_WORKSPACE names the folder."""

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware

from core.runs.handing_out import FORMATS, card_file, card_name
from core.serving.bundles import Bundles
from core.serving.door import Door, admit_demo_analyst
from core.serving.headers import Headers
from core.serving.life import make_lifespan
from core.serving.routes import CardDesk, make_routes
from core.serving.shell import read_shell, static_folder
from core.serving.signing_in import gate_in, login_routes

HERE = Path(__file__).parent
SHELL = read_shell(static_folder())
GATE = gate_in(os.environ)

app = st.App(
    "pages/_router.py",
    lifespan=make_lifespan(
        Path(os.environ.get("COUNTERSIGN_WORKSPACE", "workspace")),
        demo="COUNTERSIGN_DEMO" in os.environ,
        lives=GATE.lives if GATE else lambda _: True,
    ),
    routes=[
        *(login_routes(GATE) if GATE else ()),
        *make_routes(SHELL, CardDesk(card_file, card_name, FORMATS), HERE / ".streamlit"),
    ],
    middleware=[
        Middleware(Headers, scripts=SHELL.scripts),
        Middleware(Door, policy=GATE.visitor if GATE else admit_demo_analyst),
        Middleware(Bundles, folder=static_folder()),
    ],
)
