"""The API's document: valid, complete, and readable without the rest of the internet."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from openapi_spec_validator import OpenAPIV31SpecValidator

from tests.api.document import document_of, operations_of
from tests.conftest import app_on
from tracker.kernel.db import current_database

ELSEWHERE = re.compile(
    rb"""(?:src|href|url)\s*[=:(]\s*["']?(?:https?:)?//(?!127\.0\.0\.1)""", re.IGNORECASE
)


@pytest.fixture(scope="module")
def app(sqlite_template: Any) -> Iterator[Flask]:
    yield app_on(f"sqlite:///{sqlite_template}")
    current_database().close()


@pytest.fixture(scope="module")
def document(app: Flask) -> dict[str, Any]:
    return document_of(app)


def test_the_document_is_valid_openapi_3_1(document: dict[str, Any]) -> None:
    assert document["openapi"].startswith("3.1.")
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []


def test_every_reference_leads_somewhere(document: dict[str, Any]) -> None:
    def references(value: Any) -> Iterator[str]:
        if isinstance(value, dict):
            yield from (inner for name, inner in value.items() if name == "$ref")
            value = list(value.values())
        if isinstance(value, list):
            for inner in value:
                yield from references(inner)

    for reference in set(references(document)):
        found: Any = document
        for word in reference.removeprefix("#/").split("/"):
            found = found[word]


def test_every_operation_tells_its_success_and_its_problems(app: Flask) -> None:
    for operation in operations_of(app):
        responses = operation.told["responses"]
        assert any(code.startswith("2") for code in responses), operation
        refused = {code for code in responses if not code.startswith("2")}
        assert {"default", "401", "403", "422", "429", "503"} <= refused, operation
        assert all(
            responses[code] == {"$ref": "#/components/responses/Problem"} for code in refused
        ), operation
        assert ("404" in refused) == bool(operation.in_path), operation
        assert ({"400", "413", "415"} <= refused) == ("requestBody" in operation.told), operation
        assert operation.told["summary"], operation


def test_a_problem_is_told_under_its_own_media_type(document: dict[str, Any]) -> None:
    assert list(document["components"]["responses"]["Problem"]["content"]) == [
        "application/problem+json"
    ]


def test_every_route_of_the_api_is_in_the_document(app: Flask) -> None:
    told = {
        (operation.method, re.sub(r"\{.*?\}", "{}", operation.path))
        for operation in operations_of(app)
    }
    served = {
        (method, re.sub(r"<.*?>", "{}", rule.rule))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert told == served


def test_headers_that_matter_are_told(app: Flask) -> None:
    headers = {
        operation.id: {
            parameter["name"]
            for parameter in operation.told.get("parameters", ())
            if parameter["in"] == "header"
        }
        for operation in operations_of(app)
    }
    for operation in operations_of(app):
        responses = operation.told["responses"]
        keyed = "Idempotency-Key" in headers[operation.id]
        assert keyed or "201" not in responses, operation
        assert operation.method == "POST" or not keyed, operation
        heeds_if_match = "If-Match" in headers[operation.id]
        assert heeds_if_match or operation.method not in {"PATCH", "DELETE"}, operation
        assert heeds_if_match == ("412" in responses), operation


def test_no_schema_takes_a_field_that_it_does_not_name(app: Flask) -> None:
    for operation in operations_of(app):
        if operation.body_schema:
            assert operation.body_schema["additionalProperties"] is False, operation


def test_the_document_needs_no_token_and_the_api_does(app: Flask, document: dict[str, Any]) -> None:
    assert document["security"] == [{"bearer": []}]
    assert app.test_client().get("/api/v1/projects").status_code == 401


def test_the_reader_needs_nothing_from_elsewhere(app: Flask) -> None:
    client = app.test_client()
    page = client.get("/api/docs/", buffered=True)
    assert page.status_code == 200
    assets = re.findall(r"""(?:src|href)=["']([^"'#]+)["']""", page.text)
    assert any(asset.endswith(".js") for asset in assets)
    assert any(asset.endswith(".css") for asset in assets)
    for asset in assets:
        assert not re.match(r"(https?:)?//", asset), asset
        path = asset if asset.startswith("/") else f"/api/docs/{asset}"
        served = client.get(path, buffered=True)
        assert served.status_code == 200, asset
        assert not served.location
        assert not (asset.endswith(".css") and ELSEWHERE.search(served.data))
    assert not ELSEWHERE.search(page.data)
    assert '"url": "/api/openapi.json"' in page.text
    assert '"validatorUrl": null' in page.text  # left alone, it is one on the internet


def test_the_address_without_its_slash_leads_to_the_reader(app: Flask) -> None:
    response = app.test_client().get("/api/docs", follow_redirects=True, buffered=True)
    assert response.status_code == 200
    assert b"swagger" in response.data
