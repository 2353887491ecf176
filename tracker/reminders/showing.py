"""Rows of reminders to answers."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from tracker.kernel.texts import Language
from tracker.reminders.saying import OUTCOMES, REASONS, STATES
from tracker.reminders.schemas import ReminderInFullOut, ReminderOut


def why(state: str, reason: str | None, language: Language) -> str:
    """State and reason in words."""
    said = [STATES[state]]
    if reason is not None and reason in REASONS:
        said.append(REASONS[reason])
    return " ".join(one.say(language) for one in said)


def reminder_out(row: Row[Any], waits_for: Sequence[str], language: Language) -> dict[str, Any]:
    """One of a list. ``waits_for`` is what must be finished first."""
    shown: dict[str, Any] = ReminderOut().dump(_told(row, waits_for, language))
    return shown


def _told(row: Row[Any], waits_for: Sequence[str], language: Language) -> dict[str, Any]:
    said = {"why": why(row.state, row.reason, language), "waits_for": waits_for}
    return {**row._mapping, **said}  # noqa: SLF001 - its documented name


def in_full(
    row: Row[Any], tries: Sequence[Row[Any]], waits_for: Sequence[str], language: Language
) -> dict[str, Any]:
    """One with all its tries."""
    attempts = [
        {**each._mapping, "why": OUTCOMES[each.outcome].say(language)}  # noqa: SLF001 - as above
        for each in tries
    ]
    told = {**_told(row, waits_for, language), "attempts": attempts}
    shown: dict[str, Any] = ReminderInFullOut().dump(told)
    return shown
