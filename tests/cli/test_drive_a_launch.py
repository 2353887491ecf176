"""The launch that a reader can drive: the script of the docs, on a tracker just started."""

import subprocess
import sys
from pathlib import Path

from tests.cli.processes import curl, started
from tests.servers.home import free_port

SCRIPT = Path(__file__).parents[2] / "docs" / "drive_a_launch.py"


def test_the_script_of_the_docs_drives_a_launch_through_its_gate(tmp_path: Path) -> None:
    port = free_port()
    with started(f"demo --up --port {port}", tmp_path) as process:
        _url, token = curl(process.wait_for("The tracker is up"))
        told = subprocess.run(
            [sys.executable, SCRIPT, token, f"http://127.0.0.1:{port}"],
            capture_output=True,
            text=True,
            check=True,
            timeout=120,
        ).stdout
    assert "is not open: nothing behind it is started" in told
    assert "0 of 1" in told
    assert told.count("with 80 % confidence") == 3
    assert "The phase is prepare now." in told
    assert "The phase is launch now." in told
    assert "**Passed** by project.manager" in told
