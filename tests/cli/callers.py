"""Calls of the API on the database that the commands work on."""

from typing import Any

from werkzeug.test import TestResponse

from tests.conftest import app_on
from tracker.kernel.db import current_database


def call(
    url: str, token: str, path: str, body: object = None, *, method: str | None = None
) -> TestResponse:
    """One request to the API on the database ``url``."""
    app = app_on(url)
    options: dict[str, Any] = {} if body is None else {"json": body}
    options["method"] = method or ("GET" if body is None else "POST")
    headers = {"Authorization": f"Bearer {token}"}
    try:
        return app.test_client().open(f"/api/v1{path}", headers=headers, **options)
    finally:
        current_database().close()
