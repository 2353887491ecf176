"""What a manager can set of a board is judged when it is asked for, not a while later."""

from collections.abc import Mapping
from typing import Any

import pytest

from tracker.boards.settings import check_settings
from tracker.connectors.boards import Port
from tracker.connectors.notion.client import Notion
from tracker.connectors.trello.client import Trello
from tracker.kernel.errors import Invalid

TRELLO, NOTION = Trello(), Notion()
WRONG: list[tuple[Port, dict[str, Any]]] = [
    (TRELLO, {"lists": "colour"}),
    (TRELLO, {"members": {"ada@example.org": 7}}),
    (TRELLO, {"invite": "yes"}),
    (TRELLO, {"organization": 7}),
    (TRELLO, {"columns": {}}),
    (NOTION, {"columns": {"colour": "Colour"}}),
    (NOTION, {"columns": {"due": 7}}),
    (NOTION, {"columns": "due"}),
    (NOTION, {"parent": 7}),
    (NOTION, {"lists": "phase"}),
]


def faults(
    port: Port, settings: Mapping[str, Any], before: Mapping[str, Any] | None = None
) -> Mapping[str, Any]:
    """By name; none where all is well."""
    try:
        check_settings(port, settings, before)
    except Invalid as error:
        told: Any = error.fields["settings"]
        return {name: (said[0].say("en"), said[0].say("fr")) for name, said in told.items()}
    return {}


@pytest.mark.parametrize(("port", "settings"), WRONG)
def test_what_cannot_be_meant_is_told_by_its_name(port: Port, settings: dict[str, Any]) -> None:
    told = faults(port, {**settings, "created_there": "task"})
    assert told.keys() == settings.keys()
    assert all(english != french for english, french in told.values())


def test_columns_of_a_board_that_stands_are_not_chosen_anew() -> None:
    columns = {"columns": {"due": "Deadline", "url": None}}
    assert faults(NOTION, columns) == faults(NOTION, columns, columns) == {}
    assert faults(NOTION, {"created_there": "task"}, columns) == {}
    told = faults(NOTION, {"columns": {"due": "Other"}}, columns)
    assert "connect the database again" in told["columns"][0]
