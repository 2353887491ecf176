"""The checklist points of a task: ticked one by one, added and removed."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.people.rules import Actor
from tracker.projects.models import Step
from tracker.projects.part_rules import check_room
from tracker.projects.queries import StepOf
from tracker.projects.rules import check_gates, check_may_change, check_takes_changes
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_rules import check_no_ritual
from tracker.projects.task_writing import touch

_NO_STEP: Final = Sentence(
    en="This task has no such step.", fr="Cette tâche n'a pas de telle étape."
)
_STEPS: Final = Step.__table__


def add_step(
    session: Session, actor: Actor, at_hand: TaskAtHand, title: str, *, now: datetime
) -> tuple[StepOf, int]:
    """One more step, at the end; and the task's version. Raises Forbidden, TooManyParts."""
    _check(actor, at_hand)
    check_room(len(at_hand.parts.steps))
    step = StepOf(new_id().hex, title, None)
    mine = {"workspace_id": at_hand.task.workspace_id, "task_id": at_hand.task.id}
    last = select(func.max(_STEPS.c.position)).filter_by(**mine)
    position = (session.scalar(last) or 0) + 1
    row = {**mine, "key": step.key, "position": position, "title": title, "done_at": None}
    core(session).execute(_STEPS.insert(), row)
    told = {f"steps.{step.key}": (None, title)}
    return step, touch(session, actor, at_hand.task, told, now=now)


def change_step(
    session: Session,
    actor: Actor,
    at_hand: TaskAtHand,
    step: StepOf,
    *,
    changes: Mapping[str, Any],
    now: datetime,
) -> tuple[StepOf, int]:
    """Tick a step, or call it otherwise. Raises Forbidden, and ClosedGate for a tick."""
    _check(actor, at_hand)
    is_done, title = changes.get("done", bool(step.done_at)), changes.get("title", step.title)
    history: dict[str, tuple[object, object]] = {}
    if title != step.title:
        history[f"steps.{step.key}.title"] = (step.title, title)
    if is_done != bool(step.done_at):
        check_no_ritual(at_hand.task)
        check_gates(at_hand.gates, is_early=at_hand.task.is_early, now=now)
        history[f"steps.{step.key}"] = (bool(step.done_at), is_done)
    if not history:
        return step, at_hand.task.version
    done_at = (step.done_at or now) if is_done else None
    values = {"title": title, "done_at": done_at}
    core(session).execute(update(_STEPS).where(*_one(at_hand, step)).values(values))
    return StepOf(step.key, title, done_at), touch(session, actor, at_hand.task, history, now=now)


def remove_step(
    session: Session, actor: Actor, at_hand: TaskAtHand, step: StepOf, *, now: datetime
) -> None:
    """Take a step away. Raises Forbidden."""
    _check(actor, at_hand)
    core(session).execute(delete(_STEPS).where(*_one(at_hand, step)))
    touch(session, actor, at_hand.task, {f"steps.{step.key}": (step.title, None)}, now=now)


def step_of(at_hand: TaskAtHand, key: str) -> StepOf:
    """The step with this key. Raises NotFound."""
    found = next((step for step in at_hand.parts.steps if step.key == key), None)
    if found is None:
        raise NotFound(_NO_STEP)
    return found


def _check(actor: Actor, at_hand: TaskAtHand) -> None:
    check_takes_changes(at_hand.frame.state)
    check_may_change(actor, at_hand.assignees)


def _one(at_hand: TaskAtHand, step: StepOf) -> list[Any]:
    task = at_hand.task
    return [
        _STEPS.c.workspace_id == task.workspace_id,
        _STEPS.c.task_id == task.id,
        _STEPS.c.key == step.key,
    ]
