"""From a playbook and parameters to a dated plan."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any, Final

from tracker.kernel.errors import DomainError
from tracker.kernel.texts import Said, Sentence
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.grammar import PHASES
from tracker.playbooks.model import Anchor, GateSpec, Link, Playbook, TaskSpec
from tracker.playbooks.network import Activity, Span, forward, in_order, latest_ends
from tracker.playbooks.parameters import RANGES, Parameters, check_parameters
from tracker.playbooks.planned import Plan, PlannedGate, PlannedPhase, PlannedTask
from tracker.playbooks.refusals import (
    BEYOND_END,
    BEYOND_LAUNCH,
    EARLIEST,
    ENDLESS,
    FIXED_IN_THE_PAST,
    LATE_FOR_FIXED,
    MORE_MONTHS,
    PREPARATION_TOO_LATE,
    SHORTEN,
    SHORTER,
    PlanDoesNotFit,
)
from tracker.playbooks.schedule import (
    MONTHS_TO_DEVELOP,
    SHORTEST_MONTHS,
    FixedDays,
    month_shift,
    phase_borders,
)
from tracker.playbooks.selection import lies_behind, links_in_force
from tracker.playbooks.shape import Shape, measure
from tracker.playbooks.warnings import warnings_of

_RITUAL_OVER: Final = Sentence(
    en="This ritual would have ended on {until}, before its first date.",
    fr="Ce rituel se serait terminé le {until}, avant sa première date.",
)


_MOST_DAYS: Final = 2600
"""Working days of ten years: what a plan may reach on either side of launch day."""
_DAYS_TO_TRY: Final = 14


def make_plan(playbook: Playbook, parameters: Parameters, today: date) -> Plan:
    """Date every task of ``playbook`` that applies; equal inputs give equal plans.

    Raises Invalid for values that make no sense, PlanDoesNotFit for those that cannot be met.
    """
    check_parameters(parameters, today)
    return Planner(playbook, parameters, today).plan()


@dataclass
class Planner:
    """One run: what is known grows from the anchors to the dates."""

    playbook: Playbook
    parameters: Parameters
    today: date
    advises: bool = True  # looks for what would fit instead; not while such a look goes on
    counts_floats: bool = True
    shape: Shape | None = None
    spans: dict[str, Span] = field(default_factory=dict)
    floats: dict[str, int] = field(default_factory=dict)
    links: dict[str, tuple[Link, ...]] = field(default_factory=dict)
    days: dict[str, int] = field(default_factory=dict)
    reasons: dict[str, tuple[str, date]] = field(default_factory=dict)

    def lay_out(self) -> Shape:
        """Everything but the values that come out."""
        shape = self.shape = self.shape or Shape.of(self.playbook, self.parameters)
        self.kept, self.left_out = dict(shape.kept), dict(shape.left_out)
        self._anchor(shape)
        if self.is_running:
            self._drop_the_past()
        else:
            self._plan_preparation()
        self._plan_the_rest(shape)
        self._drop_ended_rituals()
        return shape

    def plan(self) -> Plan:
        """The values that come out."""
        self.lay_out()
        tasks = self._tasks()
        plan = Plan(
            playbook=self.playbook,
            parameters=replace(
                self.parameters, launch_on=self.fixed.launch, start_on=self.fixed.start
            ),
            days=self.fixed,
            calendar=self.calendar,
            phases=self._phases(),
            tasks=tasks,
            gates=self._gates(tasks),
            left_out=self.left_out,
            warnings=(),
        )
        return replace(plan, warnings=tuple(warnings_of(plan)))

    # The fixed points.

    def _anchor(self, shape: Shape) -> None:
        """Find launch day and start from each other; the preparation's length lies between."""
        wanted = self.parameters
        base = WorkCalendar(wanted.country, wanted.subdivision, wanted.closures)
        self.preparation, self.laid_out = shape.preparation, shape.laid_out
        self.length, self.early_by = shape.length, shape.early_by
        if self.length > _MOST_DAYS:
            raise self._endless(self._last_of_preparation(), self.preparation.shortest, self.length)
        if wanted.launch_on:
            launch = wanted.launch_on
        else:
            assert wanted.start_on
            launch = base.day(base.index(wanted.start_on) + self.length)
        self.base = base
        self.calendar = base if base.is_open(launch) else base.opening(launch)
        self.launch = self.calendar.index(launch)
        start = self.calendar.day(self.launch - self.length)
        end = month_shift(launch, MONTHS_TO_DEVELOP + wanted.develop_months)
        last_launch_day = launch + timedelta(weeks=wanted.launch_weeks, days=-1)
        self.fixed = FixedDays(
            start=start,
            launch=launch,
            launch_end=max(launch, self.calendar.on_or_before(last_launch_day)),
            develop=self.calendar.on_or_after(month_shift(launch, MONTHS_TO_DEVELOP)),
            end=self.calendar.on_or_before(end),
        )
        self.work_on = base.on_or_after(launch)
        self.recruit_on = base.on_or_after(launch + timedelta(days=1))
        self.is_running = wanted.already_launched and launch <= self.today

    def _activity(self, task: TaskSpec) -> Activity:
        return Activity(task.key, task.days, links_in_force(task, self.kept, self.playbook))

    # Before launch day.

    def _plan_preparation(self) -> None:
        start = self.launch - self.length
        if self.fixed.start < self.today:
            raise self._starts_too_late()
        activities, from_launch = self.laid_out
        laid_out = {key: self.launch + n - self.early_by for key, n in from_launch.items()}
        floors = dict(laid_out)
        fixed = self._windows(activities, floors)
        spans = forward(activities, floors=floors, fixed=fixed)
        self._check_fixed(spans, fixed)
        last = max(spans, key=lambda key: spans[key].end, default=None)
        if last is not None and spans[last].end > self.launch:
            raise self._beyond_launch(last, spans)
        self._keep(activities, spans)
        bounds = {key: spans[key].end if key in fixed else self.launch for key in spans}
        self._count_floats(activities, spans, bounds)
        start_on = self.calendar.day(start)
        for activity in activities:
            self.reasons.setdefault(activity.key, ("network", start_on))
            if activity.key not in fixed and spans[activity.key].start == laid_out[activity.key]:
                self._remember_driver(activity)

    def _remember_driver(self, activity: Activity) -> None:
        """Where rounding left room behind it, a task still stands where its predecessor put it."""
        shortest, span = self.preparation.shortest[activity.key].driver, self.spans[activity.key]
        if shortest is not None and span.driver is None:
            driver = next(
                k for k in activity.after if (k.task, k.type) == (shortest.task, shortest.type)
            )
            self.spans[activity.key] = replace(span, driver=driver)

    def _starts_too_late(self) -> PlanDoesNotFit:
        chain = self._chain(self._last_of_preparation(), self.preparation.shortest)
        earliest = self._first_fit(self.base.day(self.base.index(self.today) + self.length))
        return PlanDoesNotFit(
            PREPARATION_TOO_LATE,
            chain=chain,
            earliest_launch_on=earliest,
            months=self.parameters.prepare_months,
            launch_on=self.fixed.launch.isoformat(),
            days=self.length,
            start_on=self.fixed.start.isoformat(),
            today=self.today.isoformat(),
            cure=_on_launch(earliest, self._shorter_preparation()) or "",
        )

    def _last_of_preparation(self) -> str:
        shortest = self.preparation.shortest
        return max(shortest, key=lambda key: shortest[key].end)

    def _shorter_preparation(self) -> Said | None:
        """The longest shorter preparation that would fit before the wanted launch day."""
        room = self.launch - self.calendar.index(self.today)
        for months in range(self.parameters.prepare_months - 1, SHORTEST_MONTHS - 1, -1):
            if measure(*replace(self.preparation, months=months).laid_out(0))[0] <= room:
                return Said(SHORTER, {"months": months})
        return None

    # After launch day.

    def _drop_the_past(self) -> None:
        """A running community has its preparation behind it."""
        for key, task in list(self.kept.items()):
            if task.is_before_launch or self._is_over(task):
                self.left_out[key] = lies_behind(self.fixed.launch)
                del self.kept[key]

    def _is_over(self, task: TaskSpec) -> bool:
        return task.on is not None and self.fixed.of(task.on, self.calendar) < self.today

    def _plan_the_rest(self, shape: Shape) -> None:
        ordered = shape.rest
        if self.is_running:  # what lies behind is left out, and links pass through it
            ordered = in_order(map(self._activity, self.kept.values()))
        floors = {activity.key: self._floor(self.kept[activity.key]) for activity in ordered}
        fixed = self._windows(ordered, floors)
        spans = forward(ordered, floors=floors, fixed=fixed, known=self.spans)
        self._check_fixed(spans, fixed)
        bound = self.calendar.index(self.fixed.end) + 1
        last = max(spans, key=lambda key: spans[key].end, default=None)
        if last is not None and spans[last].end - self.launch > _MOST_DAYS:
            raise self._endless(last, spans, spans[last].end - self.launch)
        if last is not None and spans[last].end > bound:
            raise self._beyond_the_end(last, spans)
        bounds = {key: spans[key].end if key in fixed else bound for key in spans}
        self._count_floats(ordered, spans, bounds)
        self._keep(ordered, spans)

    def _floor(self, task: TaskSpec) -> int:
        """First possible start: with its phase, and never before today."""
        if task.phase == "develop":
            reason, day = "phase", self.fixed.develop
        elif task.phase == "recruit":
            reason, day = "phase", self.recruit_on
        elif task.opens_the_launch:
            reason, day = "launch", self.fixed.launch
        else:
            reason, day = "launch", self.work_on
        if self.is_running and day < self.today:
            reason, day = "today", self.base.on_or_after(self.today)
        self.reasons[task.key] = (reason, day)
        return self.calendar.index(day)

    # Both sides.

    def _windows(self, activities: Sequence[Activity], floors: dict[str, int]) -> dict[str, int]:
        """Raise the floors by what the playbook says, and return the dates that it fixes."""
        fixed: dict[str, int] = {}
        for activity in activities:
            task = self.kept[activity.key]
            for anchor in filter(None, (task.not_before, task.on)):
                told = day = self.fixed.of(anchor, self.calendar)
                calendar = self.calendar if task.opens_the_launch else self.base
                day = (
                    day
                    if day == self.fixed.launch and task.is_milestone
                    else (calendar.on_or_after(day))
                )
                index = self.calendar.index(day)
                if anchor is task.on:
                    fixed[task.key] = index
                if index >= floors[task.key] or anchor is task.on:
                    floors[task.key] = index
                    rule = f"from_{anchor.name}" if anchor.is_offset else anchor.name
                    self.reasons[task.key] = (rule, told)
        return fixed

    def _count_floats(
        self, activities: Sequence[Activity], spans: Mapping[str, Span], bounds: Mapping[str, int]
    ) -> None:
        if self.counts_floats:
            ends = latest_ends(activities, bounds)
            self.floats.update({key: ends[key] - span.end for key, span in spans.items()})

    def _keep(self, activities: Sequence[Activity], spans: Mapping[str, Span]) -> None:
        self.spans.update(spans)
        self.links.update({activity.key: activity.after for activity in activities})
        self.days.update({activity.key: activity.days for activity in activities})

    def _check_fixed(self, spans: Mapping[str, Span], fixed: Mapping[str, int]) -> None:
        """A date that the playbook fixes is kept; what comes before it must be over by then."""
        for key, start in fixed.items():
            if self.calendar.day(start) < self.today:
                raise self._fixed_in_the_past(key, self.calendar.day(start))
            driver = spans[key].driver
            if driver is not None:
                raise self._late_for_fixed(key, driver.task, {**self.spans, **spans})

    def _fixed_in_the_past(self, key: str, on: date) -> PlanDoesNotFit:
        earliest = self._first_fit(self.fixed.launch + (self.today - on))
        return PlanDoesNotFit(
            FIXED_IN_THE_PAST,
            chain=[self.kept[key]],
            earliest_launch_on=earliest,
            on=on.isoformat(),
            today=self.today.isoformat(),
            cure=_on_launch(earliest) or "",
        )

    def _late_for_fixed(self, key: str, last: str, spans: Mapping[str, Span]) -> PlanDoesNotFit:
        earliest = self._first_fit(self.fixed.launch)
        return self._beyond(
            LATE_FOR_FIXED,
            last,
            spans,
            earliest_launch_on=earliest,
            task=self.kept[key].title,
            on=self.calendar.day(spans[key].start).isoformat(),
            cure=_on_launch(earliest) or "",
        )

    def _chain(self, last: str, spans: Mapping[str, Span]) -> list[TaskSpec]:
        """The tasks that pushed each other, first one first, up to ``last``."""
        chain = []
        key: str | None = last
        while key is not None:
            chain.append(self.kept[key])
            driver = spans[key].driver if key in spans else None
            key = driver.task if driver and driver.task in self.kept else None
        return chain[::-1]

    def _beyond(
        self,
        sentence: Sentence,
        last: str,
        spans: Mapping[str, Span],
        *,
        earliest_launch_on: date | None = None,
        **values: object,
    ) -> PlanDoesNotFit:
        return PlanDoesNotFit(
            sentence,
            chain=self._chain(last, spans),
            earliest_launch_on=earliest_launch_on,
            launch_on=self.fixed.launch.isoformat(),
            end_on=self.fixed.end.isoformat(),
            due_on=self.calendar.day(spans[last].end - 1).isoformat(),
            **values,
        )

    def _beyond_launch(self, last: str, spans: Mapping[str, Span]) -> PlanDoesNotFit:
        earliest = self._first_fit(self.fixed.launch)
        return self._beyond(
            BEYOND_LAUNCH,
            last,
            spans,
            earliest_launch_on=earliest,
            cure=_on_launch(earliest) or "",
        )

    def _beyond_the_end(self, last: str, spans: Mapping[str, Span]) -> PlanDoesNotFit:
        """A later launch helps where today, and not launch day, is what pushes."""
        due_on = self.calendar.day(spans[last].end - 1)
        later = self.fixed.launch + (due_on - self.fixed.end)
        earliest = self._first_fit(later) if self.is_running else None
        cure = _on_launch(earliest) or self._more_months() or SHORTEN
        return self._beyond(BEYOND_END, last, spans, earliest_launch_on=earliest, cure=cure)

    def _endless(self, last: str, spans: Mapping[str, Span], days: int) -> PlanDoesNotFit:
        chain = self._chain(last, spans)
        return PlanDoesNotFit(ENDLESS, chain=chain, days=days, most=_MOST_DAYS)

    # What would fit instead: tried out, so that nothing is promised in vain.

    def _fits(self, **changes: Any) -> bool:
        try:
            parameters = replace(self.parameters, **changes)
            check_parameters(parameters, self.today)
            Planner(self.playbook, parameters, self.today, advises=False).plan()
        except DomainError:
            return False
        return True

    def _first_fit(self, likely: date) -> date | None:
        """The first open launch day after the wanted one that fits; None if ``likely`` misleads."""
        if not self.advises:
            return None
        days = (likely + timedelta(days=n) for n in range(_DAYS_TO_TRY))
        found = next((day for day in days if self._fits_on(day)), None)
        unfit = self.fixed.launch
        while found and (found - unfit).days > 1:
            middle = unfit + (found - unfit) // 2
            found, unfit = (middle, unfit) if self._fits_on(middle) else (found, middle)
        return found

    def _fits_on(self, day: date) -> bool:
        return self.base.is_open(day) and self._fits(launch_on=day, start_on=None)

    def _more_months(self) -> Said | None:
        longer = range(self.parameters.develop_months + 1, RANGES["develop_months"][1] + 1)
        fitting = (n for n in longer if self.advises and self._fits(develop_months=n))
        months = next(fitting, None)
        return Said(MORE_MONTHS, {"months": months}) if months else None

    # What comes out.

    def _drop_ended_rituals(self) -> None:
        for key, task in list(self.kept.items()):
            if task.recurring is None:
                continue
            until = self.fixed.of(task.recurring.until, self.calendar)
            if self.calendar.day(self.spans[key].start) > until:
                self.left_out[key] = Said(_RITUAL_OVER, {"until": until.isoformat()})
                del self.kept[key]

    def _tasks(self) -> tuple[PlannedTask, ...]:
        """By their dates; equals stay in the order of the playbook."""
        spans = self.spans
        ordered = sorted(
            self.kept.values(), key=lambda task: (spans[task.key].start, spans[task.key].end)
        )
        return tuple(map(self._task, ordered))

    def _task(self, task: TaskSpec) -> PlannedTask:
        span = self.spans[task.key]
        start_on, due_on = self.calendar.day(span.start), self.calendar.day(span.end - 1)
        return PlannedTask(
            spec=task,
            start_on=start_on,
            due_on=due_on,
            days=self.days[task.key],
            float_days=self.floats[task.key],
            after=self.links[task.key],
            facts=self._facts(task, span, start_on, due_on),
            repeats_until=self._told(task.recurring.until if task.recurring else None),
            deadline_on=self._told(task.deadline),
        )

    def _told(self, anchor: Anchor | None) -> date | None:
        return self.fixed.of(anchor, self.calendar) if anchor else None

    def _facts(self, task: TaskSpec, span: Span, start_on: date, due_on: date) -> dict[str, Any]:
        waited: dict[str, Any] = {}
        if span.driver is None:
            rule, from_on = self.reasons[task.key]
        else:
            earlier, rule = self.spans[span.driver.task], span.driver.type
            at = earlier.end - 1 if rule in ("FS", "FF") else earlier.start
            from_on = self.calendar.day(at)
            waited = {"task": span.driver.task, "lag": span.driver.lag}
        first = start_on if rule == "network" else min(from_on, start_on)
        return {
            "days": self.days[task.key],
            "reference": task.days,
            "months": self.parameters.prepare_months,
            "start_on": start_on.isoformat(),
            "due_on": due_on.isoformat(),
            "rule": rule,
            "from_on": from_on.isoformat(),
            "span_from": first.isoformat(),
            **waited,
        }

    def _phases(self) -> tuple[PlannedPhase, ...]:
        borders = phase_borders(self.fixed, self.calendar)
        return tuple(
            PlannedPhase(phase.key, phase.title, *borders[phase.key])
            for phase in sorted(self.playbook.phases, key=lambda phase: PHASES.index(phase.key))
        )

    def _gates(self, tasks: Sequence[PlannedTask]) -> tuple[PlannedGate, ...]:
        due = {task.spec.key: task.due_on for task in tasks}
        return tuple(PlannedGate(gate, self._gate_day(gate, due)) for gate in self.playbook.gates)

    def _gate_day(self, gate: GateSpec, due: Mapping[str, date]) -> date:
        """Not before the milestones that it asks for, nor, in a running community, before today."""
        asked = [due[c["task"]] for c in gate.criteria if c.get("task") in due]
        day = max([self.fixed.of(gate.on, self.calendar), *asked])
        return max(day, self.today) if self.is_running else day


def _on_launch(earliest: date | None, shorter: Said | None = None) -> Said | None:
    """The clause that names the launch day that fits; None where there is none."""
    if earliest is None:
        return None
    return Said(EARLIEST, {"earliest": earliest.isoformat(), "shorter": shorter or ""})
