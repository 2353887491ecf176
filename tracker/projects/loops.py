"""Links that would make tasks wait for themselves. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from typing import ClassVar, Final

from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Sentence

_LOOP: Final = Sentence(
    en="This dependency would close a loop, in which every task waits for itself: {path}. Cut one "
    "of its links first.",
    fr="Cette dépendance fermerait une boucle, où chaque tâche s'attend elle-même : {path}. Couper "
    "d'abord un de ses liens.",
)


class DependencyLoop(DomainError):
    """A loop; ``path`` are the keys of its tasks, the first one again at its end."""

    type: ClassVar[str] = "dependency-loop"
    extensions: ClassVar[tuple[str, ...]] = ("path",)

    def __init__(self, path: Sequence[str], titles: Mapping[str, str]) -> None:
        self.path = tuple(path)
        en = " → ".join(f"“{titles[key]}” ({key})" for key in path)
        fr = " → ".join(f"« {titles[key]} » ({key})" for key in path)
        super().__init__(_LOOP, path=Sentence(en=en, fr=fr))


def find_loop(
    after: Mapping[str, Iterable[str]], *, successor: str, predecessor: str
) -> list[str] | None:
    """The loop that a link between two tasks would close: each before the one that waits for it.

    ``after`` maps a task to those that it waits for. The path begins and ends at ``successor``.
    """
    came_from = {predecessor: successor}
    waiting = [predecessor]
    while waiting and successor not in came_from:
        key = waiting.pop()
        for earlier in after.get(key, ()):
            if earlier not in came_from:
                came_from[earlier] = key
                waiting.append(earlier)
    if successor not in came_from:
        return None
    path = [successor, came_from[successor]]
    while path[-1] != successor:
        path.append(came_from[path[-1]])
    return path
