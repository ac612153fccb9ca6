"""Options: what may be said on the command line, and what it looks like."""

import argparse
from datetime import date
from math import nan
from typing import Final, NoReturn

from typing_extensions import override

from core.errors import WrongInputError
from core.records.data import Split, Use
from core.records.models import Task
from core.runs.handing_out import FORMATS

EXAMPLES: Final = """\
examples:
  countersign import-data loans.csv --name Validation --label defaulted --sensitive age,sex
  countersign import-model loan.onnx --name "Loan default" --data Validation --positive yes
  countersign check --data Validation
  countersign evaluate --model "Loan default v1" --data Validation
  countersign card --model "Loan default v1" --data Validation --format html -o card.html
  countersign backup monday.zip
  countersign restore monday.zip restored

exit codes: 0 pass, 1 fail, 2 cannot run, 3 not enough evidence; warnings alone pass
"""


class _Parser(argparse.ArgumentParser):
    """A parser that answers in a sentence instead of ending the process."""

    @override
    def error(self, message: str) -> NoReturn:
        hint = f"Try `{self.prog} --help`."
        raise WrongInputError(f"{message[:1].upper()}{message[1:]}.", hint=hint)


def make_parser() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = _Parser(
        prog="countersign",
        description="Examine a machine-learning model, then sign it off, or refuse.",
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--workspace", help="the folder; default: ./workspace")
    commands = parser.add_subparsers(dest="command", required=True, parser_class=_Parser)
    _data_options(commands.add_parser("import-data", help="bring a table"))
    _model_options(commands.add_parser("import-model", help="bring a model, or its scores"))
    looked = commands.add_parser(
        "check", help="look for faults in a table; with --model, judge that on it too"
    )
    judged = commands.add_parser("evaluate", help="run a model on a table and judge it")
    handed = commands.add_parser("card", help="write the model card")
    for command in (looked, judged, handed):
        command.add_argument("--model", help="the model version, such as 'Loan default v1'")
        command.add_argument("--data", help="the dataset version, such as Validation")
    handed.add_argument("--evaluation", help="the first digits of an evaluation's id")
    handed.add_argument("--format", choices=list(FORMATS), default="html")
    handed.add_argument("-o", "--output", help="the file to write")
    commands.add_parser("doctor", help="look whether the workspace is whole")
    commands.add_parser("rebuild", help="make damaged records again from their mirror")
    known = commands.add_parser("account", help="let somebody sign in, or no longer")
    known.add_argument("person", help="the id of a person, such as kim")
    known.add_argument("--name", help="their name, if nobody of that id is known yet")
    known.add_argument("--role", action="append", default=[], help="a role for all models")
    known.add_argument("--drop", action="store_true", help="take the account away")
    saved = commands.add_parser("backup", help="write the whole workspace into one file")
    saved.add_argument("file", help="a new .zip file")
    brought = commands.add_parser("restore", help="make a new workspace from a backup")
    brought.add_argument("file", help="a file that `backup` wrote")
    brought.add_argument("folder", help="a new folder")
    return parser


def _data_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file")
    parser.add_argument("--name", help="the name of the dataset")
    parser.add_argument("--split", choices=[s.value for s in Split], default="validation")
    parser.add_argument("--window", nargs=2, type=_day, metavar=("FROM", "TO"))
    for use in Use:
        option = "--" + use.value.replace(" ", "-")
        parser.add_argument(
            option, default="", help=f"the columns that are the {use.value}"
        )
    parser.add_argument("--group", default="", help="columns to slice by")
    parser.add_argument("--sensitive", default="", help="protected columns")
    parser.add_argument("--delimiter")
    parser.add_argument("--decimal", choices=[".", ","])
    parser.add_argument("--dates", choices=["year first", "day first", "month first"])
    parser.add_argument("--declare", action="append", default=[], metavar="NAME=VALUE")


def _model_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", nargs="?", help="an ONNX file; none with --scores-only")
    parser.add_argument("--scores-only", action="store_true", help="the table holds scores")
    parser.add_argument("--name", required=True)
    parser.add_argument(
        "--data", required=True, help="a dataset version to match columns by"
    )
    parser.add_argument("--task", choices=[t.value for t in Task])
    parser.add_argument("--positive", help="the label value that a yes means")
    parser.add_argument("--classes", help="label values in the order of the score columns")
    parser.add_argument("--output", help="the model output that holds the scores")
    parser.add_argument(
        "--threshold", type=_thousandths, help="a yes from this score on, 0 to 1"
    )
    parser.add_argument("--declare", action="append", default=[], metavar="NAME=VALUE")


def _thousandths(text: str) -> int:
    try:
        share = float(text)
    except ValueError:
        share = nan
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no share from 0 to 1")
    return round(share * 1000)


def _day(text: str) -> str:
    """Return the day as it was written; argparse makes a sentence of a refusal."""
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text} is no day; write 2026-01-31") from None
