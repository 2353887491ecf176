"""Who of a board's people is who here: by e-mail, or as the manager says. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final
from uuid import UUID

from tracker.connectors.board_copy import Person
from tracker.kernel.errors import Invalid
from tracker.kernel.texts import Said, Sentence

_NOBODY_THERE: Final = Sentence(
    en="Nobody on the board is called “{name}”: give a user name, a full name, an e-mail or an id "
    "of theirs.",
    fr="Personne sur le tableau ne s'appelle « {name} » : donner un nom d'utilisateur, un nom "
    "complet, un e-mail ou un identifiant de là-bas.",
)
_NOBODY_HERE: Final = Sentence(
    en="“{value}” is not a member of this workspace; give an e-mail or an id of one.",
    fr="« {value} » n'est pas membre de cet espace ; donner l'e-mail ou l'identifiant d'un membre.",
)

Named = Mapping[str, str | None]
"""What people are called there → an e-mail or id of a member here, None for nobody."""


@dataclass(frozen=True, slots=True)
class Known:
    """Somebody on the board, and who they are here."""

    person: Person
    member_id: UUID | None


def asked_for(people: Sequence[Person], named: Named) -> list[str]:
    """The members whose ids are needed."""
    return [*filter(None, named.values()), *(one.email for one in people if one.email)]


def known_people(
    people: Sequence[Person], named: Named, members: Mapping[str, UUID]
) -> dict[str, Known]:
    """Everybody on the board by their ids there. Raises Invalid, naming who is nowhere."""
    told: dict[str, str | None] = {}
    faults: dict[str, list[Said]] = {}
    for name, member in named.items():
        ids = [one.id for one in people if name.casefold() in _names(one)]
        if not ids:
            faults[name] = [Said(_NOBODY_THERE, {"name": name})]
        elif member is not None and member not in members:
            faults[name] = [Said(_NOBODY_HERE, {"value": member})]
        told |= dict.fromkeys(ids, member)
    if faults:
        raise Invalid({"members": faults})
    wanted = {one.id: told.get(one.id, one.email) for one in people}
    return {one.id: Known(one, members.get(wanted[one.id] or "")) for one in people}


def _names(person: Person) -> set[str]:
    names = (person.id, person.name, person.username, person.email)
    return {name.casefold() for name in names if name}
