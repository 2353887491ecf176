"""Looking gates up, and what they are judged by. Nothing here can be asked without a workspace."""

from collections.abc import Collection, Sequence
from typing import Any, Final
from uuid import UUID

from sqlalchemy import BindParameter, Row, Select, and_, bindparam, func, or_, select
from sqlalchemy.orm import Session

from tracker.gates.models import Approval, Decision, Waiver
from tracker.kernel.db import core
from tracker.kernel.errors import NotFound
from tracker.kernel.texts import Sentence
from tracker.library.models import Assessment
from tracker.people.models import Member
from tracker.people.rules import Role
from tracker.projects.models import Gate, Phase, Project, Task
from tracker.projects.task_models import Evidence

_NO_GATE: Final = Sentence(
    en="There is no such gate in this workspace.",
    fr="Il n'y a pas de tel point de passage dans cet espace.",
)
_NO_DECISION: Final = Sentence(
    en="This gate has no decision number {number}. GET /gates/{gate_id}/decisions lists them.",
    fr="Ce point de passage n'a pas de décision numéro {number}. GET /gates/{gate_id}/decisions "
    "les liste.",
)
_PROJECTS, _GATES, _TASKS = Project.__table__, Gate.__table__, Task.__table__
_PHASES, _EVIDENCES, _MEMBERS = Phase.__table__, Evidence.__table__, Member.__table__
_APPROVALS, _WAIVERS, _ASSESSMENTS = Approval.__table__, Waiver.__table__, Assessment.__table__
_DECISIONS: Final = Decision.__table__
_WORKSPACE: Final[BindParameter[UUID]] = bindparam("workspace_id")
_GATE: Final[BindParameter[UUID]] = bindparam("gate_id")


def _many(name: str) -> BindParameter[Any]:
    return bindparam(name, expanding=True)


def _day_of(phase: str, column: str) -> Any:
    return (
        select(_PHASES.c[column])
        .where(
            _PHASES.c.workspace_id == _PROJECTS.c.workspace_id,
            _PHASES.c.project_id == _PROJECTS.c.id,
            _PHASES.c.key == phase,
        )
        .scalar_subquery()
    )


