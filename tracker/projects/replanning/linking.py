"""Links that come, go, or last longer; and the loops that they must not make."""

from collections.abc import Iterator, Sequence
from operator import is_

from tracker.playbooks.layout import Layout
from tracker.playbooks.model import Link
from tracker.projects.loops import DependencyLoop, find_loop
from tracker.projects.replanning.values import Changes, LinkChange, NewLink, StoredTask

Links = dict[str, list[Link]]


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
    after = {key: [link.task for link in mine] for key, mine in links.items()}
    loop = find_loop(after, successor=new.task, predecessor=new.link.task)
    if loop is not None:
        raise DependencyLoop(loop, {task.key: task.title for task in tasks})


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
