"""The fake of Notion is as strict as Notion, and speaks as Notion's document says."""

from random import Random
from typing import Any

import pytest

from tests.fakes.documents import NOTION, NotionDocument
from tests.fakes.notion import TOKEN, VERSION, FakeNotion
from tests.fakes.notion_hands import PAGE, Clock, Person, a_table, a_workspace
from tests.fakes.notion_tables import Table
from tests.fakes.serving import Asked, Told

HEADERS = {"authorization": f"Bearer {TOKEN}", "notion-version": VERSION}


@pytest.fixture
def stage() -> tuple[FakeNotion, Person, Table, Clock]:
    clock = Clock()
    notion, person = a_workspace(clock)
    columns: dict[str, tuple[str, Any]] = {
        "Name": ("title", {}),
        "Status": ("status", {}),
        "Kind": ("select", {"options": [{"name": "Press"}]}),
        "When": ("date", {}),
        "Who": ("people", {}),
        "Link": ("url", {}),
    }
    notion.subscription.is_active = True
    return notion, person, a_table(notion, "Work", columns), clock


def ask(
    notion: FakeNotion, method: str, path: str, body: Any = None, *, headers: Any = None
) -> Told:
    parts = tuple(path.strip("/").split("/"))
    return notion.answer(
        Asked(method, path, parts, {}, HEADERS if headers is None else headers, body)
    )


def a_body(table: Table, **properties: Any) -> dict[str, Any]:
    return {"parent": {"data_source_id": table.id}, "properties": properties}


def test_what_notion_refuses_is_refused(
    stage: tuple[FakeNotion, Person, Table, Clock], subtests: pytest.Subtests
) -> None:
    notion, person, table, _clock = stage
    row = person.adds(table, "In the trash")
    person.trashes("In the trash")
    wrong: dict[str, tuple[str, str, Any]] = {
        "an unknown property": ("POST", "/v1/pages", a_body(table, Nope={"url": None})),
        "a property of another type": ("POST", "/v1/pages", a_body(table, Link={"number": 1})),
        "an unknown status": (
            *("POST", "/v1/pages"),
            a_body(table, Status={"status": {"name": "Never"}}),
        ),
        "a comma in an option": (
            *("POST", "/v1/pages"),
            a_body(table, Kind={"select": {"name": "a, b"}}),
        ),
        "a person who is not there": (
            *("POST", "/v1/pages"),
            a_body(table, Who={"people": [{"id": "nobody"}]}),
        ),
        "a change in the trash": (
            *("PATCH", f"/v1/pages/{row.id}"),
            {"properties": {"Link": {"url": None}}},
        ),
        "too large": (
            *("POST", "/v1/pages"),
            a_body(table, Name={"title": [{"text": {"content": "x" * 2000}}] * 300}),
        ),
        "a page of 101": ("POST", f"/v1/data_sources/{table.id}/query", {"page_size": 101}),
        "an address of another time": ("POST", f"/v1/databases/{table.database}/query", {}),
    }
    if notion.document.paper is not None:
        wrong["the old word"] = ("PATCH", f"/v1/pages/{row.id}", {"archived": False})
        long = [{"text": {"content": "x" * 2001}}]
        wrong["2001 characters"] = ("POST", "/v1/pages", a_body(table, Name={"title": long}))
    for name, (method, path, body) in wrong.items():
        with subtests.test(name):
            told = ask(notion, method, path, body)
            assert (told.status, told.body["object"]) == (400, "error")
    assert ask(notion, "GET", "/v1/users/me", headers={}).status == 401
    versionless = ask(notion, "GET", "/v1/users/me", headers={"authorization": f"Bearer {TOKEN}"})
    assert versionless.body["code"] == "missing_version"
    assert ask(notion, "GET", f"/v1/pages/{PAGE}").status == 404
    assert len(notion.rows) == 1


def test_events_are_as_the_document_says(
    stage: tuple[FakeNotion, Person, Table, Clock],
) -> None:
    notion, person, table, clock = stage
    document = NotionDocument()
    if document.paper is None:
        pytest.skip(f"THE VENDOR'S DOCUMENT IS NOT HERE: {NOTION}")
    row = person.adds(table, "Row", Status="Done", Kind="Press", When=("2027-03-01", "2027-03-02"))
    clock.goes_on(minutes=2)
    person.sets("Row", Name="Renamed", Link="https://example.org")
    person.renames_column(table, "Link", "Address")
    person.trashes("Renamed")
    person.restores(row)
    person.moves("Renamed", person.adds_table(table.database, "Other"))
    events = notion.subscription.pending()
    assert len({event["type"] for event in events}) == 7
    for event in events:
        assert not document.faults_of_event(event)


def test_events_come_together_again_and_in_any_order(
    stage: tuple[FakeNotion, Person, Table, Clock],
) -> None:
    notion, person, table, clock = stage
    person.adds(table, "Kept")
    person.adds(table, "Undone")
    person.trashes("Undone")
    for link in ("https://a.example", "https://b.example"):
        clock.goes_on(seconds=20)
        person.sets("Kept", Link=link)
    body = {"properties": {"Link": {"url": None}}}
    ask(notion, "PATCH", f"/v1/pages/{person.row('Kept').id}", body)
    created, edited = notion.subscription.pending()
    assert created["type"] == "page.created"
    assert [one["type"] for one in edited["authors"]] == ["person", "bot"]
    sent: list[bytes] = []

    def busy(sent_body: bytes, headers: dict[str, str]) -> int:
        assert headers["X-Notion-Signature"] == notion.subscription.signature(sent_body)
        sent.append(sent_body)
        return 503 if len(sent) < 4 else 200

    person.sets("Kept", Link="https://c.example")
    assert notion.subscription.deliver(busy) == [200]
    assert [f'"attempt_number":{n}'.encode() in one for n, one in enumerate(sent, 1)] == [True] * 4
    for number in range(20):
        person.adds(table, f"Row {number}")
    statuses = notion.subscription.deliver(busy, chance=Random(4), lost=0.3, twice=0.5)
    assert len(set(sent)) - 4 < 20 < len(statuses) + 5
