"""Adding a checklist or a module of a playbook to a project: load, judge, change, announce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final
from uuid import UUID

from sqlalchemy import and_, func, insert, select
from sqlalchemy.orm import Session

from tracker.kernel.activity import record
from tracker.kernel.clock import local_today
from tracker.kernel.db import core, new_id
from tracker.kernel.errors import Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence, language_of
from tracker.library.queries import playbook as find_playbook
from tracker.people.queries import members_named
from tracker.people.rules import Actor, Permission
from tracker.playbooks.checklist import Bundle, Frame, Layout, applicable, find_bundle, lay_out
from tracker.playbooks.model import Anchor, Playbook
from tracker.playbooks.parameters import Parameters
from tracker.playbooks.schedule import MONTHS_TO_DEVELOP, FixedDays, month_shift
from tracker.projects import queries
from tracker.projects.checklist_rows import Added, Home, last_day, numbered, rows_of
from tracker.projects.events import ChecklistAdded
from tracker.projects.history import entry
from tracker.projects.models import (
    Assignee,
    Checklist,
    Dependency,
    Gate,
    Phase,
    Project,
    Step,
    Task,
)
from tracker.projects.ritual_rules import workdays_of
from tracker.projects.rules import check_takes_changes, is_open

_LATE: Final = Sentence(
    en="The project ends on {end_on}; choose a day before that.",
    fr="Le projet se termine le {end_on} ; choisir un jour antérieur.",
)
_NO_PHASE: Final = Sentence(
    en="It belongs to the phase “{phase}”, which this project does not have.",
    fr="Elle appartient à la phase « {phase} », que ce projet n'a pas.",
)
_MOVED: Final = Sentence(
    en="{wanted} is a closed day; it is laid out around {anchor_on}, the next working day.",
    fr="Le {wanted} est un jour fermé ; tout est placé autour du {anchor_on}, le jour ouvré "
    "suivant.",
)
_BEHIND: Final = Sentence(
    en="Its tasks wait behind the gate “{gate}”, which is closed.",
    fr="Ses tâches attendent derrière le passage « {gate} », qui est fermé.",
)
_BEYOND: Final = Sentence(
    en="It ends on {last_on}, after the project's end, {end_on}.",
    fr="Elle se termine le {last_on}, après la fin du projet, le {end_on}.",
)


@dataclass(frozen=True, slots=True)
class Addition:
    """What is added, or would be."""

    row: Mapping[str, Any]  # of the table of checklists
    layout: Layout
    added: Added
    warnings: list[Said]


def add_checklist(
    session: Session, actor: Actor, project_id: UUID, wish: Mapping[str, Any], *, now: datetime
) -> Addition:
    """Add what ``wish`` tells, by the fields of POST /projects/{id}/checklists.

    Raises Forbidden, NotFound, ProjectClosed, Invalid, DoesNotFit.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    project = queries.project(session, actor.workspace_id, project_id, to_change=True)
    check_takes_changes(project.state)
    addition = _plan(session, actor, project, wish, now=now)
    if not wish["dry_run"]:
        _insert(session, addition)
        _tell(session, actor, addition, now)
    return addition


def _plan(
    session: Session, actor: Actor, project: Project, wish: Mapping[str, Any], *, now: datetime
) -> Addition:
    playbook = _playbook(session, project, wish)
    parameters = Parameters.from_json(project.parameters)
    bundle, left_out = applicable(find_bundle(playbook, wish["checklist"]), playbook, parameters)
    phases = queries.phases(session, project.workspace_id, project.id)
    _check(project, bundle, phases, wish["anchor_on"])
    number, position = _place(session, project, bundle)
    bundle = numbered(bundle, number)
    today = local_today(project.timezone, now)
    layout = lay_out(bundle, wish["anchor_on"], frame_of(project, phases, bundle.phase, today))
    language = language_of(project.language) or "en"
    home = Home(
        workspace_id=project.workspace_id,
        project_id=project.id,
        language=language,
        workdays=workdays_of(project.parameters),
        people=_people(session, project),
        position=position,
        now=now,
    )
    row: dict[str, Any] = {
        "workspace_id": project.workspace_id,
        "id": new_id(),
        "project_id": project.id,
        "playbook": playbook.slug,
        "playbook_version": playbook.version,
        "key": bundle.key,
        "number": number,
        "title": bundle.title[language],
        "phase": bundle.phase,
        "anchor_on": layout.anchor_on,
        "created_by": actor.member_id,
        "created_at": now,
    }
    layout = Layout(layout.anchor_on, layout.tasks, {**left_out, **layout.left_out})
    warnings = [*_warnings(project, layout, wish["anchor_on"])]
    warnings += _gates(session, project, bundle.phase, now)
    return Addition(row, layout, rows_of(layout, home, row["id"]), warnings)


