"""Days on which somebody is to hear of something: counted, caught up, one a day. Pure."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import count
from typing import Final, Protocol
from uuid import UUID

_FREED: Final = "freed"
# Of what one person would hear of one thing on one day, the first of these is said.
_PRESSING: Final = (
    "asked",
    "overdue",
    "escalation",
    "approval_waiting",
    "gate_ready",
    "alert",
    "blocked",
    _FREED,
    "before_due",
    "unassigned",
    "before_start",
    "quiet",
)


class Days(Protocol):
    """Days that are counted: those of work, or all."""

    def index(self, day: date) -> int:
        """Index of the first counted day on or after ``day``."""

    def day(self, index: int) -> date:
        """The counted day with this index. Raises OverflowError where there is none any more."""


class EveryDay:
    """Counts all days."""

    def index(self, day: date) -> int:
        """As ``Days`` says."""
        return day.toordinal()

    def day(self, index: int) -> date:
        """As ``Days`` says."""
        if index > date.max.toordinal():
            raise OverflowError
        return date.fromordinal(index)


Steps = tuple[tuple[int, str], ...]
"""Counted days from a base, each with the name of its step; in their order."""


@dataclass(frozen=True, slots=True)
class Series:
    """The days of one rule for one thing, and who hears on them.

    They are counted from ``base``; after the last step it goes on every ``then_every``, if at all.
    ``occurrence`` is what is counted from, as text: other days make another effect. ``role`` is as
    what somebody hears of it, where it is not theirs to do.

    What ``waits`` is told on no day as yet; ``is_freed`` says that it had to wait for ``base``.
    """

    rule: str
    days: Days
    base: int
    steps: Steps
    then_every: int | None = None
    role: str | None = None
    occurrence: str = ""
    to: tuple[UUID, ...] = ()
    waits: bool = False
    is_freed: bool = False

    def of(self, occurrence: object, to: tuple[UUID, ...]) -> "Series":
        """The same, for somebody."""
        return replace(self, occurrence=str(occurrence), to=to)

    def from_day(self, first: date) -> Iterator[tuple[date, str]]:
        """The days from ``first`` on, each with its step. They may never end."""
        try:
            for offset, step in self.steps:
                day = self.days.day(self.base + offset)
                if day >= first:
                    yield day, step
            yield from self._and_on(first)
        except OverflowError:  # beyond the years that calendars know
            return

    def frees_on(self, day: date) -> bool:
        """Whether what was waited for is over, and that is told on ``day``."""
        return self.is_freed and day == self.days.day(self.base)

    def _and_on(self, first: date) -> Iterator[tuple[date, str]]:
        if self.then_every is None:
            return
        last = max((offset for offset, _ in self.steps), default=0)
        behind = self.days.index(first) - self.base - last
        for number in count(max(1, -(-behind // self.then_every))):
            offset = last + number * self.then_every
            yield self.days.day(self.base + offset), f"+{offset}"


def before(days: Iterable[int]) -> Steps:
    """So many days before."""
    return tuple((-n, str(n)) for n in sorted(days, reverse=True))


def after(days: Iterable[int]) -> Steps:
    """So many days after."""
    return tuple((n, f"+{n}") for n in sorted(days))


@dataclass(frozen=True, slots=True)
class Moment:
    """One member is to hear of the thing on ``day``; ``is_late`` where it is too late for that.

    ``planned_on`` is the day on which it was meant to be: before ``day`` for what is caught up.
    """

    rule: str
    step: str
    occurrence: str
    member_id: UUID
    day: date
    planned_on: date
    role: str | None = None
    instead_of: UUID | None = None  # the member who is away, where somebody stands in
    is_late: bool = False
    is_freed: bool = False  # what it waited for is over


@dataclass(frozen=True, slots=True)
class Span:
    """What a look covers: from ``since`` to ``until``, the last day that has begun anywhere."""

    since: date
    today: date  # of the project
    until: date


Effect = tuple[str, str, str, UUID]
"""Rule, step, occurrence, and the member that it is meant for."""


@dataclass(frozen=True, slots=True)
class Again:
    """What changes have taken back, untold: what still holds is told though its day is over.

    ``first`` is a day before all of theirs.
    """

    first: date
    effects: frozenset[Effect]


@dataclass(frozen=True, slots=True)
class Look:
    """What a look has found, and the next day on which there is something; None for never."""

    moments: list[Moment]
    next_on: date | None = None


def look(
    common: Sequence[Series],
    own: Mapping[UUID, Sequence[Series]],
    span: Span,
    again: Again | None = None,
    *,
    waiting: bool = False,
) -> Look:
    """Who hears what: ``own`` are the series of members who have a policy of their own.

    Of what waits nobody hears; ``waiting`` asks for that alone. A step that has two days is told on
    the first that somebody could hear of it.

    What lies before today has been missed. Of several missed steps of one rule the latest is
    caught up today, unless today has one itself; the others are told to be late.
    """
    found: dict[tuple[UUID, str], list[Moment]] = defaultdict(list)
    coming: list[date] = []
    first = min(span.since, again.first) if again else span.since
    for series, members in _whose(common, own):
        if series.waits != waiting:
            continue
        told: set[tuple[str, UUID]] = set()
        for day, step in series.from_day(first):
            if day > span.until:
                coming.append(day)
                break
            effect = (series.rule, step, series.occurrence)
            for member in members:
                is_due = day >= span.since or (again and (*effect, member) in again.effects)
                if is_due and (step, member) not in told:
                    told.add((step, member))
                    found[member, series.rule].append(_moment(series, effect, member, day))
    moments = [one for group in found.values() for one in _caught_up(group, span.today)]
    return Look(moments, min(coming, default=None))


def _moment(series: Series, effect: tuple[str, str, str], member: UUID, day: date) -> Moment:
    is_freed = series.frees_on(day)
    return Moment(*effect, member, day, day, series.role, is_freed=is_freed)


def _whose(
    common: Sequence[Series], own: Mapping[UUID, Sequence[Series]]
) -> Iterator[tuple[Series, list[UUID]]]:
    """Each series with those to whom it applies; common ones without anybody still have days."""
    for series in common:
        yield series, [member for member in series.to if member not in own]
    for member, mine in own.items():
        for series in mine:
            if member in series.to:
                yield series, [member]


def _caught_up(moments: Sequence[Moment], today: date) -> Iterator[Moment]:
    """The moments of one rule and one member."""
    missed = sorted((one for one in moments if one.day < today), key=lambda one: one.day)
    rest = [one for one in moments if one.day >= today]
    if missed and not any(one.day == today for one in rest):
        yield replace(missed.pop(), day=today)
    yield from (replace(one, is_late=True) for one in missed)
    yield from rest


def one_a_day(moments: Iterable[Moment]) -> Iterator[Moment]:
    """Of what a member would hear of one thing on one day, the most pressing.

    That what was waited for is over is told in any case. What was to be caught up, and is not, is
    late; the rest is not worth a row.
    """
    by_day: dict[tuple[UUID, date], list[Moment]] = defaultdict(list)
    for one in moments:
        if one.is_late:
            yield one
        else:
            by_day[one.member_id, one.day].append(one)
    for group in by_day.values():
        first, *others = sorted(group, key=_pressing)
        yield first
        for one in others:
            if one.is_freed:
                yield one
            elif one.planned_on < one.day:
                yield replace(one, is_late=True)


def _pressing(one: Moment) -> int:
    return _PRESSING.index(_FREED if one.is_freed else one.rule)
