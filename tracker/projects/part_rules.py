"""What may be put under a task, and by whom. Pure."""

import re
from collections.abc import Mapping
from typing import Any, Final
from uuid import UUID

from tracker.kernel.errors import Conflict, FieldErrors, Forbidden, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.people.rules import Actor, Permission
from tracker.projects.rules import CLOSED

MOST: Final = 200
# `@name@example.org` in a comment; what comes before must not make it a longer word.
_MENTION: Final = re.compile(
    r"(?<![\w.@+-])@([A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+)"
)
_OF_KIND: Final[Mapping[str, str]] = {"link": "url", "note": "note", "figure": "figure"}
_TOO_MANY: Final = Sentence(
    en="A task holds at most {most} of these. Remove one first.",
    fr="Une tâche en contient au plus {most}. En retirer d'abord.",
)
_NOT_THE_AUTHOR: Final = Sentence(
    en="A comment is changed by its author alone; a manager may delete it.",
    fr="Seul son auteur modifie un commentaire ; un manager peut le supprimer.",
)
_STAYS: Final = Sentence(
    en="The task is {status}, and this shows it: evidence stays once a task is closed. Reopen the "
    "task first.",
    fr="La tâche est {status}, et ceci en est la preuve : elle reste une fois la tâche close. "
    "Rouvrir d'abord la tâche.",
)
_NEEDED: Final = Sentence(
    en="Evidence of the kind {kind} is told here.",
    fr="Une preuve du type {kind} se donne ici.",
)
_NOT_HERE: Final = Sentence(
    en="Evidence of the kind {kind} has no {field}; leave it out.",
    fr="Une preuve du type {kind} n'a pas de {field} ; le retirer.",
)
_NOT_CUSTOM: Final = Sentence(
    en="Only a task that the team has added can be deleted. Set this one to not_applicable, with a "
    "reason.",
    fr="Seule une tâche ajoutée par l'équipe se supprime. Mettre celle-ci à not_applicable, avec "
    "une raison.",
)


class TooManyParts(Conflict):
    """A task is no archive."""

    type = "too-many"

    def __init__(self) -> None:
        super().__init__(_TOO_MANY, most=MOST)


class EvidenceStays(Conflict):
    """What shows that a task is done is not taken away from it."""

    type = "evidence-stays"

    def __init__(self, status: str) -> None:
        super().__init__(_STAYS, status=status)


class NotCustom(Conflict):
    """The plan's own tasks are not deleted."""

    type = "not-custom"

    def __init__(self) -> None:
        super().__init__(_NOT_CUSTOM)


def check_room(count: int) -> None:
    """Raise TooManyParts where a task cannot hold one more of a kind."""
    if count >= MOST:
        raise TooManyParts


def check_is_author(actor: Actor, author_id: UUID) -> None:
    """Raise Forbidden unless the comment is the actor's own."""
    if actor.member_id != author_id:
        raise Forbidden(_NOT_THE_AUTHOR)


def check_may_delete(actor: Actor, author_id: UUID) -> None:
    """Raise Forbidden unless the comment is the actor's own, or they manage projects."""
    if not actor.may(Permission.MANAGE_PROJECTS):
        check_is_author(actor, author_id)


def check_may_watch(actor: Actor, member_id: UUID) -> None:
    """Raise Forbidden: others are made to watch, or not to, by managers."""
    if actor.member_id != member_id:
        actor.must(Permission.MANAGE_PROJECTS)


def check_removable(status: str) -> None:
    """Raise EvidenceStays once the task is closed."""
    if status in CLOSED:
        raise EvidenceStays(status)


def check_evidence_shape(data: Mapping[str, Any]) -> None:
    """Raise Invalid where what is told does not fit the kind. A note may go with any."""
    kind = data["kind"]
    faults: FieldErrors = {
        **(
            {_OF_KIND[kind]: [Said(_NEEDED, {"kind": kind})]}
            if data.get(_OF_KIND[kind]) in (None, "")
            else {}
        ),
        **{
            field: [Said(_NOT_HERE, {"kind": kind, "field": field})]
            for field in ("url", "figure")
            if data.get(field) is not None and _OF_KIND[kind] != field
        },
    }
    if faults:
        raise Invalid(faults)


def mentioned(body: str) -> list[str]:
    """The e-mails that a comment calls, in their order, each once."""
    return list(dict.fromkeys(address.lower() for address in _MENTION.findall(body)))
