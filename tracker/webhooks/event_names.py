"""What events are asked for by: their types, and families of these. Pure."""

from collections.abc import Collection, Sequence
from typing import Final

from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.webhooks.event_rights import family_of

_NO_SUCH: Final = Sentence(
    en="There is no event “{name}”. docs/events.md lists them; `task.*` stands for all of tasks.",
    fr="Il n'y a pas d'événement « {name} ». docs/events.md les liste ; `task.*` vaut pour tous "
    "ceux des tâches.",
)


def asked_for(names: str | None, known: Collection[str]) -> Sequence[str]:
    """The types of ``known`` that are meant by ``names``, between commas; None: all. Invalid."""
    if names is None:
        return sorted(known)
    found: set[str] = set()
    for name in map(str.strip, names.split(",")):
        meant = {topic for topic in known if name in (topic, f"{family_of(topic)}.*")}
        if not meant:
            raise Invalid({"type": [Said(_NO_SUCH, {"name": name[:100]})]})
        found |= meant
    return sorted(found)
