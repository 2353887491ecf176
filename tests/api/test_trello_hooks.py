"""What Trello tells: believed by the app's secret alone, and kept once."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

import orjson
import pytest
from sqlalchemy import select, update
from werkzeug.test import TestResponse

from tests.api.problems import problem
from tests.api.tables import everything
from tests.fakes.trello.telling import signature
from tests.personas import Persona, answer
from tracker.boards.models import Board, BoardDelivery
from tracker.connectors.trello import hook
from tracker.kernel.db import reading, unit_of_work

SECRET = "s3cret-of-the-app"
CARD = "6700000000000000000000c1"
MEGABYTE = 1024 * 1024


def delivery(number: int = 1, **changed: Any) -> bytes:
    action = {
        "id": f"6700000000000000{number:08x}",
        "type": "updateCard",
        "date": "2026-11-02T09:31:00.456Z",
        "data": {"card": {"id": CARD, "name": "Été"}, "old": {"dueComplete": False}},
        **changed,
    }
    return orjson.dumps({"model": {"id": "b"}, "action": action})


class Trello:
    """Whoever knows the address."""

    def __init__(self, mona: Persona, board: dict[str, Any]) -> None:
        self.mona, self.id = mona, board["id"]
        with reading() as session:
            key = session.scalars(select(Board.hook_key).where(Board.id == UUID(self.id))).one()
        self.path = f"/hooks/trello/{key}"
        self.url = f"https://tracker.example{self.path}"
        with unit_of_work() as session:
            session.execute(update(Board).values(hook_url=self.url, hook_state="active"))

    def send(
        self,
        body: bytes,
        signed: str | None,
        path: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> TestResponse:
        given = {} if signed is None else {"X-Trello-Webhook": signed}
        client = self.mona.app.test_client()
        return client.post(path or self.path, data=body, headers={**given, **(headers or {})})

    def tells(self, body: bytes, **headers: str) -> int:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return self.send(body, signature(SECRET, body, self.url), headers=named).status_code


@pytest.fixture
def trello(mona: Persona) -> Trello:
    credentials = {"api_key": "k", "token": "t", "app_secret": f"{SECRET} "}
    body = {
        "project_id": mona.creates_a_project()["id"],
        "kind": "trello",
        "credentials": credentials,
    }
    return Trello(mona, answer(mona.post("/boards", body), 201))


def kept() -> list[BoardDelivery]:
    with reading() as session:
        return list(session.scalars(select(BoardDelivery).order_by(BoardDelivery.key)))


def test_each_action_is_kept_once_whatever_it_is(trello: Trello) -> None:
    for _ in range(4):
        assert trello.tells(delivery()) == 200
    assert trello.tells(delivery(2, type="deleteCard", data={"card": {"id": CARD}})) == 200
    assert trello.tells(delivery(3, type="rocketLaunched", data={})) == 200
    ours = hook.identity(trello.id)
    assert trello.tells(delivery(4), X_Trello_Client_Identifier=ours) == 200
    assert trello.tells(delivery(5), X_Trello_Client_Identifier="another tracker") == 200
    nul = delivery(6, type="update\x00Card")
    for nothing in (b"", b"{}", b"[" * 50_000, b"\xff", nul, delivery(7, date=None)):
        assert trello.tells(nothing) == 200
    assert [(row.type, row.remote_id, row.is_echo) for row in kept()] == [
        ("updateCard", CARD, False),
        ("deleteCard", CARD, False),
        ("rocketLaunched", None, False),
        ("updateCard", CARD, True),
        ("updateCard", CARD, False),
    ]


def test_what_is_not_signed_for_this_address_leaves_no_trace(
    trello: Trello, subtests: pytest.Subtests
) -> None:
    body = delivery()
    right = signature(SECRET, body, trello.url)
    wrong: dict[str, tuple[bytes, str | None]] = {
        "unsigned": (body, None),
        "empty": (body, ""),
        "cut": (body, right[:-1]),
        "a byte more": (body + b"\n", right),
        "written anew": (orjson.dumps(orjson.loads(body), option=orjson.OPT_INDENT_2), right),
        "the token for a secret": (body, signature("t", body, trello.url)),
        "no address": (body, signature(SECRET, body, "")),
        "another's address": (body, signature(SECRET, body, f"{trello.url}x")),
        "where it came in": (body, signature(SECRET, body, f"http://localhost{trello.path}")),
        "no JSON": (b"{", None),
    }
    before = everything()
    for name, (data, signed) in wrong.items():
        with subtests.test(name):
            response = trello.send(data, signed, headers={"X-Forwarded-Host": "localhost"})
            problem(response, 401, "bad-signature")
            assert SECRET not in response.text
    large = b" " * (MEGABYTE + 1)
    assert trello.send(large, signature(SECRET, large, trello.url)).status_code == 413
    for path in (
        "/hooks/trello/nobody",
        f"/hooks/trello/{'nobody':a<22}{'0' * 64}",
        f"{trello.path[:-1]}{'1' if trello.path[-1] == '0' else '0'}",
        f"{trello.path}/",
        trello.path.replace("trello", "notion"),
    ):
        assert trello.send(body, right, path).status_code == 404
    assert everything() == before


def test_head_is_answered_and_only_a_disconnected_board_is_gone(trello: Trello) -> None:
    client, before = trello.mona.app.test_client(), everything()
    head = client.head(trello.path)
    assert (head.status_code, head.data) == (200, b"")
    assert client.head("/hooks/trello/not-yet").status_code == 200
    assert client.get(trello.path).status_code == 405
    assert everything() == before
    assert trello.mona.delete(f"/boards/{trello.id}").status_code == 204
    before = everything()
    assert trello.tells(delivery()) == 410
    assert everything() == before


def test_a_board_whose_project_was_deleted_is_gone_for_good(trello: Trello, alice: Persona) -> None:
    project_id = answer(alice.get(f"/boards/{trello.id}"))["project_id"]
    assert alice.delete(f"/projects/{project_id}").status_code == 204
    before = everything()
    assert trello.tells(delivery()) == 410
    elsewhere = trello.path.replace("trello", "notion")
    assert trello.send(delivery(), None, elsewhere).status_code == 404
    assert everything() == before
