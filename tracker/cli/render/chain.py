"""The chain of tasks that holds a day: a slip of any of them moves it."""

from collections.abc import Iterable

from tracker.playbooks.planned import PlannedTask


def critical_chain(tasks: Iterable[PlannedTask]) -> list[PlannedTask]:
    """Back from the last critical task, each time to the critical one it waited for longest."""
    critical = {task.spec.key: task for task in tasks if task.is_critical}
    chain: list[PlannedTask] = []
    task = max(critical.values(), key=_when, default=None)
    while task is not None:
        chain.append(task)
        earlier = (critical[link.task] for link in task.after if link.task in critical)
        task = max(earlier, key=_when, default=None)
    return chain[::-1]


def _when(task: PlannedTask) -> tuple[object, ...]:
    return task.due_on, task.start_on, task.spec.is_milestone
