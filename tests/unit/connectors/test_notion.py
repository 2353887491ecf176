"""What Notion says, read; what it is told, written; whom to believe. On payloads written by us."""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import quote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.house.sources import ROOT
from tracker.connectors.boards import Keeper, Place, Told, Wanted
from tracker.connectors.notion.columns import lacking, read_layout
from tracker.connectors.notion.hook import handshake, is_signed, read_told
from tracker.connectors.notion.parse import instant, read_card
from tracker.connectors.notion.preparing import bare_id
from tracker.connectors.notion.problems import COLUMN
from tracker.connectors.notion.writing import pieces, properties
from tracker.connectors.trouble import PlatformError

VECTORS = ROOT.parent / "shared" / "reference" / "signature-vectors.json"
BOT, ADA = "0ef2e755-4912-8096-91c1-00376a88a5ca", "c7c11cca-1d73-471d-9b6e-bdef51470190"
DS, DB = "98024f3c-b1d3-4aec-a301-f01e0dacf023", "36cc9195-760f-4fff-a67e-3a46c559b176"
PAGE = "153104cd-477e-809d-8dc4-ff2d96ae3090"
LAYOUT = {"data_source": DS, "database": DB}
TOKEN = "secret_for_these_tests_only"
BODY = b'{"id":"e1","type":"page.created","entity":{"id":"p1","type":"page"}}'


def event(kind: str = "page.properties_updated", **changed: Any) -> dict[str, Any]:
    return {
        "id": "1782edd6-a853-4d4a-b02c-9c8c16f28e53",
        "timestamp": "2026-11-02T10:31:05.379+01:00",
        "authors": [{"id": ADA, "type": "person"}],
        "attempt_number": 1,
        "api_version": "2026-03-11",
        "entity": {"id": PAGE, "type": "page"},
        "type": kind,
        "data": {
            "parent": {"id": DB, "type": "database", "data_source_id": DS},
            "updated_properties": ["XGe%40"],
        },
        **changed,
    }


def told(body: Any) -> Told | None:
    return read_told(body, own_id=BOT, layout=LAYOUT)


def test_every_vector_is_judged_rightly(subtests: pytest.Subtests) -> None:
    if not VECTORS.is_file():
        pytest.skip("THE SIGNATURE VECTORS ARE NOT HERE")
    for vector in json.loads(VECTORS.read_text("utf-8"))["notion"]["vectors"]:
        with subtests.test(vector["name"]):
            is_taken = is_signed(vector["token"], vector["body"].encode(), vector["signature"])
            # Either is allowed for capital letters; Notion sends small ones.
            assert is_taken == (vector["valid"] and vector["name"] != "uppercase_hex")


def test_nothing_but_the_right_signature_is_believed(subtests: pytest.Subtests) -> None:
    assert is_signed("secret_x", b"{}", _signature("secret_x", b"{}"))
    right = _signature(TOKEN, BODY)
    table = {
        "none": (TOKEN, BODY, None),
        "empty": (TOKEN, BODY, ""),
        "no prefix": (TOKEN, BODY, right.removeprefix("sha256=")),
        "capitals": (TOKEN, BODY, right.upper()),
        "cut": (TOKEN, BODY, right[:-1]),
        "longer": (TOKEN, BODY, right + "0"),
        "not ASCII": (TOKEN, BODY, right[:-1] + "é"),
        "one byte more": (TOKEN, BODY + b"\n", right),
        "written anew": (TOKEN, json.dumps(json.loads(BODY)).encode(), right),
        "another token": ("secret_of_yesterday", BODY, right),
        "no token": ("", BODY, _signature("", BODY)),
    }
    for name, (token, body, signature) in table.items():
        with subtests.test(name):
            assert not is_signed(token, body, signature)


def _signature(token: str, body: bytes) -> str:
    return "sha256=" + hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def test_a_handshake_is_one_token_and_nothing_else() -> None:
    assert handshake({"verification_token": "secret_abc"}) == "secret_abc"
    tampered: list[Any] = [
        *(None, [], "x", {}, {"verification_token": ""}, {"verification_token": 7}),
        *({"verification_token": "a" * 201}, {"verification_token": "a\nb"}),
        {"verification_token": "secret_abc", "id": "x"},
    ]
    for wrong in tampered:
        assert handshake(wrong) is None


def test_an_event_is_read_for_its_page_only() -> None:
    read = told(event())
    assert read is not None
    assert (read.key, read.card, read.is_echo) == (event()["id"], PAGE, False)
    assert read.at is not None
    assert read.at.isoformat() == "2026-11-02T09:31:05.379000+00:00"
    whole = told(event("data_source.schema_updated", entity={"id": DS, "type": "data_source"}))
    assert whole is not None
    assert (whole.card, whole.is_echo) == (None, False)


