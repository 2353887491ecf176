"""What a project wants of a metric: its target, and the series that speaks. Load, change, tell."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.errors import Invalid, NotFound
from tracker.kernel.outbox import previous_of, publish
from tracker.kernel.texts import Said, Sentence
from tracker.metrics.choosing import Found
from tracker.metrics.definitions import by_any_name
from tracker.metrics.events import MetricSet
from tracker.metrics.reading_models import MetricSetting
from tracker.metrics.reading_service import metrics_of
from tracker.metrics.rules import COMPARE
from tracker.metrics.setting_queries import NO_SERIES, check_series, settings_of_metric
from tracker.metrics.storing import look_again
from tracker.people.rules import Actor, Permission
from tracker.playbooks.dictionary import Metric
from tracker.projects import queries as projects
from tracker.projects.history import Changes, tell_project
from tracker.projects.models import Project
from tracker.projects.rules import check_takes_changes

_NO_METRIC: Final = Sentence(
    en="There is no metric “{metric}” in this project. GET /projects/{project_id}/metrics lists "
    "them.",
    fr="Il n'y a pas d'indicateur « {metric} » dans ce projet. GET /projects/{project_id}/metrics "
    "les liste.",
)
_NEEDS_VALUE: Final = Sentence(
    en="A target needs a value; without one, “op” is null or none.",
    fr="Une cible demande une valeur ; sans valeur, « op » est null ou none.",
)
_NO_VALUE: Final = Sentence(
    en="Without a comparison there is no value: leave it out, or give an “op” such as >=.",
    fr="Sans comparaison, pas de valeur : la retirer, ou donner un « op » comme >=.",
)


@dataclass(frozen=True, slots=True)
class Wanted:
    """A metric of a project, and what is said of it."""

    project: Project
    metric: Metric
    settings: Sequence[MetricSetting]

    @property
    def version(self) -> int:
        """Grows with each change of what is said of it."""
        return 1 + sum(row.version for row in self.settings)


def find(
    session: Session, actor: Actor, project_id: UUID, name: str, *, to_change: bool = False
) -> Wanted:
    """A metric by its key or another of its names. Raises NotFound."""
    project = projects.project(session, actor.workspace_id, project_id, to_change=to_change)
    metric = by_any_name(metrics_of(session, project)).get(name)
    if metric is None:
        raise NotFound(_NO_METRIC, metric=name, project_id=project_id)
    scope = (actor.workspace_id, project_id, metric.key)
    return Wanted(project, metric, settings_of_metric(session, *scope))


def check_found(found: Found, series_id: UUID | None) -> None:
    """Raise NotFound unless the series that is asked for, if any, is among those of its metric."""
    if series_id is not None and all(series.id != series_id for series in found):
        raise NotFound(NO_SERIES)


def set_target(
    session: Session, actor: Actor, wanted: Wanted, wish: Mapping[str, Any], *, now: datetime
) -> None:
    """Set the target of one phase, or of all where none is named.

    ``op`` is null to follow the playbook, ``none`` to want no target. Raises Forbidden, Invalid,
    ProjectClosed.
    """
    op, value, phase = wish["op"], wish["value"], wish["phase"] or ""
    if (op in COMPARE) != (value is not None):
        raise Invalid({"value": [Said(_NEEDS_VALUE if op in COMPARE else _NO_VALUE, {})]})
    row = _row(session, actor, wanted, phase, now=now)
    changes = {f"target {phase}".strip(): (_told(row.op, row.value), _told(op, value))}
    row.op, row.value = op, value
    _tell(session, actor, wanted, changes, now=now)


def _told(op: str | None, value: float | None) -> str | None:
    return op if value is None else f"{op} {value:g}"


def pin_series(
    session: Session, actor: Actor, wanted: Wanted, series_id: UUID | None, *, now: datetime
) -> None:
    """Have one series speak for the metric; None lets the best one. Raises NotFound, Forbidden."""
    scope = (session, actor.workspace_id, wanted.project.id)
    if series_id is not None:
        check_series(*scope, metric=wanted.metric.key, series_id=series_id)
    row = _row(session, actor, wanted, "", now=now)
    changes = {"series": (row.series_id, series_id)}
    row.series_id = series_id
    _tell(session, actor, wanted, changes, now=now)


def _row(
    session: Session, actor: Actor, wanted: Wanted, phase: str, *, now: datetime
) -> MetricSetting:
    """What is said of a phase, about to be changed."""
    actor.must(Permission.MANAGE_PROJECTS)
    check_takes_changes(wanted.project.state)
    row = next((one for one in wanted.settings if one.phase == phase), None)
    if row is None:
        row = MetricSetting(
            workspace_id=actor.workspace_id,
            project_id=wanted.project.id,
            metric=wanted.metric.key,
            phase=phase,
            version=0,
        )
        session.add(row)
    row.changed_by, row.changed_at = actor.member_id, now
    row.version += 1
    return row


def _tell(
    session: Session, actor: Actor, wanted: Wanted, changes: Changes, *, now: datetime
) -> None:
    session.flush()  # before what looks at it again
    project, metric = wanted.project, wanted.metric.key
    told = {f"{metric}: {name}": pair for name, pair in changes.items()}
    tell_project(session, actor, project.id, action="metric set", changes=told, now=now)
    look_again(session, project.workspace_id, project.id, now=now)
    publish(
        session,
        MetricSet(
            workspace_id=project.workspace_id,
            at=now,
            project_id=project.id,
            metric=metric,
            fields=sorted(name.split()[0] for name in changes),
            previous=previous_of(changes),
            by=actor.member_id,
        ),
    )
