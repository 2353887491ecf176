"""Whoever is killed is gone, however soon, with all that it has started."""

import os
from pathlib import Path

import pytest

from tests.chaos.house import a_house


def test_who_is_killed_at_once_is_gone(tmp_path: Path) -> None:
    with a_house(tmp_path, lease=1, is_embedded=True) as house:
        for _ in range(20):
            house.start("up")
            pid = house.pids["up"]
            house.kill("up")
            with pytest.raises(ProcessLookupError):
                os.kill(pid, 0)
        assert house.pids == {}
