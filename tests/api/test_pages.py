"""Errors that a person meets in a browser: a page, in their language."""

from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256

import pytest
from flask import Flask

from tests.api.dom import page
from tests.api.problems import problem
from tests.conftest import app_on
from tracker.kernel.db import current_database

BROWSER = {"Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"}


@pytest.fixture
def app(sqlite_url: str) -> Iterator[Flask]:
    """What has nothing to do with the kind of database is tried on one."""
    yield app_on(sqlite_url)
    current_database().close()


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "/nothing", 404),
        ("GET", "/favicon.ico", 404),
        ("GET", "/<script>alert(1)</script>", 404),
        ("GET", "/cal/never.ics", 404),
        ("POST", "/cal/never.ics", 405),
    ],
)
def test_a_browser_gets_a_page(app: Flask, method: str, path: str, status: int) -> None:
    client = app.test_client()
    english = page(client.open(path, method=method, headers=BROWSER), status)
    french = page(
        client.open(path, method=method, headers={**BROWSER, "Accept-Language": "fr"}), status
    )
    assert english.said["h1"] in ("There is nothing here", "That did not work")
    assert french.said["h1"] in ("Il n'y a rien ici", "Cela n'a pas marché")
    assert english.said["p"] != french.said["p"]


def test_the_address_itself_says_what_is_here_and_leads_on(app: Flask) -> None:
    client = app.test_client()
    front = client.get("/", headers=BROWSER)
    assert page(front, 200).said["h1"] == "The tracker is up"
    french = client.get("/", headers={**BROWSER, "Accept-Language": "fr"})
    assert page(french, 200).said["h1"] == "Le tracker tourne"
    for response in (front, french, client.get("/nothing", headers=BROWSER)):
        assert 'href="/api/docs/"' in response.text


def test_programs_and_the_api_get_a_problem(app: Flask) -> None:
    client = app.test_client()
    for accept in ({}, {"Accept": "*/*"}, {"Accept": "application/json, text/html;q=0.5"}):
        problem(client.get("/nothing", headers=accept), 404, "not-found")
    for path in ("/api/nothing", "/api/v1/nothing"):
        response = client.get(path, headers=BROWSER)
        assert response.content_type == "application/problem+json"


def test_the_policy_lets_through_the_style_of_the_page(app: Flask) -> None:
    response = app.test_client().get("/", headers=BROWSER)
    style = page(response, 200).said["style"]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    assert f"'sha256-{digest}'" in response.headers["Content-Security-Policy"]
