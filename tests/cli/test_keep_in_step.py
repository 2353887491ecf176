"""The board that a reader can see kept in step: the script of the docs, with all that it starts."""

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.long
def test_the_script_of_the_docs_keeps_a_board_in_step() -> None:
    told = subprocess.run(
        [sys.executable, "-m", "docs.keep_in_step"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
        timeout=300,
    ).stdout
    assert "its changes are told to us: active" in told
    assert "Here: done, after" in told
    assert "by the door “sync”" in told
    assert "“Set back: status. The gate “Ready to develop” is not open" in told
    assert "Settled: there “As we call it”, too." in told
    assert "both sides are equal" in told
