"""What Notion tells: believed by its token alone, kept once; and how that token is agreed on."""

import hashlib
import hmac
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.api.problems import problem
from tests.api.tables import everything
from tests.personas import Persona, answer
from tracker.boards import inbox
from tracker.boards.models import Board, BoardDelivery
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work

TOKEN = "secret_3xampleV3rificationTokenForTestsOnly00000000"
STRANGERS = "secret_of_somebody_who_would_like_to_be_believed"
PAGE = "153104cd-477e-809d-8dc4-ff2d96ae3090"
MEGABYTE = 1024 * 1024


def signed(body: bytes, token: str = TOKEN) -> str:
    return "sha256=" + hmac.new(token.encode(), body, hashlib.sha256).hexdigest()


def event(number: int = 1, **changed: Any) -> dict[str, Any]:
    return {
        "id": f"1782edd6-a853-4d4a-b02c-{number:012}",
        "timestamp": "2026-11-02T09:31:05.379Z",
        "authors": [{"id": "c7c11cca-1d73-471d-9b6e-bdef51470190", "type": "person"}],
        "attempt_number": 1,
        "entity": {"id": PAGE, "type": "page"},
        "type": "page.properties_updated",
        "data": {"parent": {"id": "any", "type": "database"}, "updated_properties": ["XGe%40"]},
        **changed,
    }


class Notion:
    """Whoever knows the address."""

    def __init__(self, mona: Persona, board: dict[str, Any]) -> None:
        self.mona, self.id = mona, board["id"]
        with reading() as session:
            row = session.scalars(select(Board).where(Board.id == UUID(self.id))).one()
        self.path = f"/hooks/notion/{row.hook_key}"

    def send(
        self, body: Any, signature: str | None = None, path: str | None = None
    ) -> TestResponse:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        headers = {} if signature is None else {"X-Notion-Signature": signature}
        return self.mona.app.test_client().post(path or self.path, data=data, headers=headers)

    def tells(self, body: Any) -> int:
        data = body if isinstance(body, bytes) else orjson.dumps(body)
        return self.send(data, signed(data)).status_code

    def shakes_hands(self, token: str = TOKEN, signature: str | None = None) -> int:
        return self.send({"verification_token": token}, signature).status_code

    def state(self) -> str:
        return str(answer(self.mona.get(f"/boards/{self.id}"))["hook"]["state"])


@pytest.fixture
def notion(mona: Persona) -> Notion:
    """A board whose token is awaited."""
    body = {
        "project_id": mona.creates_a_project()["id"],
        "kind": "notion",
        "credentials": {"token": "ntn_0"},
        "remote_id": "page:393abc1e-edcd-80f3-813b-e205934558c6",
    }
    board = answer(mona.post("/boards", body), 201)
    with unit_of_work() as session:
        session.execute(update(Board).values(hook_state="pending"))
    return Notion(mona, board)


@pytest.fixture
def active(notion: Notion) -> Notion:
    """The same, once its token is agreed on."""
    assert notion.shakes_hands() == 200
    answer(notion.mona.post(f"/boards/{notion.id}/hook/token", None))
    return notion


def kept() -> list[BoardDelivery]:
    with reading() as session:
        return list(session.scalars(select(BoardDelivery).order_by(BoardDelivery.key)))


def test_a_token_is_taken_once_and_shown_once(notion: Notion, vera: Persona) -> None:
    early = notion.mona.post(f"/boards/{notion.id}/hook/token", None)
    assert problem(early, 409, "no-verification-token")
    assert notion.shakes_hands(signature="sha256=00") == 401
    assert notion.shakes_hands("a\nb") == 401
    assert notion.state() == "pending"
    assert notion.shakes_hands() == 200
    assert notion.state() == "verifying"
    assert TOKEN not in str(everything())
    assert vera.post(f"/boards/{notion.id}/hook/token", None).status_code == 403
    shown = answer(notion.mona.post(f"/boards/{notion.id}/hook/token", None))
    assert shown == {"verification_token": TOKEN}
    assert notion.state() == "active"
    again = notion.mona.post(f"/boards/{notion.id}/hook/token", None)
    assert "Resend token" in problem(again, 409, "no-verification-token")["detail"]
    assert notion.tells(event()) == 200


