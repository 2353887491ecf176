"""Reading refusals."""

from typing import Any, Final

from werkzeug.test import TestResponse

from tests.personas import answer

TYPE: Final = "urn:community-tracker:problem:"
FRENCH: Final = {"Accept-Language": "fr"}


def problem(response: TestResponse, status: int, kind: str) -> dict[str, Any]:
    """The problem document behind a refusal, once it is known to be this one."""
    assert response.content_type == "application/problem+json", response.text
    body = answer(response, status)
    assert body["type"] == TYPE + kind
    assert body["status"] == status
    assert body["title"]
    assert body["detail"]
    return body


def at(errors: dict[str, Any], path: tuple[str, ...]) -> Any:
    """What is said of the field at ``path``."""
    for name in path:
        assert name in errors, (path, errors)
        errors = errors[name]
    return errors


def sentences(errors: Any) -> list[str]:
    """Every sentence below ``errors``, however deep."""
    if isinstance(errors, dict):
        return [sentence for inner in errors.values() for sentence in sentences(inner)]
    return [sentence for sentence in errors if isinstance(sentence, str)]
