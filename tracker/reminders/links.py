"""Links that answer a message: signed, for one purpose, about one thing, for some days.

Whoever holds a link may use it, as with a bearer token: it is a secret of the one it was sent to.
What it does is judged when it is used, by the rights that its reader has then.
"""

import binascii
import hmac
from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from struct import Struct
from typing import Final
from uuid import UUID

from tracker.kernel.keys import key_for


class Purpose(StrEnum):
    """The one thing that a link does."""

    DONE = "done"
    STARTED = "started"
    SNOOZE_DAY = "snooze_1d"
    SNOOZE_DAYS = "snooze_3d"
    SNOOZE_WEEK = "snooze_week"
    NOT_ME = "not_me"
    UNSUBSCRIBE = "unsubscribe"
    CONFIRM_CHANNEL = "confirm_channel"
    CONFIRM_ADDRESS = "confirm_address"
    SUBSCRIBE = "subscribe"


SNOOZES: Final = (Purpose.SNOOZE_DAY, Purpose.SNOOZE_DAYS, Purpose.SNOOZE_WEEK)
OF_TASKS: Final = (Purpose.DONE, Purpose.STARTED, *SNOOZES, Purpose.NOT_ME)
_CONFIRM: Final = {"channel": Purpose.CONFIRM_CHANNEL, "member": Purpose.CONFIRM_ADDRESS}
_LIFE: Final = timedelta(days=30)
_LIFE_TO_CONFIRM: Final = timedelta(days=7)
_SIGNING: Final = "answer links"
# What is sent out keeps its meaning: purposes are only ever added at the end.
_NUMBERS: Final = {purpose: number for number, purpose in enumerate(Purpose, start=1)}
_PURPOSES: Final = {number: purpose for purpose, number in _NUMBERS.items()}
_CONTENT: Final = Struct(">B16s16sI")
# 37 bytes of content and 17 of seal fill 72 letters to the last bit: a token has one spelling.
_SEAL_BYTES: Final = 17
_TOKEN_LETTERS: Final = 72


@dataclass(frozen=True, slots=True)
class Link:
    """What a link says: ``about`` is a reminder, to unsubscribe and confirm a member or channel."""

    purpose: Purpose
    workspace_id: UUID
    about: UUID
    made_at: datetime

    @property
    def expires_at(self) -> datetime:
        """From when on it does nothing any more."""
        to_confirm = self.purpose in _CONFIRM.values()
        return self.made_at + (_LIFE_TO_CONFIRM if to_confirm else _LIFE)


def answer_links(
    reminder_id: UUID, workspace_id: UUID, subject: str, *, base_url: str, now: datetime
) -> Mapping[str, str]:
    """Addresses that answer a reminder, by purpose; of a gate or a project, only those to wait."""
    purposes = {"task": OF_TASKS, "gate": SNOOZES, "project": SNOOZES}.get(subject, ())
    return {
        purpose.value: address(Link(purpose, workspace_id, reminder_id, now), base_url)
        for purpose in purposes
    }


def unsubscribe_link(workspace_id: UUID, member_id: UUID, *, base_url: str, now: datetime) -> str:
    """The address that ends mails to a member; also of the header List-Unsubscribe (RFC 8058)."""
    return address(Link(Purpose.UNSUBSCRIBE, workspace_id, member_id, now), base_url)


def confirm_link(
    subject: str, subject_id: UUID, workspace_id: UUID, *, base_url: str, now: datetime
) -> str:
    """The address that confirms a ``channel``, or the own e-mail address of a ``member``."""
    return address(Link(_CONFIRM[subject], workspace_id, subject_id, now), base_url)


def address(link: Link, base_url: str) -> str:
    """Where ``link`` leads, under the address that the operator has set."""
    return f"{base_url.rstrip('/')}/a/{token_of(link)}"


def token_of(link: Link) -> str:
    """The signed letters of ``link``."""
    content = _CONTENT.pack(
        _NUMBERS[link.purpose],
        link.workspace_id.bytes,
        link.about.bytes,
        int(link.made_at.timestamp()),
    )
    return b64encode(content + _seal(content), altchars=b"-_").decode("ascii")


def _seal(content: bytes) -> bytes:
    return hmac.digest(key_for(_SIGNING), content, sha256)[:_SEAL_BYTES]


def read(token: str) -> Link | None:
    """What ``token`` says, expired or not; None unless we have signed it, as it stands."""
    if len(token) != _TOKEN_LETTERS:
        return None
    try:
        signed = b64decode(token, altchars=b"-_", validate=True)
    except (binascii.Error, ValueError):
        return None
    content, seal = signed[: _CONTENT.size], signed[_CONTENT.size :]
    if not hmac.compare_digest(_seal(content), seal):
        return None
    number, workspace, about, made = _CONTENT.unpack(content)
    made_at = datetime.fromtimestamp(made, UTC)
    return Link(_PURPOSES[number], UUID(bytes=workspace), UUID(bytes=about), made_at)
