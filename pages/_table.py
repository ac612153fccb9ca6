"""The pages in their order: title, question, icon, address."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
ICON: Final = HERE.parent / ".streamlit" / "icon.png"
LOGO: Final = HERE.parent / ".streamlit" / "logo.svg"


@dataclass(frozen=True, slots=True)
class Page:
    """What the sidebar and the header say of a page."""

    section: str
    file: str
    address: str
    title: str
    question: str
    icon: str
    reading: str  # "How to read this", at most 40 words


PAGES: Final = (
    Page(
        "",
        "overview.py",
        "overview",
        "Overview",
        "Where does each model stand, and what needs somebody's attention today?",
        ":material/dashboard:",
        "Each row is a model version on one table. Verdicts count the rules of the policy: "
        "fail, attention, not enough evidence, pass. Grey is not good news: nobody knows yet.",
    ),
    Page(
        "Evidence",
        "provenance.py",
        "provenance",
        "Provenance",
        "Where does this data come from, what is wrong with it, and may we use it?",
        ":material/account_tree:",
        "Each line is one check with its rule and the rows concerned. Choose a line to see "
        "those rows. Declared means a person said so; computed means Countersign counted it.",
    ),
    Page(
        "Evidence",
        "slices.py",
        "slices",
        "Slices",
        "For whom is the model worse, and can we be sure?",
        ":material/stacked_bar_chart:",
        "Each dot is a group, its line the range the truth plausibly lies in. Compare it "
        "with the upright line, all rows. A hollow diamond means too few rows to say. Click "
        "a dot to see more.",
    ),
    Page(
        "Evidence",
        "calibration.py",
        "calibration",
        "Calibration",
        "When it says 80 %, does it happen 80 % of the time, and where should we act?",
        ":material/straighten:",
        "Dots on the diagonal: the stated chance is the true one. Above it things happen more "
        "often than stated. The upright lines show how sure we are. Click a dot to see its "
        "cases.",
    ),
    Page(
        "Evidence",
        "explanations.py",
        "explanations",
        "Explanations",
        "What drives the scores, overall and for this one case?",
        ":material/query_stats:",
        "A bar shows how strongly a column moves the score, up or down, on average. It says "
        "what the model uses, not what causes the outcome. Click a bar for its curve.",
    ),
    Page(
        "Evidence",
        "drift.py",
        "drift",
        "Drift",
        "Is the world still the one the model learned from, and does it still work?",
        ":material/timeline:",
        "Right means moved far, high means the model leans on it. Top right deserves "
        "attention. A range that crosses the line may be chance.",
    ),
    Page(
        "Decision",
        "review.py",
        "review",
        "Review",
        "What must I know, and do I agree to put my name under it?",
        ":material/gavel:",
        "A finding is one rule and what was measured. Agree means you accept that it is true "
        "and how it is handled. “Cannot judge” is a useful answer.",
    ),
    Page(
        "Decision",
        "model_card.py",
        "model_card",
        "Model card",
        "The document that we hand out: what is known, and where it comes from.",
        ":material/description:",
        "What you see is what is handed out. Every number was counted from the files whose "
        "hashes stand at the end.",
    ),
    Page(
        "Workspace",
        "import_.py",
        "import",
        "Import",
        "Bring data and a model, and check that they were understood.",
        ":material/upload_file:",
        "Check three things: rows and dates read rightly, each column has its use, each "
        "model input found its column. Everything can be changed until you press Evaluate.",
    ),
    Page(
        "Workspace",
        "audit_log.py",
        "audit_log",
        "Audit log",
        "What happened, when, by whom, and is the log intact?",
        ":material/history:",
        "Each line is sealed to the one before. Change one, and every later seal breaks. A "
        "signed head covers all lines so far: keep it elsewhere, and a missing end shows, too.",
    ),
    Page(
        "Workspace",
        "people_and_policy.py",
        "people_and_policy",
        "People and policy",
        "Who may do what, and which limits apply?",
        ":material/group:",
        "A gate is one rule. “Upper end” means the whole plausible range must stay under the "
        "limit, not just the measured value.",
    ),
)


def page_at(address: str) -> Page:
    """Return the page of an address."""
    return next(page for page in PAGES if page.address == address)
