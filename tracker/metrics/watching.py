"""Looking whether the figures of a project break a rule: load, judge, change, announce.

An alert opens once, adds what corrects it once, follows its figures, and ends by them or by hand.
"""

import logging
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from tracker.kernel.activity import Entry, record
from tracker.kernel.clock import local_today
from tracker.kernel.db import core
from tracker.kernel.outbox import Event, publish
from tracker.library.queries import playbook as find_playbook
from tracker.metrics import alert_queries
from tracker.metrics.alert_events import AlertResolved
from tracker.metrics.alert_models import Alert
from tracker.metrics.alert_opening import Look, entry_of, may_open, open_alert, plain, told
from tracker.metrics.alert_rules import LONGEST, Case, Judged, judge, wanted
from tracker.metrics.speaking import spoken
from tracker.playbooks.dictionary import load_dictionary
from tracker.playbooks.model import WatchSpec
from tracker.projects.models import Project

_ALERTS: Final = Alert.__table__
_FOLLOW: Final = (
    update(_ALERTS)
    .where(
        _ALERTS.c.workspace_id == bindparam("of_workspace"), _ALERTS.c.id == bindparam("of_alert")
    )
    .values(latest=bindparam("told"), seen_at=bindparam("now"))
)
_log: Final = logging.getLogger(__name__)


def watch_project(session: Session, project: Project, *, now: datetime) -> None:
    """Judge every rule of its playbook; nothing where it has none."""
    mine = (project.workspace_id, project.id)
    playbook = find_playbook(
        session, project.workspace_id, project.playbook, project.playbook_version
    )
    watches = [one for one in playbook.watches if _is_for(one, project)]
    known = alert_queries.last_alerts(session, *mine)
    if not watches and not any(row.state != "resolved" for row in known.values()):
        return
    look = Look(session, project, local_today(project.timezone, now), now)
    judged = _judge(look, watches, known)
    _end(look, [*_mended(judged, known), *_out_of_season(watches, known)])
    _follow(look, judged, known)
    for watch, found in judged:
        if found.outcome == "firing" and may_open(watch, known.get(watch.key), now):
            open_alert(look, watch, found, known.get(watch.key))


def _is_for(watch: WatchSpec, project: Project) -> bool:
    kind = project.parameters.get("community_type")
    return (not watch.phases or project.phase in watch.phases) and (
        not watch.types or kind in watch.types
    )


def _judge(
    look: Look, watches: Iterable[WatchSpec], known: Mapping[str, Any]
) -> list[tuple[WatchSpec, Judged]]:
    watches = list(watches)
    project = look.project
    launched_on = project.launch_on if project.phase not in (None, "prepare") else None
    heard = alert_queries.heard_at(look.session, project.workspace_id, project.id)
    read = {name for one in watches for name in wanted(one.kind, one.values)}
    told_of = spoken(look.session, project, read, today=look.today, back=LONGEST).points
    running = {
        name for name, metric in load_dictionary().metrics.items() if metric.window == "total"
    }
    found = []
    for watch in watches:
        last = known.get(watch.key)
        case = Case(
            today=look.today,
            points=told_of,
            running=running,
            launched_on=launched_on,
            read_on=local_today(project.timezone, heard) if heard else None,
            is_open=last is not None and last.state != "resolved",
            hours_a_week=project.parameters.get("animation_hours_per_week"),
        )
        found.append((watch, judge(watch.kind, watch.values, case)))
    return found


def _mended(
    judged: Iterable[tuple[WatchSpec, Judged]], known: Mapping[str, Any]
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    for watch, found in judged:
        last = known.get(watch.key)
        if found.outcome == "quiet" and last is not None and last.state != "resolved":
            yield last, plain(found.figures)


def _out_of_season(
    watches: Iterable[WatchSpec], known: Mapping[str, Any]
) -> Iterator[tuple[Any, Mapping[str, Any]]]:
    """Open alerts whose rule belongs to a phase that is over."""
    in_force = {watch.key for watch in watches}
    for rule, last in known.items():
        if last.state != "resolved" and rule not in in_force:
            yield last, last.latest


def _end(look: Look, over: Iterable[tuple[Any, Mapping[str, Any]]]) -> None:
    entries: list[Entry] = []
    events: list[Event] = []
    for row, figures in over:
        values = {
            "state": "resolved",
            "latest": figures,
            "seen_at": look.now,
            "resolved_at": look.now,
            "version": row.version + 1,
        }
        mine = (_ALERTS.c.workspace_id == row.workspace_id, _ALERTS.c.id == row.id)
        core(look.session).execute(update(_ALERTS).where(*mine).values(values))
        entries.append(entry_of(look, row.id, "resolved", (row.state, "resolved")))
        events.append(AlertResolved(**told(look, row.id, row.rule, row.kind), by=None))
    record(look.session, *entries)
    publish(look.session, *events)


def _follow(
    look: Look, judged: Iterable[tuple[WatchSpec, Judged]], known: Mapping[str, Any]
) -> None:
    """Keep the newest figures beside those that it opened with; one statement for all."""
    rows = [
        {
            "of_workspace": look.project.workspace_id,
            "of_alert": known[watch.key].id,
            "told": plain(found.figures),
            "now": look.now,
        }
        for watch, found in judged
        if found.outcome == "firing" and watch.key in known and known[watch.key].state != "resolved"
    ]
    if rows:
        core(look.session).execute(_FOLLOW, rows)
