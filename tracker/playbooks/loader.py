"""From YAML to a playbook, or to every fault that stands in the way."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from tracker.playbooks.faults import find_faults
from tracker.playbooks.grammar import PLAYBOOK, REFERENCE, WATCHES
from tracker.playbooks.model import (
    Anchor,
    GateSpec,
    Link,
    ModuleSpec,
    PhaseSpec,
    Playbook,
    Recurrence,
    StepSpec,
    TargetSpec,
    TaskSpec,
    WatchSpec,
)
from tracker.playbooks.policy import said_in
from tracker.playbooks.source import Block, Items, Problem, Unreadable, read_file, read_yaml


class BadPlaybook(Exception):
    """A playbook with faults, all of them."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        super().__init__("\n".join(map(str, problems)))


def load_file(path: Path) -> Playbook:
    """Load a playbook and its parts. Raises BadPlaybook."""
    document, problems = read_document(path)
    return _judged(document, problems, str(path))


def load_bytes(content: bytes, name: str) -> Playbook:
    """Load a playbook that came without a folder, so without parts. Raises BadPlaybook."""
    try:
        document, problems = read_yaml(content, name)
    except Unreadable as error:
        raise BadPlaybook([error.problem]) from None
    return _judged(document, problems, name)


def find_problems(path: Path) -> list[Problem]:
    """Every fault of the playbook at ``path``, in the order of its files and lines."""
    document, problems = read_document(path)
    return sorted({*problems, *_faults(document, str(path))})


def trusted_file(path: Path) -> Playbook:
    """Load a playbook that has been checked before: ours, whose faults `catalog check` finds."""
    document, problems = read_document(path)
    if problems:
        raise BadPlaybook(problems)
    assert isinstance(document, Block)
    return build(document)


def read_document(path: Path) -> tuple[object, list[Problem]]:
    """The playbook at ``path`` with its parts joined in, as plain values."""
    try:
        document, problems = read_file(path)
    except Unreadable as error:
        return None, [error.problem]
    if not isinstance(document, Block):
        return None, [*problems, Problem(str(path), 1, "a playbook is a mapping of keys")]
    for name, line in _parts(document, problems):
        _join(document, path.parent / name, Problem(str(path), line, ""), problems)
    return document, problems


def _parts(document: Block, problems: list[Problem]) -> Iterator[tuple[str, int]]:
    parts = document.pop("parts", None)
    if parts is None:
        return
    if not isinstance(parts, Items):
        problems.append(Problem(document.path, document.lines["parts"], "parts must be a list"))
        return
    folder = Path(document.path).parent.resolve()
    for name, line in zip(parts, parts.lines, strict=True):
        # Resolved: neither an absolute path nor a symbolic link leads to another folder.
        if ".." in Path(str(name)).parts or not _is_below(folder, folder / str(name)):
            problems.append(Problem(document.path, line, f"the part “{name}” leaves the folder"))
        else:
            yield str(name), line


def _is_below(folder: Path, path: Path) -> bool:
    try:
        return path.resolve().is_relative_to(folder)
    except (ValueError, OSError):  # a null byte in its name, a link that leads to itself
        return False


def _join(document: Block, path: Path, named: Problem, problems: list[Problem]) -> None:
    """Take the keys of one part into the whole.

    Lists of phases are joined by their keys, modules and estimates one after the other.
    """
    try:
        part, faults = read_file(path)
    except Unreadable as error:
        problems.append(Problem(named.path, named.line, f"the part {error.problem.message}"))
        return
    problems += faults
    if not isinstance(part, Block):
        problems.append(Problem(str(path), 1, "a part is a mapping of keys"))
        return
    for key, value in part.items():
        if key == "phases" and isinstance(document.get(key), Items) and isinstance(value, Items):
            _join_phases(document[key], value, problems)
        elif key == "modules" and isinstance(document.get(key), Items) and isinstance(value, Items):
            _extend(document[key], value, problems)
        elif (
            key == "estimates" and isinstance(document.get(key), Block) and isinstance(value, Block)
        ):
            for name in value:
                _put(document[key], name, value, problems)
        else:
            _put(document, key, part, problems)


