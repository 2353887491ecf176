"""Plain values as JSON: UTF-8, indented, one line end at the end."""

import json
from typing import Any

import orjson

from tracker.cli.preview import Preview
from tracker.web.jsons import to_json


def render(preview: Preview) -> bytes:
    """The timeline, as the API gives it."""
    return dump(preview.timeline)


def shown_as_json(value: Any) -> bytes:
    """What the API would answer, for programs in a terminal."""
    return dump(orjson.loads(to_json(value)))


def dump(value: Any) -> bytes:
    """``value`` for programs; the same on every terminal, so bytes."""
    return f"{json.dumps(value, ensure_ascii=False, indent=2)}\n".encode()
