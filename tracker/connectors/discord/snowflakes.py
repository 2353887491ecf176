"""Discord's ids, which tell when a thing was made. Pure.

Source: https://discord.com/developers/docs/reference#snowflakes
"""

from datetime import datetime, timedelta
from typing import Final

from tracker.connectors.days import milliseconds, of_milliseconds

_EPOCH: Final = 1_420_070_400_000
_BITS: Final = 22  # worker, process and a running number follow


def snowflake(at: datetime) -> int:
    """The least id of that millisecond; 0 before there were any."""
    return max(milliseconds(at) - _EPOCH, 0) << _BITS


def made_at(snowflake: int) -> datetime:
    """When the thing of this id was made."""
    return of_milliseconds((snowflake >> _BITS) + _EPOCH)


def earlier(snowflake: int, by: timedelta) -> int:
    """An id so much older."""
    return max(snowflake - (by // timedelta(milliseconds=1) << _BITS), 0)


def nobody_before(snowflake: int) -> int:
    """The last id of the millisecond before: near it, and nobody's own."""
    return max((snowflake >> _BITS << _BITS) - 1, 0)
