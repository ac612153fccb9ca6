"""The truths planted in the demo stand in its tables, and the models show them."""

import tomllib
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from sklearn.metrics import roc_auc_score

from data.generate import DATASHEET, DEMO, MANIFEST, digest_rows, make_tables
from data.outcomes import HIGHER_INCOME
from data.train_models import (
    INPUTS,
    NUMBERS,
    TEXTS,
    convert,
    score_with,
    train_scorecard,
    train_trees,
    write_model,
)

VERSIONS = (1, 2)
EARLY = ("production_2026-01", "production_2026-02", "production_2026-03")
LATE = ("production_2026-04", "production_2026-05", "production_2026-06")
NOT_INPUTS = {
    "application_id",
    "applied_on",
    "outcome_on",
    "email",
    "phone",
    "permit",
    "sex",
    "reminder_letters",
    "defaulted",
}


@cache
def manifest() -> dict[str, Any]:
    return tomllib.loads(MANIFEST.read_text(encoding="utf-8"))


@cache
def table(stem: str) -> pa.Table:
    return pq.read_table(DEMO / f"{stem}.parquet")


@cache
def scored(*stems: str) -> pd.DataFrame:
    """Give the rows with `y`, and per version the score and whether it was wrong."""
    frames = []
    for stem in stems:
        frame = table(stem).to_pandas().assign(y=lambda f: f["defaulted"] == "yes")
        for v in VERSIONS:
            score = score_with(DEMO / f"loan_default_v{v}.onnx", table(stem))
            flagged = score >= np.float64(np.float32(manifest()["threshold"]))
            frame[f"score_{v}"], frame[f"wrong_{v}"] = score, flagged != frame["y"]
        frames.append(frame)
    return pd.concat(frames, ignore_index=True)


def both_meet(rows: pd.DataFrame) -> pd.Series:
    """Mark the platform workers of higher income."""
    return (rows["employment"] == "platform worker") & (rows["income"] >= HIGHER_INCOME)


def calibration_gap(rows: pd.DataFrame, version: int) -> float:
    """Observed share of defaults minus mean score, where the score is 5 % to 50 %."""
    middle = rows[rows[f"score_{version}"].between(0.05, 0.5, inclusive="left")]
    assert len(middle) > 500
    return float(middle["y"].mean() - middle[f"score_{version}"].mean())


def test_self_employed_on_mobile_are_scored_worse() -> None:
    """Truth 1: version 2 is wrong for about 28 % of them, for 4 % of all others."""
    rows = scored("validation")
    there = (rows["employment"] == "self-employed") & (rows["channel"] == "mobile")
    wrong = rows["wrong_2"]

    assert 760 <= there.sum() <= 860
    assert 0.25 <= wrong[there].mean() <= 0.31
    assert 0.03 <= wrong[~there].mean() <= 0.05
    assert 0.28 <= wrong[there].sum() / wrong.sum() <= 0.34


def test_no_other_pair_of_work_and_channel_comes_near() -> None:
    """Truth 1: neither employment nor channel alone explains it, only both together."""
    rows = scored("validation")
    shares = rows.groupby(["employment", "channel"])["wrong_2"].mean().sort_values()

    assert shares.index[-1] == ("self-employed", "mobile")
    assert shares.iloc[-1] > 2.5 * shares.iloc[-2]


@pytest.mark.parametrize("version", VERSIONS)
def test_the_slice_is_hard_for_both_versions(version: int) -> None:
    """Truth 1: what decides there is in no column, so no version can see it."""
    rows = scored("validation")
    there = (rows["employment"] == "self-employed") & (rows["channel"] == "mobile")
    wrong = rows[f"wrong_{version}"]

    assert wrong[there].mean() > 4 * wrong[~there].mean()


