"""The frame of every page: navigation, the context bar, and the chosen evaluation.

This file lives inside pages/ so that Streamlit cannot serve a page around it.
"""

import streamlit as st

from pages._frame import draw_frame
from pages._table import ICON, LOGO, PAGES

st.set_page_config(
    page_title="Countersign",
    page_icon=str(ICON),
    layout="wide",
    initial_sidebar_state=232,
)
st.logo(str(LOGO), size="large")

navigation = st.navigation(
    {
        section: [
            st.Page(
                page.file,
                title=page.title,
                icon=page.icon,
                url_path=page.address,
                default=page.address == "overview",
                help=page.question,
            )
            for page in PAGES
            if page.section == section
        ]
        for section in dict.fromkeys(page.section for page in PAGES)
    }
)
draw_frame()
navigation.run()
