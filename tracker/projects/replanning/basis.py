"""What a re-plan is counted on: parameters, rules, calendars and frame, before and after."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.layout import LONG_AGO, Layout, lay_out
from tracker.playbooks.model import TaskSpec
from tracker.playbooks.parameters import Parameters, check_parameters
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.checking import check_launch_day, is_launched
from tracker.projects.replanning.frame import Frame, fixed_days, frame_of, moved_frame
from tracker.projects.replanning.linking import Links, links_after
from tracker.projects.replanning.scope import Scope, scope_of
from tracker.projects.replanning.shifting import Ground
from tracker.projects.replanning.values import Changes, State

_MOVE_NOTHING: Final = frozenset({"blackouts", "member_regions"})


@dataclass(frozen=True)
class Basis:
    """``layouts`` are the rules before and after; None where no rule changes."""

    state: State
    parameters: Parameters
    layouts: tuple[Layout, Layout] | None
    grounds: tuple[Ground, Ground]
    frame: Frame
    scope: Scope
    links: Links

    @property
    def specs(self) -> Mapping[str, TaskSpec]:
        """What the playbook says of tasks."""
        return self.state.playbook.by_key

    @property
    def launch_on(self) -> date:
        """The new launch day."""
        return self.grounds[1].days.launch


def basis_of(state: State, changes: Changes, today: date) -> Basis:
    """Raises Invalid, DependencyLoop, PlanDoesNotFit."""
    wanted = replace(state.parameters, **{**changes.parameters, "start_on": None})
    check_parameters(wanted, LONG_AGO)
    launch_on = wanted.launch_on
    assert launch_on
    check_launch_day(state, launch_on, today)
    frame = frame_of(state)
    bare = _calendar(state.parameters)
    old_days = fixed_days(frame, state.parameters, bare)
    layouts = _layouts(state, wanted, changes)
    if layouts is None:
        ground = Ground(Axis.on(bare, state.launch_on), old_days, None, bare)
        scope = Scope(state.tasks, {}, {}, ())
        links = links_after(state.tasks, changes, None)
        return Basis(state, wanted, None, (ground, ground), frame, scope, links)
    before, after = layouts
    axes = Axis(before.calendar), Axis(after.calendar)
    frame = moved_frame(state, before, after, axes)
    new_bare = _calendar(wanted)
    grounds = (
        Ground(axes[0], old_days, before, bare),
        Ground(axes[1], fixed_days(frame, wanted, new_bare), after, new_bare),
    )
    scope = scope_of(state, before, after, is_launched=is_launched(state, today))
    links = links_after(scope.tasks, changes, layouts)
    return Basis(state, wanted, layouts, grounds, frame, scope, links)


def _calendar(parameters: Parameters) -> WorkCalendar:
    return WorkCalendar(parameters.country, parameters.subdivision, parameters.closures)


def _layouts(state: State, wanted: Parameters, changes: Changes) -> tuple[Layout, Layout] | None:
    told = changes.parameters.items()
    if all(name in _MOVE_NOTHING or getattr(state.parameters, name) == it for name, it in told):
        return None
    before = lay_out(state.playbook, replace(state.parameters, start_on=None))
    return before, lay_out(state.playbook, wanted, before)
