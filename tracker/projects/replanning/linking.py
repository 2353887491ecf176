"""Links that come, go, or last longer; and the loops that they must not make."""

from collections.abc import Iterator, Mapping, Sequence
from operator import is_
from typing import ClassVar, Final

from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Sentence
from tracker.playbooks.layout import Layout
from tracker.playbooks.model import Link
from tracker.projects.replanning.values import Changes, LinkChange, NewLink, StoredTask

_LOOP: Final = Sentence(
    en="This dependency would close a loop, in which every task waits for itself: {path}. Cut one "
    "of its links first.",
    fr="Cette dépendance fermerait une boucle, où chaque tâche s'attend elle-même : {path}. Couper "
    "d'abord un de ses liens.",
)
Links = dict[str, list[Link]]


class DependencyLoop(DomainError):
    """A loop; ``path`` are the keys of its tasks, the first one again at its end."""

    type: ClassVar[str] = "dependency-loop"
    extensions: ClassVar[tuple[str, ...]] = ("path",)

    def __init__(self, path: Sequence[str], titles: Mapping[str, str]) -> None:
        self.path = tuple(path)
        en = " → ".join(f"“{titles[key]}” ({key})" for key in path)
        fr = " → ".join(f"« {titles[key]} » ({key})" for key in path)
        super().__init__(_LOOP, path=Sentence(en=en, fr=fr))


def links_after(
    tasks: Sequence[StoredTask], changes: Changes, layouts: tuple[Layout, Layout] | None
) -> Links:
    """What each task waits for once the changes are made. Raises DependencyLoop."""
    links: Links = {task.key: list(task.after) for task in tasks}
    if layouts and layouts[0].shape is not layouts[1].shape:
        _re_rule(links, *layouts)
    for cut in changes.cuts:
        links[cut.task] = [
            link
            for link in links[cut.task]
            if link.task != cut.predecessor or cut.type not in (None, link.type)
        ]
    for new in changes.links:
        _check_loop(links, new, tasks)
        mine = [link for link in links[new.task] if _which(link) != _which(new.link)]
        links[new.task] = [*mine, new.link]
    return links


def _which(link: Link) -> tuple[str, str]:
    return link.task, link.type


def _re_rule(links: Links, old: Layout, new: Layout) -> None:
    """Links that are as the rules had them become as the rules have them."""
    for key, mine in links.items():
        before = {_which(link): link for link in old.links.get(key, ())}
        after = {_which(link): link for link in new.links.get(key, ())}
        if key not in new.kept or before == after:
            continue
        kept = [
            after.get(_which(link), link) if before.get(_which(link)) == link else link
            for link in mine
            if _which(link) not in before or _which(link) in after
        ]
        known = {_which(link) for link in kept} | set(before)
        come = [link for which, link in after.items() if which not in known and link.task in links]
        links[key] = [*kept, *come]


def _check_loop(links: Links, new: NewLink, tasks: Sequence[StoredTask]) -> None:
    """Follow what the predecessor waits for; coming to the follower closes a loop."""
    goal, first = new.task, new.link.task
    came_from: dict[str, str] = {first: goal}
    waiting = [first]
    while waiting and goal != first and goal not in came_from:
        key = waiting.pop()
        for link in links.get(key, ()):
            if link.task not in came_from:
                came_from[link.task] = key
                waiting.append(link.task)
    if goal == first or goal in came_from:
        raise DependencyLoop(_loop(goal, came_from), {task.key: task.title for task in tasks})


def _loop(goal: str, came_from: Mapping[str, str]) -> list[str]:
    """From the follower on, each task before the one that waits for it."""
    path = [goal, came_from[goal]]
    while path[-1] != goal:
        path.append(came_from[path[-1]])
    return path


def changes_of(before: Sequence[StoredTask], after: Links) -> Iterator[LinkChange]:
    """What to write: every link of stored tasks that is not as it was."""
    for task in before:
        if len(task.after) == len(after[task.key]) and all(map(is_, task.after, after[task.key])):
            continue
        old = {_which(link): link.lag for link in task.after}
        new = {_which(link): link.lag for link in after[task.key]}
        for (key, kind), lag in new.items():
            if old.get((key, kind)) != lag:
                yield LinkChange(task.key, key, kind, lag)
        for key, kind in sorted(old.keys() - new.keys()):
            yield LinkChange(task.key, key, kind, None)
