"""A task moved by hand: that task alone, onto working days, never before today. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final, Protocol

from tracker.kernel.errors import Conflict, Invalid
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link, LinkType
from tracker.playbooks.network import Activity, Span, earliest_start
from tracker.playbooks.parameters import LAST_YEAR
from tracker.projects.rules import CLOSED

DATES: Final = ("start_on", "due_on")
_LAST_DAY: Final = date(LAST_YEAR, 12, 31)
_ONE_DATE: Final = Sentence(
    en="A milestone has one date: send start_on or due_on, or both alike.",
    fr="Un jalon n'a qu'une date : envoyer start_on ou due_on, ou les deux égales.",
)
_PAST: Final = Sentence(
    en="{day} has passed: an open task is not planned before today, {today}.",
    fr="Le {day} est passé : une tâche ouverte n'est pas planifiée avant aujourd'hui, le {today}.",
)
_TOO_FAR: Final = Sentence(
    en="{day} is too far away; the last day is {last}.",
    fr="Le {day} est trop loin ; le dernier jour est le {last}.",
)
_PINNED_CLOSED: Final = Sentence(
    en="{day} is not worked, and the task is pinned. The next working day is {next}; send that "
    "one, or “pinned”: false.",
    fr="Le {day} n'est pas travaillé, et la tâche est épinglée. Le prochain jour ouvré est le "
    "{next} ; envoyer celui-là, ou « pinned » : false.",
)
_MOVED_ON: Final = Sentence(
    en="{day} is not worked; {name} is set to the next working day, {next}.",
    fr="Le {day} n'est pas travaillé ; {name} est mis au jour ouvré suivant, le {next}.",
)
_DUE_FIRST: Final = Sentence(
    en="The task would be due on {due_on}, before its start on {start_on}. Send both dates.",
    fr="La tâche serait à rendre le {due_on}, avant son début le {start_on}. Envoyer les deux "
    "dates.",
)
_DEADLINE: Final = Sentence(
    en="“{task}” is due on {due_on}, after its deadline of {deadline}.",
    fr="« {task} » est due le {due_on}, après son échéance du {deadline}.",
)
_TOO_LATE: Final = Sentence(
    en="“{task}” is now {days} working {days:day|days} later than launch day or the project's end "
    "allow.",
    fr="« {task} » est maintenant en retard de {days} {days:jour ouvré|jours ouvrés} sur ce que "
    "permettent le jour du lancement ou la fin du projet.",
)
_BROKEN: Final = Sentence(
    en="“{task}” should not start before {day}: it waits for “{earlier}” ({type} {lag:+d}).",
    fr="« {task} » ne devrait pas commencer avant le {day} : elle attend « {earlier} » ({type} "
    "{lag:+d}).",
)
_DONE_STAYS: Final = Sentence(
    en="A task that is done or not applicable keeps its dates. Reopen it first.",
    fr="Une tâche terminée ou sans objet garde ses dates. La rouvrir d'abord.",
)


class TaskClosed(Conflict):
    """What is done, or given up, does not move."""

    type = "task-closed"

    def __init__(self) -> None:
        super().__init__(_DONE_STAYS)


class Placed(Protocol):
    """What is looked at of a task that is to move."""

    title: str
    phase: str
    start_on: date
    due_on: date
    deadline_on: date | None
    float_days: int
    is_milestone: bool


@dataclass(frozen=True, slots=True)
class Move:
    """Columns and what they become, and what to say of it."""

    values: dict[str, Any] = field(default_factory=dict)
    warnings: list[Said] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class LinkEnd:
    """A task at one end of a link."""

    id: Any
    key: str
    title: str
    status: str
    start_on: date
    due_on: date
    is_milestone: bool


@dataclass(frozen=True, slots=True)
class DatedLink:
    """A link with where its two ends lie."""

    predecessor: LinkEnd
    successor: LinkEnd
    type: LinkType
    lag_days: int


def move(
    task: Placed, wish: Mapping[str, Any], *, calendar: WorkCalendar, today: date, is_pinned: bool
) -> Move:
    """Where ``task`` lies after ``wish``, which has some of the dates. Raises Invalid.

    A given date that the task has already is no move.
    """
    wanted = _wanted(task, wish)
    open_days = {
        name: day if _fault(day, today) else _open_day(task, calendar, day)
        for name, day in wanted.items()
    }
    moved_on = {name: day for name, day in wanted.items() if open_days[name] != day}
    faults = {name: [fault] for name, day in wanted.items() if (fault := _fault(day, today))}
    if is_pinned:
        for name, day in moved_on.items():
            faults[name] = [Said(_PINNED_CLOSED, {"day": day, "next": open_days[name]})]
    if faults:
        raise Invalid(faults)
    if not wanted:
        return Move()
    warnings = [
        Said(_MOVED_ON, {"day": day, "name": name, "next": open_days[name]})
        for name, day in moved_on.items()
    ]
    values = _laid(task, open_days, calendar)
    return Move(values, [*warnings, *_lateness(task, values)])


def _wanted(task: Placed, wish: Mapping[str, Any]) -> dict[str, date]:
    given = {name: wish[name] for name in DATES if name in wish}
    if task.is_milestone and len(set(given.values())) > 1:
        raise Invalid({"due_on": [Said(_ONE_DATE, {})]})
    if task.is_milestone and len(given) > 1:
        del given["start_on"]
    return {name: day for name, day in given.items() if day != getattr(task, name)}


def _fault(day: date, today: date) -> Said | None:
    if day < today:
        return Said(_PAST, {"day": day, "today": today})
    return Said(_TOO_FAR, {"day": day, "last": _LAST_DAY}) if day > _LAST_DAY else None


def _open_day(task: Placed, calendar: WorkCalendar, day: date) -> date:
    """The first working day from ``day`` on; a closed launch day is one for the launch alone."""
    open_day = calendar.on_or_after(day)
    if open_day == calendar.opened and task.phase != "launch":
        return calendar.on_or_after(open_day + timedelta(days=1))
    return open_day


def _laid(task: Placed, days: Mapping[str, date], calendar: WorkCalendar) -> dict[str, Any]:
    """The columns that tell where the task lies. Raises Invalid for an end before its start."""
    if task.is_milestone:
        days = dict.fromkeys(DATES, next(iter(days.values())))
    start_on, due_on = (days.get(name, getattr(task, name)) for name in DATES)
    if due_on < start_on:
        fault = Said(_DUE_FIRST, {"due_on": due_on, "start_on": start_on})
        raise Invalid({"due_on" if "due_on" in days else "start_on": [fault]})
    end = calendar.index(due_on)
    return {
        "start_on": start_on,
        "due_on": due_on,
        "duration_days": 0 if task.is_milestone else end - calendar.index(start_on) + 1,
        "float_days": task.float_days - (end - calendar.index(task.due_on)),
    }


def by_hand(start_on: date, due_on: date, days: int) -> dict[str, Any]:
    """Facts for the sentence that tells why a task lies where somebody put it."""
    return {
        "rule": "by_hand",
        "from_on": start_on.isoformat(),
        "span_from": start_on.isoformat(),
        "start_on": start_on.isoformat(),
        "due_on": due_on.isoformat(),
        "days": days,
        "reference": days,
    }


def _lateness(task: Placed, values: Mapping[str, Any]) -> Iterator[Said]:
    due_on, float_days = values["due_on"], values["float_days"]
    if task.deadline_on is not None and due_on > max(task.deadline_on, task.due_on):
        said = {"task": task.title, "due_on": due_on, "deadline": task.deadline_on}
        yield Said(_DEADLINE, said)
    if float_days < min(0, task.float_days):
        yield Said(_TOO_LATE, {"task": task.title, "days": -float_days})


def broken_links(links: Iterable[DatedLink], calendar: WorkCalendar) -> list[Said]:
    """A warning for each link that its ends do not keep, while both are open."""
    found = []
    for link in links:
        if link.predecessor.status in CLOSED or link.successor.status in CLOSED:
            continue
        later, placed = link.successor, _positions(link.successor, calendar)
        activity = Activity(later.key, 0 if later.is_milestone else placed.end - placed.start)
        bond = Link(link.predecessor.key, link.type, link.lag_days)
        earliest = earliest_start(activity, bond, _positions(link.predecessor, calendar))
        if placed.start < earliest:
            found.append(_broken(link, calendar.day(earliest)))
    return found


def _broken(link: DatedLink, day: date) -> Said:
    values = {
        "task": link.successor.title,
        "earlier": link.predecessor.title,
        "day": day,
        "type": link.type,
        "lag": link.lag_days,
    }
    return Said(_BROKEN, values)


def _positions(end: LinkEnd, calendar: WorkCalendar) -> Span:
    start = calendar.index(end.start_on)
    return Span(start, max(start, calendar.index(end.due_on)) + 1)


def with_changes(
    links: Iterable[DatedLink], changes: Mapping[Any, Mapping[str, Any]]
) -> Iterator[DatedLink]:
    """``links`` as they are once columns of some tasks, under their ids, have changed."""
    for link in links:
        yield replace(
            link,
            predecessor=_changed(link.predecessor, changes),
            successor=_changed(link.successor, changes),
        )


def _changed(end: LinkEnd, changes: Mapping[Any, Mapping[str, Any]]) -> LinkEnd:
    if end.id not in changes:  # most: a move concerns one end of each link
        return end
    known = {name: new for name, new in changes[end.id].items() if hasattr(end, name)}
    return replace(end, **known)
