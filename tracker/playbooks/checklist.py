"""A checklist or a module of a playbook, laid out around a day of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Final

from tracker.kernel.errors import DomainError, NotFound
from tracker.kernel.texts import Said, Sentence, Text
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Anchor, Link, ModuleSpec, Playbook, TaskSpec
from tracker.playbooks.network import Activity, Span, forward, in_order, latest_ends
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.planned import PlannedTask
from tracker.playbooks.schedule import SHORTEST_MONTHS
from tracker.playbooks.selection import links_in_force, reason_to_leave_out

_NO_CHECKLIST: Final = Sentence(
    en="The playbook has no checklist or module “{key}”. GET /api/v1/playbooks/{slug} names them: "
    "a checklist as “phase.checklist”, a module by its key.",
    fr="Le modèle n'a ni liste ni module « {key} ». GET /api/v1/playbooks/{slug} les nomme : une "
    "liste par « phase.liste », un module par sa clé.",
)
_TOO_EARLY: Final = Sentence(
    en="With its day on {anchor_on}, “{task}” would have had to start on {start_on}, before today, "
    "{today}. The earliest day that works is {earliest}.",
    fr="Avec son jour au {anchor_on}, « {task} » aurait dû commencer le {start_on}, avant "
    "aujourd'hui, {today}. Le premier jour possible est le {earliest}.",
)
_PAST: Final = Sentence(
    en="{anchor_on} is before today, {today}. The earliest day that works is {earliest}.",
    fr="Le {anchor_on} est avant aujourd'hui, {today}. Le premier jour possible est le {earliest}.",
)
_RITUAL_OVER: Final = Sentence(
    en="This ritual ends on {until}, before its first date.",
    fr="Ce rituel se termine le {until}, avant sa première date.",
)
_NOTHING: Final = Sentence(
    en="Nothing of “{title}” applies to this project.",
    fr="Rien dans « {title} » ne s'applique à ce projet.",
)


class DoesNotFit(DomainError):
    """The checklist cannot lie on this day. ``earliest_anchor_on`` is None if no day would do."""

    type = "checklist-does-not-fit"
    extensions = ("earliest_anchor_on",)

    def __init__(
        self, sentence: Sentence, earliest_anchor_on: date | None = None, **values: object
    ) -> None:
        self.earliest_anchor_on = earliest_anchor_on
        super().__init__(sentence, **values)


@dataclass(frozen=True, slots=True)
class Bundle:
    """Tasks that are added together; ``anchor`` names the one that falls on the chosen day.

    Without an anchor the first task starts on it.
    """

    key: str
    title: Text
    phase: str
    checklist: str
    anchor: str | None
    tasks: tuple[TaskSpec, ...]


@dataclass(frozen=True, slots=True)
class Frame:
    """The project around it: its working days, when it ends, and what its anchors mean."""

    calendar: WorkCalendar
    today: date
    end_on: date  # of the project, or of its preparation: what slipping would move
    day_of: Callable[[Anchor], date]


@dataclass(frozen=True, slots=True)
class Layout:
    """Dated tasks in the order of their dates, and what was left out with the reason."""

    anchor_on: date
    tasks: tuple[PlannedTask, ...]
    left_out: Mapping[str, Said]


def find_bundle(playbook: Playbook, key: str) -> Bundle:
    """The checklist “phase.checklist”, or the module of this key. Raises NotFound."""
    module = next((module for module in playbook.modules if module.key == key), None)
    if module is not None:
        return of_module(module)
    phase_key, _, name = key.partition(".")
    phase = next((phase for phase in playbook.phases if phase.key == phase_key), None)
    if phase is None or name not in phase.checklists:
        raise NotFound(_NO_CHECKLIST, key=key, slug=playbook.slug)
    tasks = (task for task in playbook.tasks if (task.phase, task.checklist) == (phase_key, name))
    return Bundle(key, phase.checklists[name], phase_key, name, None, tuple(tasks))


def of_module(module: ModuleSpec) -> Bundle:
    """The tasks of a module."""
    return Bundle(module.key, module.title, module.phase, module.key, module.anchor, module.tasks)


def applicable(
    bundle: Bundle, playbook: Playbook, parameters: Parameters
) -> tuple[Bundle, dict[str, Said]]:
    """The bundle with the tasks that apply, links inside only, and why the others do not.

    A task that waited for one outside waits for what that one waited for, if that is inside.
    """
    left_out = {
        task.key: reason
        for task in bundle.tasks
        if (reason := reason_to_leave_out(task, parameters, playbook))
    }
    kept = {task.key: task for task in bundle.tasks if task.key not in left_out}
    tasks = tuple(
        replace(task, after=tuple(_inside(task, kept, playbook))) for task in kept.values()
    )
    return replace(bundle, tasks=tasks), left_out


def _inside(task: TaskSpec, kept: Mapping[str, TaskSpec], playbook: Playbook) -> Sequence[Link]:
    if task.key not in playbook.by_key:  # of a module, which links to nothing else
        return task.after
    links = links_in_force(task, kept, playbook)
    return [link for link in links if kept[link.task].recurring is None]


def lay_out(bundle: Bundle, anchor_on: date, frame: Frame) -> Layout:
    """Date the tasks: durations as told, links inside only, on working days, never before today.

    An anchor day that is closed becomes the next working day. Raises DoesNotFit.
    """
    if not bundle.tasks:
        raise DoesNotFit(_NOTHING, title=bundle.title)
    ordered = in_order(Activity(task.key, task.days, task.after) for task in bundle.tasks)
    spans = forward(ordered)
    anchor = spans[bundle.anchor].start if bundle.anchor else 0
    if anchor_on < frame.today:
        raise _in_the_past(anchor_on, frame, anchor)
    shift = frame.calendar.index(anchor_on) - anchor
    moved = {
        key: Span(span.start + shift, span.end + shift, span.driver) for key, span in spans.items()
    }
    _check_today(bundle, anchor_on, moved, anchor=anchor + shift, frame=frame)
    tasks = _tasks(bundle, ordered, moved, frame=frame)
    ended = {task.spec.key: _over(task) for task in tasks if _is_over(task)}
    kept = tuple(task for task in tasks if task.spec.key not in ended)
    if not kept:
        raise DoesNotFit(_NOTHING, title=bundle.title)
    return Layout(frame.calendar.on_or_after(anchor_on), kept, ended)


def _in_the_past(anchor_on: date, frame: Frame, run_up_days: int) -> DoesNotFit:
    """However long ago that is: calendars do not reach back for ever."""
    earliest = frame.calendar.day(frame.calendar.index(frame.today) + run_up_days)
    told = {"anchor_on": anchor_on, "today": frame.today, "earliest": earliest}
    return DoesNotFit(_PAST, earliest, **{name: day.isoformat() for name, day in told.items()})


def run_up(bundle: Bundle) -> int:
    """Working days from the start of its first task to its anchor."""
    spans = forward(in_order(Activity(task.key, task.days, task.after) for task in bundle.tasks))
    return spans[bundle.anchor].start if bundle.anchor else 0


def _check_today(
    bundle: Bundle,
    anchor_on: date,
    spans: Mapping[str, Span],
    *,
    anchor: int,
    frame: Frame,
) -> None:
    first = min(bundle.tasks, key=lambda task: spans[task.key].start)
    calendar, start = frame.calendar, spans[first.key].start
    missing = calendar.index(frame.today) - start
    if missing > 0:
        earliest = calendar.day(anchor + missing)
        raise DoesNotFit(
            _TOO_EARLY,
            earliest_anchor_on=earliest,
            anchor_on=anchor_on.isoformat(),
            task=first.title,
            start_on=calendar.day(start).isoformat(),
            today=frame.today.isoformat(),
            earliest=earliest.isoformat(),
        )


def _tasks(
    bundle: Bundle, ordered: Sequence[Activity], spans: Mapping[str, Span], *, frame: Frame
) -> list[PlannedTask]:
    end = max([frame.calendar.index(frame.end_on) + 1, *(span.end for span in spans.values())])
    ends = latest_ends(ordered, dict.fromkeys(spans, end))
    by_dates = sorted(bundle.tasks, key=lambda task: (spans[task.key].start, spans[task.key].end))
    first_on = frame.calendar.day(min(span.start for span in spans.values()))
    tasks = []
    for task in by_dates:
        span = spans[task.key]
        until = frame.day_of(task.recurring.until) if task.recurring else None
        tasks.append(
            PlannedTask(
                spec=task,
                start_on=frame.calendar.day(span.start),
                due_on=frame.calendar.day(span.end - 1),
                days=task.days,
                float_days=ends[task.key] - span.end,
                after=task.after,
                facts=_facts(task, spans, first_on, bundle=bundle, calendar=frame.calendar),
                repeats_until=until,
            )
        )
    return tasks


def _facts(
    task: TaskSpec,
    spans: Mapping[str, Span],
    first_on: date,
    *,
    bundle: Bundle,
    calendar: WorkCalendar,
) -> dict[str, Any]:
    """What ``why.explain`` tells: the anchor's own day counts for more than what precedes it."""
    span = spans[task.key]
    start_on, waited = calendar.day(span.start), {}
    rule, from_on = "with_checklist", first_on
    if task.key == bundle.anchor:
        rule, from_on = "checklist_day", start_on
    elif span.driver is not None:
        earlier, rule = spans[span.driver.task], span.driver.type
        from_on = calendar.day(earlier.end - 1 if rule in ("FS", "FF") else earlier.start)
        waited = {"task": span.driver.task, "lag": span.driver.lag}
    return {
        "days": task.days,
        "reference": task.days,
        "months": SHORTEST_MONTHS,
        "start_on": start_on.isoformat(),
        "due_on": calendar.day(span.end - 1).isoformat(),
        "rule": rule,
        "from_on": from_on.isoformat(),
        "span_from": min(from_on, start_on).isoformat(),
        **waited,
    }


def _is_over(task: PlannedTask) -> bool:
    return task.repeats_until is not None and task.start_on > task.repeats_until


def _over(task: PlannedTask) -> Said:
    assert task.repeats_until is not None
    return Said(_RITUAL_OVER, {"until": task.repeats_until.isoformat()})
