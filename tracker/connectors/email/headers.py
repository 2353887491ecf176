"""Header lines of a mail (RFC 5322, RFC 2047). Pure. Nothing that comes in can begin a line."""

from base64 import b64encode
from collections.abc import Iterator
from typing import Final

from tracker.kernel.plain import line

# With "Subject: " before it, a line of 73 characters: RFC 2047 §2 allows 76.
_CHUNK: Final = 39
_LONGEST_SUBJECT: Final = 150


def subject(text: str) -> str:
    """The value of Subject. What looks encoded is encoded once more, so that it is only text."""
    said = line(text, _LONGEST_SUBJECT)
    if said.isascii() and "=?" not in said:
        return said
    return "\r\n ".join(f"=?utf-8?b?{b64encode(part).decode()}?=" for part in _chunks(said))


def _chunks(text: str) -> Iterator[bytes]:
    """Bytes that fit into one encoded word each; no character is torn apart (RFC 2047 §5)."""
    part = b""
    for character in text:
        written = character.encode()
        if len(part) + len(written) > _CHUNK:
            yield part
            part = b""
        part += written
    yield part
