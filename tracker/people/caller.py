"""The actor behind the present request."""

from collections.abc import Callable
from functools import wraps
from typing import Any, ParamSpec, TypeVar, cast

from tracker.people.rules import Actor, Permission
from tracker.web.auth import caller

P = ParamSpec("P")
R = TypeVar("R")


def actor() -> Actor:
    """Who is calling."""
    return cast("Actor", caller())


def needs(permission: Permission) -> Callable[[Callable[P, R]], Callable[P, R]]:
    """Refuse callers whose role or token lacks ``permission``, before anything is looked up."""

    def guarded(view: Callable[P, R]) -> Callable[P, R]:
        @wraps(view)
        def checked(*args: P.args, **kwargs: P.kwargs) -> R:
            actor().must(permission)
            return view(*args, **kwargs)

        cast("Any", checked).permission = permission
        return checked

    return guarded
