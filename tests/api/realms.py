"""Two workspaces with something of everything in each, every text in them marked by a canary."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import select

from tests.api.document import Operation, Parameter
from tests.api.playbooks import a_source, brings
from tests.fakes.board import Memory, also_use_ports
from tests.fakes.connectors import Brought, also_use
from tests.personas import Persona, a_wish, answer
from tests.service.webhooks.owed import an_endpoint, owed
from tracker.boards.models import BoardConflict, BoardItem
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Base, current_database, new_id, unit_of_work
from tracker.kernel.event_log import number_new
from tracker.metrics.alert_models import Alert
from tracker.metrics.connection_models import Pull
from tracker.people import service
from tracker.people.rules import Role
from tracker.reminders.models import Attempt, Reminder
from tracker.webhooks.models import DeliveryAttempt

METRIC = """\
metric_groups:
  - key: own
    title: {{en: {title}, fr: {title} (fr)}}
metrics:
  - key: {slug}_figure
    title: {{en: {title}, fr: {title} (fr)}}
    unit: count
    good: up
    group: own
"""


@dataclass(frozen=True)
class Realm:
    """A workspace with one member of each role."""

    canary: str
    workspace_id: UUID
    people: dict[Role, Persona]

    @property
    def owner(self) -> Persona:
        """Who may do everything here."""
        return self.people[Role.OWNER]

    def value_of(self, parameter: Parameter, operation: Operation) -> Any:
        """What this workspace would fill in for ``parameter``: an id or a name of its own.

        A word ``thing_id`` or ``thing_key`` is found in the table ``things``; other words of an
        address in the table that it begins with. A new kind of thing has to be made in ``a_realm``.
        """
        name = parameter.name
        stem, _, key = name.rpartition("_") if name.endswith(("_id", "_key")) else (name, "", "id")
        if name == "metric":  # one that no other workspace knows
            stem, key = "series", "metric"
        others = {"assignee": "member", "owner": "member"}
        others |= {"object": "task", "predecessor": "task", "delivery": "deliverie"}
        stem = {**others, "series": "serie"}.get(stem, stem)
        is_stored = key != "id" or name.endswith("_id") or parameter.place != "path"
        table = Base.metadata.tables[f"{stem}s" if is_stored else operation.path.split("/")[3]]
        column = table.c[key if is_stored else name]
        wanted = select(column).where(table.c.workspace_id == self.workspace_id).order_by(column)
        with current_database().reader() as session:
            found = session.scalars(wanted.limit(1)).one_or_none()
        assert found is not None, f"{operation}: nothing in {table.name}; have a_realm make it"
        return found


def a_realm(app: Flask, *, slug: str, version: int) -> Realm:
    """A workspace where everything that people can write holds the canary."""
    canary = f"canary of {slug}"
    now = utcnow()
    people = {}
    with unit_of_work() as session:
        workspace = service.create_workspace(session, slug, canary, now=now)
        for role in Role:
            email = f"{role}.{slug}@example.org"
            member = service.add_member(
                session, workspace.id, email, role=role, name=f"{canary} {role}", now=now
            )
            _row, token = service.create_token(session, member, canary, now=now)
            people[role] = Persona(app, email, str(member.id), str(token))
    realm = Realm(canary, workspace.id, people)
    _fill(realm, slug, version)
    with unit_of_work() as session:
        number_new(session)
    return realm


def _fill(realm: Realm, slug: str, version: int) -> None:
    owner, contributor = realm.owner, realm.people[Role.CONTRIBUTOR]
    viewer = realm.people[Role.VIEWER]  # looks after somebody, and so is on the project's team
    source = a_source(f"{slug}-plan", version, title=realm.canary, gated=True)
    brings(owner, source + METRIC.format(slug=slug, title=realm.canary))
    wish = {**a_wish(name=realm.canary, sector=realm.canary), "playbook": f"{slug}-plan"}
    project = answer(owner.post("/projects", wish), 201)
    person = {"name": realm.canary, "notes": realm.canary, "owner": viewer.email}
    answer(owner.post(f"/projects/{project['id']}/roster", person), 201)
    for task in owner.tasks_of(project):
        change = {"notes": realm.canary, "assignees": [contributor.email]}
        answer(owner.patch(f"/tasks/{task['id']}", change))
    _fill_a_task(owner, min(task["id"] for task in owner.tasks_of(project)), realm.canary)
    _owe(realm, project["id"], owner.tasks_of(project)[0]["id"])
    _warn(realm, project["id"])
    answer(owner.post("/assessments", {"answers": "AABBCCDDAA"}), 201)
    days = {"start_on": "2027-09-06", "end_on": "2027-09-06", "stand_in": viewer.email}
    answer(owner.post("/me/absences", days), 201)
    channel = {"kind": "email", "address": f"{slug}@example.org"}
    answer(owner.post("/me/channels", channel), 201)
    answer(owner.post("/feeds", {"project_id": project["id"]}), 201)
    _connect(realm, project["id"])
    _keep_in_step(realm, project["id"])
    _tell_others(realm, project["id"])
    answer(owner.post(f"/projects/{project['id']}/baselines", {"name": realm.canary}), 201)
    (gate,) = answer(owner.get(f"/projects/{project['id']}/gates"))["items"]
    asked = {"action": "request", "comment": realm.canary}
    answer(contributor.post(f"/gates/{gate['id']}/approvals", asked), 201)
    held = {"decision": "hold", "reason": realm.canary}
    answer(owner.post(f"/gates/{gate['id']}/decision", held, headers={"If-Match": "*"}))
    figure = {
        "metric": f"{slug}_figure",
        "day": utcnow().date().isoformat(),
        "value": 1,
        "note": realm.canary,
    }
    answer(contributor.post(f"/projects/{project['id']}/readings", {"readings": [figure]}))


def _tell_others(realm: Realm, project_id: str) -> None:
    """A webhook, an event that it was owed, and an attempt to deliver that."""
    endpoint = an_endpoint(
        realm.workspace_id,
        UUID(realm.owner.member_id),
        "https://hooks.example.org/",
        name=realm.canary,
        project_id=UUID(project_id),
        state="paused",
    )
    (delivery,) = owed(endpoint, [new_id()], state="failed", ready_at=None, attempts=1)
    tried = DeliveryAttempt(
        workspace_id=realm.workspace_id,
        delivery_id=delivery,
        number=1,
        began_at=utcnow(),
        outcome="refused",
        status=500,
        answer=realm.canary,
    )
    with unit_of_work() as session:
        session.add(tried)


def _connect(realm: Realm, project_id: str) -> None:
    """A connection, and something that was brought to it."""
    also_use(Brought())
    body = {"kind": "brought", "name": realm.canary, "config": {"note": realm.canary}}
    made = answer(realm.owner.post(f"/projects/{project_id}/connections", body), 201)
    upload = Pull(
        workspace_id=realm.workspace_id,
        id=new_id(),
        connection_id=UUID(made["id"]),
        source="upload",
        state="done",
        calls=0,
        pages=1,
        rows=1,
        new_rows=1,
        created_at=utcnow(),
    )
    with unit_of_work() as session:
        session.add(upload)


def _keep_in_step(realm: Realm, project_id: str) -> None:
    """A board."""
    also_use_ports(Memory())
    body = {
        "project_id": project_id,
        "kind": "memory",
        "credentials": {"token": realm.canary},
        "name": realm.canary,
        "settings": {"note": realm.canary},
    }
    made = answer(realm.owner.post("/boards", body), 201)
    now = utcnow()
    scope = {"workspace_id": realm.workspace_id, "board_id": UUID(made["id"]), "created_at": now}
    card = BoardItem(
        **scope,
        id=new_id(),
        kind="task",
        remote_id=realm.canary,
        title=realm.canary,
        state="foreign",
        is_dirty=False,
        updated_at=now,
    )
    conflict = BoardConflict(
        **scope,
        id=new_id(),
        item_id=card.id,
        field="title",
        agreed={"value": realm.canary},
        ours={"value": realm.canary},
        theirs={"value": realm.canary},
        taken="tracker",
        state="open",
    )
    with unit_of_work() as session:
        session.add(card)
        session.flush()  # the conflict refers to it
        session.add(conflict)


def _fill_a_task(owner: Persona, task_id: str, canary: str) -> None:
    """What lies under a task: under that with the first id, where words of addresses lead."""
    path = f"/tasks/{task_id}"
    answer(owner.post(f"{path}/comments", {"body": f"{canary} @{owner.email}"}), 201)
    answer(owner.post(f"{path}/steps", {"title": canary}), 201)
    link = {"url": "https://example.org/", "title": canary}
    answer(owner.post(f"{path}/links", link), 201)
    answer(owner.post(f"{path}/evidence", {"kind": "note", "note": canary}), 201)
    assert owner.call("PUT", f"{path}/watchers/{owner.member_id}").status_code == 204


def _warn(realm: Realm, project_id: str) -> None:
    """An alert."""
    now = utcnow()
    one = Alert(
        workspace_id=realm.workspace_id,
        id=new_id(),
        project_id=UUID(project_id),
        rule="no_figures",
        kind="missing",
        state="open",
        figures={"last": "2027-01-04", "silent": 9, "days": 7},
        latest={"last": "2027-01-04", "silent": 9, "days": 7},
        note=realm.canary,
        opened_at=now,
        seen_at=now,
    )
    with unit_of_work() as session:
        session.add(one)


def _owe(realm: Realm, project_id: str, task_id: str) -> None:
    """A reminder to the viewer, and a try to send it."""
    scope, now = {"workspace_id": realm.workspace_id}, utcnow()
    reader = UUID(realm.people[Role.VIEWER].member_id)
    one = Reminder(
        **scope,
        id=new_id(),
        project_id=UUID(project_id),
        subject="task",
        subject_id=UUID(task_id),
        rule="asked",
        step="",
        occurrence=realm.canary,
        member_id=reader,
        way="single",
        due_at=now,
        state="failed",
        facts={"note": realm.canary},
        created_at=now,
    )
    tried = Attempt(
        **scope,
        id=new_id(),
        reminder_id=one.id,
        number=1,
        claim=1,
        channel="email",
        started_at=now,
        outcome="refused",
        detail=realm.canary,
    )
    with unit_of_work() as session:
        session.add(one)
        session.flush()  # its attempt refers to it
        session.add(tried)
