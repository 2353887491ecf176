"""What a well-formed playbook can still get wrong."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from graphlib import CycleError, TopologicalSorter
from typing import Final

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.grammar import CRITERIA, MAX_TASKS, PHASES
from tracker.playbooks.model import Anchor
from tracker.playbooks.module_faults import estimate_faults, module_faults
from tracker.playbooks.parameters import RANGES
from tracker.playbooks.recurrence import BadRule, check_rule
from tracker.playbooks.schedule import MONTHS_TO_DEVELOP, FixedDays, month_shift
from tracker.playbooks.source import Block, Items, Problem
from tracker.playbooks.watch_faults import kind_faults, watch_faults

# In calendar days, roughly: only used to compare two offsets from the same anchor.
_ROUGHLY = {"working_days": 1.4, "calendar_days": 1.0, "months": 30.4, "share": 1.0}
_OFFSETS = tuple(_ROUGHLY)
_OF_ALL_CRITERIA: Final = frozenset(("key", "kind", "title", "blocks"))
_A_LAUNCH: Final = date(2028, 1, 3)
# The longest plan that parameters allow: what a ritual may fill.
_LONGEST: Final = FixedDays(
    start=month_shift(_A_LAUNCH, -RANGES["prepare_months"][1]),
    launch=_A_LAUNCH,
    launch_end=_A_LAUNCH + timedelta(weeks=RANGES["launch_weeks"][1]),
    develop=month_shift(_A_LAUNCH, MONTHS_TO_DEVELOP),
    end=month_shift(_A_LAUNCH, MONTHS_TO_DEVELOP + RANGES["develop_months"][1]),
)
_BEGINS: Final = {
    "prepare": _LONGEST.start,
    "launch": _LONGEST.launch,
    "recruit": _LONGEST.launch,
    "develop": _LONGEST.develop,
}


def find_faults(document: Block) -> Iterator[Problem]:
    """Faults of meaning: who waits for whom, windows, gates, quiz."""
    tasks = dict(_tasks(document))
    if len(tasks) + sum(len(m.get("tasks", ())) for m in document.get("modules", ())) > MAX_TASKS:
        yield _at(document, "phases", f"more than {MAX_TASKS} tasks; split the playbook")
    yield from _phases(document["phases"])
    yield from _doubled(document)
    for key, task in tasks.items():
        yield from _links(key, task, tasks)
        yield from _windows(task)
        yield from _recurring(key, task)
    yield from _loop(tasks)
    for gate in document.get("gates", ()):
        yield from _gate(gate, document, tasks)
    yield from _references(document, tasks)
    yield from module_faults(document)
    yield from estimate_faults(document, tasks)
    yield from watch_faults(document)
    if "quiz" in document:
        yield from _quiz(document["quiz"])


def _at(block: Block, key: str, message: str) -> Problem:
    return Problem(block.path, block.lines.get(key, block.line), message)


def _item(items: Items, index: int, message: str) -> Problem:
    """A joined list holds items of several files, so an item's own place is told."""
    return Problem(items[index].path, items[index].line, message)


def _tasks(document: Block) -> Iterator[tuple[str, Block]]:
    for phase in document["phases"]:
        for checklist in phase.get("checklists", ()):
            for task in checklist["tasks"]:
                yield f"{phase['key']}.{checklist['key']}.{task['key']}", task


def _phases(phases: Items) -> Iterator[Problem]:
    order = [PHASES.index(phase["key"]) for phase in phases]
    for index, phase in enumerate(phases):
        if "title" not in phase:
            yield Problem(phase.path, phase.line, f"the phase “{phase['key']}” needs a “title”")
        if index and order[index] <= order[index - 1]:
            yield _item(phases, index, f"the phases are, in this order: {', '.join(PHASES)}")


def _doubled(document: Block) -> Iterator[Problem]:
    """The same checklist from two files: one list cannot see it, the joined one does."""
    for phase in document["phases"]:
        seen: set[str] = set()
        for checklist in phase.get("checklists", ()):
            if checklist["key"] in seen:
                yield _at(checklist, "key", f"the checklist “{checklist['key']}” stands twice")
            seen.add(checklist["key"])


def _predecessors(task: Block) -> Iterator[tuple[str, int]]:
    links = task.get("after")
    if links is None:
        return
    for link, line in zip(links, links.lines, strict=True):
        yield (link if isinstance(link, str) else link["task"]), line


def _links(key: str, task: Block, tasks: Mapping[str, Block]) -> Iterator[Problem]:
    for earlier, line in _predecessors(task):
        if earlier not in tasks:
            yield Problem(task.path, line, f"{key} waits for “{earlier}”, which does not exist")
        elif "recurring" in tasks[earlier]:
            yield Problem(
                task.path, line, f"{key} waits for the ritual {earlier}, which never ends"
            )
        elif _is_before(key, task) and not _is_before(earlier, tasks[earlier]):
            yield Problem(
                task.path,
                line,
                f"{key} lies before launch day and cannot wait for {earlier}, which comes after it",
            )


def _is_before(key: str, task: Block) -> bool:
    return bool(task.get("early")) or key.startswith("prepare.")