def _put(known: Block, key: Any, more: Block, problems: list[Problem]) -> None:
    if key in known:
        problems.append(Problem(more.path, more.lines[key], f"the key “{key}” stands twice"))
    else:
        known[key], known.lines[key] = more[key], more.lines[key]


def _join_phases(known: Items, more: Items, problems: list[Problem]) -> None:
    by_key = {phase.get("key"): phase for phase in known if isinstance(phase, Block)}
    for phase, line in _mappings(more, problems):
        first = by_key.get(phase.get("key"))
        if first is None:
            known.append(phase)
            known.lines.append(line)
            continue
        for key, value in phase.items():
            if isinstance(first.get(key), Items) and isinstance(value, Items):
                _extend(first[key], value, problems)
            else:
                first.setdefault(key, value)


def _extend(known: Items, more: Items, problems: list[Problem]) -> None:
    for item, at in _mappings(more, problems):
        known.append(item)
        known.lines.append(at)


def _mappings(items: Items, problems: list[Problem]) -> Iterator[tuple[Block, int]]:
    """What can be joined: once joined, only a mapping knows from which file it came."""
    for item, line in zip(items, items.lines, strict=True):
        if isinstance(item, Block):
            yield item, line
        else:
            problems.append(Problem(items.path, line, "an item of this list must be a mapping"))


def _judged(document: object, problems: list[Problem], name: str) -> Playbook:
    problems = problems or _faults(document, name)
    if problems or not isinstance(document, Block):
        raise BadPlaybook(sorted(problems))
    return build(document)


def _faults(document: object, path: str) -> list[Problem]:
    """Faults of form first: what a malformed playbook means cannot be judged."""
    if not isinstance(document, Block):
        return [] if document is None else [Problem(path, 1, "a playbook is a mapping of keys")]
    return list(PLAYBOOK.problems(document, (document.path, document.line), "the playbook")) or (
        list(find_faults(document))
    )


def build(document: Mapping[str, Any]) -> Playbook:
    """The playbook behind values that have been found faultless."""
    estimates = document.get("estimates", {})
    return Playbook(
        slug=document["playbook"],
        version=document["version"],
        title=document["title"],
        description=document.get("description"),
        phases=tuple(_phase(phase) for phase in document["phases"]),
        tasks=tuple(
            _task(phase["key"], checklist["key"], task, estimates)
            for phase in document["phases"]
            for checklist in phase.get("checklists", ())
            for task in checklist["tasks"]
        ),
        gates=tuple(_gate(gate) for gate in document.get("gates", ())),
        quiz=document.get("quiz"),
        reference={name: document[name] for name in REFERENCE if name in document},
        modules=tuple(
            _module(module, estimates)
            for module in document.get("modules", ())
            if "tasks" in module
        ),
        reminders=said_in(document.get("reminders")),
        targets=tuple(_target(target) for target in document.get("targets", ())),
        watches=tuple(_watch(watch, document) for watch in document.get("watches", ())),
    )


def _target(target: Mapping[str, Any]) -> TargetSpec:
    phases, types = target.get("phases", ()), target.get("types", ())
    return TargetSpec(
        target["metric"], target["op"], float(target["value"]), tuple(phases), tuple(types)
    )


def _watch(watch: Mapping[str, Any], document: Mapping[str, Any]) -> WatchSpec:
    """An alert of the same key gives it a title, unless it has one of its own."""
    alerts = {alert["key"]: alert for alert in document.get("alerts", ())}
    told = {**alerts.get(watch["key"], {}), **watch}
    names = {name.removesuffix("?") for name in WATCHES[watch["kind"]]}
    return WatchSpec(
        key=watch["key"],
        kind=watch["kind"],
        title=told["title"],
        description=told.get("description"),
        values={name: value for name, value in watch.items() if name in names},
        phases=tuple(watch.get("phases", ())),
        types=tuple(watch.get("types", ())),
        cool_down_days=watch.get("cool_down_days", 14),
        corrects=watch.get("corrects"),
    )


