"""Small tables and models about late payments, as files that a person would bring."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from skl2onnx import to_onnx
from sklearn.linear_model import LogisticRegression

FEATURES = ("income", "debt")


def late_table(rows: int = 3000) -> pd.DataFrame:
    """Return two features, a region, and a label that the features tell but for 3 %."""
    rng = np.random.default_rng(5)
    table = pd.DataFrame(rng.normal(size=(rows, 2)).round(3), columns=list(FEATURES))
    table["region"] = rng.choice(["North", "South"], rows)
    late = (table["debt"] > table["income"]) ^ (rng.random(rows) < 0.03)
    table["late"] = np.where(late, "yes", "no")
    return table


def late_model(*, zipmap: bool = False, blind: bool = False) -> bytes:
    """Return an ONNX file that tells late payers apart, or one that learned from noise."""
    table = late_table(2000)
    outcome: NDArray[Any] = table["late"].to_numpy(str)
    if blind:
        outcome = np.random.default_rng(2).permutation(outcome)
    features = table[list(FEATURES)].to_numpy(np.float32)
    fitted = LogisticRegression().fit(features, outcome)
    made = to_onnx(
        fitted, features[:1], options={id(fitted): {"zipmap": zipmap}}, target_opset=18
    )
    data: bytes = made.SerializeToString()
    return data


def lay_files(folder: Path) -> None:
    """Write the tables and models that the commands of the tests name."""
    late_table().to_csv(folder / "late.csv", index=False)
    late_table(40).to_csv(folder / "few.csv", index=False)
    scored = late_table().drop(columns=list(FEATURES))
    scored["score"] = late_scores()
    scored.to_csv(folder / "scored.csv", index=False)
    (folder / "late.onnx").write_bytes(late_model())
    (folder / "maps.onnx").write_bytes(late_model(zipmap=True))
    (folder / "blind.onnx").write_bytes(late_model(blind=True))
    (folder / "broken.onnx").write_bytes(b"no model")


def late_scores(rows: int = 3000) -> NDArray[np.float64]:
    """Return a score from 0 to 1 per row of the table; high where the payer is late."""
    table = late_table(rows)
    gap = (table["debt"] - table["income"]).to_numpy(np.float64)
    scores: NDArray[np.float64] = (1 / (1 + np.exp(-3 * gap))).round(4)
    return scores
