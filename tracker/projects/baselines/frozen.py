"""What a baseline keeps of a plan. Pure."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Sentence

KEPT: Final = ("id", "key", "title", "phase", "start_on", "due_on", "duration_days")
MANUAL, START = "manual", "start"
START_NAME: Final = Sentence(en="Start", fr="Départ")


def is_kept(task: Mapping[str, Any]) -> bool:
    """Whether a task is part of the plan: what does not apply is none of it.

    A ritual is, with its first dates; its occurrences come and go.
    """
    return task["status"] != "not_applicable" and not task.get("ritual_id")


def frozen(tasks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """``tasks`` as a baseline keeps them, ids and days as text."""
    return [{name: _text(task[name]) for name in KEPT} for task in tasks if is_kept(task)]


def _text(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value if isinstance(value, str | int) else str(value)
