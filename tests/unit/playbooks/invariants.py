"""What holds for every plan, whatever it was made from."""

from collections.abc import Iterator
from datetime import date

from tests.unit.playbooks.order import Waiting, bounds
from tracker.playbooks.planned import Plan


def broken(plan: Plan, today: date) -> list[str]:
    """What is wrong with ``plan``, in the words of the rule that it breaks."""
    return [
        *_on_closed_days(plan),
        *_out_of_order(plan),
        *_before_today(plan, today),
        *_miscounted(plan),
        *_with_negative_float(plan),
        *_outside_the_project(plan),
    ]


def _on_closed_days(plan: Plan) -> Iterator[str]:
    """``plan.calendar`` calls launch day open, so the answer is asked of the bare calendar."""
    closed_launch = plan.calendar.opened
    for task in plan.tasks:
        spec = task.spec
        # A milestone fixed on launch day tells that day and no other; it is no work.
        may = spec.opens_the_launch or (spec.is_milestone and spec.on and spec.on.name == "launch")
        for day in (task.start_on, task.due_on):
            if not plan.calendar.is_open(day) or (day == closed_launch and not may):
                yield f"{spec.key} lies on {day}, a closed day"


def _out_of_order(plan: Plan) -> Iterator[str]:
    index = plan.calendar.index
    places = {task.spec.key: (index(task.start_on), index(task.due_on)) for task in plan.tasks}
    for task in plan.tasks:
        after = [(link.task, link.type, link.lag) for link in task.after]
        row = Waiting(task.spec.key, is_milestone=task.spec.is_milestone, after=after)
        if any(day < bound for bound, day in bounds(row, places)):
            yield f"{row.key} does not wait for what it comes after: {after}"


def _before_today(plan: Plan, today: date) -> Iterator[str]:
    for task in plan.tasks:
        if task.start_on < today:
            yield f"{task.spec.key} starts on {task.start_on}, before today"


def _miscounted(plan: Plan) -> Iterator[str]:
    for task in plan.tasks:
        first, last = (plan.calendar.index(day) for day in (task.start_on, task.due_on))
        counted = last - first + 1
        if counted != (1 if task.spec.is_milestone else task.days):
            yield f"{task.spec.key} lasts {task.days} days, but {counted} from start to due"
        if (task.days == 0) != task.spec.is_milestone:
            yield f"{task.spec.key} lasts {task.days} days"


def _with_negative_float(plan: Plan) -> Iterator[str]:
    for task in plan.tasks:
        if task.float_days < 0:
            yield f"{task.spec.key} has a float of {task.float_days}"


def _outside_the_project(plan: Plan) -> Iterator[str]:
    for task in plan.tasks:
        if task.spec.is_before_launch and task.due_on >= plan.days.launch:
            yield f"{task.spec.key} belongs before launch day and is due on {task.due_on}"
        if task.due_on > plan.days.end:
            yield f"{task.spec.key} is due on {task.due_on}, after the project's end"
