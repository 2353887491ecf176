"""Whatever the document allows, and much that it does not: never a 5xx, always as documented."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import pytest
import schemathesis
from flask import Flask
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.document import Operation, operations_of
from tests.api.realms import Realm, a_realm
from tests.conftest import app_on
from tracker.kernel.db import current_database

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture(scope="module")
def app(module_sqlite_url: str) -> Iterator[Flask]:
    yield app_on(module_sqlite_url)
    current_database().close()


@pytest.fixture(scope="module")
def realm(app: Flask) -> Realm:
    return a_realm(app, slug="fuzzed", version=1)


def calls_of(app: Flask) -> list[Any]:
    """Every operation, as schemathesis reads the document."""
    found = list(schemathesis.openapi.from_wsgi("/api/openapi.json", app).get_all_operations())
    assert len(found) == len(operations_of(app))
    return [result.ok() for result in found if isinstance(result, Ok)]


def existing(realm: Realm, operation: Operation) -> dict[str, Any]:
    """Words for the operation's address that lead to something."""
    found = {word.name: realm.value_of(word, operation) for word in operation.in_path}
    return {name: str(value) if isinstance(value, UUID) else value for name, value in found.items()}


def check(
    call: Any, mode: Any, words: dict[str, Any], *, headers: dict[str, str], most: int
) -> None:
    """Try many requests of one operation, and each again with ``words`` in its address."""

    @settings(BOUNDED, max_examples=most)
    @given(case=call.as_strategy(generation_mode=mode))
    def holds(case: Any) -> None:
        case.call_and_validate(headers=headers, checks=CHECKS)
        if words:
            case.path_parameters = words
            case.call_and_validate(headers=headers, checks=CHECKS)

    holds()


@pytest.mark.parametrize("most", [3, pytest.param(40, marks=pytest.mark.long)])
@pytest.mark.parametrize("mode", schemathesis.GenerationMode)
def test_no_request_breaks_the_api(app: Flask, realm: Realm, mode: Any, most: int) -> None:
    headers = {"Authorization": f"Bearer {realm.owner.token}"}
    told = {(operation.method, operation.path): operation for operation in operations_of(app)}
    for call in calls_of(app):
        operation = told[call.method.upper(), call.path]
        # The others need what a DELETE would take away.
        words = {} if operation.method == "DELETE" else existing(realm, operation)
        check(call, mode, words, headers=headers, most=most)
