"""Folding what members did into months, before the events are forgotten."""

from collections import defaultdict
from collections.abc import Iterable
from zoneinfo import ZoneInfo

from tracker.metrics.formulas.story import ACTIVE, Act, MonthOf

CONTENT = frozenset({"post", "question", "reply"})


def fold(events: Iterable[Act], zone: ZoneInfo) -> list[MonthOf]:
    """For each person and local month, whether they were active and how much they contributed.

    A question that is a post as well is one contribution.
    """
    active = set()
    content = defaultdict(set)
    for event in events:
        if event.actor is None or event.role == "bot" or event.kind not in ACTIVE:
            continue
        place = (event.actor, event.at.astimezone(zone).date().replace(day=1))
        active.add(place)
        if event.kind in CONTENT:
            content[place].add(event.source_id)
    return [
        MonthOf(actor, month, is_active=True, contributions=len(content[actor, month]))
        for actor, month in sorted(active)
    ]