def _phase(phase: Mapping[str, Any]) -> PhaseSpec:
    checklists = phase.get("checklists", ())
    return PhaseSpec(
        key=phase["key"],
        title=phase["title"],
        description=phase.get("description"),
        pitfalls=tuple(phase.get("pitfalls", ())),
        success_factors=tuple(phase.get("success_factors", ())),
        checklists={checklist["key"]: checklist["title"] for checklist in checklists},
    )


def _module(module: Mapping[str, Any], estimates: Mapping[str, Any]) -> ModuleSpec:
    phase, key = module["phase"], module["key"]
    return ModuleSpec(
        key=key,
        title=module["title"],
        description=module.get("description"),
        phase=phase,
        types=tuple(module.get("types", ())),
        mechanics=tuple(module.get("mechanics", ())),
        anchor=f"{phase}.{key}.{module['anchor']}",
        # No gate waits for what is added beside the plan.
        tasks=tuple(
            _task(phase, key, {**task, "optional": True}, estimates) for task in module["tasks"]
        ),
        is_corrective=module.get("corrective", False),
    )


def _task(
    phase: str, checklist: str, task: Mapping[str, Any], estimates: Mapping[str, Any]
) -> TaskSpec:
    key, recurring = f"{phase}.{checklist}.{task['key']}", task.get("recurring")
    estimate = estimates.get(key, {})
    return TaskSpec(
        key=key,
        phase=phase,
        checklist=checklist,
        title=task["title"],
        description=task.get("description"),
        role=task["role"],
        days=task["days"],
        after=tuple(_link(link, f"{phase}.{checklist}.") for link in task.get("after", ())),
        only_for={key: tuple(wanted) for key, wanted in task.get("only_for", {}).items()},
        early=task.get("early", False),
        optional=task.get("optional", False),
        on=_anchor(task.get("on")),
        not_before=_anchor(task.get("not_before")),
        deadline=_anchor(task.get("deadline")),
        recurring=recurring and _recurrence(recurring),
        evidence=task.get("evidence"),
        proof=task.get("proof"),
        pillar=task.get("pillar"),
        steps=tuple(StepSpec(step["key"], step["title"]) for step in task.get("steps", ())),
        optimistic=estimate.get("optimistic"),
        pessimistic=estimate.get("pessimistic"),
    )


def _link(link: str | Mapping[str, Any], home: str) -> Link:
    """Tasks of a module name each other by their short keys, which have no dot."""
    told: Mapping[str, Any] = {"task": link} if isinstance(link, str) else link
    task = told["task"] if "." in told["task"] else home + told["task"]
    return Link(task, told.get("type", "FS"), told.get("lag", 0))


def _anchor(anchor: Mapping[str, Any] | None) -> Anchor | None:
    if anchor is None:
        return None
    offsets = {name: value for name, value in anchor.items() if name != "anchor"}
    return Anchor(anchor["anchor"], **offsets)


def _recurrence(recurring: Mapping[str, Any]) -> Recurrence:
    until = _anchor(recurring["until"])
    assert until is not None
    on_closed = recurring.get("on_closed", "shift")
    return Recurrence(recurring["rrule"], until, recurring.get("each"), on_closed)


def _gate(gate: Mapping[str, Any]) -> GateSpec:
    on = _anchor(gate["on"])
    assert on is not None
    return GateSpec(
        key=gate["key"],
        title=gate["title"],
        description=gate.get("description"),
        after_phase=gate["after_phase"],
        before_phase=gate["before_phase"],
        on=on,
        criteria=tuple(gate["criteria"]),
    )
