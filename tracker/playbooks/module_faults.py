"""What can be wrong with what goes beyond the plan: modules, and estimates of durations."""

from collections.abc import Iterator, Mapping
from graphlib import CycleError, TopologicalSorter

from tracker.playbooks.source import Block, Problem

_FOR_TASKS = ("phase", "anchor")
_WITH_TASKS = ("phase", "types", "mechanics", "anchor", "corrective")


def module_faults(document: Block) -> Iterator[Problem]:
    """Modules whose tasks do not hold together, or that belong nowhere."""
    checklists = {
        (phase["key"], checklist["key"])
        for phase in document["phases"]
        for checklist in phase.get("checklists", ())
    }
    mechanics = {
        mechanic["key"]
        for kind in document.get("community_types", ())
        for mechanic in kind["mechanics"]
    }
    phases = {phase["key"] for phase in document["phases"]}
    for module in document.get("modules", ()):
        if "tasks" not in module:
            for name in _WITH_TASKS:
                if name in module:
                    yield _at(module, name, f"“{name}” is told of modules with tasks only")
            continue
        yield from _form(module, phases)
        if (module.get("phase"), module["key"]) in checklists:
            message = f"the phase {module['phase']} has a checklist “{module['key']}” already"
            yield _at(module, "key", message)
        for name in module.get("mechanics", ()):
            if name not in mechanics:
                yield _at(module, "mechanics", f"the mechanic “{name}” does not exist")
        yield from _tasks(module)


def _at(block: Block, key: str, message: str) -> Problem:
    return Problem(block.path, block.lines.get(key, block.line), message)


def _form(module: Block, phases: set[str]) -> Iterator[Problem]:
    for name in _FOR_TASKS:
        if name not in module:
            yield _at(module, "tasks", f"a module with tasks needs a “{name}”")
    if "phase" in module and module["phase"] not in phases:
        yield _at(module, "phase", f"the playbook has no phase “{module['phase']}”")
    keys = {task["key"] for task in module["tasks"]}
    if "anchor" in module and module["anchor"] not in keys:
        message = f"“{module['anchor']}” is no task of the module {module['key']}"
        yield _at(module, "anchor", message)


def _tasks(module: Block) -> Iterator[Problem]:
    graph = {
        task["key"]: [
            link if isinstance(link, str) else link["task"] for link in task.get("after", ())
        ]
        for task in module["tasks"]
    }
    for task in module["tasks"]:
        for earlier in graph[task["key"]]:
            if earlier not in graph:
                message = f"{task['key']} waits for “{earlier}”, which is no task of its module"
                yield _at(task, "after", message)
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        loop = " → ".join(path)
        message = f"tasks of the module {module['key']} wait for each other in a loop: {loop}"
        yield _at(module, "tasks", message)


def estimate_faults(document: Block, tasks: Mapping[str, Block]) -> Iterator[Problem]:
    """Estimates of what does not exist or takes no time, or that do not enclose ``days``."""
    estimates = document.get("estimates")
    if estimates is None:
        return
    known = {**tasks, **dict(_module_tasks(document))}
    for key, estimate in estimates.items():
        task = known.get(key)
        if task is None:
            yield Problem(estimate.path, estimate.line, f"the task “{key}” does not exist")
        elif task["days"] == 0:
            message = f"{key} is a milestone: it takes no time to estimate"
            yield Problem(estimate.path, estimate.line, message)
        else:
            yield from _bounds(key, estimate, task["days"])


def _bounds(key: str, estimate: Block, days: int) -> Iterator[Problem]:
    if estimate["optimistic"] > days:
        yield _at(estimate, "optimistic", f"{key} takes {days} days: optimistic is that or less")
    if estimate["pessimistic"] < days:
        yield _at(estimate, "pessimistic", f"{key} takes {days} days: pessimistic is that or more")


def _module_tasks(document: Block) -> Iterator[tuple[str, Block]]:
    for module in document.get("modules", ()):
        for task in module.get("tasks", ()):
            yield f"{module.get('phase')}.{module['key']}.{task['key']}", task
