"""From rows to the facts that gates are judged by: six statements, whatever the number of gates."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import Row
from sqlalchemy.orm import Session

from tracker.gates import figures, queries
from tracker.gates.facts import (
    ApprovalFact,
    AssessmentFact,
    ContentFact,
    EvidenceFact,
    Facts,
    GateFact,
    MemberFact,
    People,
    ProjectFact,
    TaskFact,
)
from tracker.kernel.clock import local_today
from tracker.people.queries import is_id
from tracker.people.rules import Role
from tracker.playbooks.schedule import MONTHS_TO_DEVELOP, FixedDays, month_shift
from tracker.projects.showing import calendar_of

_GATE_COLUMNS: Final = tuple(
    name for name in GateFact.__dataclass_fields__ if name not in ("waived", "flags")
)
Frames = Sequence[Row[Any]]


def facts_of_gate(session: Session, workspace_id: UUID, gate_id: UUID, *, now: datetime) -> Facts:
    """What one gate is judged by. Raises NotFound."""
    frames = queries.frames_of_gate(session, workspace_id, gate_id)
    asked = [frame for frame in frames if frame.id == gate_id]
    (facts,) = _gathered(session, workspace_id, frames, asked=asked, now=now).values()
    return facts


def facts_of_projects(
    session: Session, workspace_id: UUID, project_ids: Collection[UUID], *, now: datetime
) -> Mapping[UUID, Facts]:
    """What all gates of these projects are judged by; projects that are not there are absent."""
    if not project_ids:
        return {}
    frames = queries.frames_of_projects(session, workspace_id, project_ids)
    asked = [frame for frame in frames if frame.id is not None]
    return _gathered(session, workspace_id, frames, asked=asked, now=now)


def _gathered(
    session: Session, workspace_id: UUID, frames: Frames, *, asked: Frames, now: datetime
) -> dict[UUID, Facts]:
    by_project: dict[UUID, list[Row[Any]]] = defaultdict(list)
    for frame in frames:
        by_project[frame.project_id].append(frame)
    scope = (session, workspace_id)
    tasks = _tasks(*scope, asked)
    contents = _contents(*scope, asked)
    approvals = _approvals(*scope, asked)
    people = _people(*scope, asked)
    readings = _readings(*scope, asked, now)
    return {
        project_id: Facts(
            project=project,
            gates=tuple(_gate(row) for row in rows if row.id is not None),
            now=now,
            today=local_today(project.timezone, now),
            days=_days(rows[0]),
            calendar=calendar_of(project),
            tasks=tasks.get(project_id, {}),
            contents=contents.get(project_id, {}),
            approvals=tuple(one for row in rows for one in approvals.get(row.id, ())),
            people=_named(project, people),
            assessment=_assessment(rows[0]),
            readings=readings.get(project_id, {}),
        )
        for project_id, rows in by_project.items()
        for project in [_project(rows[0])]
    }


def _criteria(frames: Frames, *kinds: str) -> Iterator[tuple[UUID, Mapping[str, Any]]]:
    """Criteria of some kinds, each with its project."""
    for frame in frames:
        for criterion in frame.criteria:
            if criterion["kind"] in kinds:
                yield frame.project_id, criterion


def _project(row: Row[Any]) -> ProjectFact:
    return ProjectFact(
        workspace_id=row.workspace_id,
        id=row.project_id,
        name=row.name,
        playbook=row.playbook,
        language=row.language,
        timezone=row.timezone,
        parameters=row.parameters,
        launch_on=row.launch_on,
        start_on=row.start_on,
        end_on=row.end_on,
        state=row.project_state,
        phase=row.phase,
        left_out={left["key"]: left["reason"] for left in row.left_out},
    )


def _gate(row: Row[Any]) -> GateFact:
    stored = {name: getattr(row, name) for name in _GATE_COLUMNS}
    return GateFact(**stored, waived=tuple(row.waived or ()), flags=tuple(row.flags or ()))


def _days(row: Row[Any]) -> FixedDays:
    """The fixed points as the stored plan has them; a playbook may lack a phase."""
    return FixedDays(
        start=row.start_on,
        launch=row.launch_on,
        launch_end=row.launch_end_on or row.launch_on,
        develop=row.develop_on or month_shift(row.launch_on, MONTHS_TO_DEVELOP),
        end=row.end_on,
    )


def _assessment(row: Row[Any]) -> AssessmentFact | None:
    if row.assessment_id is None:
        return None
    return AssessmentFact(row.assessment_id, row.score, row.assessed_at)


def _tasks(
    session: Session, workspace_id: UUID, asked: Frames
) -> Mapping[UUID, dict[str, TaskFact]]:
    counted = list(_criteria(asked, "tasks_done", "optional_share"))
    named = list(_criteria(asked, "milestone", "evidence"))
    if not counted and not named:
        return {}
    rows = queries.tasks_asked_for(
        session,
        workspace_id,
        _projects_of(asked),
        phases={criterion["phase"] for _, criterion in counted},
        keys={criterion["task"] for _, criterion in named},
    )
    found: dict[UUID, dict[str, TaskFact]] = defaultdict(dict)
    for row in rows:
        found[row.project_id][row.key] = _task(row)
    return found


def _task(row: Row[Any]) -> TaskFact:
    finished_on: date | None = row.finished_on
    return TaskFact(
        id=row.id,
        key=row.key,
        title=row.title,
        phase=row.phase,
        status=row.status,
        is_optional=row.is_optional,
        is_aside=row.recurring is not None or row.is_aside,
        finished_on=finished_on,
    )


def _projects_of(asked: Frames) -> set[UUID]:
    return {frame.project_id for frame in asked}


def _contents(
    session: Session, workspace_id: UUID, asked: Frames
) -> Mapping[UUID, dict[str, ContentFact]]:
    keys = {criterion["task"] for _, criterion in _criteria(asked, "evidence")}
    for _, criterion in _criteria(asked, "approval"):
        keys.update(criterion.get("of", ()))
    found: dict[UUID, dict[str, ContentFact]] = defaultdict(dict)
    if not keys:
        return found
    for row in queries.contents(session, workspace_id, _projects_of(asked), keys):
        of_project = found[row.project_id]
        known = of_project.get(row.key)
        evidences = known.evidences if known else ()
        if row.id is not None:
            evidences = (*evidences, _evidence(row))
        of_project[row.key] = ContentFact(row.title, row.description, row.notes, evidences)
    return found


def _evidence(row: Row[Any]) -> EvidenceFact:
    return EvidenceFact(row.id, row.kind, row.url, row.note, row.figure, row.created_at)


def _approvals(
    session: Session, workspace_id: UUID, asked: Frames
) -> Mapping[UUID, list[ApprovalFact]]:
    gate_ids = {frame.id for frame in asked if any(c["kind"] == "approval" for c in frame.criteria)}
    found: dict[UUID, list[ApprovalFact]] = defaultdict(list)
    for row in queries.approvals_of(session, workspace_id, gate_ids) if gate_ids else ():
        found[row.gate_id].append(approval_fact(row))
    return found


def approval_fact(row: Row[Any]) -> ApprovalFact:
    """A stored word about an approval, and whose it is."""
    return ApprovalFact(
        id=row.id,
        gate_id=row.gate_id,
        criterion=row.criterion,
        role=row.role,
        kind=row.kind,
        comment=row.comment,
        subject=row.subject,
        member=MemberFact(row.member_id, row.name, row.email, row.rank, row.removed_at is None),
        at=row.at,
        voided_at=row.voided_at,
    )


def _people(session: Session, workspace_id: UUID, asked: Frames) -> tuple[MemberFact, ...]:
    """Everybody who could be asked for an approval; nobody where none is asked for."""
    roles = {criterion["role"] for _, criterion in _criteria(asked, "approval")}
    if not roles:
        return ()
    names = [
        name
        for frame in asked
        for role, name in (frame.parameters.get("people") or {}).items()
        if role in roles
    ]
    rows = queries.who_may(
        session,
        workspace_id,
        emails={name.lower() for name in names},
        ids={UUID(name) for name in names if is_id(name)},
    )
    return tuple(MemberFact(row.id, row.name, row.email, row.role) for row in rows)


def _named(project: ProjectFact, people: Sequence[MemberFact]) -> People:
    by_name = {name: one for one in people for name in (one.email, str(one.id))}
    named = {
        role: by_name[name.lower()]
        for role, name in (project.parameters.get("people") or {}).items()
        if name.lower() in by_name
    }
    return People(named, tuple(one for one in people if one.role == Role.OWNER))


def _readings(
    session: Session, workspace_id: UUID, asked: Frames, now: datetime
) -> figures.Readings:
    wanted: dict[UUID, set[str]] = defaultdict(set)
    longest = 0
    for project_id, criterion in _criteria(asked, "figure"):
        wanted[project_id].add(criterion["metric"])
        longest = max(longest, criterion.get("sustained_days", 0))
    return figures.readings(session, workspace_id, wanted, now - timedelta(days=longest))
