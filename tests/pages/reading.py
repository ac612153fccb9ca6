"""Read a page of slices as a person does: points, lines, sentences, the address."""

import base64
import json
from typing import Any

import numpy as np
import pandas as pd
from streamlit.testing.v1 import AppTest

from core.records.predicate import from_address
from tests.pages.opening import texts


def points(app: AppTest) -> dict[str, float]:
    """Return the drawn points: slice in words, value."""
    spec = json.loads(app.get("plotly_chart")[0].proto.spec)
    names = spec["layout"]["yaxis"]["ticktext"]
    return dict(zip(names, _numbers(spec["data"][0]["x"]), strict=True))


def _numbers(column: Any) -> list[float]:
    if isinstance(column, list):
        return column
    return list(np.frombuffer(base64.b64decode(column["bdata"]), column["dtype"]))


def lines(app: AppTest) -> pd.DataFrame:
    """Return the table of slices."""
    (found,) = (each for each in app.dataframe if each.key == "slice_table")
    return found.value


def said(app: AppTest) -> str:
    """Return title and sentence of the answer box, as a reader sees them."""
    boxes = [*app.error, *app.warning, *app.success, *app.info]
    text = " ".join(f"{box.proto.title} {box.value}" for box in boxes)
    return text.replace("\\", "")


def click(app: AppTest, label: str) -> AppTest:
    """Press the last button of that name."""
    return [b for b in app.button if b.label == label][-1].click().run()


def chosen(app: AppTest) -> Any:
    """Return the slice of the address."""
    address = app.query_params.get("slice", [""])
    text = address[0] if isinstance(address, list) else address
    return from_address(text) if text else None


def read(app: AppTest) -> str:
    """Return all words of a page that has neither a crash nor an error."""
    assert not app.exception, app.exception
    assert not app.error, app.error[0].value
    return texts(app).replace("\\", "").replace(":small[]", "")


def charts(app: AppTest) -> dict[str, Any]:
    """Return the charts of a page by their keys."""
    charts = app.get("plotly_chart")
    return {c.proto.id.rsplit("-", 1)[-1]: json.loads(c.proto.spec) for c in charts}


def sent(app: AppTest) -> str:
    """Return all that was sent to the browser."""
    protos = (getattr(node, "proto", None) for node in app._tree)
    return b"".join(p.SerializeToString() for p in protos if p is not None).decode(
        errors="replace"
    )
