"""The API of Trello, as far as it is asked."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from tests.fakes.serving import Asked, Told
from tests.fakes.trello.people import People
from tests.fakes.trello.state import Hand, Row, State, when
from tests.fakes.trello.telling import Reach, Telling, over_loopback
from tests.fakes.trello.words import CALLS, ELSEWHERE, call_of
from tracker.kernel.clock import utcnow

KEY: Final = "k3y0fthe4pp"
TOKEN: Final = "ATTA-t0ken-of-ada"
SECRET: Final = "s3cret-of-the-app"
_AUTH: Final = re.compile(r'OAuth oauth_consumer_key="([^"]*)", oauth_token="([^"]*)"')
_ID: Final = re.compile(r"[0-9a-f]{24}|[0-9A-Za-z]{8}")
WINDOW: Final = timedelta(seconds=10)
MEMBERS_WINDOW: Final = timedelta(seconds=900)
MOST_TEXT: Final = 16_384


class Refused(Exception):
    """Nearly always a line of text."""

    def __init__(self, status: int, text: str) -> None:
        self.told = Told(status, text.encode(), {"Content-Type": "text/plain; charset=utf-8"})


class FakeTrello(People):
    """``ada`` is whose token it is. ``asked`` counts; ``instead`` says what is answered instead.

    ``swallows`` is how many of the next writes are done, and never answered.
    """

    def __init__(
        self, clock: Callable[[], datetime] = utcnow, *, reach: Reach = over_loopback
    ) -> None:
        super().__init__(State(clock))
        self.telling = Telling(self.state, SECRET, reach)
        self.state.heard = self.telling.heard
        self.tokens = {TOKEN: self.ada}
        self.asked: list[Asked] = []
        self.strange: list[str] = []  # calls and parameters that nobody has documented
        self.instead: Callable[[Asked], Told | None] = lambda _asked: None
        self.swallows = 0
        self.most, self.most_of_key, self.most_of_members = 100, 300, 100
        self.has_headers = False
        self.shows_emails = False
        self.most_cards = 5000
        self._calls: dict[str, list[datetime]] = defaultdict(list)

    def answer(self, asked: Asked) -> Told:
        self.asked.append(asked)
        told = self.instead(asked) or self._limited(asked)
        if told is not None:
            return told
        try:
            body = self._answer(asked)
        except Refused as refused:
            return refused.told
        if asked.method != "GET" and self.swallows:
            self.swallows -= 1
            return Told(200, body, breaks_off_after=0)
        return Told(200, body, self._headers())

    def calls(self, *methods: str) -> list[Asked]:
        return [one for one in self.asked if not methods or one.method in methods]

    # Who asks, how often, and with which words.

    def _limited(self, asked: Asked) -> Told | None:
        now = self.state.clock()
        table = [("token", WINDOW, self.most, "API_TOKEN_LIMIT_EXCEEDED")]
        table += [("key", WINDOW, self.most_of_key, "API_KEY_LIMIT_EXCEEDED")]
        if len(asked.parts) == 2 and asked.parts[0] == "members":
            table += [("members", MEMBERS_WINDOW, self.most_of_members, "RATE_LIMIT_EXCEEDED")]
        for name, window, most, error in table:
            recent = [at for at in self._calls[name] if at > now - window]
            self._calls[name] = [*recent, now]
            if len(recent) >= most:
                self._calls[name].pop()
                body = {"error": error, "message": "Rate limit exceeded"}
                return Told(429, body, self._headers(used_up=True))
        return None

    def _headers(self, *, used_up: bool = False) -> dict[str, str]:
        if not self.has_headers:
            return {}
        left = "0" if used_up else str(self.most - len(self._calls["token"]))
        found = {
            "x-rate-limit-api-token-interval-ms": "10000",
            "x-rate-limit-api-token-max": str(self.most),
            "x-rate-limit-api-token-remaining": left,
        }
        return found | {"Retry-After": "7"} if used_up else found

    def _who(self, asked: Asked) -> str:
        if "key" in asked.query or "token" in asked.query:
            self.strange.append(f"{asked.path}: a secret in an address")
        found = _AUTH.fullmatch(asked.headers.get("authorization", ""))
        if found is None or found[1] != KEY:
            raise Refused(401, "invalid key")
        if found[2] not in self.tokens:
            raise Refused(401, "invalid token")
        return self.tokens[found[2]]

    def _given(self, call: str, asked: Asked) -> Row:
        given = {**asked.query, **(asked.body or {})}
        known = CALLS[call] | ELSEWHERE.get(call, frozenset())
        for name in given.keys() - known:
            self.strange.append(f"{call}: {name}")
            raise Refused(400, f"invalid value for {name}")
        return given

    def _answer(self, asked: Asked) -> Any:
        me = self._who(asked)
        call = call_of(asked.method, asked.parts)
        if call is None:
            self.strange.append(f"{asked.method} {asked.path}")
            raise Refused(404, f"Cannot {asked.method} {asked.path}")
        given = self._given(call, asked)
        echo = asked.headers.get("x-trello-client-identifier")
        if asked.method != "GET" and echo is None:
            self.strange.append(f"{call}: no identifier")
        return self._do(call, asked.parts, given, Hand(me, echo))

    def _do(self, call: str, parts: tuple[str, ...], given: Row, hand: Hand) -> Any:
        state, me = self.state, hand.by
        first = parts[1] if len(parts) > 1 else ""
        simple: dict[str, Callable[[], Any]] = {
            "GET /members/{id}": lambda: self._member(state.members[me], is_own=True),
            "GET /members/{id}/boards": lambda: self._mine(me, given),
            "POST /boards/": lambda: self._new_board(given, hand),
            "GET /boards/{id}": lambda: self._whole(self._board(first, me), given),
            "GET /boards/{id}/cards/{filter}": lambda: self._cards(self._board(first, me), given),
            "GET /boards/{boardId}/actions": lambda: self._log(self._board(first, me), given),
            "PUT /boards/{id}/members": lambda: self._invite(self._board(first, me), given),
            "POST /lists": lambda: self._new_list(given, hand),
            "PUT /lists/{id}": lambda: state.change_list(_found(state.lists, first), given, hand),
            "POST /labels": lambda: self._new_label(given, me),
            "GET /cards/{id}": lambda: self._read_card(self._card(first, me), given),
            "PUT /cards/{id}": lambda: self._change(self._card(first, me), given, hand),
            "POST /cards": lambda: self._new(given, hand),
            "POST /cards/{id}/actions/comments": lambda: state.comment(
                self._card(first, me), _text(given, "text"), hand
            ),
            "GET /tokens/{token}/webhooks": lambda: self._all_hooks(first),
            "POST /webhooks/": lambda: self._hang(given, me),
            "GET /webhooks/{id}": lambda: _hook(self._hook(first, me)),
            "PUT /webhooks/{id}": lambda: self._change_hook(self._hook(first, me), given),
            "DELETE /webhooks/{id}": lambda: self._unhang(self._hook(first, me)),
        }
        return simple[call]() if call in simple else self._do_items(call, parts, given, hand)

    # Boards.

    def _board(self, given: str, me: str) -> Row:
        if not _ID.fullmatch(given):
            raise Refused(400, "invalid id")
        row = self.state.board_behind(given)
        if row is None:
            raise Refused(404, "The requested resource was not found.")
        if me not in row["members"]:
            raise Refused(401, "unauthorized board permission requested")
        return row

    def _mine(self, me: str, given: Row) -> list[Row]:
        mine = (row for row in self.state.boards.values() if me in row["members"])
        return [_picked(row, given) for row in mine if not row["closed"]]

    def _new_board(self, given: Row, hand: Hand) -> Row:
        name = _text(given, "name")
        return self._shown_board(self.state.new_board(name, hand, desc=given.get("desc", "")))

    def _new_list(self, given: Row, hand: Hand) -> Row:
        board = self._board(_text(given, "idBoard"), hand.by)
        return self.state.new_list(board["id"], _text(given, "name"), hand)

    def _new_label(self, given: Row, me: str) -> Row:
        board = self._board(_text(given, "idBoard"), me)
        return self.state.new_label(board["id"], _text(given, "name"), given["color"])

    def _whole(self, row: Row, given: Row) -> Row:
        board, found = row["id"], self._shown_board(row)
        cards = [card for card in self.state.cards.values() if card["idBoard"] == board]
        if "cards" in given:
            wanted = [card for card in cards if given["cards"] == "all" or not card["closed"]]
            newest = sorted(wanted, key=lambda card: card["id"], reverse=True)[:1000]
            fields = {"fields": given.get("card_fields", "")}
            found["cards"] = [_picked(self._shown_card(card), fields) for card in newest]
        if "lists" in given:
            found["lists"] = [r for r in self.state.lists.values() if r["idBoard"] == board]
        if "checklists" in given:
            ids = {card["id"] for card in cards}
            rows = self.state.checklists.values()
            found["checklists"] = [one for one in rows if one["idCard"] in ids]
        if "labels" in given:
            rows = self.state.labels.values()
            most = int(given.get("labels_limit", 50))
            found["labels"] = [r for r in rows if r["idBoard"] == board][:most]
        if "members" in given:
            found["members"] = [self._member(self.state.members[m]) for m in row["members"]]
        return found

    def _shown_board(self, row: Row) -> Row:
        shown = {name: value for name, value in row.items() if name != "members"}
        limit = {"status": "ok", "disableAt": self.most_cards, "warnAt": self.most_cards}
        return {**shown, "limits": {"cards": {"openPerBoard": limit}}}

    def _member(self, row: Row, *, is_own: bool = False) -> Row:
        """Of others the e-mail is not told."""
        return row if is_own or self.shows_emails else {**row, "email": None}

    def _cards(self, row: Row, given: Row) -> list[Row]:
        mine = [c for c in self.state.cards.values() if c["idBoard"] == row["id"]]
        older = [c for c in mine if not given.get("before") or c["id"] < given["before"]]
        newest = sorted(older, key=lambda card: card["id"], reverse=True)
        return [self._shown_card(card) for card in newest[: int(given.get("limit", 1000))]]

    def _log(self, row: Row, given: Row) -> list[Row]:
        limit = int(given.get("limit", 50))
        if not 0 <= limit <= 1000:
            raise Refused(400, "invalid value for limit")
        found = [
            action
            for action in self.state.log
            if action["data"]["board"]["id"] == row["id"]
            and _is_since(action, given.get("since"))
            and (not given.get("before") or action["id"] < given["before"])
        ]
        return found[::-1][:limit]

    def _invite(self, row: Row, given: Row) -> Row:
        email = _text(given, "email")
        known = (m for m, one in self.state.members.items() if one["email"] == email)
        member = next(known, None) or self.state.new_member(
            email.split("@")[0], email, _text(given, "fullName")
        )
        if member not in row["members"]:
            row["members"].append(member)
        return {
            "id": row["id"],
            "members": [self._member(self.state.members[one]) for one in row["members"]],
            "memberships": [],
        }

    # Cards.

    def _card(self, given: str, me: str) -> Row:
        row: Row = _found(self.state.cards, given)
        if me not in self.state.boards[row["idBoard"]]["members"]:
            raise Refused(401, "unauthorized card permission requested")
        return row

    def _shown_card(self, row: Row) -> Row:
        labels = [self.state.labels[one] for one in row["idLabels"]]
        return {**row, "labels": labels, "badges": {}}

    def _read_card(self, row: Row, given: Row) -> Row:
        checklists = [c for c in self.state.checklists.values() if c["idCard"] == row["id"]]
        more = {"checklists": checklists, "list": self.state.lists[row["idList"]]}
        return self._shown_card(row) | {k: v for k, v in more.items() if k in given}

    def _change(self, row: Row, given: Row, hand: Hand) -> Row:
        self.state.change_card(row, self._checked(given, row), hand)
        return self._shown_card(row)

    def _new(self, given: Row, hand: Hand) -> Row:
        if given.get("idList") not in self.state.lists:
            raise Refused(400, "invalid value for idList")
        changes = self._checked(given, None)
        board = self.state.lists[changes["idList"]]["idBoard"]
        cards = self.state.cards.values()
        if sum(c["idBoard"] == board and not c["closed"] for c in cards) >= self.most_cards:
            raise Refused(403, "Card limit exceeded for this board")
        return self._shown_card(self.state.new_card(changes["idList"], changes, hand))

    def _checked(self, given: Row, card: Row | None) -> Row:
        """As it is kept; what cannot be is refused, and nothing of it is kept."""
        changes = {name: value for name, value in given.items() if name != "pos"}
        list_id = changes.get("idList") or (card or {}).get("idList")
        board = changes.get("idBoard") or self.state.lists[str(list_id)]["idBoard"]
        if list_id not in self.state.lists:
            raise Refused(400, "invalid value for idList")
        known: dict[str, Iterable[str]] = {
            "idMembers": self.state.boards[board]["members"],
            "idLabels": [r["id"] for r in self.state.labels.values() if r["idBoard"] == board],
        }
        for name, ids in known.items():
            if name in changes:
                changes[name] = list(filter(None, str(changes[name] or "").split(",")))
                if set(changes[name]) - set(ids):
                    raise Refused(400, f"invalid value for {name}")
        for name in ("due", "start"):
            if changes.get(name):
                changes[name] = _instant(changes[name], name)
        for name in ("name", "desc"):
            if len(changes.get(name) or "") > MOST_TEXT:
                raise Refused(400, f"invalid value for {name}")
        if "name" in changes:
            changes["name"] = " ".join(changes["name"].split())
        return changes

    def _do_items(self, call: str, parts: tuple[str, ...], given: Row, hand: Hand) -> Any:
        if call == "POST /checklists":
            card = self._card(_text(given, "idCard"), hand.by)
            return self.state.new_checklist(card, given.get("name", "Checklist"), hand)
        if call == "POST /checklists/{id}/checkItems":
            checklist = _found(self.state.checklists, parts[1])
            done = given.get("checked") in {True, "true"}
            return self.state.new_item(checklist, _text(given, "name"), hand, done=done)
        card = self._card(parts[1], hand.by)
        found = {item["id"]: (one, item) for one, item in self.state.items_of(card["id"])}
        checklist, item = _found(found, parts[3])
        if call.startswith("DELETE"):
            self.state.delete_item(checklist, item, hand)
            return {"limits": {}}
        if given.get("state", "complete") not in {"complete", "incomplete"}:
            raise Refused(400, "invalid value for state")
        self.state.change_item(checklist, item, given, hand)
        return item

    # Webhooks.

    def _hooks(self, token: str) -> list[Row]:
        return [row for row in self.telling.hooks.values() if row["token"] == token]

    def _all_hooks(self, token: str) -> list[Row]:
        if token not in self.tokens:
            raise Refused(401, "invalid token")
        return [_hook(row) for row in self._hooks(token)]

    def _token(self, me: str) -> str:
        return next(token for token, member in self.tokens.items() if member == me)

    def _hook(self, given: str, me: str) -> Row:
        row: Row = _found({one["id"]: one for one in self._hooks(self._token(me))}, given)
        return row

    def _hang(self, given: Row, me: str) -> Row:
        self._board(_text(given, "idModel"), me)
        if given["idModel"] not in self.state.boards:  # a short link will not do here
            raise Refused(400, "invalid value for idModel")
        made = self.telling.hang(self._token(me), given)
        if isinstance(made, str):
            raise Refused(400, made)
        return _hook(made)

    def _change_hook(self, row: Row, given: Row) -> Row:
        row.update(given)
        return _hook(row)

    def _unhang(self, row: Row) -> Row:
        del self.telling.hooks[row["id"]]
        return {"_value": None}

    def revoke(self, token: str = TOKEN) -> None:
        """The token is no good any more, and neither are its webhooks."""
        for row in self._hooks(token):
            del self.telling.hooks[row["id"]]
        del self.tokens[token]


def _found(rows: Mapping[str, Any], given: str) -> Any:
    if not _ID.fullmatch(given):
        raise Refused(400, "invalid id")
    if given not in rows:
        raise Refused(404, "The requested resource was not found.")
    return rows[given]


def _text(given: Row, name: str) -> str:
    value = given.get(name)
    if not isinstance(value, str) or not 1 <= len(value) <= MOST_TEXT:
        raise Refused(400, f"invalid value for {name}")
    return value


def _instant(text: str, name: str) -> str:
    try:
        return when(datetime.fromisoformat(text).astimezone(UTC))
    except ValueError:
        raise Refused(400, f"invalid value for {name}") from None


def _picked(row: Row, given: Row) -> Row:
    names = [name for name in given.get("fields", "").split(",") if name]
    return {name: row[name] for name in {"id", *names} if name in row} if names else row


def _is_since(action: Row, since: str | None) -> bool:
    """By an id, or by a date."""
    if not since:
        return True
    if re.fullmatch(r"[0-9a-f]{24}", since):
        return bool(action["id"] > since)
    return datetime.fromisoformat(action["date"]) >= datetime.fromisoformat(since)


def _hook(row: Row) -> Row:
    return {name: value for name, value in row.items() if name != "token"}
