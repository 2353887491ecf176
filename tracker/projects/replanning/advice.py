"""What to know of a launch day before choosing it: early, late, safe, or when people are away."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Final

from tracker.kernel.texts import LANGUAGES, Said, Sentence
from tracker.playbooks.calendar import WEEKEND, region_holiday
from tracker.playbooks.parameters import Blackout, Parameters
from tracker.playbooks.schedule import SHORTEST_MONTHS, month_shift
from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.bounds import Places
from tracker.projects.replanning.values import Frozen, Preparation, State, TaskChange

LONGEST_MONTHS: Final = 6
_GRACE: Final = timedelta(days=7)  # preparations are counted in working days, months are not
_DAYS_OF_A_MONTH: Final = 365.25 / 12
_FAR: Final = 120  # days; further away no day is near
_CLOSED: Final = Sentence(
    en="Launch day {launch_on} is a closed day ({name}). It is kept.{near}",
    fr="Le jour du lancement, {launch_on}, est un jour fermé ({name}). Il est maintenu.{near}",
)
_BLACKOUT: Final = Sentence(
    en="Launch day {launch_on} lies in a window in which nothing should open, {start_on} to "
    "{end_on}{reason}.{near}",
    fr="Le jour du lancement, {launch_on}, tombe dans une période où rien ne devrait ouvrir, du "
    "{start_on} au {end_on}{reason}.{near}",
)
_AWAY: Final = Sentence(
    en="Launch day {launch_on} is a public holiday where members live: {name} ({region}).{near}",
    fr="Le jour du lancement, {launch_on}, est férié là où vivent des membres : {name} "
    "({region}).{near}",
)
_NEAR: Final = Sentence(
    en=" The nearest good days are {days}.", fr=" Les bons jours les plus proches : {days}."
)
_REASON: Final = Sentence(en=" ({reason})", fr=" ({reason})")
_TOO_SHORT: Final = Sentence(
    en="The preparation would last {months} {months:month|months}; two are the least. Launch on "
    "{day} or later.",
    fr="La préparation durerait {months} mois ; deux au moins. Lancer le {day} ou plus tard.",
)
_TOO_LONG: Final = Sentence(
    en="The preparation would last {months} months; six are the most, and momentum is lost after "
    "that. Launch on {day} at the latest.",
    fr="La préparation durerait {months} mois ; six au plus, l'élan se perd ensuite. Lancer le "
    "{day} au plus tard.",
)
_TOO_EARLY: Final = Sentence(
    en="What is left to do before launch day lasts until after {launch_on}; the earliest launch "
    "day that it allows is {day}.",
    fr="Ce qui reste à faire avant le lancement dépasse le {launch_on} ; le premier jour de "
    "lancement possible est le {day}.",
)


def preparation_of(state: State, after: dict[str, TaskChange], launch_on: date) -> Preparation:
    """From the first day of what comes before launch day; what was done counts as it was done."""
    starts = []
    for task in state.tasks:
        if task.is_before_launch and task.status != "not_applicable":
            planned = after[task.key].start_on if task.key in after else task.start_on
            starts.append(task.began_on or min(filter(None, (planned, task.finished_on))))
    start_on = min(starts, default=state.start_on)
    least = month_shift(start_on, SHORTEST_MONTHS) - _GRACE
    most = month_shift(start_on, LONGEST_MONTHS) + _GRACE
    months = round((launch_on - start_on).days / _DAYS_OF_A_MONTH, 1)
    return Preparation(start_on, launch_on, months, least <= launch_on <= most)


def earliest_launch(places: Places, today: date) -> date:
    """The day after the last open task before launch, if all of them were laid out from today."""
    net, axis = places.net, places.axis
    laid_out = places.copy()
    beyond = axis.calendar.index(today)
    first = {opens: axis.first(today, opens=opens) for opens in (False, True)}
    for n in net.order:
        task, frozen, opens = net.tasks[n], net.frozen[n], net.opens[n]
        if not (task.is_before_launch and task.is_open):
            continue
        if frozen in (None, Frozen.FIXED):
            now = first[opens]
            laid_out.start[n] = max(now, laid_out.earliest(n) or now)
        last = laid_out.start[n] + laid_out.span[n] - 1
        beyond = max(beyond, axis.position(last, opens=opens) + 1)
    day = axis.calendar.day(beyond)
    return day if axis.is_open(day) else axis.day(axis.first(day))


class Days:
    """Which launch days are good: open, outside of blackouts, no holiday where members live."""

    def __init__(self, parameters: Parameters, axis: Axis, today: date) -> None:
        self.parameters, self.axis, self.today = parameters, axis, today

    def is_good(self, day: date) -> bool:
        """Whether nothing speaks against it."""
        return self.axis.is_open(day) and self.blackout(day) is None and not self.away(day)

    def blackout(self, day: date) -> Blackout | None:
        """The window that it lies in."""
        windows = self.parameters.blackouts
        return next((w for w in windows if w.start_on <= day <= w.end_on), None)

    def away(self, day: date) -> list[str]:
        """The regions of members that have a holiday."""
        regions = self.parameters.member_regions
        return [region for region in regions if region_holiday(region, day, "en")]

    def near(self, day: date) -> list[date]:
        """The nearest good days before and after, none before today."""
        before = self._first(day, lambda n: day - timedelta(days=n))
        after = self._first(day, lambda n: day + timedelta(days=n))
        return [found for found in (before, after) if found is not None]

    def on_or_before(self, day: date) -> date | None:
        """The last good day up to ``day``; None where all are far away, or behind us."""
        return day if self.is_good(day) else self._first(day, lambda n: day - timedelta(days=n))

    def _first(self, day: date, away: Callable[[int], date]) -> date | None:
        days = (away(n) for n in range(1, _FAR))
        return next((day for day in days if day >= self.today and self.is_good(day)), None)


def about_launch_day(days: Days, launch_on: date) -> Iterator[Said]:
    """A closed day, a blackout, a holiday of members: each with the nearest good days."""
    if days.is_good(launch_on):
        return
    near = days.near(launch_on)
    told: dict[str, object] = {
        "launch_on": launch_on.isoformat(),
        "near": Said(_NEAR, {"days": ", ".join(day.isoformat() for day in near)}) if near else "",
    }
    if not days.axis.is_open(launch_on):
        yield Said(_CLOSED, {**told, "name": _closed_name(days, launch_on)})
    window = days.blackout(launch_on)
    if window is not None:
        reason = Said(_REASON, {"reason": window.reason}) if window.reason else ""
        borders = {"start_on": window.start_on.isoformat(), "end_on": window.end_on.isoformat()}
        yield Said(_BLACKOUT, {**told, **borders, "reason": reason})
    for region in days.away(launch_on):
        names = {tag: region_holiday(region, launch_on, tag) or "" for tag in LANGUAGES}
        yield Said(_AWAY, {**told, "region": region, "name": names})


def _closed_name(days: Days, launch_on: date) -> object:
    en, fr = (days.axis.calendar.name(launch_on, tag) for tag in LANGUAGES)
    return Sentence(en=en, fr=fr) if en and fr else WEEKEND


def about_length(preparation: Preparation, earliest_on: date) -> Iterator[Said]:
    """Too short, too long, or too early for what is left to do."""
    launch_on = preparation.launch_on
    if not preparation.is_within:
        least = month_shift(preparation.start_on, SHORTEST_MONTHS)
        is_short = launch_on < least
        day = least if is_short else month_shift(preparation.start_on, LONGEST_MONTHS)
        said = str(preparation.months)
        values = {"months": {"en": said, "fr": said.replace(".", ",")}, "day": day.isoformat()}
        yield Said(_TOO_SHORT if is_short else _TOO_LONG, values)
    if launch_on < earliest_on:
        yield Said(_TOO_EARLY, {"launch_on": launch_on.isoformat(), "day": earliest_on.isoformat()})
