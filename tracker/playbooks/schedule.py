"""Dates for a network of tasks: backwards from launch day before it, forwards after it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Final

from dateutil.relativedelta import relativedelta

from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Anchor, Link
from tracker.playbooks.network import Activity, Span, earliest_start, forward, in_order

SHORTEST_MONTHS: Final = 2
MONTHS_TO_DEVELOP: Final = 6


@dataclass(frozen=True, slots=True)
class FixedDays:
    """The plan's fixed points, all inclusive local days."""

    start: date
    launch: date
    launch_end: date
    develop: date
    end: date

    def of(self, anchor: Anchor, calendar: WorkCalendar) -> date:
        """The day that ``anchor`` tells."""
        day: date = getattr(self, anchor.name)
        if anchor.months is not None:
            return month_shift(day, anchor.months)
        if anchor.calendar_days is not None:
            return day + timedelta(days=anchor.calendar_days)
        if anchor.working_days is not None:
            return calendar.day(calendar.index(day) + anchor.working_days)
        if anchor.share is not None:
            return self.develop + (self.end - self.develop) * anchor.share // 100
        return day


def phase_borders(days: FixedDays, calendar: WorkCalendar) -> dict[str, tuple[date, date]]:
    """First and last day of each phase."""
    before_launch = calendar.day(calendar.index(days.launch) - 1)
    before_develop = calendar.day(calendar.index(days.develop) - 1)
    return {
        "prepare": (min(days.start, before_launch), before_launch),
        "launch": (days.launch, days.launch_end),
        "recruit": (calendar.on_or_after(days.launch + timedelta(days=1)), before_develop),
        "develop": (days.develop, days.end),
    }


def month_shift(day: date, months: int) -> date:
    """``day`` moved by calendar months; the end of a shorter month is kept."""
    return day + relativedelta(months=months)


@dataclass(frozen=True, slots=True)
class Preparation:
    """The network before launch day at its shortest, and how far it is stretched."""

    ordered: tuple[Activity, ...]
    months: int
    shortest: Mapping[str, Span]
    reference_length: int  # working days at the shortest preparation

    @classmethod
    def of(cls, activities: list[Activity], months: int) -> "Preparation":
        """Lay out ``activities`` for a preparation of ``months``."""
        ordered = tuple(in_order(activities))
        shortest = forward(ordered)
        length = max((span.end for span in shortest.values()), default=0)
        return cls(ordered, months, shortest, length)

    def stretch(self, days: int) -> int:
        """Distances from launch day grow with the months; whole days, never more than exact."""
        return days * self.months // SHORTEST_MONTHS

    def laid_out(self, launch: int) -> tuple[list[Activity], dict[str, int]]:
        """The activities with durations and lags in force, and their first starts.

        Each boundary keeps its distance from ``launch``, stretched: so a longer preparation starts
        everything earlier or on the same day. A lead (negative lag) is not stretched.
        """
        activities: list[Activity] = []
        spans: dict[str, Span] = {}
        for activity in self.ordered:
            binding = [link for link in activity.after if self._binds(activity, link)]
            span = spans[activity.key] = self._stretched(activity, binding, spans, launch)
            days = span.end - span.start if activity.days else 0
            laid_out = Activity(activity.key, days, activity.after)
            if any(link.lag > 0 for link in activity.after):
                laid_out = self._lagged(laid_out, binding, spans)
            activities.append(laid_out)
        return activities, {key: span.start for key, span in spans.items()}

    def _stretched(
        self, activity: Activity, binding: Sequence[Link], spans: Mapping[str, Span], launch: int
    ) -> Span:
        """Both boundaries stretched; a milestone stands on the last day before its own.

        What starts with a milestone starts on its day, and a milestone on the day of what it starts
        with: both lie inside the days that one day has been stretched to.
        """
        shortest = self.shortest[activity.key]
        start = launch - self.stretch(self.reference_length - shortest.start)
        end = launch - self.stretch(self.reference_length - shortest.end)
        starts = [
            spans[link.task].start + self._lag(link)
            for link in binding
            if link.type == "SS" and link.lag >= 0
        ]
        if activity.days == 0 and len(starts) < len(binding or [None]):
            return Span(end - 1, end)
        start = min(end - 1, max([start, *starts]))
        return Span(start, end if activity.days else start + 1)

    def _binds(self, activity: Activity, link: Link) -> bool:
        """Whether ``link`` leaves no room at the shortest preparation."""
        earlier = self.shortest.get(link.task)
        start = self.shortest[activity.key].start
        return earlier is not None and earliest_start(activity, link, earlier) == start

    def _lagged(
        self, laid_out: Activity, binding: Sequence[Link], spans: Mapping[str, Span]
    ) -> Activity:
        """With the lags in force: a link that left no room leaves none, whatever is rounded."""
        links = []
        for link in laid_out.after:
            lag = self._lag(link)
            if link.lag > 0 and link in binding:
                unlagged = earliest_start(laid_out, link, spans[link.task]) - link.lag
                lag = max(lag, spans[laid_out.key].start - unlagged)
            links.append(replace(link, lag=lag))
        return replace(laid_out, after=tuple(links))

    def _lag(self, link: Link) -> int:
        """Working days of ``link``, stretched at least."""
        return self.stretch(link.lag) if link.lag > 0 else link.lag
