"""Days for cards without any: by their order among the others of their list. Pure."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby, pairwise

from tracker.boards.import_dates import LAST_TOUCHED, PLACED, Frame, Lies, spread, touched_on
from tracker.boards.import_drafts import Draft
from tracker.kernel.texts import Said

_Run = tuple[tuple[date, date], Sequence[Draft]]
"""Cards in a row, and the days between which they stand."""


def placed(drafts: Sequence[Draft], frame: Frame) -> list[Draft]:
    """The same, all of them with days."""
    days = dict(_over(drafts, frame))
    lists: dict[tuple[str, str | None], list[Draft]] = {}
    for draft in drafts:
        if draft.card.id not in days:
            lists.setdefault((draft.phase, draft.card.column), []).append(draft)
    for (phase, _column), some in lists.items():
        days |= dict(_in_order(some, phase, frame))
    return [
        draft.lying(days[draft.card.id], is_placed=True) if draft.card.id in days else draft
        for draft in drafts
    ]


def _over(drafts: Sequence[Draft], frame: Frame) -> Iterator[tuple[str, Lies]]:
    """What is over lies where it was last touched; in a plan to be used again nothing is."""
    for draft in drafts:
        if frame.today and not draft.has_days and not draft.is_open:
            day = touched_on(draft.card, frame, frame.today)
            yield draft.card.id, Lies(day, day, (Said(LAST_TOUCHED, {"day": day}),))


def _in_order(drafts: Sequence[Draft], phase: str, frame: Frame) -> Iterator[tuple[str, Lies]]:
    """Between those that have a day, where these stand in the order of their days."""
    known = [draft for draft in drafts if draft.has_days]
    runs: list[_Run]
    if any(later.due_on < earlier.due_on for earlier, later in pairwise(known)):
        runs = [(frame.window(phase), [draft for draft in drafts if not draft.has_days])]
    else:
        runs = list(_runs(drafts, frame.window(phase)))
    for window, run in runs:
        for draft, day in zip(run, spread(len(run), window, phase, frame), strict=True):
            yield draft.card.id, Lies(day, day, (Said(PLACED, {"day": day}),))


def _runs(drafts: Sequence[Draft], window: tuple[date, date]) -> Iterator[_Run]:
    """Those without days."""
    first, last = window
    groups = [
        (has_days, list(some)) for has_days, some in groupby(drafts, lambda one: one.has_days)
    ]
    for place, (has_days, some) in enumerate(groups):
        if has_days:
            first = max(first, some[-1].due_on)
            continue
        end = groups[place + 1][1][0].start_on if place + 1 < len(groups) else last
        yield (first, max(first, min(end, last))), some