def test_version_2_says_20_percent_and_30_percent_of_the_young_default() -> None:
    """Truth 2: scores of 5-50 % are 10 points too low for ages 18-24, version 2 only."""
    rows = scored("validation")
    young, older = rows[rows["age"] < 25], rows[rows["age"] >= 25]

    assert 0.07 <= calibration_gap(young, 2) <= 0.14
    assert abs(calibration_gap(young, 1)) < 0.035
    assert abs(calibration_gap(older, 2)) < 0.025


def test_income_drifts_from_april_and_not_before() -> None:
    """Truth 3: income rises by 8 %, about 0.3 of its spread; before, it stood still."""
    usual, early, late = (
        scored(*stems)["income"] for stems in (("training",), EARLY, LATE)
    )

    assert late.mean() / early.mean() == pytest.approx(1.08, abs=0.01)
    assert (late.mean() - early.mean()) / early.std() == pytest.approx(0.3, abs=0.04)
    assert early.mean() / usual.mean() == pytest.approx(1, abs=0.01)


def test_platform_workers_appear_in_april() -> None:
    """Truth 3: a category nobody had seen makes up about 6 % of each month since then."""
    for stem in ("training", "validation", *EARLY):
        assert "platform worker" not in set(scored(stem)["employment"])
    for stem in LATE:
        share = (scored(stem)["employment"] == "platform worker").mean()
        assert share == pytest.approx(0.06, abs=0.012)


@pytest.mark.parametrize("version", VERSIONS)
def test_accuracy_falls_only_where_both_meet(version: int) -> None:
    """Truth 3: overall minus 2-4 points; without platform workers of higher income, none.

    Neither new income nor new work alone does harm.
    """
    early, late = scored(*EARLY), scored(*LATE)
    wrong, meet = f"wrong_{version}", both_meet(late)
    platform = late["employment"] == "platform worker"
    higher = late["income"] >= HIGHER_INCOME
    usual_wrong = early[wrong].mean()
    usual_wrong_higher = early.loc[early["income"] >= HIGHER_INCOME, wrong].mean()

    assert 0.02 < late[wrong].mean() - usual_wrong < 0.04
    assert abs(late.loc[~meet, wrong].mean() - usual_wrong) < 0.007
    assert abs(late.loc[higher & ~platform, wrong].mean() - usual_wrong_higher) < 0.01
    assert late.loc[platform & ~higher, wrong].mean() - usual_wrong < 0.05
    assert late.loc[meet, wrong].mean() > 0.6


def test_reminder_letters_give_the_outcome_away() -> None:
    """Truth 4: their AUC is 0.998; no number known on the day comes near."""
    rows = scored("validation")
    leak = roc_auc_score(rows["y"], rows["reminder_letters"])
    honest = [roc_auc_score(rows["y"], rows[name].fillna(0)) for name in NUMBERS]

    assert leak == pytest.approx(0.998, abs=0.001)
    assert max(max(auc, 1 - auc) for auc in honest) < 0.85


@pytest.mark.parametrize("version", VERSIONS)
def test_models_see_neither_leak_nor_person(version: int) -> None:
    """Truth 4: the inputs are the 19 features, in standard operators only."""
    model = onnx.load(DEMO / f"loan_default_v{version}.onnx")
    inputs = {i.name for i in model.graph.input}

    assert inputs == {*NUMBERS, *TEXTS}
    assert inputs == set(manifest()["uses"]) - NOT_INPUTS
    assert {o.domain for o in model.opset_import} <= {"", "ai.onnx.ml"}


def test_312_rows_stand_in_training_and_validation() -> None:
    """Truth 5: exactly 312 whole rows, and no other identifier, appear twice."""
    training, validation = (table(s).to_pandas() for s in ("training", "validation"))
    whole_rows = training.merge(validation, how="inner", on=list(training.columns))
    shared = set(training["application_id"]) & set(validation["application_id"])

    assert len(whole_rows) == len(shared) == 312
    production = pd.concat(table(s).to_pandas() for s in (*EARLY, *LATE))
    everyone = pd.concat([training, validation, production])["application_id"]
    assert len(everyone) - everyone.nunique() == 312


