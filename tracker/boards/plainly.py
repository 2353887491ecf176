"""Why something was refused, for people who read a card and call no API. Pure."""

from collections.abc import Mapping
from typing import Final

from tracker.gates.words import STATUS
from tracker.kernel.errors import DomainError, FieldErrors, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.projects.rules import ClosedGate
from tracker.projects.task_rules import EvidenceMissing, WrongStatus

_CLOSED_GATE: Final = Sentence(
    en="The gate “{gate}” is not open: nothing behind it is started, ticked or done before. Have "
    "it decided in the tracker, which tells what it still waits for; then set this again.",
    fr="Le point de passage « {gate} » n'est pas ouvert : rien de ce qui est derrière ne commence, "
    "ne se coche ni ne se termine avant. Le faire décider dans le tracker, qui dit ce qu'il attend "
    "encore ; puis refaire ce changement.",
)
_SHOW_IT: Final = Sentence(
    en="Before this task is done, show it: in the tracker, add {kind} to it, then set this again. "
    "What is asked for: {proof}",
    fr="Avant de terminer cette tâche, en apporter la preuve : y ajouter {kind} dans le tracker, "
    "puis refaire ce changement. Ce qui est demandé : {proof}",
)
_NO_WAY: Final = Sentence(
    en="A task that is “{old}” does not become “{new}” at once. Set it to one of these first: "
    "{first}.",
    fr="Une tâche « {old} » ne devient pas « {new} » d'un coup. La mettre d'abord dans un de ces "
    "états : {first}.",
)
_KINDS: Final[Mapping[str, Sentence]] = {
    "link": Sentence(en="a link", fr="un lien"),
    "note": Sentence(en="a note", fr="une note"),
    "figure": Sentence(en="a figure", fr="un chiffre"),
}


def plainly(error: DomainError) -> Said:
    """What to do about it; of values, what is wrong with the first."""
    if isinstance(error, Invalid):
        return _first(error.fields)
    if isinstance(error, ClosedGate):
        return Said(_CLOSED_GATE, {"gate": error.gate["title"]})
    if isinstance(error, EvidenceMissing):
        kind = _KINDS[str(error.evidence["kind"])]
        return Said(_SHOW_IT, {"kind": kind, "proof": error.evidence["proof"] or kind})
    if isinstance(error, WrongStatus):
        old, new = (STATUS[str(error.said.values[name])] for name in ("old", "new"))
        return Said(_NO_WAY, {"old": old, "new": new, "first": _listed(error.allowed)})
    return error.said


def _first(faults: FieldErrors) -> Said:
    found = next(iter(faults.values()))
    return _first(found) if isinstance(found, Mapping) else found[0]


def _listed(words: list[str]) -> Mapping[str, str]:
    """Words for statuses, one after the other, as a text."""
    return {
        "en": ", ".join(STATUS[word].en for word in words),
        "fr": ", ".join(STATUS[word].fr for word in words),
    }
