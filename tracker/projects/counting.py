"""What higher rooms count for a milestone; ``wiring`` fills it. Counts tick nothing."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy.orm import Session

from tracker.projects.task_queries import TaskAtHand

Count = Callable[[Session, TaskAtHand], Mapping[str, Any] | None]
"""Value and target of what a milestone counts; None for a task that counts nothing."""


def _unfilled(_session: Session, _at_hand: TaskAtHand) -> Mapping[str, Any] | None:
    raise RuntimeError("a milestone is counted, but wiring.py has not filled the hook")


_count: Count = _unfilled


def fill_count(filled: Count) -> None:
    """Tell this room how to count; only ``wiring`` calls it."""
    global _count  # noqa: PLW0603 - a hook that a lower room declares
    _count = filled


def counted(session: Session, at_hand: TaskAtHand) -> Mapping[str, Any] | None:
    """How far the count of a milestone has come; no statement for any other task."""
    return _count(session, at_hand) if at_hand.task.is_milestone else None
