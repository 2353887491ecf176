"""Figures that people bring: load, judge, keep, announce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence, language_of
from tracker.library.queries import playbook as find_playbook
from tracker.metrics.definitions import by_any_name, definitions_in
from tracker.metrics.events import ReadingsEntered
from tracker.metrics.placing import Origin
from tracker.metrics.reading_rows import Brought, Judge
from tracker.metrics.storing import Outcome, keep_each
from tracker.people.rules import Actor, Permission
from tracker.playbooks.dictionary import Metric
from tracker.projects import queries as projects
from tracker.projects.history import tell_project
from tracker.projects.models import Project
from tracker.projects.rules import check_takes_changes

BY_HAND: Final = "project"
"""The origin of what was brought by hand or through the API."""
_BY_HAND: Final = Sentence(en="entered by hand", fr="saisi à la main")


@dataclass(frozen=True, slots=True)
class Entered:
    """What has become of each row: new, changed, same; or the reason why it was refused."""

    rows: Sequence[Outcome | Said]

    def count(self, outcome: str) -> int:
        """How many rows came to this."""
        return sum(row == outcome for row in self.rows)

    @property
    def refused(self) -> Mapping[str, Said]:
        """The reasons, by the number of the row."""
        return {str(n): row for n, row in enumerate(self.rows) if isinstance(row, Said)}


def metrics_of(session: Session, project: Project) -> Mapping[str, Metric]:
    """Every metric that a project can have, by its key."""
    scope = (project.workspace_id, project.playbook, project.playbook_version)
    return definitions_in(find_playbook(session, *scope))


def enter_readings(
    session: Session, actor: Actor, project_id: UUID, rows: Sequence[Any], *, now: datetime
) -> Entered:
    """Keep the rows that are figures, and tell of each what has become of it.

    Raises NotFound, Forbidden, ProjectClosed; Invalid where not one row can be kept.
    """
    actor.must(Permission.CHANGE_OWN_TASKS)
    project = projects.project(session, actor.workspace_id, project_id)
    check_takes_changes(project.state)
    metrics = by_any_name(metrics_of(session, project))
    judged = list(Judge(metrics, local_today(project.timezone, now)).all(rows))
    kept = [one for one in judged if isinstance(one, Brought)]
    if not kept:
        refused = {str(n): [one] for n, one in enumerate(judged) if isinstance(one, Said)}
        raise Invalid({"readings": refused})
    outcomes = iter(
        keep_each(
            session,
            _by_hand(project),
            [(one.sample, one.note) for one in kept],
            now=now,
            by=actor.member_id,
        )
    )
    entered = Entered([one if isinstance(one, Said) else next(outcomes) for one in judged])
    told = {one.sample.metric for one in kept}
    _tell(session, actor, project, entered, metrics=told, now=now)
    return entered


def _by_hand(project: Project) -> Origin:
    """Named in the project's language: it stands in what gates tell."""
    source = _BY_HAND.say(language_of(project.language) or "en")
    return Origin(project.workspace_id, project.id, BY_HAND, source, project.timezone)


def _tell(
    session: Session,
    actor: Actor,
    project: Project,
    entered: Entered,
    *,
    metrics: set[str],
    now: datetime,
) -> None:
    new, corrected = entered.count("new"), entered.count("changed")
    if not new + corrected:
        return
    changes = {"new": (None, new), "corrected": (None, corrected)}
    tell_project(session, actor, project.id, action="readings entered", changes=changes, now=now)
    publish(
        session,
        ReadingsEntered(
            workspace_id=project.workspace_id,
            at=now,
            project_id=project.id,
            metrics=sorted(metrics),
            new=new,
            corrected=corrected,
            by=actor.member_id,
        ),
    )
