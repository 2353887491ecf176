"""What a forecast is made from, and what it says: frozen values."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link

RUNS: Final = 2000


@dataclass(frozen=True, slots=True, kw_only=True)
class Uncertain:
    """An open task, or one that is done: then ``finished_on`` is fixed.

    Durations are working days, 0 of a milestone. ``not_before`` is the first possible day: of what
    is pinned, the day that it is pinned to.
    """

    key: str
    title: str
    optimistic: int
    likely: int
    pessimistic: int
    after: tuple[Link, ...] = ()
    started_on: date | None = None
    finished_on: date | None = None
    not_before: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What must be over by the promised day: by launch day, or by the project's end."""

    tasks: tuple[Uncertain, ...]
    calendar: WorkCalendar
    today: date
    promised_on: date
    is_exclusive: bool = True  # launch day comes after the last task; the end is its due day


@dataclass(frozen=True, slots=True)
class Bar:
    """How many runs are over on one of the days from ``from_on`` to ``to_on``."""

    from_on: date
    to_on: date
    runs: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """Days by when it is over in 50, 80 and 95 of a hundred runs, and on the mean of all.

    ``criticality`` is the share of runs in which a task lies on the chain that decides, largest
    first. ``probability`` is the share in which the promised day is kept.
    """

    p50: date
    p80: date
    p95: date
    mean_on: date
    histogram: tuple[Bar, ...]
    promised_on: date
    probability: float
    criticality: tuple[tuple[str, float], ...]
    runs: int
    seed: int


def three_points(
    days: int, reference: int | None, optimistic: int | None, pessimistic: int | None
) -> tuple[int, int, int]:
    """Optimistic, likely and pessimistic working days of a task that now lasts ``days``.

    What the playbook tells is stretched as the task was; untold: three quarters, and 1.6 times.
    """
    if days == 0:
        return 0, 0, 0
    pace = days / reference if reference else 1.0
    least = round(0.75 * days) if optimistic is None else round(optimistic * pace)
    most = -(-8 * days // 5) if pessimistic is None else round(pessimistic * pace)
    return min(days, max(1, least)), days, max(days, most)
