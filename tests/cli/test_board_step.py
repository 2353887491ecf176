"""``tracker board``: the same as over HTTP, by hand."""

import json

import pytest

from tests.cli.terminal import printed, refused
from tests.conftest import app_on
from tests.fakes.board import Memory
from tests.personas import a_world
from tests.service.boards.kept import Pair, a_pair

OURS = "--workspace alice-and-co"


@pytest.fixture
def pair(desk: str) -> Pair:
    """Not in step yet."""
    world = a_world(app_on(desk))
    return a_pair(world.mona, Memory())


def test_boards_are_listed_shown_asked_paused_and_resumed(pair: Pair) -> None:
    pair.sync()
    (row,) = json.loads(printed(f"board list {OURS} --format json"))
    assert (row["state"], row["items"]["in_step"]) == ("ok", 4)
    name = row["name"]
    assert "in_step" in printed(f"board list {OURS}")
    assert "compared as soon as may be" in printed(f"board push {name} {OURS}")
    shown = json.loads(printed(f"board show {row['id']} {OURS} --format json"))
    assert (shown["run"]["kind"], shown["apart"], shown["open"]) == ("push", [], [])
    assert "left alone" in printed(f"board pause {name} {OURS}")
    assert "is paused" in refused(f"board reconcile {name} {OURS}")
    assert "kept in step again" in printed(f"board resume {name} {OURS}")
    assert "There is no board “nothing”" in refused(f"board show nothing {OURS}")
