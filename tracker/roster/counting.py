"""How many people of each role stand at each stage: numbers without names, for milestones."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.projects.task_queries import TaskAtHand
from tracker.roster.models import RosterContact
from tracker.roster.rules import CONFIRMED, ENGAGED

_CONTACTS: Final = RosterContact.__table__
_COUNT: Final = (
    select(_CONTACTS.c.role, _CONTACTS.c.stage, func.count())
    .where(
        _CONTACTS.c.workspace_id == bindparam("workspace_id"),
        _CONTACTS.c.project_id == bindparam("project_id"),
    )
    .group_by(_CONTACTS.c.role, _CONTACTS.c.stage)
)
# The last word of a milestone's key → the stages that it counts seeds in.
MILESTONES: Final[Mapping[str, tuple[str, ...]]] = {
    "seeds_confirmed": CONFIRMED,
    "seeds_engaged": ENGAGED,
}


@dataclass(frozen=True, slots=True)
class Counts:
    """People by role and stage."""

    people: Mapping[tuple[str, str], int]

    def of(self, *, role: str | None = None, stages: tuple[str, ...] | None = None) -> int:
        """How many have this role, and stand at one of these stages."""
        return sum(
            count
            for (their_role, stage), count in self.people.items()
            if role in (None, their_role) and (stages is None or stage in stages)
        )

    def reached(self, milestone: str) -> int | None:
        """How many seeds a milestone counts, by its key; None for one that counts none."""
        stages = MILESTONES.get(milestone.rpartition(".")[2])
        return None if stages is None else self.of(role="seed", stages=stages)


def count_for(session: Session, at_hand: TaskAtHand) -> dict[str, Any] | None:
    """What the milestone at hand counts, beside how many seeds are wanted. Fills a hook."""
    task = at_hand.task
    if task.key.rpartition(".")[2] not in MILESTONES:
        return None
    value = counts(session, task.workspace_id, task.project_id).reached(task.key) or 0
    target = at_hand.frame.parameters["seed_members"]
    return {"value": value, "target": target, "reached": value >= target}


def counts(session: Session, workspace_id: UUID, project_id: UUID) -> Counts:
    """The numbers of a project's roster; one statement, and no name."""
    mine = {"workspace_id": workspace_id, "project_id": project_id}
    rows = core(session).execute(_COUNT, mine)
    return Counts({(role, stage): count for role, stage, count in rows})
