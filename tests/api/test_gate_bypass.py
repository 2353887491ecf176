"""No route whatsoever gets past a closed gate.

Generated from the OpenAPI document: every operation that writes, by every role, with every value
that its schema takes, and some that it does not. Each is tried on the same launch and undone, so a
new route is tried here without a word in this file.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from itertools import chain, islice
from typing import Any, Final
from uuid import UUID

import pytest
from sqlalchemy import Row, Select, and_, or_, select, update
from sqlalchemy.orm import Session

from tests.api.document import NOBODYS, Operation, operations_of
from tests.api.launches import by_name
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import Base, unit_of_work
from tracker.projects.models import Gate, Project, Step, Task
from tracker.projects.rules import STATES, STATUSES

_TASKS, _STEPS, _GATES = Task.__table__, Step.__table__, Gate.__table__
_PROJECTS: Final = Project.__table__
MOST_VALUES: Final = 20
MOST_BODIES: Final = 40
HOSTILE: Final = ("status", "state", "phase", "done", "is_done", "done_at", "steps", "changes")
"""Fields that would do it, tried first."""
STRONGEST: Final = ("alice", "mona", "bob", "vera")
HOPELESS: Final = (400, 403, 404, 422)
"""What is answered to whoever ranks below, too."""
ALLOWED: Final = {("waiveGate", "alice")}
"""What may open a gate, and does: an owner's waiver, given in every form."""


class Undone(Exception):
    """Takes an attempt back."""


@dataclass(frozen=True)
class Prey:
    """A launch whose first gate's waiver has run out, and a task behind the second."""

    world: World
    project: dict[str, Any]
    task: dict[str, Any]
    other: dict[str, Any]
    step: str
    gates: list[dict[str, Any]]
    number: int = 0  # of the gate that is tried

    def word(self, name: str) -> str:
        """What stands for a word of an address, or for an id in a body."""
        known = {
            "project": self.project["id"],
            "task": self.task["id"],
            "predecessor": self.other["id"],
            "successor": self.other["id"],
            "gate": self.gates[self.number]["id"],
            "step": self.step,
            "key": self.step,
            "slug": "community-launch",
            "version": "1",
        }
        stem = name.removesuffix("_id").removesuffix("_key").removesuffix("s")
        stem = {"id": "task", "assignee": "member"}.get(stem, stem)
        if stem in known:
            return str(known[stem])
        return str(_any_row(stem) or NOBODYS)


def _any_row(stem: str) -> Any:
    """The id of a thing of this kind, where there is one."""
    table = Base.metadata.tables.get(f"{stem}s")
    if table is None or "id" not in table.c:
        return None
    with unit_of_work() as session:
        return session.execute(select(table.c.id).order_by(table.c.id.desc()).limit(1)).scalar()


@pytest.fixture
def prey(world: World) -> Prey:
    """Its sponsor is nobody of those who try, so that no decision can be right."""
    answer(world.alice.post("/members", {"email": "sponsor@example.org", "role": "owner"}), 201)
    people = {"sponsor": "sponsor@example.org", "content": world.bob.email}
    project = world.mona.creates_a_project(people=people)
    tasks = by_name(world.mona, project)
    task = tasks["opening"]
    mine = [world.bob.email]
    for name in ("opening", "purpose", "launch_day"):
        answer(world.mona.patch(f"/tasks/{tasks[name]['id']}", {"assignees": mine}))
    _lapse(project)
    gates = answer(world.mona.get(f"/projects/{project['id']}/gates"))["items"]
    step = answer(world.mona.get(f"/tasks/{task['id']}"))["steps"][0]["key"]
    return Prey(world, project, task, tasks["purpose"], step, gates)


def _lapse(project: dict[str, Any]) -> None:
    """The first gate was waived, until an hour ago."""
    mine = {"state": "waived", "waived_until": utcnow() - timedelta(hours=1)}
    of_project = UUID(project["id"])
    with unit_of_work() as session:
        first = and_(_GATES.c.project_id == of_project, _GATES.c.position == 0)
        session.execute(update(_GATES).where(first).values(mine))
        session.execute(
            update(_PROJECTS).where(_PROJECTS.c.id == of_project).values(phase="prepare")
        )


# What is tried.


def values(schema: dict[str, Any], name: str, prey: Prey, operation: Operation) -> Iterator[Any]:
    """Values that a schema takes, the most hostile first."""
    schema = operation._resolved(schema)
    if "enum" in schema:
        yield from (value for value in schema["enum"] if value is not None)
        return
    kinds = schema.get("type", "object")
    kind = next(k for k in ([kinds] if isinstance(kinds, str) else kinds) if k != "null")
    if kind == "array":
        inner = list(islice(values(schema.get("items", {}), name, prey, operation), MOST_VALUES))
        yield from ([value] for value in inner)
    elif kind == "object":
        yield from objects(schema, prey, operation)
    else:
        yield from _plain(kind, schema, name, prey)


def _plain(kind: str, schema: dict[str, Any], name: str, prey: Prey) -> Iterator[Any]:
    soon = utcnow() + timedelta(days=30)
    if schema.get("format") == "uuid":
        yield prey.word(name)
    elif schema.get("format") == "date":
        yield soon.date().isoformat()
    elif schema.get("format") == "date-time":
        yield soon.isoformat()
    elif kind == "boolean":
        yield from (True, False)
    elif kind in ("integer", "number"):
        yield schema.get("minimum", 1)
    elif name in ("status", "state", "phase"):
        yield from (*STATUSES, *STATES, "launch", "passed")
    elif name in ("task", "key", "step", "after"):
        yield from (prey.word(name), prey.task["key"])
    elif name == "rrule":
        yield "FREQ=DAILY"
    else:
        yield "https://example.org/done" if name == "url" else "done"


