"""Where the rules alone put every task: what a plan is measured against once it is running."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

from tracker.kernel.texts import Said
from tracker.playbooks.calendar import WorkCalendar
from tracker.playbooks.model import Link, Playbook, TaskSpec
from tracker.playbooks.network import Span
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.plan import Planner
from tracker.playbooks.schedule import FixedDays
from tracker.playbooks.shape import Shape

LONG_AGO: Final = date(1970, 1, 1)
"""A today that pushes nothing."""


@dataclass(frozen=True, slots=True)
class Layout:
    """Positions are indexes of ``calendar``, on which a closed launch day is worked."""

    parameters: Parameters
    shape: Shape
    days: FixedDays
    calendar: WorkCalendar
    kept: Mapping[str, TaskSpec]
    left_out: Mapping[str, Said]
    spans: Mapping[str, Span]
    durations: Mapping[str, int]
    links: Mapping[str, tuple[Link, ...]]
    reasons: Mapping[str, tuple[str, date]]


def lay_out(playbook: Playbook, parameters: Parameters, like: Layout | None = None) -> Layout:
    """Lay a plan out as if there were no today; ``like`` spares the work that both have in common.

    Raises Invalid and PlanDoesNotFit as ``make_plan`` does, yet nothing is too late.
    """
    is_alike = like is not None and like.shape.fits(playbook, parameters)
    shape = like.shape if like and is_alike else Shape.known(playbook, parameters)
    planner = Planner(playbook, parameters, LONG_AGO, counts_floats=False, shape=shape)
    found = planner.lay_out()
    return Layout(
        parameters=parameters,
        shape=found,
        days=planner.fixed,
        calendar=planner.calendar,
        kept=planner.kept,
        left_out=planner.left_out,
        spans=planner.spans,
        durations=planner.days,
        links=planner.links,
        reasons=planner.reasons,
    )
