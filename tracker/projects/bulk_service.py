"""Changing many tasks of a project: all of them, or none, with a word on each."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from sqlalchemy.orm import Session

from tracker.kernel.clock import local_today
from tracker.kernel.errors import Conflict, DomainError, Invalid, NotFound
from tracker.kernel.texts import Said, Sentence
from tracker.people.queries import members_named
from tracker.people.rules import Actor
from tracker.projects import bulk_queries as queries
from tracker.projects.judgement import Change, Circumstances, judge
from tracker.projects.moving import DATES, DatedLink, broken_links, with_changes
from tracker.projects.queries import TaskRow
from tracker.projects.rules import Predecessor, check_takes_changes
from tracker.projects.showing import calendar_of
from tracker.projects.task_queries import NO_TASK
from tracker.projects.task_writing import (
    Done,
    assign,
    resolved,
    take_back,
    tell,
    write_all,
)

_REFUSED: Final = Sentence(
    en="{count} of {total} {total:change|changes} cannot be made; see “items”, task by task. "
    "Nothing was changed.",
    fr="{count} {count:modification|modifications} sur {total} {count:est impossible|sont "
    "impossibles} ; voir « items », tâche par tâche. Rien n'a été modifié.",
)
_TWICE: Final = Sentence(
    en="This task is named twice. Send one change for each task.",
    fr="Cette tâche est nommée deux fois. Envoyer une seule modification par tâche.",
)
Wish = Mapping[str, Any]


class BulkRefused(Conflict):
    """Some changes are not possible now, so none was made."""

    type = "bulk-refused"
    extensions = ("items",)

    def __init__(self, refused: Sequence[tuple[UUID, DomainError]], total: int) -> None:
        self.items = [_item(task_id, error) for task_id, error in refused]
        super().__init__(_REFUSED, count=len(refused), total=total)


class BulkInvalid(DomainError):
    """Some changes cannot be meant, so none was made."""

    type: ClassVar[str] = "bulk-invalid"
    extensions: ClassVar[tuple[str, ...]] = ("items",)

    def __init__(self, refused: Sequence[tuple[UUID, DomainError]], total: int) -> None:
        self.items = [_item(task_id, error) for task_id, error in refused]
        super().__init__(_REFUSED, count=len(refused), total=total)


def _item(task_id: UUID, error: DomainError) -> dict[str, Any]:
    told = {name: getattr(error, name) for name in getattr(error, "extensions", ())}
    errors = {"errors": error.fields} if isinstance(error, Invalid) else {}
    return {"id": task_id, "type": error.type, "detail": error.said, **errors, **told}


@dataclass(frozen=True, slots=True)
class Report:
    """What became of one task."""

    id: UUID
    version: int
    changed: list[str]
    warnings: list[Said]


@dataclass(frozen=True, slots=True)
class _Tables:
    """What was looked up for all of them."""

    rules: queries.Rules
    tasks: Mapping[UUID, TaskRow]
    assignees: Mapping[UUID, list[UUID]]
    gates: Mapping[str, list[Any]]
    links: Sequence[DatedLink]
    shown: Mapping[UUID, set[str]]
    members: Mapping[str, UUID]


def change_tasks(
    session: Session, actor: Actor, project_id: UUID, wishes: Sequence[Wish], *, now: datetime
) -> list[Report]:
    """Change tasks as ``change_task`` does each, in any order: they are judged as all will be.

    Raises NotFound, ProjectClosed, BulkRefused, BulkInvalid.
    """
    rules = queries.rules_to_change(session, actor.workspace_id, project_id)
    check_takes_changes(rules.frame.state)
    known = _look_up(session, actor.workspace_id, project_id, wishes, rules=rules)
    changes = _judge_all(actor, known, wishes, now)
    dones = [Done(known.tasks[id_], change) for id_, change in changes.items() if change.history]
    write_all(session, dones, now=now)
    assign(session, dones)
    take_back(session, dones, now=now)
    tell(session, actor, dones, now=now)
    warnings = _broken(known, changes)
    return [
        Report(
            id=task_id,
            version=known.tasks[task_id].version + bool(change.history),
            changed=list(change.history),
            warnings=[*change.warnings, *warnings.get(task_id, ())],
        )
        for task_id, change in changes.items()
    ]


def _look_up(
    session: Session,
    workspace_id: UUID,
    project_id: UUID,
    wishes: Sequence[Wish],
    *,
    rules: queries.Rules,
) -> _Tables:
    ids = sorted({wish["id"] for wish in wishes})
    names = sorted({name for wish in wishes for name in wish.get("assignees", ())})
    return _Tables(
        rules=rules,
        tasks=queries.tasks_to_change(session, workspace_id, project_id, ids),
        assignees=queries.assignees_of(session, workspace_id, ids),
        gates=queries.gates_by_phase(session, workspace_id, project_id),
        links=queries.links_around(session, workspace_id, ids),
        shown=queries.evidence_kinds(session, workspace_id, ids),
        members=members_named(session, workspace_id, names),
    )


def _judge_all(
    actor: Actor, known: _Tables, wishes: Sequence[Wish], now: datetime
) -> dict[UUID, Change]:
    statuses = {wish["id"]: wish["status"] for wish in wishes if "status" in wish}
    links = list(with_changes(known.links, {id_: {"status": s} for id_, s in statuses.items()}))
    changes: dict[UUID, Change] = {}
    refused: list[tuple[UUID, DomainError]] = []
    seen: set[UUID] = set()
    around = _around(known, now)
    before = _predecessors(links)
    for wish in wishes:
        task_id = wish["id"]
        try:
            task = _task(known, task_id, seen)
            mine = replace(
                around,
                gates=known.gates.get(task.phase, ()),
                predecessors=before.get(task_id, ()),
                shown=known.shown.get(task_id, ()),
                assignees=known.assignees.get(task_id, ()),
            )
            changes[task_id] = judge(actor, task, _with_members(wish, known.members), mine)
        except DomainError as error:
            refused.append((task_id, error))
    if refused:
        is_meant = not any(isinstance(error, Invalid | NotFound) for _, error in refused)
        raise (BulkRefused if is_meant else BulkInvalid)(refused, len(wishes))
    return changes


def _task(known: _Tables, task_id: UUID, seen: set[UUID]) -> TaskRow:
    if task_id not in known.tasks:
        raise NotFound(NO_TASK)
    if task_id in seen:
        raise Invalid({"id": [Said(_TWICE, {})]})
    seen.add(task_id)
    return known.tasks[task_id]


def _with_members(wish: Wish, members: Mapping[str, UUID]) -> Wish:
    if "assignees" not in wish:
        return wish
    return {**wish, "assignees": set(resolved(wish["assignees"], members).values())}


def _around(known: _Tables, now: datetime) -> Circumstances:
    """What is the same for all of them."""
    frame = known.rules.frame
    return Circumstances(
        now=now,
        today=local_today(frame.timezone, now),
        calendar=calendar_of(frame),
        state=frame.state,
        policy=known.rules.policy,
        gates=(),
        predecessors=(),
        shown=(),
        assignees=(),
    )


def _predecessors(links: Sequence[DatedLink]) -> Mapping[UUID, list[Predecessor]]:
    found: dict[UUID, list[Predecessor]] = {}
    for link in links:
        end = link.predecessor
        earlier = Predecessor(end.id, end.key, end.title, link.type, end.status)
        found.setdefault(link.successor.id, []).append(earlier)
    return found


def _broken(known: _Tables, changes: Mapping[UUID, Change]) -> Mapping[UUID, list[Said]]:
    """Warnings of links under each task that has been moved."""
    moved = {id_ for id_, change in changes.items() if any(n in change.values for n in DATES)}
    values = {id_: change.values for id_, change in changes.items()}
    calendar = calendar_of(known.rules.frame)
    found: dict[UUID, list[Said]] = {}
    for link in with_changes(known.links, values):
        said = broken_links([link], calendar)
        for task_id in {link.predecessor.id, link.successor.id} & moved:
            found.setdefault(task_id, []).extend(said)
    return found
