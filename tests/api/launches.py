"""A small launch with something of everything that task life is about."""

from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

import yaml
from sqlalchemy import update

from tests.api.playbooks import brings
from tests.personas import Persona, a_wish, answer
from tracker.kernel.db import unit_of_work
from tracker.projects.models import Gate, Project


def _text(words: str) -> dict[str, str]:
    return {"en": words, "fr": f"{words} (fr)"}


def _task(key: str, **more: Any) -> dict[str, Any]:
    usual = {"key": key, "title": _text(key.title()), "role": "content", "days": 2}
    return {**usual, **more}


def _after(*keys: str) -> list[str]:
    return [f"prepare.work.{key}" for key in keys]


_RITUAL: Final = {"rrule": "FREQ=WEEKLY", "until": {"anchor": "end"}}
SOURCE: Final = {
    "playbook": "small-launch",
    "version": 1,
    "title": _text("Small launch"),
    "phases": [
        {
            "key": "prepare",
            "title": _text("Prepare"),
            "checklists": [
                {
                    "key": "work",
                    "title": _text("Work"),
                    "tasks": [
                        _task("first", steps=[{"key": "look", "title": _text("Look")}]),
                        _task("second", after=_after("first")),
                        _task("beside", after=[{"task": "prepare.work.first", "type": "SS"}]),
                        _task("ending", after=[{"task": "prepare.work.first", "type": "FF"}]),
                        _task("proven", evidence="link", proof=_text("The signed page")),
                        _task("spare", optional=True),
                        _task("ready", days=0, after=_after("second")),
                    ],
                }
            ],
        },
        {
            "key": "launch",
            "title": _text("Launch"),
            "checklists": [
                {
                    "key": "day",
                    "title": _text("Day"),
                    "tasks": [
                        _task("open", steps=[{"key": "doors", "title": _text("Doors")}]),
                        _task("seeds", early=True),
                        _task("weekly", days=1, recurring=_RITUAL),
                    ],
                }
            ],
        },
    ],
    "gates": [
        {
            "key": "ready_to_launch",
            "title": _text("Ready to launch"),
            "after_phase": "prepare",
            "before_phase": "launch",
            "on": {"anchor": "launch", "working_days": -1},
            "criteria": [],
        }
    ],
}


def brings_the_small_launch(persona: Persona) -> None:
    """Keep the small launch's playbook in the persona's workspace."""
    brings(persona, yaml.safe_dump(SOURCE, allow_unicode=True))


def a_small_launch(persona: Persona, **parameters: Any) -> dict[str, Any]:
    """A project of the small launch; its playbook is there."""
    wish = {**a_wish(**parameters), "playbook": "small-launch"}
    return answer(persona.post("/projects", wish), 201)


def by_name(persona: Persona, project: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """The tasks of a project under the last words of their keys."""
    return {task["key"].rpartition(".")[2]: task for task in persona.tasks_of(project)}


def sets_the_gate(project: Mapping[str, Any], state: str, **more: Any) -> None:
    """Put the gate into a state, past every rule: gates are decided elsewhere."""
    with unit_of_work() as session:
        session.execute(
            update(Gate).where(Gate.project_id == UUID(project["id"])).values(state=state, **more)
        )


def sets_the_project(project: Mapping[str, Any], state: str) -> None:
    """Put a project into a state, past every rule."""
    with unit_of_work() as session:
        mine = Project.id == UUID(project["id"])
        session.execute(update(Project).where(mine).values(state=state))
