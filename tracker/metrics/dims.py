"""What a figure is told apart by, such as its channel, as one line to compare. Pure."""

from collections.abc import Mapping

import orjson


def line_of(dims: Mapping[str, str]) -> str:
    """The same line for the same dimensions, in whatever order; empty for the whole."""
    return orjson.dumps(dict(dims), option=orjson.OPT_SORT_KEYS).decode() if dims else ""
