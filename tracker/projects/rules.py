"""Who may change which task, and whether a project still takes changes. Pure."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tracker.kernel.errors import Conflict, Forbidden
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission

STATUSES: Final = ("todo", "in_progress", "blocked", "done", "not_applicable")
CLOSED: Final = ("done", "not_applicable")
STATES: Final = ("active", "paused", "cancelled", "archived", "done")
READ_ONLY: Final = ("cancelled", "archived")

_NOT_YOURS: Final = Sentence(
    en="A contributor changes tasks of their own only; this one is assigned to others. A manager "
    "can assign it to you.",
    fr="Un contributor ne modifie que ses propres tâches ; celle-ci est confiée à d'autres. Un "
    "manager peut vous la confier.",
)
_CANCELLED: Final = Sentence(
    en="This project was cancelled: it can be read, and archived, but nothing in it changes.",
    fr="Ce projet a été annulé : il peut être lu et archivé, mais rien n'y change plus.",
)
_ARCHIVED: Final = Sentence(
    en="This project is archived: it can be read, but nothing in it changes.",
    fr="Ce projet est archivé : il peut être lu, mais rien n'y change plus.",
)


class ProjectClosed(Conflict):
    """Nothing changes in a project that was cancelled or archived."""

    type = "project-closed"
    extensions = ("state",)

    def __init__(self, state: str) -> None:
        self.state = state
        super().__init__(_CANCELLED if state == "cancelled" else _ARCHIVED)


def check_takes_changes(state: str) -> None:
    """Raise ProjectClosed where a project in this state can only be read."""
    if state in READ_ONLY:
        raise ProjectClosed(state)


def check_may_change(actor: Actor, assignees: Collection[UUID]) -> None:
    """Raise Forbidden unless the task is the actor's own, or they manage projects."""
    actor.must(Permission.CHANGE_OWN_TASKS)
    if not actor.may(Permission.MANAGE_PROJECTS) and actor.member_id not in assignees:
        raise Forbidden(_NOT_YOURS)
