"""No workspace sees, changes, counts or guesses another's things.

Generated from the OpenAPI document: a new route is tried here without a word in this file.
"""

from collections.abc import Iterator
from itertools import cycle, permutations
from typing import Any
from urllib.parse import quote

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from tests.api.document import NOBODYS, Operation, Parameter, operations_of
from tests.api.realms import Realm, a_realm
from tests.api.tables import everything
from tests.personas import Persona, World, a_wish, answer
from tracker.people.rules import Role

Pair = tuple[Realm, Realm]
UNKNOWN = {"slug": "nobodys-plan", "version": 9999}


@pytest.fixture(scope="module")
def app(shared_world: World) -> Flask:
    return shared_world.alice.app


@pytest.fixture(scope="module")
def realms(app: Flask) -> Pair:
    return a_realm(app, slug="red", version=2), a_realm(app, slug="blue", version=3)


def callers(realm: Realm) -> Iterator[Persona]:
    """Everybody who could try, from inside this realm: each role, and who has no token."""
    yield from realm.people.values()
    nobody = realm.owner
    yield Persona(nobody.app, nobody.email, nobody.member_id, token="")


def asks(caller: Persona, operation: Operation, values: dict[Parameter, Any]) -> TestResponse:
    """Call ``operation`` with these words filled in, and the least body otherwise."""
    path, body = operation.path, operation.a_body()
    words = []
    for parameter, value in values.items():
        if parameter.place == "path":
            path = path.replace(f"{{{parameter.name}}}", quote(str(value)))
        elif parameter.place == "query":
            words.append(f"{parameter.name}={value}")
        elif body is not None:
            body[parameter.name] = str(value)
    return caller.call(operation.method, "?".join([path, *words]), body)


def told(response: TestResponse, value: Any) -> tuple[int, str, str]:
    """An answer without the word that the caller had filled in."""
    return response.status_code, response.content_type, response.text.replace(str(value), "…")


@pytest.mark.long_on("sqlite")
def test_anothers_id_is_answered_like_one_that_nobody_has(app: Flask, realms: Pair) -> None:
    """By turns from either side: they are alike."""
    before, tried = everything(), 0
    for (inside, outside), operation in zip(
        cycle(permutations(realms)), operations_of(app), strict=False
    ):
        for parameter in operation.ids:
            own = {
                other: inside.value_of(other, operation)
                for other in operation.in_path
                if other != parameter
            }
            theirs = outside.value_of(parameter, operation)
            nobodys = UNKNOWN.get(parameter.name, NOBODYS)
            for caller in callers(inside):
                foreign = asks(caller, operation, {**own, parameter: theirs})
                unknown = asks(caller, operation, {**own, parameter: nobodys})
                attempt = (str(operation), str(parameter), caller.email)
                assert told(foreign, theirs) == told(unknown, nobodys), attempt
                assert outside.canary not in foreign.text, attempt
                expected = _expected(caller, inside, parameter)
                assert expected is None or foreign.status_code in expected, attempt
                tried += 1
    assert everything() == before
    assert tried > 100


def _expected(caller: Persona, realm: Realm, parameter: Parameter) -> tuple[int, ...] | None:
    """Statuses that another's id can have; None where it only narrows a list down."""
    if not caller.token:
        return (401,)
    if parameter.place == "query":
        return None
    return (404,) if caller is realm.owner else (403, 404)


@pytest.mark.long_on("sqlite")
def test_what_needs_no_id_tells_nothing_of_others(app: Flask, realms: Pair) -> None:
    for inside, outside in permutations(realms):
        before = _rows(outside)
        for operation in operations_of(app):
            own = {p: inside.value_of(p, operation) for p in operation.in_path}
            if own and operation.method == "DELETE":
                continue  # it would take away what the others are to find
            for caller in callers(inside):
                response = asks(caller, operation, own)
                attempt = (str(operation), caller.email)
                assert outside.canary not in response.text, attempt
                assert str(outside.workspace_id) not in response.text, attempt
                assert response.status_code < 500, attempt
                assert (response.status_code == 401) == (not caller.token), attempt
        assert _rows(outside) == before


def _rows(realm: Realm) -> dict[str, list[dict[str, Any]]]:
    return {
        name: [row for row in rows if realm.workspace_id in row.values()]
        for name, rows in everything().items()
    }


def test_the_canary_would_be_seen(app: Flask, realms: Pair) -> None:
    for realm in realms:
        seen = {
            str(operation)
            for operation in operations_of(app)
            if operation.method == "GET"
            and realm.canary
            in asks(
                realm.owner,
                operation,
                {p: realm.value_of(p, operation) for p in operation.in_path},
            ).text
        }
        assert {"listProjects", "readTimeline", "readTask", "listMembers", "listTokens"} <= seen
        assert {"readWorkspace", "listPlaybooks", "readPlaybook", "readMember"} <= seen


def test_anothers_members_are_nobody_under_any_name(realms: Pair) -> None:
    for inside, outside in permutations(realms):
        owner, stranger = inside.owner, outside.owner
        task = owner.tasks_of(answer(owner.get("/projects"))["items"][0])[0]
        contributor = inside.people[Role.CONTRIBUTOR]
        before = everything()
        for theirs, nobodys in ((stranger.email, "no@example.org"), (stranger.member_id, NOBODYS)):
            for foreign, unknown in (
                [
                    owner.patch(f"/tasks/{task['id']}", {"assignees": [str(name)]})
                    for name in (theirs, nobodys)
                ],
                [
                    owner.post("/projects", a_wish(people={"expert": str(name)}))
                    for name in (theirs, nobodys)
                ],
                [
                    owner.delete(f"/members/{contributor.member_id}?successor={name}")
                    for name in (theirs, nobodys)
                ],
            ):
                assert foreign.status_code == 422
                assert told(foreign, theirs) == told(unknown, nobodys)
        assert everything() == before


def test_anothers_cursor_shows_ones_own_things_only(realms: Pair) -> None:
    for inside, outside in permutations(realms):
        for path in ("/members", "/tokens"):
            theirs = answer(outside.owner.get(f"{path}?limit=1"))["next"]
            shown = answer(inside.owner.get(f"{path}?cursor={quote(theirs)}"))["items"]
            mine = answer(inside.owner.get(path))["items"]
            assert all(item in mine for item in shown)


def test_a_playbook_of_anothers_slug_is_ones_own(realms: Pair) -> None:
    red, blue = realms
    slug = answer(blue.owner.get("/playbooks"))["items"]
    theirs = next(row["slug"] for row in slug if row["origin"] == "workspace")
    wish = {**a_wish(), "playbook": theirs}
    assert red.owner.post("/projects", wish).status_code == 404
    quiz = {"answers": "AABBCCDDAA", "playbook": theirs}
    assert red.owner.post("/assessments", quiz).status_code == 404
