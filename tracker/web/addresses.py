"""Addresses that callers give: judged before anything is begun with them."""

from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

from flask import request
from flask.typing import ResponseReturnValue

from tracker.kernel.egress import EgressRefused, RemoteError, door
from tracker.kernel.errors import Invalid
from tracker.web.fields import is_web_address

P = ParamSpec("P")


def door_asked(
    view: Callable[P, ResponseReturnValue],
) -> Callable[P, ResponseReturnValue]:
    """Have the address judged first: it may take the network, and a key opens a transaction."""

    @wraps(view)
    def judged(*args: P.args, **kwargs: P.kwargs) -> ResponseReturnValue:
        body = request.get_json(silent=True)
        address = body.get("base_url") if isinstance(body, dict) else None
        if isinstance(address, str) and is_web_address(address.strip()):
            try:
                door().check(address.strip())
            except (EgressRefused, RemoteError) as refusal:
                raise Invalid({"base_url": [refusal.said]}) from None
        return view(*args, **kwargs)

    return judged
