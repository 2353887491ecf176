"""What the links of a plan demand, written down a second time."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple


class Waiting(NamedTuple):
    """A task and its links, each with its type and its lag in working days."""

    key: str
    is_milestone: bool
    after: Sequence[tuple[str, str, int]]


def bounds(task: Waiting, places: Mapping[str, tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """For each link: the first working day that it allows, and the day on which it looks.

    ``places`` are first and last days as counts of working days.
    """
    start, end = places[task.key]
    for earlier, kind, lag in task.after:
        earlier_start, earlier_end = places[earlier]
        if kind == "FS":
            yield earlier_end + lag + (0 if task.is_milestone else 1), start
        elif kind == "SS":
            yield earlier_start + lag, start
        elif kind == "FF":
            yield earlier_end + lag, end
        else:
            yield earlier_start + lag, end
