"""What Matrix and Synapse call things. Look again where a figure goes missing."""

from datetime import date
from typing import Final

VERIFIED_ON: Final = date(2026, 11, 23)  # against a Synapse 1.163, too

WHO: Final = "/_matrix/client/v3/account/whoami"
JOINED_ROOMS: Final = "/_matrix/client/v3/joined_rooms"
ROOM: Final = "/_matrix/client/v3/rooms"
USERS: Final = "/_synapse/admin/v2/users"
ROOM_DETAILS: Final = "/_synapse/admin/v1/rooms"

A_PAGE: Final = 100

WRITTEN: Final = frozenset(
    {
        "m.room.message",
        "m.room.encrypted",
        "m.sticker",
        "m.poll.start",
        "org.matrix.msc3381.poll.start",
    }
)
BY_BOTS: Final = "m.notice"  # the kind of message that automatons send
MODERATES: Final = 50  # a power level
ACCEPTING: Final = frozenset({"✅", "✅️", "☑️", "✔️"})  # put to the answer that helped
CREATORS_RULE_FROM: Final = 12  # the version of rooms that no power level names their makers
