"""Answers of the API in a terminal. Previews do without the web that these need."""

from typing import Any

import orjson

from tracker.cli.render.json import dump
from tracker.web.jsons import to_json


def shown_as_json(value: Any) -> bytes:
    """What the API would answer, for programs in a terminal."""
    return dump(orjson.loads(to_json(value)))
