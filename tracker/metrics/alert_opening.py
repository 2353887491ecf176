"""Opening an alert: it is told once, and what corrects it is added once."""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import update
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import DomainError
from tracker.kernel.outbox import publish
from tracker.metrics import alert_queries
from tracker.metrics.alert_events import AlertOpened
from tracker.metrics.alert_models import Alert
from tracker.metrics.alert_rules import Judged
from tracker.people.rules import Actor, Role
from tracker.playbooks.model import WatchSpec
from tracker.projects.checklists import add_checklist
from tracker.projects.models import Project

_ALERTS: Final = Alert.__table__
_ONCE: Final = frozenset({"ghost_town"})
"""Kinds that correct once in the life of a project."""
_OPEN: Final = {
    name: insert(_ALERTS).on_conflict_do_nothing().returning(_ALERTS.c.id)
    for name, insert in (("sqlite", sqlite.insert), ("postgresql", postgresql.insert))
}
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Look:
    """One look at one project."""

    session: Session
    project: Project
    today: date
    now: datetime


def may_open(watch: WatchSpec, last: Any, now: datetime) -> bool:
    """Whether a rule that is broken opens an alert, after the ``last`` one that it had."""
    if last is None:
        return True
    silent_until: datetime = (last.resolved_at or now) + timedelta(days=watch.cool_down_days)
    return bool(last.state == "resolved" and now >= silent_until)


def open_alert(look: Look, watch: WatchSpec, found: Judged, last: Any) -> None:
    """Open it, unless another look was quicker."""
    figures = plain(found.figures)
    project, alert_id = look.project, new_id()
    row = {
        "workspace_id": project.workspace_id,
        "id": alert_id,
        "project_id": project.id,
        "rule": watch.key,
        "kind": watch.kind,
        "metric": found.figures.get("metric", watch.values.get("metric")),
        "state": "open",
        "figures": figures,
        "latest": figures,
        "opened_at": look.now,
        "seen_at": look.now,
        "version": 1,
    }
    insert = _OPEN[core(look.session).dialect.name]
    if core(look.session).execute(insert, row).first() is None:
        return
    _correct(look, watch, alert_id, last)
    record(look.session, entry_of(look, alert_id, "opened", (None, "open")))
    publish(look.session, AlertOpened(**told(look, alert_id, watch.key, watch.kind)))


def _correct(look: Look, watch: WatchSpec, alert_id: UUID, last: Any) -> None:
    """Add what corrects it, unless it is there from the last time and still open."""
    if watch.corrects is None:
        return
    if _is_corrected(look, watch, last):
        _name(look, alert_id, last.checklist_id, last.task_id)
        return
    wish = {
        "checklist": watch.corrects,
        "anchor_on": look.today + timedelta(days=1),
        "playbook": None,
        "version": None,
        "dry_run": False,
    }
    project = look.project
    by_rule = Actor(project.workspace_id, project.created_by, Role.OWNER, door="rule")
    try:
        added = add_checklist(look.session, by_rule, project.id, wish, now=look.now)
    except DomainError as error:  # a project at its end takes nothing more: the alert stands alone
        _log.warning("nothing was added for the alert %s: %s", alert_id, error.type)
        return
    anchor = min(added.added.tasks, key=lambda task: (task["start_on"], task["position"]))
    _name(look, alert_id, added.row["id"], anchor["id"])


def _name(look: Look, alert_id: UUID, checklist_id: UUID, task_id: UUID) -> None:
    """Have an alert name what corrects it; the next one is told by it what is there already."""
    mine = (_ALERTS.c.workspace_id == look.project.workspace_id, _ALERTS.c.id == alert_id)
    values = {"checklist_id": checklist_id, "task_id": task_id}
    core(look.session).execute(update(_ALERTS).where(*mine).values(values))


def _is_corrected(look: Look, watch: WatchSpec, last: Any) -> bool:
    if last is None or last.checklist_id is None:
        return False
    if watch.kind in _ONCE:
        return True
    return alert_queries.has_open_work(look.session, last.workspace_id, last.checklist_id)


def told(look: Look, alert_id: UUID, rule: str, kind: str) -> dict[str, Any]:
    """What every announcement of an alert names."""
    return {
        "workspace_id": look.project.workspace_id,
        "at": look.now,
        "project_id": look.project.id,
        "alert_id": alert_id,
        "rule": rule,
        "kind": kind,
    }


def entry_of(look: Look, alert_id: UUID, action: str, state: tuple[object, object]) -> Entry:
    """What the history keeps of it: nobody did it, a rule did."""
    return Entry(
        workspace_id=look.project.workspace_id,
        project_id=look.project.id,
        at=look.now,
        member_id=None,
        door="rule",
        subject="alert",
        subject_id=alert_id,
        action=action,
        changes={"state": state},
    )


def plain(figures: Mapping[str, Any]) -> dict[str, Any]:
    """As they are kept: days as texts."""
    return {
        name: value.isoformat() if isinstance(value, date) else value
        for name, value in figures.items()
    }
