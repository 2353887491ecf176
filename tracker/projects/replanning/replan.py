"""The whole: from a running plan and what is asked of it to a new plan, or a refusal.

Equal inputs give equal answers; a dry run and the real one of the same day are the same call.
"""

from dataclasses import replace
from datetime import date

from tracker.projects.replanning.answering import answer
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.basis import Basis, basis_of
from tracker.projects.replanning.bounds import Places
from tracker.projects.replanning.checking import check_moves
from tracker.projects.replanning.following import (
    Course,
    close_gaps,
    floors_of,
    keep_gaps,
    leave_the_past,
    movers_of,
    name,
    standing,
)
from tracker.projects.replanning.frame import Frame, fixed_days
from tracker.projects.replanning.net import net_of
from tracker.projects.replanning.shifting import Ground, shifted, stored
from tracker.projects.replanning.values import (
    Changes,
    Frozen,
    Reason,
    Replan,
    State,
    Strategy,
)


def replan(state: State, changes: Changes, today: date) -> Replan:
    """Judge ``changes`` of ``state`` on ``today``. That what they name exists is known already.

    Raises Invalid, DependencyLoop, PlanDoesNotFit.
    """
    basis = basis_of(state, changes, today)
    check_moves(state, changes, basis.grounds[1].axis, today)
    net = net_of(basis.scope.tasks, changes, basis.specs, basis.links)
    stood = stored(net, basis.grounds[0], today)
    before = _before(basis, stood, changes, today)
    course = Course(stood, before, before.copy())
    name(course, changes.moves)
    milestones = standing(stood)
    if changes.strategy is Strategy.KEEP_GAP:
        keep_gaps(course, milestones, _fresh(course, changes))
    elif changes.strategy is Strategy.CLOSE_GAP:
        _close_gaps(basis, course, changes, today)
    leave_the_past(course, milestones, today)
    return answer(basis, course, changes, today)


def _before(basis: Basis, stood: Places, changes: Changes, today: date) -> Places:
    """Where the rules move everything to; without a strategy, launch day alone."""
    old, new = basis.grounds
    if basis.layouts is None:
        return stood
    moved = shifted(stood, old, new, today)
    if changes.strategy is not Strategy.NONE:
        return moved
    stay = stored(stood.net, new, today)
    for n, opens in enumerate(stood.net.opens):
        if opens or stood.net.tasks[n].key in basis.scope.added:
            stay.start[n], stay.span[n] = moved.start[n], moved.span[n]
        elif stood.net.frozen[n] in (None, Frozen.FIXED):
            stay.span[n] = stood.span[n]
    return stay


def _fresh(course: Course, changes: Changes) -> set[tuple[int, int]]:
    at = course.net.at
    return {(at[new.task], at[new.link.task]) for new in changes.links}


def _close_gaps(basis: Basis, course: Course, changes: Changes, today: date) -> None:
    everything = basis.layouts is not None or not (changes.moves or changes.links or changes.cuts)
    movers = movers_of(course, changes, today, everything=everything)
    floors = floors_of(course, basis.grounds[1], basis.specs, movers)
    close_gaps(course, movers, floors, today)


def shift_phase(state: State, phase: str, days: int, today: date) -> Replan:
    """Move a phase with its open tasks by working days, and the project's end if it is the last.

    This is how a gate that is passed late makes room for what it opens.
    """
    changes = Changes()
    basis = basis_of(state, changes, today)
    ground = basis.grounds[0]
    frame = _late_frame(basis.frame, phase, days, ground.axis)
    days_then = fixed_days(frame, state.parameters, ground.bare)
    late = Ground(ground.axis, days_then, None, ground.bare)
    basis = replace(basis, frame=frame, grounds=(ground, late))
    net = net_of(state.tasks, changes, basis.specs, basis.links)
    stood = stored(net, ground, today)
    course = Course(stood, stood, stood.copy())
    for n, task in enumerate(net.tasks):
        if task.phase == phase and net.frozen[n] in (None, Frozen.FIXED):
            course.places.start[n] += days
            course.reasons[n] = Reason("phase", late.anchor(phase))
    leave_the_past(course, standing(stood), today)
    return answer(basis, course, changes, today)


def _late_frame(frame: Frame, phase: str, days: int, axis: Axis) -> Frame:
    """The phase before it ends later, too."""

    def later(day: date) -> date:
        return axis.day(axis.first(day) + days)

    place = [known.key for known in frame.phases].index(phase)
    phases = list(frame.phases)
    mine = phases[place]
    phases[place] = replace(mine, start_on=later(mine.start_on), end_on=later(mine.end_on))
    if place:
        phases[place - 1] = replace(phases[place - 1], end_on=later(phases[place - 1].end_on))
    is_last = place == len(phases) - 1
    end_on = later(frame.end_on) if is_last else frame.end_on
    return Frame(tuple(phases), frame.start_on, end_on)
