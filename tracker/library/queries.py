"""Looking up what a workspace plans from."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, func, select
from sqlalchemy.orm import Session

from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.library.models import Assessment, OwnPlaybook
from tracker.playbooks.catalog import newest_version, our_playbook
from tracker.playbooks.loader import load_bytes
from tracker.playbooks.model import Playbook
from tracker.playbooks.shapes import SLUG

_NO_ASSESSMENT: Final = Sentence(
    en="There is no such assessment in this workspace.",
    fr="Il n'y a pas de telle évaluation dans cet espace.",
)


_OWN: Final = OwnPlaybook.__table__
# Put into words once: every look at a running plan asks for the playbook that it came from.
_SOURCE: Final = (
    select(_OWN.c.source)
    .where(_OWN.c.workspace_id == bindparam("workspace_id"), _OWN.c.slug == bindparam("slug"))
    .order_by(_OWN.c.version.desc())
    .limit(1)
)
_SOURCE_OF: Final = _SOURCE.where(_OWN.c.version == bindparam("version"))


def playbook(
    session: Session, workspace_id: UUID, slug: str, version: int | None = None
) -> Playbook:
    """A playbook that the workspace can use: ours, or its own. None takes the newest version.

    Raises NotFound.
    """
    if newest_version(slug) is not None or not SLUG.fullmatch(slug):
        return our_playbook(slug, version)
    mine = {"workspace_id": workspace_id, "slug": slug, "version": version}
    source = core(session).scalar(_SOURCE if version is None else _SOURCE_OF, mine)
    return _parsed(source) if source is not None else our_playbook(slug, version)


@lru_cache(maxsize=32)
def _parsed(source: str) -> Playbook:
    return load_bytes(source.encode(), "playbook.yaml")


def own_playbooks(session: Session, workspace_id: UUID) -> Sequence[OwnPlaybook]:
    """The workspace's own, by slug and version."""
    wanted = select(OwnPlaybook).where(OwnPlaybook.workspace_id == workspace_id)
    return session.scalars(wanted.order_by(OwnPlaybook.slug, OwnPlaybook.version)).all()


def newest_own_version(session: Session, workspace_id: UUID, slug: str) -> int | None:
    """The newest version of an own playbook, None if there is none."""
    wanted = select(func.max(OwnPlaybook.version)).where(
        OwnPlaybook.workspace_id == workspace_id, OwnPlaybook.slug == slug
    )
    return session.scalar(wanted)


def assessment(session: Session, workspace_id: UUID, assessment_id: UUID) -> Assessment:
    """One answered quiz. Raises NotFound."""
    wanted = select(Assessment).where(
        Assessment.workspace_id == workspace_id, Assessment.id == assessment_id
    )
    found = session.scalars(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_ASSESSMENT)
    return found


def assessments(
    session: Session, workspace_id: UUID, *, after: Sequence[Any] | None, limit: int
) -> Sequence[Assessment]:
    """Answered quizzes, the newest first, one more than ``limit``."""
    wanted = select(Assessment).where(Assessment.workspace_id == workspace_id)
    if after:
        wanted = wanted.where(Assessment.id < after[0])
    return session.scalars(wanted.order_by(Assessment.id.desc()).limit(limit + 1)).all()
