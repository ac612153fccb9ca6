"""For experts: the evidence by digest, the rules as they are, and the signed statements."""

import json

import streamlit as st

from core.records.reviews import Review
from core.runs.deciding import statements_of
from core.runs.reviewing import manifest_of
from pages._frame import desk
from pages._page import facts_table


def draw_experts(review: Review) -> None:
    """Draw the manifest, its root, and every signature as a statement."""
    facts_table([("Evidence root", review.root), *manifest_of(desk(), review).entries])
    for statement in statements_of(desk(), review):
        st.code(json.dumps(statement, indent=2, ensure_ascii=False), language="json")
    st.caption("in-toto Statement v1 in a DSSE envelope, Ed25519 by the workspace key.")
