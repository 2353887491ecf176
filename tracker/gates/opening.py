"""What follows when a gate opens: the phase is entered, and what it opens too late makes room."""

from dataclasses import dataclass
from typing import Final

from tracker.gates.facts import Facts, GateFact
from tracker.gates.writing import Hearing, enter
from tracker.projects.queries import project as find_project
from tracker.projects.replan_service import delay_phase

MAKES_ROOM: Final = "develop"


@dataclass(frozen=True, slots=True)
class Opened:
    """The phase just entered, and by how many working days it had to move."""

    entered: str | None = None
    delayed_days: int = 0


def open_up(hearing: Hearing, *, is_passed: bool) -> Opened:
    """Enter the phase behind the gate; the development moves by as much as its gate is late."""
    entered = enter(hearing, is_passed=is_passed)
    late = days_late(hearing.facts, hearing.gate) if entered == MAKES_ROOM else 0
    if late:
        _delay(hearing, late)
    return Opened(entered, late)


def days_late(facts: Facts, gate: GateFact) -> int:
    """Working days from the day that was planned for a gate to today; 0 before it."""
    calendar = facts.calendar
    return max(0, calendar.index(facts.today) - calendar.index(gate.planned_on))


def _delay(hearing: Hearing, days: int) -> None:
    project = find_project(
        hearing.session, hearing.facts.project.workspace_id, hearing.facts.project.id
    )
    now = hearing.facts.now
    delay_phase(hearing.session, project, MAKES_ROOM, days, by=hearing.by, now=now)
    hearing.session.flush()  # the verdict that is answered is read past the session's objects
