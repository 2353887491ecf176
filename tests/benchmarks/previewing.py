"""`tracker plan preview`, from the shell to its last line, against importing what it avoids."""

import subprocess
import sys
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Final

from tests.benchmarks.measuring import compare
from tests.benchmarks.report import Line, at_most
from tests.benchmarks.serving import TRACKER

IMPORTS: Final = (sys.executable, "-c", "import flask, sqlalchemy")
PREVIEW: Final = (
    *(TRACKER, "plan", "preview", "--launch", "2027-09-06", "--today", "2027-01-04"),
    *("--prepare-months", "3", "--type", "advocacy", "--audience", "existing"),
    *("--country", "FR", "--language", "fr"),
)
FORMATS: Final = ("table", "json", "csv", "ics")
BUDGET: Final = 1.5


def lines() -> Iterator[Line]:
    """Each format."""
    for form in FORMATS:
        yield at_most(
            f"tracker plan preview --format {form}",
            compare(partial(_run, (*PREVIEW, "--format", form)), partial(_run, IMPORTS)),
            BUDGET,
            "python -c 'import flask, sqlalchemy', both as new processes",
        )


def _run(command: Sequence[str]) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
