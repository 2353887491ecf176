"""Refusals and failures: one form, a stable type, the reader's language, nobody's own text."""

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from marshmallow import Schema, ValidationError, fields, validate
from sqlalchemy.exc import IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from tests.api.problems import FRENCH, problem
from tests.conftest import a_setting, app_on
from tests.personas import API, Persona, World, a_world, answer
from tracker.app import create_app
from tracker.kernel.db import current_database
from tracker.library import schemas as library
from tracker.people import queries
from tracker.people import schemas as people
from tracker.projects import schemas as projects
from tracker.web.field_messages import in_both_languages, translate
from tracker.web.paging import PageIn


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """What has nothing to do with the kind of database is tried on one."""
    yield app_on(sqlite_url)
    current_database().close()


@pytest.fixture
def mona(app: Flask) -> Persona:
    return a_world(app).mona


def test_an_unknown_address_is_a_problem(mona: Persona) -> None:
    english = problem(mona.get("/nothing"), 404, "not-found")
    french = problem(mona.get("/nothing", headers=FRENCH), 404, "not-found")
    assert "/api/docs" in english["detail"]
    assert "/api/docs" in french["detail"]
    assert english["detail"] != french["detail"]


def test_an_id_that_is_none_is_an_unknown_address(mona: Persona) -> None:
    for path in ("/projects/7", "/tasks/%00", "/projects/null/tasks", "/members/me"):
        problem(mona.get(path), 404, "not-found")


def test_a_slug_that_can_be_nobodys_is_not_found(mona: Persona) -> None:
    for slug in ("%00", "A", "%F0%9F%98%80", "x" * 5000, "..", "a%2Fb"):
        problem(mona.get(f"/playbooks/{slug}"), 404, "not-found")


def test_a_method_that_is_not_there_names_those_that_are(mona: Persona) -> None:
    response = mona.call("PUT", "/projects")
    problem(response, 405, "method-not-allowed")
    assert {"GET", "POST"} <= set(response.headers["Allow"].split(", "))


def test_who_is_unknown_is_told_so_before_anything_else(app: Flask) -> None:
    for path in ("/projects", "/nothing", "/projects/7", "/tokens"):
        response = app.test_client().post(f"{API}{path}", data=b"{", headers=FRENCH)
        assert "jeton" in problem(response, 401, "unauthenticated")["detail"]
        assert response.headers["WWW-Authenticate"] == "Bearer"


def test_answers_follow_the_request_then_the_member(app: Flask) -> None:
    world = a_world(app)
    answer(world.alice.patch(f"/members/{world.mona.member_id}", {"language": "fr"}))
    silent = problem(world.mona.get("/nothing"), 404, "not-found")
    asked = problem(
        world.mona.get("/nothing", headers={"Accept-Language": "en-GB, fr;q=0.5"}), 404, "not-found"
    )
    unspoken = problem(
        world.mona.get("/nothing", headers={"Accept-Language": "de, pt-BR"}), 404, "not-found"
    )
    assert silent["detail"].startswith("Il n'y a rien")
    assert asked["detail"].startswith("There is nothing")
    assert unspoken["detail"] == silent["detail"]


def test_who_asks_too_often_is_told_when_to_come_back(sqlite_url: str) -> None:
    world = a_world(create_app(a_setting(database_url=sqlite_url, rate_limit=3)))
    for _ in range(3):
        answer(world.mona.get("/workspaces/me"))
    response = world.mona.get("/workspaces/me")
    problem(response, 429, "too-many-requests")
    assert 1 <= int(response.headers["Retry-After"]) <= 60
    answer(world.bob.get("/workspaces/me"))
    current_database().close()


@pytest.mark.parametrize(
    ("fault", "status", "kind"),
    [
        (RuntimeError("password=hunter2"), 500, "internal-error"),
        (OperationalError("SELECT hunter2", {}, Exception("hunter2")), 503, "unavailable"),
        (PoolTimeoutError("hunter2"), 503, "unavailable"),
        (IntegrityError("INSERT hunter2", {}, Exception("hunter2")), 409, "conflict"),
    ],
)
def test_what_fails_below_never_speaks_to_a_caller(
    mona: Persona, monkeypatch: pytest.MonkeyPatch, *, fault: Exception, status: int, kind: str
) -> None:
    def fail(*_args: Any) -> None:
        raise fault

    answer(mona.get("/workspaces/me"))  # from now on the token's use is noted
    monkeypatch.setattr(queries, "workspace", fail)
    response = mona.get("/workspaces/me")
    body = problem(response, status, kind)
    assert "hunter2" not in response.text
    assert ("Retry-After" in response.headers) == (status == 503)
    assert ("reference" in body) == (status == 500)


