"""Figures that others published, counted again from the same tables."""

import csv

import numpy as np
import pytest

from core.estimates.contrasts import contrast_shares
from tests.measures.coded_tables import PUBLIC

COMPAS = PUBLIC / "compas_discretised" / "compas_discretized.csv"
WORST = {"#prior": ">3", "age": "25-45", "sex": "Male", "race": "Afr-Am"}


@pytest.mark.skipif(
    not COMPAS.is_file(), reason="the public tables are not on this machine"
)
def test_the_worst_slice_of_compas() -> None:
    """DivExplorer (Pastor et al. 2021): FPR .088314 overall, .308036 in a slice of 794 rows."""
    with COMPAS.open() as file:
        lines = list(csv.DictReader(file))
    negative = np.array([line["class"] == "0" for line in lines])
    false = negative & np.array([line["predicted"] == "1" for line in lines])
    inside = np.array([all(line[k] == v for k, v in WORST.items()) for line in lines])
    assert (len(lines), int(negative.sum()), int(false.sum())) == (6172, 3363, 297)
    assert round(float(false.sum() / negative.sum()), 6) == 0.088314
    hits, rows = int((false & inside).sum()), int((negative & inside).sum())
    assert (int(inside.sum()), round(hits / rows, 6)) == (794, 0.308036)
    rest = np.array([297 - hits]), np.array([3363 - rows])
    p = contrast_shares(np.array([hits]), np.array([rows]), *rest)
    assert p[0] < 1e-20
