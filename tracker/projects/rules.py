"""Who may change which task. Pure."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from tracker.kernel.errors import Forbidden
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor, Permission

STATUSES: Final = ("todo", "in_progress", "blocked", "done", "not_applicable")
CLOSED: Final = ("done", "not_applicable")
STATES: Final = ("active", "paused", "cancelled", "archived", "done")

_NOT_YOURS: Final = Sentence(
    en="A contributor changes tasks of their own only; this one is assigned to others. A manager "
    "can assign it to you.",
    fr="Un contributor ne modifie que ses propres tâches ; celle-ci est confiée à d'autres. Un "
    "manager peut vous la confier.",
)


def check_may_change(actor: Actor, assignees: Collection[UUID]) -> None:
    """Raise Forbidden unless the task is the actor's own, or they manage projects."""
    actor.must(Permission.CHANGE_OWN_TASKS)
    if not actor.may(Permission.MANAGE_PROJECTS) and actor.member_id not in assignees:
        raise Forbidden(_NOT_YOURS)
