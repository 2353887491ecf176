"""Tasks that come and go with the parameters: audience, type, scope, public."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tracker.kernel.texts import Said
from tracker.playbooks.layout import LONG_AGO, Layout
from tracker.playbooks.plan import make_plan
from tracker.playbooks.planned import PlannedTask
from tracker.projects.replanning.values import State, StoredTask

_NOBODY: Final = UUID(int=0)
"""Stands for the id that a new task is given when it is stored."""


@dataclass(frozen=True, slots=True)
class Scope:
    """All tasks as they will be, and which of them come, go, or come back."""

    tasks: tuple[StoredTask, ...]
    added: Mapping[str, PlannedTask]
    retired: Mapping[str, Said]
    revived: tuple[str, ...]


def scope_of(state: State, old: Layout, new: Layout, *, is_launched: bool) -> Scope:
    """What the new parameters make of the tasks. What is done stays done."""
    come = new.kept.keys() - old.kept.keys()
    gone = old.kept.keys() - new.kept.keys()
    if not come and not gone:
        return Scope(state.tasks, {}, {}, ())
    retired = {
        task.key: new.left_out[task.key]
        for task in state.tasks
        if task.key in gone and task.is_open
    }
    revived = tuple(
        task.key for task in state.tasks if task.key in come and task.status == "not_applicable"
    )
    added = _added(state, new, come, is_launched=is_launched)
    tasks = [
        task._replace(status="not_applicable")
        if task.key in retired
        else task._replace(status="todo", started_on=None)
        if task.key in revived
        else task
        for task in state.tasks
    ]
    tasks += [_stored(task, new) for task in added.values()]
    return Scope(tuple(tasks), added, retired, revived)


def _added(
    state: State, new: Layout, come: set[str], *, is_launched: bool
) -> dict[str, PlannedTask]:
    """A community that is running needs no more preparation."""
    known = {task.key for task in state.tasks}
    wanted = {key for key in come - known if not (is_launched and new.kept[key].is_before_launch)}
    if not wanted:
        return {}
    planned = make_plan(state.playbook, new.parameters, LONG_AGO)
    return {task.spec.key: task for task in planned.tasks if task.spec.key in wanted}


def _stored(task: PlannedTask, new: Layout) -> StoredTask:
    spec, language = task.spec, new.parameters.language
    return StoredTask(
        id=_NOBODY,
        key=spec.key,
        title=spec.title[language],
        phase=spec.phase,
        checklist=spec.checklist,
        start_on=task.start_on,
        due_on=task.due_on,
        is_milestone=spec.is_milestone,
        is_early=spec.early,
        is_ritual=spec.recurring is not None,
        deadline_on=task.deadline_on,
        repeats_until=task.repeats_until,
        after=task.after,
    )