@pytest.mark.parametrize("entry", manifest()["tables"], ids=lambda e: e["name"])
def test_mail_and_phone_look_personal_and_belong_to_nobody(entry: dict[str, Any]) -> None:
    """Truth 6: every row has both, under reserved domains and fictional numbers."""
    rows = table(Path(entry["file"]).stem).to_pandas()

    assert rows["email"].str.fullmatch(r"[a-z]+\.[a-z]+\d+@example\.(org|com|net)").all()
    assert rows["phone"].str.fullmatch(r"\+1 \d{3} 555 01\d\d").all()


def test_temporary_permits_are_too_few_to_judge() -> None:
    """Truth 7: 23 rows of validation, where the next smallest group has over a thousand."""
    counts = scored("validation")["permit"].value_counts()

    assert counts["temporary"] == 23
    assert counts.drop("temporary").min() > 1_000


def test_the_same_seed_makes_the_same_rows() -> None:
    """Tables made anew, committed tables and both statements of the digest agree."""
    stated = {Path(e["file"]).stem: e for e in manifest()["tables"]}
    datasheet = DATASHEET.read_text(encoding="utf-8")
    made = make_tables()

    assert made.keys() == stated.keys()
    for stem, fresh in made.items():
        digest = digest_rows(fresh)
        assert digest == digest_rows(table(stem)) == stated[stem]["digest"]
        assert digest in datasheet
        assert table(stem).num_rows == stated[stem]["rows"]


def test_another_seed_makes_other_rows() -> None:
    """The digest sees the values, not only the shape."""
    other = make_tables(seed=1)["production_2026-01"]

    assert digest_rows(other) != digest_rows(table("production_2026-01"))


def test_the_digest_ignores_the_order_of_rows_and_columns() -> None:
    """Turned around and with its columns reversed, a table keeps its digest."""
    usual = table("production_2026-01")
    turned = usual.take(pa.array(range(usual.num_rows - 1, -1, -1)))

    assert digest_rows(turned.select(usual.column_names[::-1])) == digest_rows(usual)


def test_training_again_gives_the_same_scores(tmp_path: Path) -> None:
    """Both models come from the training table, and ONNX agrees with scikit-learn."""
    june = table(LATE[-1])  # has missing numbers and the unknown category
    for version, train in ((1, train_scorecard), (2, train_trees)):
        model, file = train(table("training")), tmp_path / f"v{version}.onnx"
        write_model(model, convert(model, options={"zipmap": False}), file, check_on=june)
        committed = scored(LATE[-1])[f"score_{version}"]
        assert score_with(file, june) == pytest.approx(committed.to_numpy(), abs=1e-5)


def test_a_conversion_that_differs_is_refused(tmp_path: Path) -> None:
    """A file that answers otherwise than its model is not written."""
    model, other = train_scorecard(table(EARLY[0])), train_scorecard(table("training"))
    wrong = convert(other, options={"zipmap": False})

    with pytest.raises(ValueError, match="differs from scikit-learn"):
        write_model(model, wrong, tmp_path / "v1.onnx", check_on=table(LATE[-1]))


def test_the_manifest_fits_the_tables() -> None:
    """Every table has exactly the columns, and every named file exists."""
    marks = manifest()["marks"]
    for entry in manifest()["tables"]:
        assert table(Path(entry["file"]).stem).column_names == list(manifest()["uses"])
    for model in manifest()["models"]:
        outputs = onnx.load(MANIFEST.parent / model["file"]).graph.output
        assert model["output"] in {o.name for o in outputs}
    assert {*marks["group"], *marks["sensitive"]} <= manifest()["uses"].keys()
    assert len(INPUTS) == 19


def test_all_files_together_are_small() -> None:
    """Eight tables and two models take less than 8 MB, a model less than 1 MB."""
    sizes = {p.name: p.stat().st_size for p in DEMO.iterdir()}

    assert len(sizes) == 10
    assert sum(sizes.values()) < 8_000_000
    assert max(s for name, s in sizes.items() if name.endswith(".onnx")) < 1_000_000
