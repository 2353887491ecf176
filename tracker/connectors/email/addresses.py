"""Web addresses of our own making, checked once more before somebody is to follow them. Pure."""

import re
from typing import Final

_SAFE: Final = re.compile(r"https?://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]{1,1900}")


def followed(url: str | None) -> str | None:
    """``url``, or None where no link may be made of it."""
    return url if url and _SAFE.fullmatch(url) else None
