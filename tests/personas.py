"""The people of the tests, each calling the API with a token of their own."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from flask import Flask
from werkzeug.test import TestResponse

from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people import service
from tracker.people.rules import Role

API = "/api/v1"


def next_monday(weeks: int) -> date:
    """A Monday, some weeks from the real today: the API plans from the real clock."""
    today = utcnow().date()
    return today + timedelta(days=7 - today.weekday(), weeks=weeks)


def a_wish(**parameters: Any) -> dict[str, Any]:
    """The body of POST /projects, for a launch that leaves time to prepare."""
    if "launch_on" not in parameters and "start_on" not in parameters:
        parameters["launch_on"] = next_monday(30).isoformat()
    name = parameters.pop("name", "Our community")
    return {"name": name, "playbook": "community-launch", "parameters": parameters}


def answer(response: TestResponse, status: int = 200) -> dict[str, Any]:
    """What was answered, once it is known to be ``status``."""
    assert response.status_code == status, response.text
    body: dict[str, Any] = response.get_json()
    return body


@dataclass(frozen=True)
class Persona:
    """Somebody with a token."""

    app: Flask
    email: str
    member_id: str
    token: str
    headers: Mapping[str, str] = field(default_factory=dict)

    def call(
        self, method: str, path: str, json: Any = None, *, headers: Mapping[str, str] | None = None
    ) -> TestResponse:
        """One request, as this person."""
        sent = {"Authorization": f"Bearer {self.token}", **self.headers, **(headers or {})}
        body = {} if json is None else {"json": json}
        target = path if path.startswith("/api") else f"{API}{path}"
        # Read to its end: what goes on keeps one of few places until it is closed.
        return self.app.test_client().open(
            target, method=method, headers=sent, buffered=True, **body
        )

    def get(self, path: str, **more: Any) -> TestResponse:
        """Read."""
        return self.call("GET", path, **more)

    def post(self, path: str, json: Any, **more: Any) -> TestResponse:
        """Create or act."""
        return self.call("POST", path, json, **more)

    def patch(self, path: str, json: Any, **more: Any) -> TestResponse:
        """Change."""
        return self.call("PATCH", path, json, **more)

    def delete(self, path: str, **more: Any) -> TestResponse:
        """Remove."""
        return self.call("DELETE", path, **more)

    def creates_a_project(self, **parameters: Any) -> dict[str, Any]:
        """Plan one from the whole playbook, and return what was answered."""
        return answer(self.post("/projects", a_wish(**parameters)), 201)

    def tasks_of(self, project: Mapping[str, Any], **query: Any) -> list[dict[str, Any]]:
        """The tasks of a project, all of them."""
        words = "&".join(f"{name}={value}" for name, value in {"limit": 500, **query}.items())
        items: list[dict[str, Any]] = answer(self.get(f"/projects/{project['id']}/tasks?{words}"))[
            "items"
        ]
        return items


@dataclass(frozen=True)
class World:
    """Two workspaces with their people."""

    alice: Persona
    mona: Persona
    bob: Persona
    vera: Persona
    charlie: Persona


def a_world(app: Flask) -> World:
    """Alice's workspace with one member of each role, and Charlie's."""
    now = utcnow()
    with unit_of_work() as session:
        hers = service.create_workspace(session, "alice-and-co", "Alice and Co", now=now)
        his = service.create_workspace(session, "charlie-inc", "Charlie Inc", now=now)
        people = {}
        for name, workspace, role in (
            ("alice", hers, Role.OWNER),
            ("mona", hers, Role.MANAGER),
            ("bob", hers, Role.CONTRIBUTOR),
            ("vera", hers, Role.VIEWER),
            ("charlie", his, Role.OWNER),
        ):
            email = f"{name}@example.org"
            member = service.add_member(session, workspace.id, email, role=role, now=now)
            _row, token = service.create_token(session, member, "tests", now=now)
            people[name] = Persona(app, email, str(member.id), str(token))
    return World(**people)
