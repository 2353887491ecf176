"""How Trello tells of what was done: signed, in any order, more than once, or not at all."""

import hmac
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from http.client import HTTPConnection
from random import Random
from typing import Any, Final
from urllib.parse import urlsplit

import orjson

from tests.fakes.trello.state import Row, State, when

RETRIES: Final = tuple(timedelta(seconds=seconds) for seconds in (30, 60, 120))
MOST_FAILURES: Final = 1000
LONGEST_FAILING: Final = timedelta(days=30)
Reach = Callable[[str, str, Mapping[str, str], bytes], int]
"""Calls an address, and gives the status that it answers with; 0 where nobody does."""


def over_loopback(method: str, url: str, headers: Mapping[str, str], body: bytes) -> int:
    """By HTTP, to whoever listens on this machine."""
    to = urlsplit(url)
    connection = HTTPConnection("127.0.0.1", to.port or 80, timeout=10)
    try:
        connection.request(method, to.path, body, dict(headers))
        return connection.getresponse().status
    except OSError:
        return 0
    finally:
        connection.close()


@dataclass
class Delivery:
    """One attempt that is still to be made."""

    hook: str
    action: Row
    echo: str | None
    at: datetime
    tries: int = 0


@dataclass
class Telling:
    """Webhooks, and what is on its way to them. The knobs say what becomes of a delivery."""

    state: State
    secret: str
    reach: Reach = over_loopback
    hooks: dict[str, Row] = field(default_factory=dict)
    queue: list[Delivery] = field(default_factory=list)
    times: int = 1  # how often each is told
    delay: timedelta = timedelta()
    shuffled_by: Random | None = None
    loses: Callable[[Row], bool] = lambda _action: False
    lost: list[Row] = field(default_factory=list)

    def heard(self, action: Row, echo: str | None) -> None:
        """Put on its way what was done to a board that somebody watches."""
        board = action["data"]["board"]["id"]
        for hook in self.hooks.values():
            if hook["idModel"] != board or not hook["active"]:
                continue
            if self.loses(action):
                self.lost.append(action)
                continue
            at = self.state.clock() + self.delay
            new = Delivery(hook["id"], action, echo, at)
            self.queue += [Delivery(**vars(new)) for _ in range(self.times)]

    def pump(self) -> list[int]:
        """Make every attempt that is due; the statuses that were answered."""
        now = self.state.clock()
        due = [one for one in self.queue if one.at <= now]
        self.queue = [one for one in self.queue if one.at > now]
        if self.shuffled_by is not None:
            self.shuffled_by.shuffle(due)
        return [self._attempt(one, now) for one in due]

    def _attempt(self, one: Delivery, now: datetime) -> int:
        hook = self.hooks.get(one.hook)
        if hook is None:
            return 0
        status = self.reach("POST", hook["callbackURL"], *self.signed(hook, one.action, one.echo))
        if status == 200:
            hook.update(consecutiveFailures=0, firstConsecutiveFailDate=None)
        elif status == 410:
            del self.hooks[one.hook]
        else:
            self._failed(one, hook, now)
        return status

    def _failed(self, one: Delivery, hook: Row, now: datetime) -> None:
        hook["consecutiveFailures"] += 1
        hook["firstConsecutiveFailDate"] = hook["firstConsecutiveFailDate"] or when(now)
        since = datetime.fromisoformat(hook["firstConsecutiveFailDate"])
        if hook["consecutiveFailures"] > MOST_FAILURES and now - since > LONGEST_FAILING:
            hook["active"] = False
        if one.tries < len(RETRIES):
            self.queue.append(
                Delivery(one.hook, one.action, one.echo, now + RETRIES[one.tries], one.tries + 1)
            )
        else:
            self.lost.append(one.action)

    def signed(
        self, hook: Row, action: Row, echo: str | None = None
    ) -> tuple[dict[str, str], bytes]:
        """Headers and body of a delivery."""
        board = action["data"]["board"]
        model = {"id": board["id"], "name": board["name"]}
        shown = {name: value for name, value in hook.items() if name != "token"}
        body = orjson.dumps({"model": model, "action": action, "webhook": shown})
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "Trello",
            "X-Trello-Webhook": signature(self.secret, body, hook["callbackURL"]),
        }
        return (headers | {"X-Trello-Client-Identifier": echo} if echo else headers), body

    def hang(self, token: str, given: Mapping[str, Any]) -> Row | str:
        """A new webhook, or what is wrong with it."""
        address, model = given["callbackURL"], given["idModel"]
        for hook in self.hooks.values():
            if (hook["callbackURL"], hook["idModel"], hook["token"]) == (address, model, token):
                return "A webhook with that callback, model, and token already exists"
        status = self.reach("HEAD", address, {"User-Agent": "Trello"}, b"")
        if status != 200:
            return f"URL ({address}) did not return 200 status code, got {status}"
        row = {
            "id": self.state.new_id(),
            "description": given.get("description", ""),
            "idModel": model,
            "callbackURL": address,
            "active": given.get("active", True),
            "consecutiveFailures": 0,
            "firstConsecutiveFailDate": None,
            "token": token,
        }
        self.hooks[row["id"]] = row
        return row


def signature(secret: str, body: bytes, address: str) -> str:
    digest = hmac.new(secret.encode(), body + address.encode(), "sha1").digest()
    return b64encode(digest).decode()
