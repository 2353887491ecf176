"""Whatever the document allows, and much that it does not: never a 5xx, always as documented."""

from typing import Any

import schemathesis
from hypothesis import HealthCheck, given, settings
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.personas import World

CHECKS = [
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_schema_conformance,
]
BOUNDED = settings(
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def operations(world: World) -> list[Any]:
    document = schemathesis.openapi.from_wsgi("/api/openapi.json", world.alice.app)
    found = [result.ok() for result in document.get_all_operations() if isinstance(result, Ok)]
    assert len(found) == len(list(document.get_all_operations()))
    return found


def test_no_request_breaks_the_api(shared_world: World) -> None:
    headers = {"Authorization": f"Bearer {shared_world.alice.token}"}
    found = operations(shared_world)
    assert len(found) > 20
    for operation in found:
        for mode in schemathesis.GenerationMode:

            @BOUNDED
            @given(case=operation.as_strategy(generation_mode=mode))
            def holds(case: Any) -> None:
                case.call_and_validate(headers=headers, checks=CHECKS)

            holds()
