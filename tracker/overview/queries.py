"""Looking across domains. Nothing here can be asked without a workspace, but a feed's secret."""

from typing import Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.projects.models import Baseline

_NO_BASELINE: Final = Sentence(
    en="There is no such baseline in this project.",
    fr="Il n'y a pas de telle référence dans ce projet.",
)


def baseline(session: Session, workspace_id: UUID, project_id: UUID, baseline_id: UUID) -> Baseline:
    """A baseline of this very project. Raises NotFound."""
    found = session.scalars(
        select(Baseline).where(
            Baseline.workspace_id == workspace_id,
            Baseline.project_id == project_id,
            Baseline.id == baseline_id,
        )
    ).one_or_none()
    if found is None:
        raise NotFound(_NO_BASELINE)
    return found
