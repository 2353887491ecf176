"""What links demand of a task, in its own days."""

from collections.abc import Sequence

from tracker.projects.replanning.axis import Axis
from tracker.projects.replanning.net import Net, Tie


class Places:
    """Where every task of a net lies: its first day, and how many it takes (a milestone: one)."""

    def __init__(self, net: Net, axis: Axis, start: Sequence[int], span: Sequence[int]) -> None:
        self.net, self.axis = net, axis
        self.start, self.span = list(start), list(span)

    def copy(self) -> "Places":
        """The same, to be changed on its own."""
        return Places(self.net, self.axis, self.start, self.span)

    def bound(self, n: int, tie: Tie) -> int:
        """The first day on which ``tie`` lets the task start.

        FS: the day after the predecessor is due (a milestone: on that day) · SS: when it starts ·
        FF: due when it is due · SF: due no earlier than it starts.
        """
        at, kind, lag = tie
        axis, opens, start = self.axis, self.net.opens, self.start[at]
        is_due = kind in ("FS", "FF")
        told = start + self.span[at] - 1 if is_due else start
        if axis.hole is not None:
            told = axis.position(told, opens=opens[at])
        if kind == "FS":
            told += not self.net.tasks[n].is_milestone
        told += lag
        if axis.hole is not None:
            told = axis.own(told, opens=opens[n])
        return told if kind in ("FS", "SS") else told - self.span[n] + 1

    def earliest(self, n: int) -> int | None:
        """The first day that all its links allow; None where it waits for nothing."""
        return max((self.bound(n, tie) for tie in self.net.ties[n]), default=None)

    def driver(self, n: int) -> Tie | None:
        """The link that allows no earlier start than it has, if one does."""
        start = self.start[n]
        return next((tie for tie in self.net.ties[n] if self.bound(n, tie) == start), None)