# What is asked all day is put into words once: with SQLAlchemy that takes longer than asking.
_newest_score = _ASSESSMENTS.alias("newest")
_last_waiver = (
    select(_WAIVERS.c.criteria)
    .where(_WAIVERS.c.workspace_id == _GATES.c.workspace_id, _WAIVERS.c.gate_id == _GATES.c.id)
    .order_by(_WAIVERS.c.id.desc())
    .limit(1)
    .scalar_subquery()
)
_FRAMES: Final[Select[Any]] = (
    select(
        _PROJECTS.c.workspace_id,
        _PROJECTS.c.id.label("project_id"),
        _PROJECTS.c.name,
        _PROJECTS.c.playbook,
        _PROJECTS.c.language,
        _PROJECTS.c.timezone,
        _PROJECTS.c.parameters,
        _PROJECTS.c.launch_on,
        _PROJECTS.c.start_on,
        _PROJECTS.c.end_on,
        _PROJECTS.c.state.label("project_state"),
        _PROJECTS.c.phase,
        _PROJECTS.c.left_out,
        _day_of("launch", "end_on").label("launch_end_on"),
        _day_of("develop", "start_on").label("develop_on"),
        _ASSESSMENTS.c.id.label("assessment_id"),
        _ASSESSMENTS.c.score,
        _ASSESSMENTS.c.created_at.label("assessed_at"),
        _last_waiver.label("waived"),
        *(column for column in _GATES.c if column.name not in ("workspace_id", "project_id")),
    )
    .join_from(
        _PROJECTS,
        _GATES,
        and_(
            _GATES.c.workspace_id == _PROJECTS.c.workspace_id,
            _GATES.c.project_id == _PROJECTS.c.id,
        ),
        isouter=True,
    )
    .join(
        _ASSESSMENTS,
        and_(
            _ASSESSMENTS.c.workspace_id == _PROJECTS.c.workspace_id,
            _ASSESSMENTS.c.id
            == select(_newest_score.c.id)
            .where(
                _newest_score.c.workspace_id == _PROJECTS.c.workspace_id,
                _newest_score.c.playbook == _PROJECTS.c.playbook,
            )
            .order_by(_newest_score.c.id.desc())
            .limit(1)
            .scalar_subquery(),
        ),
        isouter=True,
    )
    .where(_PROJECTS.c.workspace_id == _WORKSPACE)
    .order_by(_PROJECTS.c.id, _GATES.c.position)
)
_FRAMES_OF_PROJECTS: Final[Select[Any]] = _FRAMES.where(_PROJECTS.c.id.in_(_many("project_ids")))
_this_gate = _GATES.alias("this_gate")
_ITS_PROJECT: Final = (
    select(_this_gate.c.project_id)
    .where(_this_gate.c.workspace_id == _WORKSPACE, _this_gate.c.id == _GATE)
    .scalar_subquery()
)
_FRAMES_OF_GATE: Final[Select[Any]] = _FRAMES.where(_PROJECTS.c.id == _ITS_PROJECT)
# Not the strongest lock: rows that only refer to the project may still be written meanwhile.
_LOCK: Final = (
    select(_PROJECTS.c.id)
    .where(_PROJECTS.c.workspace_id == _WORKSPACE, _PROJECTS.c.id == _ITS_PROJECT)
    .with_for_update(key_share=True)
)
_TASKS_ASKED_FOR: Final[Select[Any]] = (
    select(
        _TASKS.c.project_id,
        _TASKS.c.id,
        _TASKS.c.key,
        _TASKS.c.title,
        _TASKS.c.phase,
        _TASKS.c.status,
        _TASKS.c.is_optional,
        or_(_TASKS.c.ritual_id.is_not(None), _TASKS.c.origin == "checklist").label("is_aside"),
        _TASKS.c.recurring,
        _TASKS.c.finished_on,
    )
    .where(
        _TASKS.c.workspace_id == _WORKSPACE,
        _TASKS.c.project_id.in_(_many("project_ids")),
        or_(_TASKS.c.phase.in_(_many("phases")), _TASKS.c.key.in_(_many("keys"))),
    )
    .order_by(_TASKS.c.due_on, _TASKS.c.position, _TASKS.c.id)
)
_CONTENTS: Final[Select[Any]] = (
    select(
        _TASKS.c.project_id,
        _TASKS.c.key,
        _TASKS.c.title,
        _TASKS.c.description,
        _TASKS.c.notes,
        _EVIDENCES.c.id,
        _EVIDENCES.c.kind,
        _EVIDENCES.c.url,
        _EVIDENCES.c.note,
        _EVIDENCES.c.figure,
        _EVIDENCES.c.created_at,
    )
    .join(
        _EVIDENCES,
        and_(
            _EVIDENCES.c.workspace_id == _TASKS.c.workspace_id,
            _EVIDENCES.c.task_id == _TASKS.c.id,
        ),
        isouter=True,
    )
    .where(
        _TASKS.c.workspace_id == _WORKSPACE,
        _TASKS.c.project_id.in_(_many("project_ids")),
        _TASKS.c.key.in_(_many("keys")),
    )
    .order_by(_TASKS.c.id, _EVIDENCES.c.id)
)
_APPROVALS_WITH_MEMBERS: Final[Select[Any]] = (
    select(
        _APPROVALS,
        _MEMBERS.c.name,
        _MEMBERS.c.email,
        _MEMBERS.c.role.label("rank"),
        _MEMBERS.c.removed_at,
    )
    .join(
        _MEMBERS,
        and_(
            _MEMBERS.c.workspace_id == _APPROVALS.c.workspace_id,
            _MEMBERS.c.id == _APPROVALS.c.member_id,
        ),
    )
    .where(_APPROVALS.c.workspace_id == _WORKSPACE)
    .order_by(_APPROVALS.c.id)
)
_APPROVALS_OF_GATES: Final[Select[Any]] = _APPROVALS_WITH_MEMBERS.where(
    _APPROVALS.c.gate_id.in_(_many("gate_ids"))
)
_WHO_MAY: Final[Select[Any]] = (
    select(_MEMBERS.c.id, _MEMBERS.c.name, _MEMBERS.c.email, _MEMBERS.c.role)
    .where(
        _MEMBERS.c.workspace_id == _WORKSPACE,
        _MEMBERS.c.removed_at.is_(None),
        or_(
            _MEMBERS.c.role == Role.OWNER.value,
            _MEMBERS.c.email.in_(_many("emails")),
            _MEMBERS.c.id.in_(_many("ids")),
        ),
    )
    .order_by(_MEMBERS.c.created_at, _MEMBERS.c.id)
)


def frames_of_projects(
    session: Session, workspace_id: UUID, project_ids: Collection[UUID]
) -> Sequence[Row[Any]]:
    """Gates with their projects; a project without gates has one row without a gate."""
    wanted = {"workspace_id": workspace_id, "project_ids": list(project_ids)}
    return core(session).execute(_FRAMES_OF_PROJECTS, wanted).all()


def frames_of_gate(session: Session, workspace_id: UUID, gate_id: UUID) -> Sequence[Row[Any]]:
    """All gates of the project that a gate belongs to. Raises NotFound."""
    wanted = {"workspace_id": workspace_id, "gate_id": gate_id}
    found = core(session).execute(_FRAMES_OF_GATE, wanted).all()
    if not found:
        raise NotFound(_NO_GATE)
    return found


def lock(session: Session, workspace_id: UUID, gate_id: UUID) -> UUID:
    """Take the one lock under which gates change: their project's row. Raises NotFound.

    Re-planning holds it, too, and moves gates; with a lock on the gate the two could wait for each
    other.
    """
    wanted = {"workspace_id": workspace_id, "gate_id": gate_id}
    found: UUID | None = core(session).execute(_LOCK, wanted).scalar_one_or_none()
    if found is None:
        raise NotFound(_NO_GATE)
    return found


