"""What a platform says when it does not answer as wished, in the words of the engine."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Final, Literal

from tracker.kernel.texts import Sentence

Trouble = Literal[
    "throttled", "not_ready", "credential", "permission", "gone", "our_fault", "transient"
]


# What we say of an answer ourselves, as it stands in brackets in sentences for people.
_DETAILS: Final[Mapping[str, Sentence]] = {
    "no answer": Sentence(en="no answer", fr="pas de réponse"),
    "not JSON": Sentence(en="not JSON", fr="pas du JSON"),
    "cut off": Sentence(en="an answer that is cut off", fr="une réponse coupée"),
    "not the documented shape": Sentence(
        en="an answer of another form than documented",
        fr="une réponse d'une autre forme que documentée",
    ),
    "address refused": Sentence(
        en="an address that may not be called", fr="une adresse qui ne peut pas être appelée"
    ),
    "allowance": Sentence(en="the calls of this token are used up", fr="appels du jeton épuisés"),
    "asked to wait": Sentence(en="it asked for a pause", fr="elle a demandé une pause"),
    "still to wait": Sentence(en="it asked for a pause", fr="elle a demandé une pause"),
    "too many rows on a page": Sentence(
        en="too many rows on a page", fr="trop de lignes sur une page"
    ),
    "a cursor that leads nowhere": Sentence(
        en="a cursor that leads nowhere", fr="un curseur qui ne mène nulle part"
    ),
    "a page that leads to itself": Sentence(
        en="a page that leads to itself", fr="une page qui mène à elle-même"
    ),
    "the next page is at another address": Sentence(
        en="the next page is at another address", fr="la page suivante est à une autre adresse"
    ),
}


def said_detail(detail: object) -> object:
    """A detail as people read it; codes and what a platform said stay as they are."""
    return _DETAILS.get(str(detail), detail)


class PlatformError(Exception):
    """Raised by connectors; the engine decides what follows from its kind.

    ``retry_in`` is what the platform asked for, None where it asked for nothing. ``detail`` is for
    the log and the manager: never a text of a member, an address or a secret.
    """

    def __init__(self, trouble: Trouble, detail: str, *, retry_in: timedelta | None = None) -> None:
        self.trouble = trouble
        self.detail = detail
        self.retry_in = retry_in
        super().__init__(f"{trouble}: {detail}")
