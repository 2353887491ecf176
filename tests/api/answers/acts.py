"""What people do around the links of their messages, and what is seen of it."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from tests.api.dom import Page, page
from tests.api.messages import follows, presses
from tests.api.tables import everything
from tests.personas import Persona, answer

Tasks = dict[str, dict[str, Any]]


def read(persona: Persona, task: Mapping[str, Any]) -> dict[str, Any]:
    return answer(persona.get(f"/tasks/{task['id']}"))


def changes(persona: Persona, task: Mapping[str, Any], **change: Any) -> None:
    answer(persona.patch(f"/tasks/{task['id']}", change))


def refuses(persona: Persona, link: str, *, status: int = 409) -> Page:
    """Looked at or pressed: the same refusal, and nothing is changed."""
    before = everything()
    looked = follows(persona, link)
    pressed = presses(persona, link)
    assert everything() == before
    assert looked.text == pressed.text
    found = page(looked, status)
    assert found.all("form") == []
    return found


def owed_of(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    wanted = (UUID(task["id"]), "owed")
    rows = everything()["reminders"]
    return [row for row in rows if (row["subject_id"], row["state"]) == wanted]
