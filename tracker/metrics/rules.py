"""Words that the figures of a project share. Pure."""

import operator
from collections.abc import Callable, Mapping
from typing import Final

COMPARE: Final[Mapping[str, Callable[[float, float], bool]]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "==": operator.eq,
}
OPERATORS: Final = tuple(COMPARE)
ALERT_STATES: Final = ("open", "acknowledged", "resolved")
