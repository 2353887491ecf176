"""What events are asked for by: their types, and families of these. Pure."""

from collections.abc import Collection, Sequence
from typing import Final

from tracker.kernel.errors import FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.webhooks.event_rights import family_of

_LONGEST: Final = 100  # of what is repeated
_NO_SUCH: Final = Sentence(
    en="There is no type of event “{name}”. docs/events.md lists them; “task.*” means all of "
    "tasks, and no type at all means every event.",
    fr="Il n'y a pas de type d'événement « {name} ». docs/events.md les liste ; « task.* » désigne "
    "tous ceux des tâches, et aucun type, tous les événements.",
)


def names_of(topic: str) -> tuple[str, str]:
    """What an event of this type may be asked for by: the type, or its family."""
    return topic, f"{family_of(topic)}.*"


def asked_for(names: str | None, known: Collection[str]) -> Sequence[str]:
    """The types of ``known`` that are meant by ``names``, between commas; None: all. Invalid."""
    if names is None:
        return sorted(known)
    found: set[str] = set()
    for name in map(str.strip, names.split(",")):
        meant = {topic for topic in known if name in names_of(topic)}
        if not meant:
            raise Invalid({"type": [_no_such(name)]})
        found |= meant
    return sorted(found)


def type_faults(wanted: Sequence[str], known: Collection[str]) -> FieldErrors:
    """What is wrong with a filter, by its place in the list."""
    names = {name for topic in known for name in names_of(topic)}
    return {str(place): [_no_such(name)] for place, name in enumerate(wanted) if name not in names}


def _no_such(name: str) -> Said:
    return Said(_NO_SUCH, {"name": name[:_LONGEST]})