def test_nobody_replaces_a_token(active: Notion) -> None:
    before = everything()
    assert active.shakes_hands(STRANGERS) == 401
    body = orjson.dumps({"verification_token": STRANGERS})
    assert active.send(body, signed(body, STRANGERS)).status_code == 401
    assert everything() == before
    assert active.tells({"verification_token": TOKEN}) == 200  # sent again by Notion: nothing new
    assert everything() == before
    answer(active.mona.post(f"/boards/{active.id}/hook", None))
    assert active.tells(event()) == 401
    assert active.shakes_hands(STRANGERS, signed(body, STRANGERS)) == 200
    shown = answer(active.mona.post(f"/boards/{active.id}/hook/token", None))
    assert shown == {"verification_token": STRANGERS}


def test_each_event_is_kept_once_whatever_it_is(active: Notion) -> None:
    for attempt in range(1, 9):
        assert active.tells(event(attempt_number=attempt)) == 200
    assert (
        active.tells(event(2, type="rocket.launched", entity={"id": "r", "type": "rocket"})) == 200
    )
    assert active.tells(event(3, authors=[{"id": "x", "type": "agent"}])) == 200
    assert active.tells(event(4, type="data_source.schema_updated")) == 200
    cut = b'{"id": "5", "type": "page.created", "workspace_name": "\\ud83d"}'
    assert active.tells(cut) == 200
    for nothing in (b"", b"[]", b"{", b"[" * 100_000, b'{"id": 7}', cut.replace(b"5", b"\\u0000")):
        assert active.tells(nothing) == 200
    told = [(row.type, row.remote_id, row.handled_at is None) for row in kept()]
    assert told == [
        ("page.properties_updated", PAGE, True),
        ("rocket.launched", None, False),
        ("page.properties_updated", PAGE, True),
        ("data_source.schema_updated", None, True),
        ("page.created", None, False),
    ]
    with reading() as session:
        board = session.scalars(select(Board)).one()
    assert board.ready_at is not None
    with unit_of_work() as session:
        assert not inbox.forget_old(session, utcnow() + timedelta(days=29))
    assert len(kept()) == len(told)
    with unit_of_work() as session:
        assert not inbox.forget_old(session, utcnow() + timedelta(days=31))
    assert kept() == [], "though of a board that sleeps nobody has looked at it"


def test_what_is_not_signed_leaves_no_trace(active: Notion, subtests: pytest.Subtests) -> None:
    body = orjson.dumps(event())
    right = signed(body)
    wrong: dict[str, tuple[bytes, str | None]] = {
        "unsigned": (body, None),
        "no prefix": (body, right.removeprefix("sha256=")),
        "capitals": (body, right.upper()),
        "cut": (body, right[:-1]),
        "a byte more": (body + b"\n", right),
        "a byte less": (body[:-1], right),
        "written anew": (orjson.dumps(event(), option=orjson.OPT_INDENT_2), right),
        "another's token": (body, signed(body, STRANGERS)),
        "an empty token": (body, signed(body, "")),
        "no JSON": (b"{", None),
    }
    before = everything()
    for name, (data, signature) in wrong.items():
        with subtests.test(name):
            response = active.send(data, signature)
            problem(response, 401, "bad-signature")
            assert TOKEN not in response.text
    large = b" " * (MEGABYTE + 1)
    assert active.send(large, signed(large)).status_code == 413
    assert active.send(body, right, "/hooks/notion/nobody").status_code == 404
    assert active.send(body, right, active.path.replace("notion", "trello")).status_code in {
        404,
        405,
    }
    assert everything() == before


def test_only_a_disconnected_board_is_gone(active: Notion) -> None:
    assert active.mona.delete(f"/boards/{active.id}").status_code == 204
    before = everything()
    assert active.tells(event()) == 410
    assert everything() == before
