"""Words that several sentences of this room share."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from tracker.gates.facts import MemberFact
from tracker.kernel.texts import Sentence

PHASE: Final[Mapping[str, Sentence]] = {
    "prepare": Sentence(en="the preparation", fr="la préparation"),
    "launch": Sentence(en="the launch", fr="le lancement"),
    "recruit": Sentence(en="the recruitment", fr="le recrutement"),
    "develop": Sentence(en="the development", fr="le développement"),
}
ROLE: Final[Mapping[str, Sentence]] = {
    "sponsor": Sentence(en="sponsor", fr="sponsor"),
    "project_manager": Sentence(en="project manager", fr="chef de projet"),
    "community_manager": Sentence(en="community manager", fr="community manager"),
    "content": Sentence(en="content", fr="contenus"),
    "moderation": Sentence(en="moderation", fr="modération"),
    "expert": Sentence(en="expert", fr="expert"),
    "it": Sentence(en="IT", fr="informatique"),
    "data": Sentence(en="data", fr="données"),
}
STATUS: Final[Mapping[str, Sentence]] = {
    "todo": Sentence(en="to do", fr="à faire"),
    "in_progress": Sentence(en="in progress", fr="en cours"),
    "blocked": Sentence(en="blocked", fr="bloqué"),
    "done": Sentence(en="done", fr="fait"),
    "not_applicable": Sentence(en="not applicable", fr="sans objet"),
}
STATE: Final[Mapping[str, Sentence]] = {
    "met": Sentence(en="met", fr="rempli"),
    "unmet": Sentence(en="unmet", fr="non rempli"),
    "unknown": Sentence(en="unknown", fr="inconnu"),
}


def quoted(titles: Sequence[str], *, most: int = 10) -> dict[str, str]:
    """Titles in the quotation marks of each language; beyond ``most`` they are counted."""
    shown, more = titles[:most], len(titles) - most
    english = ", ".join(f"“{title}”" for title in shown)
    french = ", ".join(f"« {title} »" for title in shown)
    if more > 0:
        return {"en": f"{english} and {more} more", "fr": f"{french} et {more} de plus"}
    return {"en": english, "fr": french}


def names_of(members: Iterable[MemberFact]) -> str:
    """People by name."""
    return ", ".join(member.name for member in members)
