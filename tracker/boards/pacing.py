"""When to call, when to come back, and what follows from what a platform says. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from tracker.connectors.boards import Allowance
from tracker.connectors.trouble import PlatformError

DAY: Final = timedelta(days=1)
_SHORTEST_WAIT, _LONGEST_WAIT = timedelta(seconds=1), DAY
_USUAL_WAIT: Final = timedelta(seconds=60)
_FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=1)
_PATIENCE: Final = 6  # failures in a row before a person is told
_DOUBLINGS: Final = 8
_BURST: Final = 0.25  # of an allowance, at once; the rest comes back evenly
_JITTER: Final = 0.1

# Calls. A bucket that fills evenly: in no window, wherever it begins, are more made than allowed.


def spacing(allowance: Allowance) -> timedelta:
    """How long it takes for one more call to be had."""
    return allowance.window / (allowance.calls * (1 - _BURST))


def burst(allowance: Allowance) -> int:
    """How many calls may be made at once."""
    return max(1, int(allowance.calls * _BURST))


def spent_until(until: datetime | None, allowance: Allowance, now: datetime) -> datetime:
    """When all that was spent will be back, after one more call."""
    return now + _owed(until, allowance, now) + spacing(allowance)


def calls_left(until: datetime | None, allowance: Allowance, now: datetime) -> int:
    """How many calls can be made now."""
    return int(burst(allowance) - _owed(until, allowance, now) / spacing(allowance) + 1e-9)


def _owed(until: datetime | None, allowance: Allowance, now: datetime) -> timedelta:
    """A clock that was set back costs no more than all that can be spent."""
    longest = spacing(allowance) * burst(allowance)
    return min(max((until or now) - now, timedelta()), longest)


def wait_for(calls: int, until: datetime | None, allowance: Allowance, now: datetime) -> timedelta:
    """How long until so many can be made at once; never more than all."""
    missing = min(calls, burst(allowance)) - calls_left(until, allowance, now)
    return spacing(allowance) * max(missing, 0)


# Trouble.


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How a board stands after a look, and when it is looked at again; None: when woken.

    ``until``: the whole account is left alone until then.
    """

    state: str = "ok"
    problem: str | None = None
    facts: Mapping[str, Any] | None = None
    failures: int = 0
    ready_at: datetime | None = None
    until: datetime | None = None


_ENDS: Final = {"credential": "needs_reauth", "gone": "broken"}


def setback(error: PlatformError, failures: int, *, share: float, now: datetime) -> Standing:
    """The table of errors. ``failures`` is how many there have been in a row before this one."""
    word, facts = error.trouble, {"detail": error.detail, "tries": failures + 1}
    if word == "throttled":
        until = now + stretched(_asked(error, _USUAL_WAIT), share)
        return Standing(
            state=word, problem=word, facts=facts, failures=failures, ready_at=until, until=until
        )
    if word in _ENDS:
        return Standing(state=_ENDS[word], problem=word, facts=facts, failures=failures + 1)
    pause = stretched(pause_after(failures + 1), share)
    if word in ("permission", "our_fault"):
        pause = stretched(LONGEST_PAUSE, share)
    again = now + max(pause, error.retry_in or timedelta())
    is_lasting = word in ("permission", "our_fault") or failures + 1 >= _PATIENCE
    return Standing(
        state="degraded" if is_lasting else "ok",
        problem=word if is_lasting else None,
        facts=facts if is_lasting else None,
        failures=failures + 1,
        ready_at=again,
    )


def pause_after(failures: int) -> timedelta:
    """How long to wait after so many failures in a row: twice as long each time, up to an hour."""
    doublings: int = 2 ** min(failures - 1, _DOUBLINGS)
    return min(_FIRST_PAUSE * doublings, LONGEST_PAUSE)


def stretched(wait: timedelta, share: float) -> timedelta:
    """Up to a tenth longer, so that those who wait for the same do not come back together."""
    return wait * (1 + _JITTER * share)


def _asked(error: PlatformError, usual: timedelta) -> timedelta:
    wait = usual if error.retry_in is None else error.retry_in
    return min(max(wait, _SHORTEST_WAIT), _LONGEST_WAIT)
