"""What a fake Notion tells by itself: put together, late, in any order, and up to eight times."""

import hmac
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from random import Random
from typing import Any, Final

import orjson

from tests.fakes.notion_tables import instant, new_id

TOGETHER: Final = timedelta(minutes=1)
ATTEMPTS: Final = 8

Send = Callable[[bytes, dict[str, str]], int]
"""Posts a body with headers; the status of the answer."""


@dataclass
class Change:
    """Something that has happened; ``about`` is the kind and id of what it happened to."""

    at: datetime
    author: tuple[str, str]  # type and id
    type: str
    about: tuple[str, str]
    parent: dict[str, str]
    properties: list[Any] = field(default_factory=list)


@dataclass
class Subscription:
    """Made by a person in Notion's pages; it tells once its token was pasted back."""

    token: str
    workspace: str
    id: str = field(default_factory=new_id)
    integration: str = field(default_factory=new_id)
    is_active: bool = False
    changes: list[Change] = field(default_factory=list)

    def handshake(self) -> bytes:
        return orjson.dumps({"verification_token": self.token})

    def verify(self, token: str) -> None:
        self.is_active = token == self.token

    def signature(self, body: bytes) -> str:
        return "sha256=" + hmac.new(self.token.encode(), body, sha256).hexdigest()

    def headers(self, body: bytes) -> dict[str, str]:
        return {"X-Notion-Signature": self.signature(body), "Content-Type": "application/json"}

    def pending(self) -> list[dict[str, Any]]:
        """The events of what has happened since, put together; they are told by this."""
        changes, self.changes = self.changes, []
        return [self._event(group) for group in _together(changes)] if self.is_active else []

    def _event(self, group: Sequence[Change]) -> dict[str, Any]:
        first = group[0]
        authors = [
            {"id": who, "type": kind} for kind, who in dict.fromkeys(c.author for c in group)
        ]
        data: dict[str, Any] = {"parent": first.parent}
        told = [one for change in group for one in change.properties]
        if first.type == "page.content_updated":
            data["updated_blocks"] = []
        elif first.type in {"page.properties_updated", "data_source.schema_updated"}:
            data["updated_properties"] = [one for n, one in enumerate(told) if one not in told[:n]]
        return {
            "id": new_id(),
            "timestamp": instant(group[-1].at).replace("+00:00", "Z"),
            "workspace_id": self.workspace,
            "workspace_name": "Launch crew",
            "subscription_id": self.id,
            "integration_id": self.integration,
            "authors": authors,
            "attempt_number": 1,
            "api_version": "2026-03-11",
            "entity": {"type": first.about[0], "id": first.about[1]},
            "type": first.type,
            "data": data,
        }

    def deliver(
        self, send: Send, *, chance: Random | None = None, lost: float = 0, twice: float = 0
    ) -> list[int]:
        """Post what is pending; shuffled, lost and repeated by chance, and again where refused."""
        events = self.pending()
        if chance is not None:
            chance.shuffle(events)
            events = [one for one in events if chance.random() >= lost]
            events += [one for one in events if chance.random() < twice]
        return [self._attempts(send, event) for event in events]

    def _attempts(self, send: Send, event: dict[str, Any]) -> int:
        status = 0
        for attempt in range(1, ATTEMPTS + 1):
            body = orjson.dumps({**event, "attempt_number": attempt})
            status = send(body, self.headers(body))
            if 200 <= status < 300:
                break
        return status


def _together(changes: Sequence[Change]) -> list[list[Change]]:
    """What follows within a minute is one event; made and deleted at once is none."""
    groups: list[list[Change]] = []
    for change in changes:
        for group in groups:
            same = (group[0].type, group[0].about) == (change.type, change.about)
            if same and change.at - group[0].at < TOGETHER:
                group.append(change)
                break
        else:
            groups.append([change])
    made = {group[0].about: group[0].at for group in groups if group[0].type == "page.created"}
    undone = {
        group[0].about
        for group in groups
        if group[0].type == "page.deleted"
        and group[0].at - made.get(group[0].about, group[0].at - TOGETHER) < TOGETHER
    }
    return [group for group in groups if group[0].about not in undone]
