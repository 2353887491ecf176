"""What people do about alerts: load, judge, change, announce."""

from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.errors import Conflict
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Sentence
from tracker.metrics.alert_events import AlertAcknowledged, AlertResolved
from tracker.metrics.alert_models import Alert
from tracker.people.rules import Actor, Permission
from tracker.projects.history import entry

_RESOLVED: Final = Sentence(
    en="This alert is resolved already. If the figures go wrong again, a new one opens.",
    fr="Cette alerte est déjà résolue. Si les chiffres se dégradent, une autre s'ouvrira.",
)


class AlertResolvedAlready(Conflict):
    """What is over cannot be answered."""

    type = "alert-resolved"


def acknowledge(
    session: Session, actor: Actor, alert: Alert, *, note: str | None, now: datetime
) -> None:
    """Say that somebody takes care; said again it is as it was. Raises AlertResolvedAlready."""
    _check(actor, alert)
    if alert.state == "acknowledged" and note in (None, alert.note):
        return
    before = alert.state
    alert.state = "acknowledged"
    alert.acknowledged_at, alert.acknowledged_by = now, actor.member_id
    _finish(session, actor, alert, before, note=note, now=now)
    publish(session, AlertAcknowledged(**told(alert, now), by=actor.member_id))


def resolve(
    session: Session, actor: Actor, alert: Alert, *, note: str | None, now: datetime
) -> None:
    """End it by hand; it stays silent as long as its rule wants. Raises AlertResolvedAlready."""
    _check(actor, alert)
    before = alert.state
    alert.state = "resolved"
    alert.resolved_at, alert.resolved_by = now, actor.member_id
    _finish(session, actor, alert, before, note=note, now=now)
    publish(session, AlertResolved(**told(alert, now), by=actor.member_id))


def annotate(session: Session, actor: Actor, alert: Alert, note: str | None) -> None:
    """Keep what somebody has to say about it."""
    actor.must(Permission.MANAGE_PROJECTS)
    if note != alert.note:
        alert.note = note
        alert.version += 1
        session.flush()


def told(alert: Alert, now: datetime) -> dict[str, Any]:
    """What every announcement of an alert names."""
    return {
        "workspace_id": alert.workspace_id,
        "at": now,
        "project_id": alert.project_id,
        "alert_id": alert.id,
        "rule": alert.rule,
        "kind": alert.kind,
    }


def _check(actor: Actor, alert: Alert) -> None:
    actor.must(Permission.MANAGE_PROJECTS)
    if alert.state == "resolved":
        raise AlertResolvedAlready(_RESOLVED)


def _finish(
    session: Session, actor: Actor, alert: Alert, before: str, *, note: str | None, now: datetime
) -> None:
    alert.note = alert.note if note is None else note
    alert.version += 1
    changes = {"state": (before, alert.state)}
    subject = ("alert", alert.id)
    record(
        session,
        entry(actor, alert.project_id, subject, action=alert.state, changes=changes, now=now),
    )
    session.flush()
