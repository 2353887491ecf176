"""How far a task can slip, tried out day by day: the slow way to know its float."""

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import count

from tests.unit.playbooks.order import Waiting, bounds
from tracker.playbooks.planned import Plan
from tracker.playbooks.timeline import timeline

Places = dict[str, tuple[int, int]]


def slips(plan: Plan, keys: Iterable[str] | None = None) -> dict[str, int]:
    """Working days for each task, or for ``keys``, found from the printed timeline alone."""
    index = plan.calendar.index
    places, waiting = {}, []
    for row in timeline(plan, "en")["tasks"]:
        start, end = (date.fromisoformat(row[name]) for name in ("start_on", "due_on"))
        places[row["key"]] = index(start), index(end)
        after = [(link["task"], link["type"], link["lag_days"]) for link in row["after"]]
        waiting.append(Waiting(row["key"], is_milestone=row["milestone"], after=after))
    wanted = places if keys is None else keys
    return {key: max(_harmless(plan, places, waiting, key)) for key in wanted}


def _harmless(plan: Plan, planned: Places, waiting: list[Waiting], key: str) -> Iterator[int]:
    start, end = planned[key]
    for days in count():
        moved = _settled({**planned, key: (start + days, end + days)}, waiting)
        if not _fits(plan, planned, moved):
            return
        yield days


def _settled(places: Places, waiting: list[Waiting]) -> Places:
    """Move whatever is pushed, until nothing moves any more."""
    moved = True
    while moved:
        moved = False
        for task in waiting:
            start, end = places[task.key]
            push = max((bound - day for bound, day in bounds(task, places)), default=0)
            if push > 0:
                places[task.key], moved = (start + push, end + push), True
    return places


def _fits(plan: Plan, planned: Places, moved: Places) -> bool:
    launch, end = (plan.calendar.index(day) for day in (plan.days.launch, plan.days.end))
    for key, (_, due) in moved.items():
        spec = plan.by_key[key].spec
        last = launch - 1 if spec.is_before_launch else end
        if moved[key] != planned[key] and (spec.on is not None or due > last):
            return False
    return True
