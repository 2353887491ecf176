"""The tasks of a running plan as numbers: who waits for whom, in which order, and who may move."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from tracker.playbooks.model import Link, TaskSpec
from tracker.projects.replanning.values import Changes, Frozen, StoredTask


class Tie(NamedTuple):
    """Waiting for the task at ``at``."""

    at: int
    type: str
    lag: int


@dataclass(frozen=True, slots=True)
class Net:
    """Everything under the place of its task in ``tasks``; ``order`` has predecessors first.

    A ritual of which there is an occurrence has begun. What does not apply is transparent: who
    waits for it waits, FS+0, for what it waited for.
    """

    tasks: Sequence[StoredTask]
    at: Mapping[str, int]
    ties: Sequence[Sequence[Tie]]
    order: Sequence[int]
    frozen: Sequence[Frozen | None]
    opens: Sequence[bool]


def net_of(
    tasks: Sequence[StoredTask],
    changes: Changes,
    specs: Mapping[str, TaskSpec],
    after: Mapping[str, Sequence[Link]],
) -> Net:
    """The net of ``tasks`` that wait for ``after``. Loops have been refused before."""
    at = {task.key: n for n, task in enumerate(tasks)}
    begun = {task.ritual for task in tasks}
    ties = [list(_ties(task, after, at, tasks)) for task in tasks]
    return Net(
        tasks=tasks,
        at=at,
        ties=ties,
        order=_order(ties),
        frozen=[
            Frozen.STARTED
            if task.key in begun and task.is_open
            else _frozen(task, changes, specs.get(task.key))
            for task in tasks
        ],
        opens=[_opens(task, specs.get(task.key)) for task in tasks],
    )


def _ties(
    task: StoredTask,
    after: Mapping[str, Sequence[Link]],
    at: Mapping[str, int],
    tasks: Sequence[StoredTask],
) -> Iterator[Tie]:
    for link in after[task.key]:
        place = at.get(link.task)
        if place is None:
            continue
        if tasks[place].status != "not_applicable":
            yield Tie(place, link.type, link.lag)
        else:
            for earlier in _bridged(link.task, after, at, tasks):
                yield Tie(earlier, "FS", 0)


def _bridged(
    key: str,
    after: Mapping[str, Sequence[Link]],
    at: Mapping[str, int],
    tasks: Sequence[StoredTask],
) -> Iterator[int]:
    seen, waiting = {key}, [key]
    while waiting:
        for link in after[waiting.pop()]:
            place = at.get(link.task)
            if place is None or link.task in seen:
                continue
            seen.add(link.task)
            if tasks[place].status == "not_applicable":
                waiting.append(link.task)
            else:
                yield place


def _order(ties: Sequence[Sequence[Tie]]) -> list[int]:
    """Predecessors first."""
    waiting = [len(mine) for mine in ties]
    followers: list[list[int]] = [[] for _ in ties]
    for n, mine in enumerate(ties):
        for tie in mine:
            followers[tie.at].append(n)
    ordered = [n for n, count in enumerate(waiting) if not count]
    for n in ordered:  # grows while it is walked
        for follower in followers[n]:
            waiting[follower] -= 1
            if not waiting[follower]:
                ordered.append(follower)
    return ordered


def _frozen(task: StoredTask, changes: Changes, spec: TaskSpec | None) -> Frozen | None:
    if not task.is_open:
        return Frozen.DONE if task.status == "done" else Frozen.NOT_APPLICABLE
    move = changes.moves.get(task.key)
    if task.is_pinned if move is None or move.pinned is None else move.pinned:
        return Frozen.PINNED
    if task.began_on is not None:
        return Frozen.STARTED
    return Frozen.FIXED if spec is not None and spec.on is not None else None


def _opens(task: StoredTask, spec: TaskSpec | None) -> bool:
    """Whether it may lie on a closed launch day."""
    if task.phase == "launch" and task.checklist == "day":
        return True
    on = spec.on if spec else None
    return task.is_milestone and on is not None and on.name == "launch" and not on.is_offset
