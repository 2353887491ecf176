"""Bodies that may be larger than others."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import request
from flask.typing import ResponseReturnValue

P = ParamSpec("P")
MEGABYTE = 1024 * 1024


def takes(
    most: int,
) -> Callable[[Callable[P, ResponseReturnValue]], Callable[P, ResponseReturnValue]]:
    """Take bodies of up to ``most`` megabytes. It goes outside of all that reads the body."""

    def wrap(view: Callable[P, ResponseReturnValue]) -> Callable[P, ResponseReturnValue]:
        @wraps(view)
        def widened(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
            request.max_content_length = most * MEGABYTE
            return view(*args, **kwargs)

        return widened

    return wrap
