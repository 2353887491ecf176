"""What Trello tells, and whether it is Trello who tells it."""

import hmac
import json
from base64 import b64encode
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.fakes.trello.words import CALLS
from tests.house.sources import ROOT
from tracker.connectors.trello import hook, parse

SHARED = ROOT.parent / "shared"
SECRET = "of-the-app"
ADDRESS = "https://tracker.example.org/hooks/trello/7f3a"


def theirs(*path: str) -> Any:
    """A document of the vendor's, or about it: never a part of the project."""
    found = SHARED.joinpath(*path)
    if not found.exists():
        pytest.skip(f"{Path(*path)} is not at hand here")
    return json.loads(found.read_text("utf-8"))


def signed(body: bytes, address: str = ADDRESS, algorithm: str = "sha1") -> str:
    digest = hmac.new(SECRET.encode(), body + address.encode(), algorithm).digest()
    return b64encode(digest).decode()


def an_action(**more: Any) -> dict[str, Any]:
    return {
        "id": "6700000000000000000000a1",
        "type": "updateCard",
        "date": "2026-11-02T09:30:00.123Z",
        "data": {
            "card": {"id": "6700000000000000000000c1", "name": "Book venue", "dueComplete": True},
            "old": {"dueComplete": False},
            "board": {"id": "6700000000000000000000b1"},
        },
        **more,
    }


def test_the_vectors_of_signatures_hold() -> None:
    vectors = theirs("reference", "signature-vectors.json")["trello"]["vectors"]
    assert {vector["valid"] for vector in vectors} == {True, False}
    for vector in vectors:
        is_genuine = hook.is_genuine(
            vector["body"].encode(),
            vector["signature"],
            secret=vector["secret"],
            address=vector["callback_url"],
        )
        assert is_genuine is vector["valid"], vector["name"]


def test_nothing_but_these_bytes_for_this_address_is_genuine() -> None:
    body = '{"action":{"id":"1","name":"Été"}}'.encode()
    good = signed(body)
    assert hook.is_genuine(body, good, secret=SECRET, address=ADDRESS)
    flipped = good.replace(good[3], "A" if good[3] != "A" else "B", 1)
    wrong = (
        None,
        "",
        good[:-1],
        good.rstrip("="),
        flipped,
        f" {good}",
        f"{good}\n",
        f"{good},{good}",
        "é" * 28,
        hmac.new(SECRET.encode(), body + ADDRESS.encode(), "sha1").hexdigest(),
        signed(body, algorithm="sha256"),
        signed(body, address=""),  # the body alone
        signed(ADDRESS.encode(), address=body.decode()),
        *(
            signed(body, address=address)
            for address in (
                f"{ADDRESS}/",
                f"{ADDRESS}?x=1",
                ADDRESS.replace("https", "http"),
                ADDRESS.replace("tracker.", "evil."),
                ADDRESS.upper(),
            )
        ),
    )
    for signature in wrong:
        assert not hook.is_genuine(body, signature, secret=SECRET, address=ADDRESS), signature
    for other in (body + b" ", body[:-1], body + b"\n", b"\xef\xbb\xbf" + body, b""):
        assert not hook.is_genuine(other, good, secret=SECRET, address=ADDRESS)
    unsigned = b64encode(hmac.new(b"", body + ADDRESS.encode(), "sha1").digest()).decode()
    assert not hook.is_genuine(body, unsigned, secret="", address=ADDRESS), (
        "no secret opens nothing"
    )


def test_a_delivery_tells_what_it_is_about() -> None:
    told = hook.read(orjson.dumps({"model": {}, "action": an_action()}), is_echo=True)
    assert told is not None
    assert (told.key, told.type, told.is_echo) == ("6700000000000000000000a1", "updateCard", True)
    assert told.card == "6700000000000000000000c1"
    assert told.at is not None
    assert told.at.isoformat() == "2026-11-02T09:30:00.123000+00:00"
    table: list[tuple[str, dict[str, Any], str | None]] = [
        ("deleteCard", {"card": {"id": "c1", "idShort": 1}}, "c1"),
        ("updateCheckItemStateOnCard", {"card": {"id": "c1"}, "checkItem": {"id": "i"}}, "c1"),
        ("addMemberToCard", {"card": {"id": "c1"}, "idMember": "m"}, "c1"),
        ("moveCardFromBoard", {"card": {"id": "c1"}, "boardTarget": {"id": "b"}}, "c1"),
        ("updateList", {"list": {"id": "l", "closed": True}, "old": {"closed": False}}, None),
        ("updateBoard", {"board": {"id": "b"}}, None),
        ("somethingNew", {}, None),
    ]
    for type_, data, card in table:
        told = hook.read(orjson.dumps({"action": an_action(type=type_, data=data)}), is_echo=False)
        assert told is not None
        assert (told.type, told.card, told.is_echo) == (type_, card, False)


def test_what_is_no_delivery_is_not_read_as_one() -> None:
    shapes: list[Any] = [
        {},
        [],
        None,
        7,
        {"action": None},
        {"action": []},
        {"action": {"id": "a"}},
        {"action": an_action(id="x" * 65)},
        {"action": an_action(id=7)},
        {"action": an_action(type="")},
        {"action": an_action(date="yesterday")},
        {"action": an_action(date=None)},
        {"action": an_action(date="0001-01-01T00:00:00+14:00")},
        {"action": an_action(data=[1])},
        {"action": an_action(data={"card": "c"})},
        {"action": an_action(data={"card": {"id": {"a": 1}}})},
    ]
    for shape in shapes:
        assert hook.read(orjson.dumps(shape), is_echo=False) is None, shape
    for body in (b"", b"{", b"\xff", b"[" * 10_000):
        assert hook.read(body, is_echo=False) is None


def test_the_last_line_that_is_a_marker_counts() -> None:
    one, two = "018f6d5e-0000-7000-8000-000000000001", "018f6d5e-0000-7000-8000-000000000002"
    table = [
        (f"Text\n\ntracker:{one}", one),
        (f"Text\n\ntracker:{one.upper()}  \n\nand a note below", one),
        (f"tracker:{one}\ntracker:{two}\n", two),
        (f"see tracker:{one} for more", None),
        ("tracker:", None),
        ("", None),
    ]
    for desc, marker in table:
        assert parse.marker(desc) == marker


def test_a_board_is_known_by_its_address() -> None:
    table = {
        "https://trello.com/b/HgFeDcBa/launch?menu=filter": "HgFeDcBa",
        " https://trello.com/b/HgFeDcBa ": "HgFeDcBa",
        "HgFeDcBa": "HgFeDcBa",
        "6700000000000000000000b1": "6700000000000000000000b1",
        "https://evil.example/b/HgFeDcBa": "https://evil.example/b/HgFeDcBa",
    }
    for given, wanted in table.items():
        assert parse.board_id(given) == wanted


def test_the_words_that_the_fake_takes_are_those_of_the_vendor() -> None:
    document = theirs("openapi", "trello-openapi-2025-09-04.json")["paths"]
    for call, names in CALLS.items():
        method, path = call.split(" ")
        operation = document[path][method.lower()]
        known = {one["name"] for one in operation.get("parameters", ())}
        assert names <= known, (call, names - known)