def _playbook(session: Session, project: Project, wish: Mapping[str, Any]) -> Playbook:
    """The one that is named; else the project's own, of which any version may be named."""
    slug = wish["playbook"] or project.playbook
    version = wish["version"]
    if version is None and slug == project.playbook:
        version = project.playbook_version
    return find_playbook(session, project.workspace_id, slug, version)


def _check(project: Project, bundle: Bundle, phases: Sequence[Phase], anchor_on: date) -> None:
    if bundle.phase not in {phase.key for phase in phases}:
        raise Invalid({"checklist": [Said(_NO_PHASE, {"phase": bundle.phase})]})
    if anchor_on > project.end_on:
        raise Invalid({"anchor_on": [Said(_LATE, {"end_on": project.end_on.isoformat()})]})


def frame_of(project: Project, phases: Sequence[Phase], phase: str, today: date) -> Frame:
    """The project around a checklist of ``phase``."""
    calendar, by_key = workdays_of(project.parameters), {row.key: row for row in phases}
    launch, develop = by_key.get("launch"), by_key.get("develop")
    fixed = FixedDays(
        start=project.start_on,
        launch=project.launch_on,
        launch_end=launch.end_on if launch else project.launch_on,
        develop=develop.start_on if develop else month_shift(project.launch_on, MONTHS_TO_DEVELOP),
        end=project.end_on,
    )

    def day_of(anchor: Anchor) -> date:
        return fixed.of(anchor, calendar)

    before_launch = calendar.day(calendar.index(project.launch_on) - 1)
    end_on = before_launch if phase == "prepare" else project.end_on
    return Frame(calendar, today, end_on, day_of)


def _place(session: Session, project: Project, bundle: Bundle) -> tuple[int, int]:
    """How often it is there already, plus one; and the end of the list. The project is locked."""
    mine = (Task.workspace_id == project.workspace_id, Task.project_id == project.id)
    planned = and_(
        Task.checklist_id.is_(None),
        Task.phase == bundle.phase,
        Task.checklist == bundle.checklist,
    )
    added = select(func.max(Checklist.number)).where(
        Checklist.workspace_id == project.workspace_id,
        Checklist.project_id == project.id,
        Checklist.key == bundle.key,
    )
    wanted = select(
        func.max(Task.position), func.count().filter(planned), added.scalar_subquery()
    ).where(*mine)
    last, is_planned, number = core(session).execute(wanted).one()
    return (number or min(is_planned, 1)) + 1, (last or 0) + 1


def _people(session: Session, project: Project) -> dict[str, UUID]:
    """The members behind the roles who are still there."""
    people: Mapping[str, str] = project.parameters["people"]
    found = members_named(session, project.workspace_id, list(people.values()))
    return {role: found[name] for role, name in people.items() if name in found}


def _warnings(project: Project, layout: Layout, wanted: date) -> list[Said]:
    warnings = []
    if layout.anchor_on != wanted:
        values = {"wanted": wanted.isoformat(), "anchor_on": layout.anchor_on.isoformat()}
        warnings.append(Said(_MOVED, values))
    if last_day(layout) > project.end_on:
        last_on, end_on = last_day(layout).isoformat(), project.end_on.isoformat()
        warnings.append(Said(_BEYOND, {"last_on": last_on, "end_on": end_on}))
    return warnings


def _gates(session: Session, project: Project, phase: str, now: datetime) -> list[Said]:
    return [
        Said(_BEHIND, {"gate": gate.title})
        for gate in queries.gates(session, project.workspace_id, project.id)
        if gate.before_phase == phase and not is_open(gate.state, gate.waived_until, now)
    ]


def closed_phases(gates: Sequence[Gate], now: datetime) -> set[str | None]:
    """Phases that a closed gate stands before."""
    return {gate.before_phase for gate in gates if not is_open(gate.state, gate.waived_until, now)}


def _insert(session: Session, addition: Addition) -> None:
    """One statement a table, whatever the size of the checklist."""
    core(session).execute(insert(Checklist.__table__), addition.row)
    for model, rows in (
        (Task, addition.added.tasks),
        (Assignee, addition.added.assignees),
        (Step, addition.added.steps),
        (Dependency, addition.added.dependencies),
    ):
        if rows:
            core(session).execute(insert(model.__table__), rows)


def _tell(session: Session, actor: Actor, addition: Addition, now: datetime) -> None:
    row = addition.row
    changes = {
        "title": (None, row["title"]),
        "anchor_on": (None, row["anchor_on"]),
        "tasks": (0, len(addition.added.tasks)),
    }
    subject = ("checklist", row["id"])
    record(
        session,
        entry(actor, row["project_id"], subject, action="created", changes=changes, now=now),
    )
    publish(
        session,
        ChecklistAdded(
            workspace_id=row["workspace_id"],
            at=now,
            project_id=row["project_id"],
            checklist_id=row["id"],
            key=row["key"],
            number=row["number"],
            tasks=[task["id"] for task in addition.added.tasks],
            by=actor.member_id,
        ),
    )