def test_only_what_we_alone_did_is_an_echo(subtests: pytest.Subtests) -> None:
    bot, ada = {"id": BOT, "type": "bot"}, {"id": ADA, "type": "person"}
    agent = {"id": "a1", "type": "agent"}
    elsewhere = {"parent": {"id": "x", "type": "database", "data_source_id": "another"}}
    table = [
        (event(authors=[bot]), True),
        (event(authors=[bot, ada]), False),
        (event(authors=[agent]), False),
        (event(authors=[]), False),
        (event(authors="?"), False),
        (event(data=elsewhere), True),
        (event("page.moved", data=elsewhere), False),
        (event("page.deleted", data={"parent": {"id": DB, "type": "database"}}), False),
        (event("page.never_heard_of"), False),
        (event("comment.created", entity={"id": "c", "type": "comment"}), True),
        (event("data_source.deleted", entity={"id": "another", "type": "data_source"}), True),
        (event("database.deleted", entity={"id": DB, "type": "database"}), False),
        (event("rocket.launched"), True),
    ]
    for body, is_echo in table:
        with subtests.test(type=body["type"], authors=body["authors"]):
            read = told(body)
            assert read is not None
            assert read.is_echo == is_echo


def test_what_is_no_event_is_none() -> None:
    wrongs: list[Any] = [
        None,
        [],
        {},
        {"id": 7},
        {"id": ""},
        {"id": "x" * 101},
        {"id": "é"},
        "event",
    ]
    for wrong in wrongs:
        assert told(wrong) is None
    bare = told({"id": "x"})
    assert bare is not None
    assert (bare.card, bare.at, bare.is_echo) == (None, None, True)


_PARTS = st.sampled_from([*event(), "verification_token", "parent", "data_source_id", "?"])
_PLAIN = st.none() | st.integers() | st.text(max_size=5) | st.just(BOT)
_ANYTHING = _PLAIN | st.lists(_PLAIN, max_size=2) | st.dictionaries(_PARTS, _PLAIN, max_size=3)


@settings(deadline=None, derandomize=True, max_examples=40)
@given(st.fixed_dictionaries(dict.fromkeys(event(), _ANYTHING)) | _ANYTHING)
def test_whatever_is_told_can_be_kept(body: Any) -> None:
    read = told(body)
    if read is not None:
        texts = [read.key, read.type, read.card or "-"]
        assert all(text.isascii() and text.isprintable() and text for text in texts)
        assert read.at is None or read.at.tzinfo is not None
    assert handshake(body) is None or set(body) == {"verification_token"}


def column(name: str, kind: str, number: int, **config: Any) -> dict[str, Any]:
    return {"id": quote(f"{number}[@", safe=""), "name": name, "type": kind, kind: config}


def option(name: str) -> dict[str, str]:
    return {"id": f"id of {name}", "name": name, "color": "default"}


def status(*groups: tuple[str, list[str]]) -> dict[str, Any]:
    options = [option(name) for _group, names in groups for name in names]
    told = [{"name": g, "option_ids": [f"id of {one}" for one in names]} for g, names in groups]
    return column("Status", "status", 9, options=options, groups=told)


def place(**changed: Any) -> Place:
    keeper = Keeper(base_url="https://api.notion.com", secrets={})
    usual: dict[str, Any] = {
        "phases": [("prepare", "Prepare, first")],
        "statuses": {"blocked": "Blocked", "not_applicable": "Not applicable"},
        "labels": ["Critical"],
    }
    return Place(keeper=keeper, id=DS, name="Plan", zone="Europe/Paris", **{**usual, **changed})


def columns_with(told: dict[str, Any]) -> dict[str, Any]:
    return {one["name"]: one for one in (column("Task", "title", 1), told)}


def test_options_are_found_by_group_and_by_name() -> None:
    told = status(
        ("To-do", ["Later", "Not started", "blocked"]),
        ("In progress", ["Doing"]),
        ("Complete", ["Shipped", "Not applicable"]),
    )
    layout = read_layout(place(), DS, columns_with(told))
    assert layout["options"] == {
        "todo": "id of Later",
        "in_progress": "id of Doing",
        "done": "id of Shipped",
        "blocked": "id of blocked",
        "not_applicable": "id of Not applicable",
    }
    assert layout["words"]["id of Not started"] == "todo"
    assert layout["words"]["id of Not applicable"] == "not_applicable"


def test_the_last_group_is_complete_where_none_is_called_so() -> None:
    told = status(("À faire", ["A"]), ("En cours", ["B"]), ("Terminé", ["C"]))
    words = read_layout(place(), DS, columns_with(told))["words"]
    assert words == {"id of A": "todo", "id of B": "in_progress", "id of C": "done"}


def test_an_option_that_was_moved_into_complete_means_done() -> None:
    told = status(("To-do", ["A"]), ("In progress", []), ("Complete", ["C", "Blocked"]))
    known = {"columns": {"status": told["id"]}, "options": {"blocked": "id of Blocked"}}
    here = place(layout=known)
    layout = read_layout(here, DS, columns_with(told))
    assert layout["words"]["id of Blocked"] == "done"
    assert "blocked" not in layout["options"]
    added = lacking(here, layout, columns_with(told))[told["id"]]["status"]["options"]
    names = [one.get("name") for one in added]
    assert names == [None, None, None, "in_progress", "Blocked (tracker)", "Not applicable"]


