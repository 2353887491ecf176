"""One task as it is shown alone: with all that is under it, and what it waits on."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from tracker.kernel.texts import Language, Said
from tracker.projects.rules import Predecessor, closed_gate, waited_for
from tracker.projects.showing import task_out
from tracker.projects.task_queries import TaskAtHand


def task_shown(
    at_hand: TaskAtHand, language: Language, *, now: datetime, warnings: Sequence[Said] = ()
) -> dict[str, Any]:
    """``warnings`` are those of the change that this answers."""
    parts = at_hand.parts
    return {
        **task_out(
            at_hand.frame,
            at_hand.task,
            assignees=at_hand.assignees,
            steps=parts.steps,
            links=parts.links,
            language=language,
        ),
        "recurring": _recurring(at_hand),
        "watchers": at_hand.watchers,
        "evidences": [asdict(evidence) for evidence in parts.evidences],
        "counts": {
            "comments": at_hand.comments,
            "links": at_hand.addresses,
            "evidence": len(parts.evidences),
        },
        "waits_on": _waits_on(at_hand, now),
        "reminder_policy": at_hand.task.reminder_policy,
        "warnings": [warning.say(language) for warning in warnings],
    }


def _recurring(at_hand: TaskAtHand) -> dict[str, Any] | None:
    """The rule of a ritual, with how it has gone so far."""
    if at_hand.held is None:
        return None
    return {**at_hand.task.recurring, **asdict(at_hand.held)}


def _waits_on(at_hand: TaskAtHand, now: datetime) -> dict[str, Any]:
    closed = None if at_hand.task.is_early else closed_gate(at_hand.gates, now)
    return {
        "gate": closed
        and {"id": closed.id, "key": closed.key, "title": closed.title, "state": closed.state},
        "tasks": [_waited_for(task) for task in waited_for(at_hand.parts.predecessors)],
    }


def _waited_for(task: Predecessor) -> dict[str, Any]:
    return {"task_id": task.id, "task": task.key, "title": task.title, "status": task.status}