def test_answers_are_for_the_caller_alone(shared_world: World) -> None:
    for response in (shared_world.mona.get("/members"), shared_world.mona.get("/nothing")):
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Content-Type-Options"] == "nosniff"
        assert "Accept-Language" in response.headers["Vary"]


JUNK: tuple[Any, ...] = (
    None, "", " ", "x" * 20_001, "a\x00b", "a\nb", "\ud800", 0, -1, 10**30, 1.5, float("inf"),
    float("nan"), True, [], [None], ["x"] * 6000, {}, {"x": None}, {"": "x"}, {"y": ["x"]},
    "2027-02-29", "2027-13-01T00:00:00Z", "2027-01-01T00:00:00", "9999-12-31T23:59:59-14:00", "nan",
)  # fmt: skip
TAKEN_IN = sorted(
    {
        kind
        for module in (people, library, projects)
        for _name, kind in inspect.getmembers(module, inspect.isclass)
        if issubclass(kind, Schema) and kind is not Schema and not kind.__name__.endswith("Out")
    }
    | {PageIn},
    key=lambda kind: kind.__name__,
)


def _messages(found: Any) -> Iterator[str]:
    if isinstance(found, dict):
        found = list(found.values())
    for item in found:
        if isinstance(item, str):
            yield item
        else:
            yield from _messages(item)


@pytest.mark.parametrize("schema", TAKEN_IN, ids=lambda kind: kind.__name__)
def test_every_field_says_what_is_wrong_in_both_languages(schema: type[Schema]) -> None:
    for name in schema().fields:
        for junk in JUNK:
            try:
                schema().load({name: junk, "colour": "blue"})
            except ValidationError as error:
                for message in _messages(error.messages):
                    said = translate(message)
                    assert said.say("en") != said.say("fr"), (name, junk, message)


def test_who_sends_a_field_that_is_not_there_is_told_those_that_are(mona: Persona) -> None:
    body = problem(mona.post("/me/absences", {"from": "2027-09-06"}), 422, "invalid-values")
    (said,) = body["errors"]["from"]
    assert said.startswith("There is no such field. Those that there are: end_on, ")
    wish = {"parameters": {"launch": "2027-09-06"}}
    french = problem(mona.post("/playbooks/preview", wish, headers=FRENCH), 422, "invalid-values")
    (said,) = french["errors"]["parameters"]["launch"]
    assert said.startswith("Ce champ n'existe pas. Ceux qui existent : already_launched, ")
    bulk = mona.post(f"/projects/{mona.member_id}/tasks/bulk", {"changes": [{"titel": "x"}]})
    (said,) = problem(bulk, 422, "invalid-values")["errors"]["changes"]["0"]["titel"]
    assert ", title" in said
    none = problem(mona.get("/workspaces/me?x=1"), 422, "invalid-values")
    assert none["errors"]["x"] == ["This address takes no parameters; leave it out."]


def test_what_a_validator_tells_of_what_lies_within_is_told_there() -> None:
    told: Any = in_both_languages(
        {"settings": [{"policies": ["Must be one of: tracker, newest."]}]}
    )
    (said,) = told["settings"]["policies"]
    assert said.say("fr") == "Doit être une valeur parmi : tracker, newest."


def test_choices_are_written_as_in_json() -> None:
    schema = Schema.from_dict(
        {
            "failed": fields.Boolean(validate=validate.OneOf([True])),
            "phase": fields.String(validate=validate.OneOf(["prepare", None])),
        }
    )
    with pytest.raises(ValidationError) as refused:
        schema().load({"failed": False, "phase": "x"})
    said = {name: translate(text) for name, (text,) in refused.value.messages_dict.items()}
    assert said["failed"].say("en") == "Can only be true; else leave it out."
    assert said["phase"].say("fr") == "Doit être une valeur parmi : prepare ; ou null."