def tasks_asked_for(
    session: Session,
    workspace_id: UUID,
    project_ids: Collection[UUID],
    *,
    phases: Collection[str],
    keys: Collection[str],
) -> Sequence[Row[Any]]:
    """Tasks of these phases, and those with these keys, by due day."""
    wanted = {
        "workspace_id": workspace_id,
        "project_ids": list(project_ids),
        "phases": list(phases),
        "keys": list(keys),
    }
    return core(session).execute(_TASKS_ASKED_FOR, wanted).all()


def contents(
    session: Session, workspace_id: UUID, project_ids: Collection[UUID], keys: Collection[str]
) -> Sequence[Row[Any]]:
    """What tasks say, one row for each piece of evidence, the oldest first."""
    wanted = {
        "workspace_id": workspace_id,
        "project_ids": list(project_ids),
        "keys": list(keys),
    }
    return core(session).execute(_CONTENTS, wanted).all()


def approvals_of(
    session: Session, workspace_id: UUID, gate_ids: Collection[UUID]
) -> Sequence[Row[Any]]:
    """Requests, approvals and refusals with who spoke, the oldest first."""
    wanted = {"workspace_id": workspace_id, "gate_ids": list(gate_ids)}
    return core(session).execute(_APPROVALS_OF_GATES, wanted).all()


def who_may(
    session: Session, workspace_id: UUID, *, emails: Collection[str], ids: Collection[UUID]
) -> Sequence[Row[Any]]:
    """The owners, and the present members with these e-mails or ids."""
    wanted = {"workspace_id": workspace_id, "emails": list(emails), "ids": list(ids)}
    return core(session).execute(_WHO_MAY, wanted).all()


def waivers(session: Session, workspace_id: UUID, gate_id: UUID) -> Sequence[Row[Any]]:
    """Every waiver of a gate with its owner, the oldest first."""
    wanted = (
        select(_WAIVERS, _MEMBERS.c.name, _MEMBERS.c.email, _MEMBERS.c.role.label("rank"))
        .join(
            _MEMBERS,
            and_(
                _MEMBERS.c.workspace_id == _WAIVERS.c.workspace_id,
                _MEMBERS.c.id == _WAIVERS.c.member_id,
            ),
        )
        .where(_WAIVERS.c.workspace_id == workspace_id, _WAIVERS.c.gate_id == gate_id)
        .order_by(_WAIVERS.c.id)
    )
    return core(session).execute(wanted).all()


def count_decisions(session: Session, workspace_id: UUID, gate_id: UUID) -> int:
    """How many there are; they are numbered from one."""
    wanted = select(func.count()).where(
        _DECISIONS.c.workspace_id == workspace_id, _DECISIONS.c.gate_id == gate_id
    )
    return core(session).execute(wanted).scalar_one()


def decisions(
    session: Session,
    workspace_id: UUID,
    gate_id: UUID,
    *,
    after: Sequence[Any] | None = None,
    limit: int | None = None,
) -> Sequence[Row[Any]]:
    """Decisions on a gate in their order, one more than ``limit``."""
    wanted = select(_DECISIONS).where(
        _DECISIONS.c.workspace_id == workspace_id, _DECISIONS.c.gate_id == gate_id
    )
    if after:
        wanted = wanted.where(_DECISIONS.c.number > after[0])
    if limit is not None:
        wanted = wanted.limit(limit + 1)
    return core(session).execute(wanted.order_by(_DECISIONS.c.number)).all()


def decision(session: Session, workspace_id: UUID, gate_id: UUID, number: int) -> Row[Any]:
    """One decision by its number. Raises NotFound."""
    wanted = select(_DECISIONS).where(
        _DECISIONS.c.workspace_id == workspace_id,
        _DECISIONS.c.gate_id == gate_id,
        _DECISIONS.c.number == number,
    )
    found = core(session).execute(wanted).one_or_none()
    if found is None:
        raise NotFound(_NO_DECISION, number=number, gate_id=gate_id)
    return found


def last_position(session: Session, workspace_id: UUID, project_id: UUID) -> int:
    """Where the last task of a project stands."""
    wanted = select(func.max(_TASKS.c.position)).where(
        _TASKS.c.workspace_id == workspace_id, _TASKS.c.project_id == project_id
    )
    return core(session).execute(wanted).scalar_one() or 0


def check_gate(session: Session, workspace_id: UUID, gate_id: UUID) -> None:
    """Raise NotFound unless the workspace has it."""
    wanted = select(_GATES.c.id).where(
        _GATES.c.workspace_id == workspace_id, _GATES.c.id == gate_id
    )
    if core(session).execute(wanted).first() is None:
        raise NotFound(_NO_GATE)
