"""The year of figures that a reader can play: the script of the docs, with all that it starts."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_script_of_the_docs_plays_a_year_of_figures() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "docs.play_a_year"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    ).stdout
    before, after = told.split("The same gate, now that there are")
    assert before.count("No figure is known yet") == 2
    assert after.count("    met ") == 2
    assert "backfill  done" in before
    assert "first members are missing of 150. Invite about" in before
    assert "Choose whom to invite and through whom" in before
    assert "open: Long-standing members withdraw." in before
    assert "List the long-standing members who went quiet" in before
    assert "to project.manager@demo.invalid: " in before
