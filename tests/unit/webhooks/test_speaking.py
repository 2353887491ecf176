"""The form in which events leave: small, whatever happened."""

from typing import Any
from uuid import uuid4

import orjson

from tests.unit.webhooks.test_event_rights import an_event
from tracker.webhooks.speaking import MOST_BYTES, speak


def spoken(**payload: Any) -> dict[str, Any]:
    told = speak(an_event("project.replanned", **payload))
    assert len(orjson.dumps(told)) <= MOST_BYTES
    return told


def test_it_has_the_form_of_standard_webhooks() -> None:
    assert spoken(added=0) == {
        "id": "evt_00000000-0000-0000-0000-000000000008",
        "type": "project.replanned",
        "timestamp": "2027-01-04T00:00:00Z",
        "sequence": 1,
        "data": {"added": 0},
    }


def test_what_is_too_long_is_cut_values_of_before_first_and_the_longest_of_all() -> None:
    tasks = [str(uuid4()) for _ in range(2000)]
    before = {"launch_on": "2027-09-06", "notes": "n" * 15_000, "title": "t" * 9_000}
    assert spoken(previous=before)["cut"] == ["previous.notes"]
    assert spoken(tasks=tasks, added=3) == {**spoken(), "data": {"added": 3}, "cut": ["tasks"]}
    both = spoken(tasks=tasks, previous=before)
    assert both["cut"] == ["previous.notes", "previous.title", "previous.launch_on", "tasks"]
    assert both["data"] == {"previous": {}}