def _windows(task: Block) -> Iterator[Problem]:
    for name in ("on", "not_before", "deadline"):
        if name in task:
            yield from _anchor(task, name)
    yield from _impossible(task)


def _anchor(block: Block, name: str) -> Iterator[Problem]:
    anchor = block[name]
    if sum(offset in anchor for offset in _OFFSETS) > 1:
        yield _at(block, name, f"{name} takes one offset at most")
    if "share" in anchor and anchor["anchor"] != "develop":
        yield _at(block, name, "a share is told from the anchor “develop” only")


def _impossible(task: Block) -> Iterator[Problem]:
    for first, last in (("not_before", "deadline"), ("on", "deadline"), ("not_before", "on")):
        early, late = task.get(first), task.get(last)
        if early and late and early["anchor"] == late["anchor"] and _rough(early) > _rough(late):
            yield _at(task, last, f"impossible window: “{last}” comes before “{first}”")


def _rough(anchor: Block) -> float:
    return float(sum(anchor.get(offset, 0) * days for offset, days in _ROUGHLY.items()))


def _recurring(key: str, task: Block) -> Iterator[Problem]:
    if "recurring" not in task:
        return
    recurring = task["recurring"]
    yield from _anchor(recurring, "until")
    begins = _LONGEST.start if task.get("early") else _BEGINS[key.split(".", maxsplit=1)[0]]
    first = _day(task.get("on") or task.get("not_before"), begins)
    try:
        check_rule(recurring["rrule"], first, _day(recurring["until"], first))
    except BadRule as error:
        yield _at(recurring, "rrule", error.say("en"))
    if task["days"] == 0:
        yield _at(task, "days", "a ritual lasts at least one day")


def _day(anchor: Block | None, otherwise: date) -> date:
    """Where the anchor lies in the longest plan."""
    if anchor is None:
        return otherwise
    offsets = {name: value for name, value in anchor.items() if name != "anchor"}
    return _LONGEST.of(Anchor(anchor["anchor"], **offsets), WorkCalendar())


def _loop(tasks: Mapping[str, Block]) -> Iterator[Problem]:
    graph = {key: [earlier for earlier, _ in _predecessors(task)] for key, task in tasks.items()}
    try:
        TopologicalSorter(graph).prepare()
    except CycleError as error:
        path: list[str] = error.args[1]
        first = tasks.get(path[0])
        if first is not None:
            yield _at(first, "after", f"tasks wait for each other in a loop: {' → '.join(path)}")


def _gate(gate: Block, document: Block, tasks: Mapping[str, Block]) -> Iterator[Problem]:
    phases = {phase["key"] for phase in document["phases"]}
    for border in ("after_phase", "before_phase"):
        if gate[border] is not None and gate[border] not in phases:
            yield _at(gate, border, f"the playbook has no phase “{gate[border]}”")
    if gate["after_phase"] is None and gate["before_phase"] is None:
        yield _at(gate, "after_phase", "a gate lies beside at least one phase")
    yield from _anchor(gate, "on")
    for criterion in gate["criteria"]:
        yield from _criterion(criterion, tasks)
        if "since" in criterion:
            yield from _anchor(criterion, "since")


def _criterion(criterion: Block, tasks: Mapping[str, Block]) -> Iterator[Problem]:
    yield from kind_faults(criterion, CRITERIA, _OF_ALL_CRITERIA, "criterion")
    named = [("task", criterion["task"])] if "task" in criterion else []
    named += [("of", name) for name in criterion.get("of", ())]
    for key, name in named:
        if name not in tasks:
            yield _at(criterion, key, f"the task “{name}” does not exist")


def _references(document: Block, tasks: Mapping[str, Block]) -> Iterator[Problem]:
    """Metrics and tasks that are named elsewhere must exist, where the playbook lists them."""
    metrics = {metric["key"] for metric in document.get("metrics", ())}
    for kind in document.get("community_types", ()):
        for mechanic in kind["mechanics"]:
            for name in mechanic["tasks"]:
                if name not in tasks:
                    yield _at(mechanic, "tasks", f"the task “{name}” does not exist")
        for name in kind["metrics"]:
            if metrics and name not in metrics:
                yield _at(kind, "metrics", f"the metric “{name}” does not exist")
    yield from _figures(document, metrics)


def _figures(document: Block, metrics: set[str]) -> Iterator[Problem]:
    named = [c for gate in document.get("gates", ()) for c in gate["criteria"] if "metric" in c]
    named += [target for case in document.get("cases", ()) for target in case.get("targets", ())]
    named += [
        *document.get("targets", ()),
        *(w for w in document.get("watches", ()) if "metric" in w),
    ]
    for block in named:
        if metrics and block["metric"] not in metrics:
            yield _at(block, "metric", f"the metric “{block['metric']}” does not exist")


def _quiz(quiz: Block) -> Iterator[Problem]:
    """The bands must cover every score once."""
    best = max(quiz["points"].values()) * len(quiz["questions"])
    expected = best
    for band in quiz["bands"]:
        if band["max"] != expected or band["min"] > band["max"]:
            yield _at(band, "max", f"this band must end at {expected}: bands go from best to worst")
        expected = band["min"] - 1
    if expected != -1:
        yield _at(quiz, "bands", f"no band for the scores from 0 to {expected}")
