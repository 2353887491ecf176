"""A project with a row in every table that belongs to one."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select, update

from tests.api.baselines import a_baseline
from tests.personas import Persona
from tracker.gates.models import Approval, Decision, Waiver
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Base, new_id, unit_of_work
from tracker.metrics.alert_models import Alert
from tracker.metrics.dims import line_of
from tracker.metrics.reading_models import MetricSetting, Reading, Series
from tracker.projects.models import Assignee, Checklist, Gate, Project, Task
from tracker.projects.task_models import Comment, Evidence, TaskLink, Watcher
from tracker.roster.models import RosterContact


def a_full_project(who: Persona, other: Persona, name: str = "Full") -> dict[str, Any]:
    """One of the whole playbook, under way: gates decided, tasks done, people at work."""
    project = who.creates_a_project(name=name, people={"project_manager": who.email})
    tasks = who.tasks_of(project)
    with unit_of_work() as session:
        workspace_id = session.scalars(
            select(Project.workspace_id).where(Project.id == UUID(project["id"]))
        ).one()
        gates = session.scalars(
            select(Gate).where(Gate.project_id == UUID(project["id"])).order_by(Gate.position)
        ).all()
        rows = _rows(project, tasks, gates, (who, other))
        for row in rows:
            row.workspace_id = workspace_id  # type: ignore[attr-defined]  # every table has it
            session.add(row)
        session.flush()  # the checklist and the series, before other rows refer to them
        native = next(row for row in rows if isinstance(row, Series) and row.method == "native")
        session.add_all(_readings(native.id, workspace_id, UUID(who.member_id)))
        _goes_on(session, project, tasks)
        session.add(a_baseline(project, workspace_id, who.member_id, tasks=tasks))
    return project


def _rows(
    project: Mapping[str, Any],
    tasks: list[dict[str, Any]],
    gates: Any,
    people: tuple[Persona, Persona],
) -> list[Base]:
    who, other = people
    now, mine, theirs = utcnow(), UUID(who.member_id), UUID(other.member_id)
    first, second = UUID(tasks[0]["id"]), UUID(tasks[1]["id"])
    project_id, gate = UUID(project["id"]), gates[0]
    dossier = {"criteria": [{"key": "plan", "task": tasks[0]["id"]}], "by": who.member_id}
    by = {"member_id": theirs, "at": now}
    return [
        Assignee(task_id=first, member_id=theirs),
        Watcher(task_id=first, member_id=mine),
        Comment(
            id=new_id(),
            task_id=first,
            author_id=theirs,
            body="Look, @ana",
            mentions=[who.member_id],
            created_at=now,
        ),
        TaskLink(
            id=new_id(),
            task_id=first,
            url="https://example.org/plan",
            title="Plan",
            created_by=theirs,
            created_at=now,
        ),
        Evidence(
            id=new_id(), task_id=second, kind="figure", figure=4.5, created_by=mine, created_at=now
        ),
        Checklist(
            id=UUID(int=7, version=4),
            project_id=project_id,
            playbook="community-launch",
            playbook_version=1,
            key="recruit.seeds",
            number=1,
            title="Seeds",
            phase="recruit",
            anchor_on=date.fromisoformat(project["launch_on"]),
            created_by=mine,
            created_at=now,
        ),
        Approval(
            id=new_id(),
            gate_id=gate.id,
            criterion="sponsor",
            role="sponsor",
            kind="approve",
            subject="d1gest",
            **by,
        ),
        Decision(
            id=new_id(),
            gate_id=gate.id,
            number=1,
            decision="pass",
            reason="All there",
            conditions=[],
            dossier=dossier,
            **by,
        ),
        Waiver(
            id=new_id(),
            gate_id=gates[1].id,
            criteria=["plan"],
            reason="Soon",
            expires_at=now + timedelta(days=9),
            **by,
        ),
        RosterContact(
            id=new_id(),
            project_id=project_id,
            name="Sam Seed",
            role="seed",
            stage="agreed",
            email="sam@example.org",
            owner_id=theirs,
            is_strategic=True,
            consent="given",
            consent_at=now,
            task_id=second,
            created_by=mine,
            created_at=now,
            updated_at=now,
        ),
        *_figures(project_id, mine, second),
    ]


def _figures(project_id: UUID, mine: UUID, task_id: UUID) -> list[Base]:
    """Two series, one of a platform; a target and an alert."""
    now, dims = utcnow(), {"channel": "mail"}
    series = [
        Series(
            id=new_id(),
            project_id=project_id,
            metric="joins",
            origin=origin,
            method=method,
            dims=dims if origin == "project" else {},
            dims_key=line_of(dims) if origin == "project" else "",
            definition_version=1,
            source="Forum",
            zone="Europe/Paris",
            created_at=now,
        )
        for origin, method in (("project", "manual"), (str(new_id()), "native"))
    ]
    return [
        *series,
        MetricSetting(
            project_id=project_id,
            metric="joins",
            phase="",
            op=">=",
            value=100.0,
            series_id=series[1].id,
            changed_by=mine,
            changed_at=now,
        ),
        Alert(
            id=new_id(),
            project_id=project_id,
            rule="joins_fall",
            kind="change",
            metric="joins",
            state="acknowledged",
            figures={"value": 4.5},
            latest={"value": 5.25},
            task_id=task_id,
            opened_at=now,
            seen_at=now,
            acknowledged_at=now,
            acknowledged_by=mine,
        ),
    ]


def _readings(series_id: UUID, workspace_id: UUID, mine: UUID) -> list[Base]:
    """One that was corrected."""
    now = utcnow()
    told: dict[str, Any] = {"workspace_id": workspace_id, "series_id": series_id, "at": now}
    told |= {"day": now.date() - timedelta(days=9), "is_final": True, "recorded_at": now}
    return [
        Reading(**told, revision=1, value=4.5, count=9, recorded_by=mine, superseded_at=now),
        Reading(**told, revision=2, value=5.25, note="A late bot"),
    ]


def _goes_on(session: Any, project: Mapping[str, Any], tasks: list[dict[str, Any]]) -> None:
    """The first gate passed and the second waived; a task done behind it, a ritual held once."""
    now, mine = utcnow(), Gate.project_id == UUID(project["id"])
    passed = {"state": "passed", "decided_at": now}
    waived = {"state": "waived", "waived_until": now + timedelta(days=9)}
    session.execute(update(Gate).where(mine, Gate.position == 0).values(passed))
    session.execute(update(Gate).where(mine, Gate.position == 1).values(waived))
    session.execute(update(Project).where(Project.id == UUID(project["id"])).values(phase="launch"))
    work = [task for task in tasks if task["phase"] == "prepare" and not task["early"]]
    done = {"status": "done", "started_on": now.date(), "finished_on": now.date()}
    session.execute(update(Task).where(Task.id == UUID(work[0]["id"])).values(done))
    added = {"checklist_id": UUID(int=7, version=4), "origin": "checklist"}
    session.execute(update(Task).where(Task.id == UUID(work[1]["id"])).values(added))
    ritual = next(task for task in tasks if task["recurring"])
    held = {"ritual_id": UUID(ritual["id"]), "occurrence_on": now.date(), "origin": "ritual"}
    # The occurrence stands before its ritual in the file: it has the smaller position.
    session.execute(update(Task).where(Task.id == UUID(work[2]["id"])).values(held))
