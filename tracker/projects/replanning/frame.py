"""The frame around the tasks: phases, gates, and the project's own days, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.grammar import PHASES
from tracker.playbooks.layout import Layout
from tracker.playbooks.model import Anchor
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.schedule import (
    MONTHS_TO_DEVELOP,
    FixedDays,
    month_shift,
    phase_borders,
)
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.shifting import Ground, told
from tracker.projects.replanning.values import State, StoredGate, StoredPhase

LAUNCHED: Final = PHASES[1:]
"""The phases from launch day on."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Phases and the project's first and last day."""

    phases: tuple[StoredPhase, ...]
    start_on: date
    end_on: date


def frame_of(state: State) -> Frame:
    """The frame as it stands."""
    return Frame(state.phases, state.start_on, state.end_on)


def fixed_days(frame: Frame, parameters: Parameters, calendar: WorkCalendar) -> FixedDays:
    """The fixed points as the phases have them, which a late gate may have moved.

    A playbook may have no such phase; then they are where the parameters put them.
    """
    launch = parameters.launch_on
    assert launch
    borders = {phase.key: phase for phase in frame.phases}
    last = calendar.on_or_before(launch + timedelta(weeks=parameters.launch_weeks, days=-1))
    month_six = calendar.on_or_after(month_shift(launch, MONTHS_TO_DEVELOP))
    return FixedDays(
        start=frame.start_on,
        launch=launch,
        launch_end=borders["launch"].end_on if "launch" in borders else max(launch, last),
        develop=borders["develop"].start_on if "develop" in borders else month_six,
        end=frame.end_on,
    )


def moved_frame(state: State, old: Layout, new: Layout, axes: tuple[Axis, Axis]) -> Frame:
    """Every border keeps its distance to where the rules put it; what has begun has begun."""
    before = phase_borders(old.days, old.calendar)
    after = phase_borders(new.days, new.calendar)
    has_begun = state.phase is not None or _has_begun(state)
    entered = PHASES.index(state.phase) if state.phase else 0 if has_begun else -1
    phases = []
    for phase in state.phases:
        place = PHASES.index(phase.key)
        start_on = told(phase.start_on, before[phase.key][0], after[phase.key][0], axes)
        end_on = told(phase.end_on, before[phase.key][1], after[phase.key][1], axes)
        if place <= entered:
            start_on = phase.start_on
        if place < entered:
            end_on = phase.end_on
        phases.append(StoredPhase(phase.key, start_on, max(start_on, end_on)))
    start_on = told(state.start_on, old.days.start, new.days.start, axes)
    return Frame(
        tuple(phases),
        state.start_on if has_begun else start_on,
        told(state.end_on, old.days.end, new.days.end, axes),
    )


def _has_begun(state: State) -> bool:
    return any(
        task.is_before_launch and (task.began_on is not None or task.status == "done")
        for task in state.tasks
    )


@dataclass(frozen=True, slots=True)
class Dues:
    """When the tasks are due, before and after, under their keys."""

    before: Mapping[str, date]
    after: Mapping[str, date]


def moved_gates(
    state: State, grounds: tuple[Ground, Ground], dues: Dues, today: date
) -> tuple[StoredGate, ...]:
    """Undecided gates keep their distance to their anchor, or to the last task that they ask for.

    None of them stays before today.
    """
    anchors = {gate.key: gate.on for gate in state.playbook.gates}
    old, new = grounds
    gates = []
    for gate in state.gates:
        planned_on = gate.planned_on
        if not gate.is_decided:
            before = _gate_day(gate, anchors.get(gate.key), old, dues.before)
            after = _gate_day(gate, anchors.get(gate.key), new, dues.after)
            planned_on = max(told(planned_on, before, after, (old.axis, new.axis)), today)
        gates.append(replace(gate, planned_on=planned_on))
    return tuple(gates)


def _gate_day(
    gate: StoredGate, anchor: Anchor | None, ground: Ground, due: Mapping[str, date]
) -> date:
    days = ground.layout.days if ground.layout else ground.days
    own = ground.anchor(gate.before_phase or "develop")
    day = days.of(anchor, ground.axis.calendar) if anchor else own
    return max([day, *(due[key] for key in gate.asks if key in due)])