def objects(schema: dict[str, Any], prey: Prey, operation: Operation) -> Iterator[dict[str, Any]]:
    """The least object, each property in turn with each of its values, and all of them at once.

    What must be chosen goes with each other property, too: a rejection needs its reason.
    """
    properties = {
        name: list(islice(values(inner, name, prey, operation), MOST_VALUES))
        for name, inner in sorted(
            schema.get("properties", {}).items(), key=lambda item: item[0] not in HOSTILE
        )
    }
    required = schema.get("required", ())
    least = {name: properties[name][0] for name in required if properties.get(name)}
    yield least
    for name, possible in properties.items():
        yield from ({**least, name: value} for value in possible)
        if name in required and len(possible) > 1:
            others = [(n, p[0]) for n, p in properties.items() if n not in required and p]
            yield from ({**least, name: v, n: other} for v in possible for n, other in others)
    yield {name: possible[0] for name, possible in properties.items() if possible}
    yield {name: possible[-1] for name, possible in properties.items() if possible}


def _beyond(prey: Prey) -> Iterator[dict[str, Any]]:
    """What no schema should take, and one that is too kind would."""
    yield from ({"status": status} for status in ("done", "in_progress"))
    yield {"status": "done", "phase": "prepare", "is_early": True, "early": True}
    yield {"phase": "launch"}
    yield {"state": "passed"}
    yield {"steps": [{"key": prey.step, "done": True, "done_at": utcnow().isoformat()}]}
    yield {"steps": {prey.step: True}}


def bodies(operation: Operation, prey: Prey) -> Iterable[dict[str, Any] | None]:
    if "requestBody" not in operation.told:
        return [None]
    found = objects(operation.body_schema, prey, operation)
    return chain(islice(found, MOST_BODIES), _beyond(prey))


def path_of(operation: Operation, prey: Prey) -> str:
    path = operation.path
    for word in operation.in_path:
        path = path.replace(f"{{{word.name}}}", prey.word(word.name))
    return path


def attempts(operations: Iterable[Operation], prey: Prey) -> Iterator[tuple[Operation, str, Any]]:
    """Every operation with every body, at the first gate and at the second."""
    for operation in operations:
        for number in (0, 1) if "{gate_id}" in operation.path else (0,):
            at_gate = replace(prey, number=number)
            for body in list(bodies(operation, at_gate)):
                yield operation, path_of(operation, at_gate), body


# What must not be.


def trespasses(session: Session) -> list[Row[Any]]:
    """Whatever has moved behind a closed gate, in any project."""
    behind = and_(
        _TASKS.c.is_early.is_(False),
        or_(
            _TASKS.c.status.in_(("in_progress", "done")),
            _TASKS.c.started_on.is_not(None),
            _TASKS.c.finished_on.is_not(None),
        ),
    )
    ticked = (
        select(_STEPS.c.task_id, _STEPS.c.key)
        .join(_TASKS, _TASKS.c.id == _STEPS.c.task_id)
        .where(_STEPS.c.done_at.is_not(None), _TASKS.c.is_early.is_(False))
    )
    entered = select(_PROJECTS.c.id, _PROJECTS.c.phase).where(
        _PROJECTS.c.phase.is_not(None), _PROJECTS.c.phase != "prepare"
    )
    opened = select(_GATES.c.key, _GATES.c.state).where(
        or_(
            _GATES.c.state.in_(("passed", "conditional")),
            and_(_GATES.c.state == "waived", _GATES.c.waived_until > utcnow()),
        )
    )
    moved = select(_TASKS.c.key, _TASKS.c.status).where(behind)
    wanted: tuple[Select[Any], ...] = (moved, ticked, entered, opened)
    return [row for one in wanted for row in session.execute(one)]


def attempt(caller: Persona, method: str, path: str, body: Any) -> tuple[int, list[Row[Any]]]:
    """What was answered, and what it did that it must not; all of it is taken back."""
    answered, found = 0, []
    try:
        with unit_of_work() as session:
            answered = caller.call(method, path, body, headers={"If-Match": "*"}).status_code
            # A refusal takes back what it did by itself, where nothing surrounds it.
            found = trespasses(session) if answered < 400 else []
            raise Undone
    except Undone:
        return answered, found


@pytest.mark.long_on("postgresql")
def test_no_operation_gets_past_a_closed_gate(prey: Prey) -> None:
    with unit_of_work() as session:
        assert trespasses(session) == []
    writing = [one for one in operations_of(prey.world.alice.app) if one.method != "GET"]
    accepted: set[str] = set()
    tried = 0
    for operation, path, body in attempts(writing, prey):
        for name in STRONGEST:
            caller: Persona = getattr(prey.world, name)
            status, found = attempt(caller, operation.method, path, body)
            tried += 1
            assert status < 500, (operation.id, name, body)
            if (operation.id, name) not in ALLOWED:
                assert found == [], (operation.id, name, body)
            if status < 400:
                accepted.add(operation.id)
            elif status in HOPELESS:
                break
    assert tried > 300
    # The search is worth something only where requests are heard at all.
    assert {"changeTask", "waiveGate", "addApproval", "decideGate", "changeTasks"} <= accepted


def test_the_search_would_notice(prey: Prey) -> None:
    """The same attempt behind an open gate is a trespass by these rules: they see."""
    with unit_of_work() as session:
        session.execute(update(_GATES).values(state="passed"))
    alice, path = prey.world.alice, f"/tasks/{prey.task['id']}"
    status, found = attempt(alice, "PATCH", path, {"status": "in_progress"})
    assert status == 200
    assert any(row[0] == prey.task["key"] for row in found)
