"""Plain values as JSON: UTF-8, indented, one line end at the end."""

import json
from typing import Any

from tracker.cli.preview import Preview


def render(preview: Preview) -> bytes:
    """The timeline, as the API gives it."""
    return dump(preview.timeline)


def dump(value: Any) -> bytes:
    """``value`` for programs; the same on every terminal, so bytes."""
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()
