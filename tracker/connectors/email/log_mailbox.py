"""A mailbox for those who have no mail server yet: the log."""

import logging
from collections.abc import Iterator, Sequence
from typing import Final

from tracker.connectors.letter import Action, Answer, Letter, Outcome, Parcel
from tracker.kernel.plain import line

_ACCEPTED: Final = Answer(outcome=Outcome.ACCEPTED, detail="shown in the log")
_log = logging.getLogger(__name__)


class LogMailbox:
    """Takes every letter. ``is_shown``: with its subject and links, else with its id alone."""

    def __init__(self, *, is_shown: bool) -> None:
        self._is_shown = is_shown

    def deliver(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """Write a line for each."""
        for parcel in parcels:
            letter = parcel.letter
            shown = _shown(parcel) if self._is_shown else f"mail {letter.id}"
            _log.info("TRACKER_SMTP_URL is unset, so this is sent to nobody: %s", shown)
        return [_ACCEPTED] * len(parcels)

    def close(self) -> None:
        """Nothing is open."""


def _shown(parcel: Parcel) -> str:
    links = (f"\n  {line(one.label)}: {line(one.url, 2000)}" for one in _actions(parcel.letter))
    return f"mail to {masked(parcel.address)}: {line(parcel.letter.subject)}{''.join(links)}"


def _actions(letter: Letter) -> Iterator[Action]:
    yield from letter.actions
    for section in letter.sections:
        for item in section.items:
            yield from item.actions


def masked(address: str) -> str:
    """Enough to know one's own address by: ``b…@example.org``."""
    local, _, domain = line(address).rpartition("@")
    return f"{local[:1]}…@{domain}"
