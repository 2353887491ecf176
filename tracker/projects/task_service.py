"""Changing one task: load, judge, change, announce."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from operator import attrgetter, itemgetter
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.texts import Said
from tracker.people.queries import under_names
from tracker.people.rules import Actor
from tracker.projects.judgement import Change, Circumstances, judge
from tracker.projects.moving import DATES, DatedLink, LinkEnd, broken_links, with_changes
from tracker.projects.queries import TaskRow
from tracker.projects.showing import calendar_of
from tracker.projects.task_queries import TaskAtHand
from tracker.projects.task_writing import (
    Done,
    assign,
    members,
    resolved,
    take_back,
    tell,
    with_look,
    write,
)

_OF_END: Final = attrgetter(*LinkEnd.__dataclass_fields__)


@dataclass(frozen=True, slots=True)
class Changed:
    """A task after its change, and what to say of it."""

    at_hand: TaskAtHand
    warnings: list[Said]


def change_task(
    session: Session, actor: Actor, at_hand: TaskAtHand, wish: Mapping[str, Any], *, now: datetime
) -> Changed:
    """Make of a locked task what ``wish`` says, by the fields of PATCH /tasks/{id}.

    Where that may be a date, the task has been looked up to be moved.

    Raises what ``judge`` raises, and Invalid for members that are not there.
    """
    wish = _with_members(session, at_hand, wish)
    task = at_hand.task
    change = judge(actor, task, wish, circumstances(at_hand, now))
    warnings = [*change.warnings, *_broken(at_hand, change)]
    if change.history:
        done = Done(task, change)
        assign(session, [done])
        task = write(session, task, with_look(done, now), now=now)
        take_back(session, [done], now=now)
        tell(session, actor, [done], now=now)
        assignees = sorted(wish.get("assignees", at_hand.assignees))
        at_hand = replace(at_hand, task=task, assignees=assignees)
    return Changed(at_hand, warnings)


def _with_members(
    session: Session, at_hand: TaskAtHand, wish: Mapping[str, Any]
) -> Mapping[str, Any]:
    if "assignees" not in wish:
        return wish
    names, known = wish["assignees"], at_hand.parts.named
    if known is None:
        found = members(session, at_hand.task.workspace_id, names)
    else:
        found = resolved(names, under_names(names, known))
    return {**wish, "assignees": set(found.values())}


def circumstances(at_hand: TaskAtHand, now: datetime) -> Circumstances:
    """What a judgement on this task looks at."""
    return Circumstances(
        now=now,
        today=local_today(at_hand.frame.timezone, now),
        calendar=calendar_of(at_hand.frame),
        state=at_hand.frame.state,
        policy=at_hand.policy,
        gates=at_hand.gates,
        predecessors=at_hand.parts.predecessors,
        shown={evidence.kind for evidence in at_hand.parts.evidences},
        assignees=at_hand.assignees,
    )


def _broken(at_hand: TaskAtHand, change: Change) -> list[Said]:
    """Warn of direct neighbours where the task has been moved."""
    if not any(name in change.values for name in DATES):
        return []
    moved = with_changes(_links_around(at_hand), {at_hand.task.id: change.values})
    return broken_links(moved, calendar_of(at_hand.frame))


def _links_around(at_hand: TaskAtHand) -> list[DatedLink]:
    """The links that begin or end at a task to be moved, each with both ends, in their order."""
    task, around = at_hand.task, at_hand.parts.around
    if around is None:
        raise RuntimeError("the task was not looked up to be moved")
    own, found = _end(task), []
    for row in around:
        is_earlier = row.part == "link"
        places = (row.position, task.position) if is_earlier else (task.position, row.position)
        ends = (_end(row), own) if is_earlier else (own, _end(row))
        found.append((places, DatedLink(*ends, row.type, row.lag_days)))
    return [link for _places, link in sorted(found, key=itemgetter(0))]


def _end(task: TaskRow) -> LinkEnd:
    return LinkEnd(*_OF_END(task))
