"""Tasks in rows: mark, title, dates, days, float, role."""

from collections.abc import Iterator, Sequence
from typing import Final

import click

from tracker.cli.days import say_day
from tracker.cli.preview import Preview
from tracker.cli.render.chain import critical_chain
from tracker.cli.render.labels import LABELS, ROLES, count, until
from tracker.cli.render.page import WIDTH, heading, titled
from tracker.playbooks.planned import PlannedPhase, PlannedTask

_NUMBER: Final = 6
_ROLE: Final = 4


def phase_tasks(preview: Preview, phase: PlannedPhase) -> Iterator[str]:
    """The tasks of one phase, in the order of their dates."""
    language = preview.language
    tasks = [task for task in preview.plan.tasks if task.spec.phase == phase.key]
    dates = f"{say_day(phase.start_on, language)} → {say_day(phase.end_on, language)}"
    yield heading(f"{phase.title[language]} · {dates}", count("tasks", len(tasks), language))
    if tasks:
        yield from _Rows(preview).all(tasks)


def critical_tasks(preview: Preview) -> Iterator[Iterator[str]]:
    """The chain that holds launch day, then what has no float behind it."""
    before = critical_chain(task for task in preview.plan.tasks if task.spec.is_before_launch)
    after = [t for t in preview.plan.tasks if t.is_critical and not t.spec.is_before_launch]
    yield _listed(preview, "path_to_launch", before)
    yield _listed(preview, "critical_after", after)


def _listed(preview: Preview, label: str, tasks: Sequence[PlannedTask]) -> Iterator[str]:
    if tasks:
        note = count("tasks", len(tasks), preview.language)
        yield heading(LABELS[label].say(preview.language), note)
        yield from _Rows(preview).all(tasks)


class _Rows:
    """Rows of one width for the whole plan, as wide as its longest date."""

    def __init__(self, preview: Preview) -> None:
        self.language = preview.language
        days = {day for task in preview.plan.tasks for day in (task.start_on, task.due_on)}
        self.said = {day: say_day(day, self.language) for day in days}
        self.date = max(map(len, self.said.values()))
        self.title = WIDTH - len("  ●< ") - 2 * (2 + self.date) - 2 * _NUMBER - _ROLE

    def all(self, tasks: Sequence[PlannedTask]) -> Iterator[str]:
        """A line of column names, then the tasks by their dates; milestones close their day."""
        yield click.style(self._head(), dim=True)
        for task in sorted(tasks, key=lambda t: (t.start_on, t.due_on, t.spec.is_milestone)):
            yield from self._row(task)

    def _head(self) -> str:
        start, due, days, spare = (
            LABELS[name].say(self.language) for name in ("from", "due", "days", "float")
        )
        dates = f"  {start:<{self.date}}  {due:<{self.date}}"
        return f"{'':{self.title + 5}}{dates}{days:>{_NUMBER}}{spare:>{_NUMBER}}"

    def _row(self, task: PlannedTask) -> Iterator[str]:
        first, *more = titled(task.spec.title[self.language], self.title, self._cells(task))
        line = f"  {_marks(task)} {first}"
        yield click.style(line, fg="red") if task.is_critical else line
        yield from (f"     {line}" for line in more)
        if task.spec.recurring and task.repeats_until:
            last = say_day(task.repeats_until, self.language)
            yield f"       {until(task.spec.recurring.rrule, last, self.language)}"

    def _cells(self, task: PlannedTask) -> str:
        start, due = self.said[task.start_on], self.said[task.due_on]
        dates = f"  {start:<{self.date}}  {due:<{self.date}}"
        role = ROLES[task.spec.role][0].say(self.language)
        return f"{dates}{task.days:>{_NUMBER}}{task.float_days:>{_NUMBER}}{role:>{_ROLE}}"


def _marks(task: PlannedTask) -> str:
    """What kind of task it is, then what is special about it."""
    spec = task.spec
    if spec.recurring:
        kind = "↻"
    elif spec.is_milestone:
        kind = "◆" if task.is_critical else "◇"
    else:
        kind = "●" if task.is_critical else "○"
    return kind + ("<" if spec.early else "+" if spec.optional else " ")
