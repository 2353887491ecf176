"""Named points in work that may die anywhere: where a test hangs a hook, to stop a process there.

Without a hook to ``reached`` a point costs nothing worth telling.
"""

from collections.abc import Callable
from typing import Final

# Of sending, in the order in which they are passed. What ends in -ing is not committed yet.
SENDING: Final = (
    "claiming",
    "claimed",
    "loaded",
    "composed",
    "judging",
    "judged",
    "attempting",
    "attempted",
    "delivered",
    "answered",
    "recording",
    "recorded",
)
# Of keeping a board in step.
SYNCING: Final = (
    "board prepared",
    "board read",
    "board gathering",
    "task taking in",
    "task taken in",
    "card archived",
    "card making",
    "card made",
    "card noting",
    "card noted",
    "card absorbing",
    "card absorbed",
    "card sending",
    "card sent",
)
# Of delivering webhooks, the same.
DELIVERING: Final = ("taking", "taken", "carried", "noting", "noted")
_hook: Callable[[str], None] | None = None


def hang_hook(hook: Callable[[str], None] | None) -> None:
    """Have ``hook`` called with the name of each point that is reached; None takes it down."""
    global _hook  # noqa: PLW0603 - one hook for the process, as a test wants it
    _hook = hook


def reached(point: str) -> None:
    """Work has come this far."""
    if _hook is not None:
        _hook(point)
