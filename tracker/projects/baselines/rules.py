"""What may be done to a baseline. Pure."""

from collections.abc import Mapping
from typing import Any, Final, Protocol

from tracker.kernel.errors import Conflict
from tracker.kernel.texts import Sentence
from tracker.projects.baselines.frozen import MANUAL

_LOCKED: Final = Sentence(
    en="“{name}” is locked: it keeps its name and is not deleted. Send “is_locked”: false first.",
    fr="« {name} » est verrouillée : elle garde son nom et ne se supprime pas. Envoyer d'abord "
    "« is_locked » : false.",
)
_OF_THE_RECORD: Final = Sentence(
    en="“{name}” was kept by the tracker, at the start or at a gate: it belongs to the record and "
    "stays as it is. Make one of your own to change.",
    fr="« {name} » a été gardée par le tracker, au départ ou à un point de passage : elle fait foi "
    "et reste telle quelle. En créer une à soi pour la modifier.",
)


class Lockable(Protocol):
    """What is looked at of a baseline."""

    name: str
    source: str
    is_locked: bool


class BaselineLocked(Conflict):
    """A lock holds the name and prevents the deletion; the dates never change anyway."""

    type = "baseline-locked"

    def __init__(self, baseline: Lockable) -> None:
        sentence = _LOCKED if baseline.source == MANUAL else _OF_THE_RECORD
        super().__init__(sentence, name=baseline.name)


def check_may_go(baseline: Lockable) -> None:
    """Raise BaselineLocked unless it may be deleted."""
    if baseline.is_locked:
        raise BaselineLocked(baseline)


def check_may_become(baseline: Lockable, changes: Mapping[str, Any]) -> None:
    """Raise BaselineLocked where ``changes`` touch what a lock holds and do not open it."""
    stays_locked = changes.get("is_locked", True) or baseline.source != MANUAL
    if baseline.is_locked and stays_locked and changes:
        raise BaselineLocked(baseline)
