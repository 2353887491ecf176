"""What follows when a gate opens: phase entered, room made where it was late, plan kept."""

from dataclasses import dataclass
from typing import Final

from tracker.gates.facts import Facts, GateFact
from tracker.gates.rules import is_open
from tracker.gates.writing import Hearing, enter
from tracker.projects.baselines.service import freeze
from tracker.projects.queries import project as find_project
from tracker.projects.replan_service import delay_phase

MAKES_ROOM: Final = "develop"


@dataclass(frozen=True, slots=True)
class Opened:
    """The phase just entered, and by how many working days it had to move."""

    entered: str | None = None
    delayed_days: int = 0


def open_up(hearing: Hearing, *, is_passed: bool) -> Opened:
    """Enter the phase behind the gate, and keep all dates as a baseline.

    The development moves by as many working days as its gate is late.
    """
    entered = enter(hearing, is_passed=is_passed)
    late = days_late(hearing.facts, hearing.gate) if entered == MAKES_ROOM else 0
    project = find_project(
        hearing.session, hearing.facts.project.workspace_id, hearing.facts.project.id
    )
    now, by = hearing.facts.now, hearing.by
    if late:
        delay_phase(hearing.session, project, MAKES_ROOM, late, by=by, now=now)
        hearing.session.flush()  # what is read next looks past the session's objects
    gate = hearing.gate
    if is_passed or not is_open(gate, now):  # a waiver given anew opens nothing
        freeze(hearing.session, project, name=gate.title, source=gate.key, by=by, now=now)
    return Opened(entered, late)


def days_late(facts: Facts, gate: GateFact) -> int:
    """Working days from the day that was planned for a gate to today; 0 before it."""
    calendar = facts.calendar
    return max(0, calendar.index(facts.today) - calendar.index(gate.planned_on))
