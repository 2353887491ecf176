"""The carrier of letters to one kind of chat."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from tracker.connectors.chat import through_apprise, through_door
from tracker.connectors.chat.addresses import FORMS, THROUGH_THE_DOOR
from tracker.connectors.letter import Answer, Parcel

KINDS: Final = (*FORMS, *sorted(THROUGH_THE_DOOR))
_AT_ONCE: Final = 10


class ChatCarrier:
    """Takes letters to chats of one kind, many at once: one that is slow delays no other."""

    def __init__(self, kind: str) -> None:
        way = through_door if kind in THROUGH_THE_DOOR else through_apprise
        self._send = partial(way.send, kind)

    def deliver(self, parcels: Sequence[Parcel]) -> list[Answer]:
        """Hand in each; answers in the same order. Takes 15 seconds where nothing answers."""
        if len(parcels) == 1:
            return [self._send(parcels[0])]
        with ThreadPoolExecutor(_AT_ONCE) as threads:
            return list(threads.map(self._send, parcels))
