"""Days as positions: working days of a project's calendar, in a row.

Two counts live on one axis. What opens the launch may lie on a launch day that is closed; to all
other work that day does not exist. So each task counts in its own days, and differences between
two counts of the same task mean the same on every calendar.
"""

from datetime import date, timedelta

from tracker.playbooks.calendar import WorkCalendar


class Axis:
    """The working days of one calendar, on which a closed launch day is worked."""

    def __init__(self, calendar: WorkCalendar) -> None:
        self.calendar = calendar
        opened = calendar.opened
        self.hole = None if opened is None else calendar.index(opened)

    @classmethod
    def on(cls, base: WorkCalendar, launch_on: date) -> "Axis":
        """The axis of a project that launches on ``launch_on``."""
        return cls(base if base.is_open(launch_on) else base.opening(launch_on))

    def own(self, position: int, *, opens: bool = False) -> int:
        """In a task's own days; other work counts the hole as the day behind it."""
        hole = self.hole
        return position if opens or hole is None or position <= hole else position - 1

    def position(self, own: int, *, opens: bool = False) -> int:
        """The way back."""
        hole = self.hole
        return own if opens or hole is None or own < hole else own + 1

    def first(self, day: date, *, opens: bool = False) -> int:
        """The task's first working day from ``day`` on."""
        return self.own(self.calendar.index(day), opens=opens)

    def last(self, day: date, *, opens: bool = False) -> int:
        """The task's last working day up to ``day``."""
        position = self.calendar.index(day + timedelta(days=1)) - 1
        if position == self.hole and not opens:
            position -= 1
        return self.own(position, opens=opens)

    def day(self, own: int, *, opens: bool = False) -> date:
        """The day of a position."""
        return self.calendar.day(self.position(own, opens=opens))

    def is_open(self, day: date, *, opens: bool = False) -> bool:
        """Whether the task may lie on ``day``."""
        return self.calendar.is_open(day) and (opens or day != self.calendar.opened)
