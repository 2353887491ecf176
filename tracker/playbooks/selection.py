"""Which tasks of a playbook apply to a project, and why the others do not."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.model import Link, Playbook, TaskSpec
from tracker.playbooks.parameters import Parameters

_ONLY_FOR: Final[Mapping[str, Sentence]] = {
    "audience": Sentence(
        en="Only for an audience that is {wanted}; this project's is {actual}.",
        fr="Seulement pour une audience {wanted} ; celle du projet est {actual}.",
    ),
    "scope": Sentence(
        en="Only for {wanted} communities; this one is {actual}.",
        fr="Seulement pour les communautés de portée {wanted} ; celle-ci est {actual}.",
    ),
    "type": Sentence(
        en="An activation mechanic of {wanted} communities; this one is {actual}.",
        fr="Mécanique d'activation des communautés {wanted} ; celle-ci est {actual}.",
    ),
    "public": Sentence(
        en="Only for communities open to consumers at large.",
        fr="Seulement pour les communautés grand public.",
    ),
}
_NOT_PUBLIC: Final = Sentence(
    en="Only for communities that are not open to consumers at large.",
    fr="Seulement pour les communautés qui ne sont pas grand public.",
)
_LAUNCHED: Final = Sentence(
    en="Lies before launch day, and the community has been open since {launch_on}.",
    fr="Précède le jour du lancement, et la communauté est ouverte depuis le {launch_on}.",
)
NO_TYPE: Final = Sentence(en="of no declared type", fr="sans type déclaré")
_WORDS: Final[Mapping[str, Sentence]] = {
    "existing": Sentence(en="already there", fr="déjà existante"),
    "from_scratch": Sentence(en="to be built from scratch", fr="à bâtir de zéro"),
    "both": Sentence(en="both", fr="mixte"),
    "internal": Sentence(en="internal", fr="interne"),
    "external": Sentence(en="external", fr="externe"),
    "hybrid": Sentence(en="hybrid", fr="hybride"),
}
# A value that stands for several: it meets a condition on any of them.
_MEETS: Final[Mapping[str, frozenset[str]]] = {
    "both": frozenset({"both", "existing", "from_scratch"}),
    "hybrid": frozenset({"hybrid", "internal", "external"}),
}


def reason_to_leave_out(task: TaskSpec, parameters: Parameters, playbook: Playbook) -> Said | None:
    """The first condition of ``task`` that the project does not meet; None if it applies."""
    for name, wanted in task.only_for.items():
        actual: Any = getattr(parameters, "community_type" if name == "type" else name)
        if not _MEETS.get(actual, frozenset({actual})) & frozenset(wanted):
            return _condition(name, wanted, actual, playbook)
    return None


def _condition(name: str, wanted: tuple[Any, ...], actual: Any, playbook: Playbook) -> Said:
    if name == "public":
        return Said(_ONLY_FOR["public"] if True in wanted else _NOT_PUBLIC, {})
    if name == "type":
        words = {key: (playbook.community_type(key) or {}).get("title", key) for key in wanted}
        mine = (playbook.community_type(actual) or {}).get("title", actual) if actual else NO_TYPE
        return Said(_ONLY_FOR[name], {"wanted": next(iter(words.values())), "actual": mine})
    return Said(
        _ONLY_FOR[name], {"wanted": _WORDS[wanted[0]], "actual": _WORDS.get(actual, actual)}
    )


def choose(
    playbook: Playbook, parameters: Parameters
) -> tuple[dict[str, TaskSpec], dict[str, Said]]:
    """The tasks that apply, and the reasons of those that do not, under their full keys."""
    kept: dict[str, TaskSpec] = {}
    left_out: dict[str, Said] = {}
    for task in playbook.tasks:
        reason = reason_to_leave_out(task, parameters, playbook)
        if reason is None:
            kept[task.key] = task
        else:
            left_out[task.key] = reason
    return kept, left_out


def lies_behind(launch_on: date) -> Said:
    """Why a task of the preparation is left out of a community that is running."""
    return Said(_LAUNCHED, {"launch_on": launch_on.isoformat()})


def links_in_force(
    task: TaskSpec, kept: Mapping[str, TaskSpec], playbook: Playbook
) -> tuple[Link, ...]:
    """What ``task`` waits for; through a task that was left out, for what that one waited for."""
    found: dict[tuple[str, str], Link] = {}
    for link in _bridged(task, kept, playbook, set()):
        known = found.get((link.task, link.type))
        if known is None or known.lag < link.lag:
            found[link.task, link.type] = link
    return tuple(found.values())


def _bridged(
    task: TaskSpec, kept: Mapping[str, TaskSpec], playbook: Playbook, seen: set[str]
) -> Iterator[Link]:
    for link in task.after:
        if link.task in kept:
            yield link
        elif link.task not in seen:
            seen.add(link.task)
            for inner in _bridged(playbook.by_key[link.task], kept, playbook, seen):
                yield Link(inner.task)
