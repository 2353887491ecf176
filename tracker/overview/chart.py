"""A timeline as what a Gantt draws: bands of lines between borders, all dates parsed. Pure.

It reads the timeline of a stored project and that of a preview, which knows no progress yet.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any, Final, Literal

from tracker.playbooks.calendar import WorkCalendar

Kind = Literal["task", "milestone", "ritual"]
CLOSED: Final = ("done", "not_applicable")
_WEEKDAYS: Final = WorkCalendar()


@dataclass(frozen=True, slots=True)
class Line:
    """A task with its dates. ``share`` of it is done; it may wait until ``late_on``."""

    key: str
    title: str
    kind: Kind
    role: str
    status: str
    start_on: date
    due_on: date
    late_on: date | None
    share: float
    float_days: int
    is_critical: bool
    is_pinned: bool
    was: tuple[date, date] | None  # where the baseline has it
    until: date | None  # last day of a ritual
    times: tuple[tuple[date, str], ...] = ()  # when it was held: done, missed, or still open

    @property
    def is_open(self) -> bool:
        """Whether somebody has still to do it."""
        return self.status not in CLOSED

    def is_overdue(self, today: date) -> bool:
        """Whether its day has passed; a ritual comes back, so it is never late as a whole."""
        return self.is_open and self.kind != "ritual" and self.due_on < today


@dataclass(frozen=True, slots=True)
class Band:
    """A phase with its lines, by their dates."""

    key: str
    title: str
    start_on: date
    end_on: date
    lines: tuple[Line, ...]

    @property
    def counted(self) -> list[Line]:
        """What progress is told from: rituals have no end, what does not apply no weight."""
        return [
            line for line in self.lines if line.kind != "ritual" and line.status != "not_applicable"
        ]

    @property
    def done(self) -> int:
        """How many of the counted ones are done."""
        return sum(line.status == "done" for line in self.counted)


@dataclass(frozen=True, slots=True)
class Border:
    """A gate on its day."""

    title: str
    on: date
    state: str
    is_flagged: bool = False  # it is open, and something that it stood on has slipped back


@dataclass(frozen=True)
class Chart:
    """Everything that is drawn."""

    title: str
    launch_on: date
    start_on: date
    end_on: date
    today: date
    bands: tuple[Band, ...]
    borders: tuple[Border, ...]

    @cached_property
    def lines(self) -> list[Line]:
        """The lines of every band."""
        return [line for band in self.bands for line in band.lines]

    @cached_property
    def first(self) -> date:
        """The first day on which something is drawn."""
        return min([self.start_on, *(line.start_on for line in self.lines), *self._old_days])

    @cached_property
    def last(self) -> date:
        """The last day on which something is drawn."""
        days = [line.due_on for line in self.lines] + [border.on for border in self.borders]
        return max([self.end_on, *days, *self._old_days])

    @property
    def _old_days(self) -> list[date]:
        return [day for line in self.lines for day in line.was or ()]

    @property
    def has_baseline(self) -> bool:
        """Whether old dates are drawn beside the new ones."""
        return any(line.was for line in self.lines)


def chart_of(timeline: Mapping[str, Any], today: date) -> Chart:
    """What is drawn of ``timeline`` on ``today``."""
    project = timeline["project"]
    held = _held(timeline["tasks"])
    lines = [
        (task["phase"], _line(task, held.get(task.get("id"), ())))
        for task in timeline["tasks"]
        if not task.get("ritual_id")
    ]
    return Chart(
        title=project.get("name") or project["playbook"],
        launch_on=_day(project["launch_on"]),
        start_on=_day(project["start_on"]),
        end_on=_day(project["end_on"]),
        today=today,
        bands=tuple(
            _band(phase, [line for key, line in lines if key == phase["key"]])
            for phase in timeline["phases"]
        ),
        borders=tuple(_border(gate) for gate in timeline["gates"]),
    )


def _band(phase: Mapping[str, Any], lines: list[Line]) -> Band:
    lines.sort(key=lambda line: (line.start_on, line.due_on, line.kind == "milestone"))
    return Band(
        key=phase["key"],
        title=phase["title"],
        start_on=_day(phase["start_on"]),
        end_on=_day(phase["end_on"]),
        lines=tuple(lines),
    )


def _held(tasks: Sequence[Mapping[str, Any]]) -> Mapping[Any, tuple[tuple[date, str], ...]]:
    """The occurrences of rituals, under the rituals' ids: they are drawn on one line."""
    found = defaultdict(list)
    for task in tasks:
        if task.get("ritual_id"):
            how = "missed" if task.get("is_missed", task.get("missed")) else task["status"]
            found[task["ritual_id"]].append((_day(task["due_on"]), how))
    return {ritual_id: tuple(sorted(times)) for ritual_id, times in found.items()}


def _line(task: Mapping[str, Any], times: tuple[tuple[date, str], ...]) -> Line:
    status, was, recurring = task.get("status", "todo"), task.get("baseline"), task["recurring"]
    return Line(
        key=task["key"],
        title=task["title"],
        kind="ritual" if recurring else "milestone" if task["milestone"] else "task",
        role=task["role"],
        status=status,
        start_on=_day(task["start_on"]),
        due_on=_day(task["due_on"]),
        late_on=None if recurring else _late_on(task),
        share=1.0 if status == "done" else _share(task["steps"]),
        float_days=task["float_days"],
        is_critical=task["critical"],
        is_pinned=task.get("pinned", task.get("is_pinned", False)),
        was=(_day(was["start_on"]), _day(was["due_on"])) if was else None,
        until=_day(recurring["until"]) if recurring else None,
        times=times,
    )


def _late_on(task: Mapping[str, Any]) -> date | None:
    """The day until which it can slip; counted in plain weekdays where the timeline has none."""
    if task["float_days"] <= 0:
        return None
    if task.get("late_on"):
        return _day(task["late_on"])
    due_on = _WEEKDAYS.on_or_before(_day(task["due_on"]))
    return _WEEKDAYS.day(_WEEKDAYS.index(due_on) + task["float_days"])


def _share(steps: Sequence[Mapping[str, Any]]) -> float:
    done = sum(bool(step.get("done_at")) for step in steps)
    return done / len(steps) if steps else 0.0


def _border(gate: Mapping[str, Any]) -> Border:
    state, flags = gate.get("state", "pending"), gate.get("flags")
    return Border(gate["title"], _day(gate["on"]), state, bool(flags))


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