def test_columns_that_mean_nothing_are_refused(subtests: pytest.Subtests) -> None:
    columns = columns_with(status(("To-do", ["A"])))
    wrong: list[Any] = [
        *([1], "Status", {"status": 7}, {"status": "Task"}, {"when": "Status"}),
        *({"deadline": "When"}, {"marker": None}, {"title": "Status"}, {"owner": "Who"}),
    ]
    for named in wrong:
        with subtests.test(str(named)):
            with pytest.raises(PlatformError) as error:
                read_layout(place(settings={"columns": named}), DS, columns)
            assert error.value.detail == COLUMN


def test_what_is_lacking_is_added_and_nothing_is_taken() -> None:
    here = place(settings={"columns": {"after": None}})
    told = status(("To-do", ["A"]), ("In progress", ["B"]), ("Complete", ["C"]))
    columns = columns_with(told) | {"Owner": column("Owner", "rich_text", 3)}
    added = lacking(here, read_layout(here, DS, columns), columns)
    kept = added.pop(told["id"])["status"]["options"]
    assert kept[:3] == [{"id": f"id of {one}"} for one in "ABC"]
    assert [one["name"] for one in kept[3:]] == ["Blocked", "Not applicable"]
    names = {"When", "Owner (tracker)", "Phase", "Labels", "Tracker ID", "Link", "Description"}
    assert added.keys() == names


def row(**values: Any) -> dict[str, Any]:
    return {
        "id": PAGE,
        "last_edited_time": "2026-11-02T09:31:00.000Z",
        "in_trash": False,
        "url": None,
        "properties": values,
    }


def test_a_page_with_every_oddity_is_read() -> None:
    layout: dict[str, Any] = {
        **LAYOUT,
        "columns": {"title": "title", "status": "s%40", "when": "w", "owner": "o", "labels": "l"},
        "options": {},
        "words": {"x": "done"},
        "phases": {},
        "labels": {"Critical": "c"},
        "people": {"ann@example.org": "u1"},
    }
    bold = [{"plain_text": "Book "}, {"plain_text": "it", "annotations": {"bold": True}}]
    people = [
        {"object": "user", "id": "u1", "person": {"email": "ANN@example.org"}},
        {"object": "user", "id": "u2", "person": {"email": "New@Example.org"}},
        {"object": "user", "id": "u3"},
    ]
    labels = [option("Mine"), {"id": "c", "name": "Renamed"}]
    dates = {"start": "2026-11-20T23:30:00", "end": "2026-11-22", "time_zone": "America/New_York"}
    page = row(
        Name={"id": "title", "type": "title", "title": bold},
        State={"id": "s%40", "status": {"id": "unheard of", "name": "?"}},
        When={"id": "w", "date": dates},
        Who={"id": "o", "people": people},
        Tags={"id": "l", "multi_select": labels},
        Extra={"id": "e", "type": "formula", "formula": {}},
    )
    here = place(layout=layout, people=[("ann@example.org", "A"), ("new@example.org", "N")])
    card = read_card(here, page)
    assert card.fields == {
        "title": "Book it",
        "status": "todo",
        "start_on": "2026-11-21",
        "due_on": "2026-11-22",
        "assignees": ["ann@example.org", "new@example.org"],
    }
    assert card.labels == ["Mine", "Critical"]
    assert card.parts == {"labels": ["id of Mine"], "people": ["u3"], "seen": card.parts["seen"]}


def test_only_what_is_named_is_written() -> None:
    layout: dict[str, Any] = {
        **LAYOUT,
        "columns": {"title": "title", "when": "w", "owner": "o"},
        "people": None,
    }
    wanted = Wanted(
        marker="m",
        kind="gate",
        fields={"title": "", "status": "todo", "due_on": "2027-01-04", "assignees": []},
        phase="prepare",
    )
    here = place(layout=layout)
    assert properties(here, wanted, ["title"], {}) == {"title": {"title": []}}
    due = {"w": {"date": {"start": "2027-01-04", "end": None}}}
    assert properties(here, wanted, ["due_on", "assignees", "status", "steps"], {}) == due


def test_times_of_both_forms_are_read() -> None:
    assert instant("2026-11-02T09:09:00.000Z") == instant("2026-11-02T10:09:00.000+01:00")


def test_texts_are_cut_where_they_take_no_more() -> None:
    assert [len(one["text"]["content"]) for one in pieces("x" * 2_500)] == [1000, 1000, 500]
    assert len(pieces("x" * 1_000_000)) == 100


def test_an_address_from_the_browser_names_its_page() -> None:
    bare = "393abc1eedcd80f3813be205934558c6"
    assert bare_id(f"https://www.notion.so/crew/Launch-plan-{bare}?v={'0' * 32}#x") == bare
    assert bare_id(f"https://www.notion.so/crew/Cafe-Launch-2027-{bare}/") == bare
    assert bare_id(PAGE) == PAGE
