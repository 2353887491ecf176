"""Every event is documented as it is: by the API's document, docs/events.md, and what comes."""

import ast
from dataclasses import fields
from importlib.util import module_from_spec, spec_from_file_location
from types import ModuleType
from typing import Any

import pytest
from flask import Flask
from jsonschema import Draft202012Validator, FormatChecker

from tests.api.document import document_of
from tests.api.realms import a_realm
from tests.conftest import one_app
from tests.house.sources import ROOT, nodes
from tests.personas import answer
from tracker.webhooks.describing import public_types


def topics_in_the_code() -> set[str]:
    """Of every class that names one."""
    return {
        str(node.value.value)
        for source, node in nodes(ast.AnnAssign)
        if isinstance(node.target, ast.Name)
        and node.target.id == "topic"
        and isinstance(node.value, ast.Constant)
        and source.name.startswith("tracker/")
    }


def test_every_event_of_the_code_is_in_the_document_and_no_other() -> None:
    told = document_of(one_app())["webhooks"]
    assert set(told) == topics_in_the_code() == set(public_types())
    assert all(name.replace("_", "").replace(".", "").isalnum() for name in told)


def test_every_event_says_itself_what_it_is_and_what_it_is_about() -> None:
    for name, kind in public_types().items():
        assert vars(kind)["__doc__"], name
        names = {field.name for field in fields(kind)}
        assert kind.about in names, name
        assert "previous" in names or not name.endswith("changed"), name
        assert not names & {"email", "address", "text", "body"}, name


def test_the_page_lists_what_the_code_has() -> None:
    """If not, run docs/list_events.py."""
    script = _script()
    assert script.PAGE.read_text("utf-8") == script.page()


def _script() -> ModuleType:
    spec = spec_from_file_location("list_events", ROOT / "docs" / "list_events.py")
    assert spec
    assert spec.loader
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_comes_is_what_the_document_promises(app: Flask) -> None:
    realm = a_realm(app, slug="told", version=2)
    document = document_of(app)
    seen = set()
    for event in answer(realm.owner.get("/events?limit=500"))["items"]:
        schema = _schema(document["webhooks"][event["type"]])
        faults = Draft202012Validator(schema, format_checker=FormatChecker()).iter_errors(event)
        assert [fault.message for fault in faults] == []
        assert event["data"].keys() == schema["properties"]["data"]["properties"].keys()
        seen.add(event["type"])
    assert len(seen) >= 10, seen


def _schema(hook: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = hook["post"]["requestBody"]["content"]["application/json"]["schema"]
    return found
