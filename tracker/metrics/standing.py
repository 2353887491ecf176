"""How the metrics of a project stand: what is known of each, and what is wanted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.library.queries import playbook as find_playbook
from tracker.metrics.choosing import Found
from tracker.metrics.setting_queries import settings_of
from tracker.metrics.targets import Targets
from tracker.projects.models import Project


@dataclass(frozen=True, slots=True)
class Standing:
    """One look at them, in the phase that the project is in."""

    project_id: UUID
    phase: str | None
    targets: Targets
    known: Mapping[str, Found]
    now: datetime

    @property
    def is_derived(self) -> bool:
        """Whether figures are computed in this project."""
        return any(
            series.method == "derived" and points
            for found in self.known.values()
            for series, points in found.items()
        )


def standing_of(
    session: Session, project: Project, known: Mapping[str, Found], *, now: datetime
) -> Standing:
    """``known`` are the series of the metrics in question, with the points that matter."""
    scope = (project.workspace_id, project.playbook, project.playbook_version)
    playbook = find_playbook(session, *scope)
    settings = settings_of(session, project.workspace_id, project.id)
    targets = Targets.of(playbook, project.parameters.get("community_type"), settings)
    return Standing(project.id, project.phase, targets, known, now)
