"""Who may be told of which event."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import tracker.app  # noqa: F401 - every event is known then
from tracker.kernel.event_log import Numbered
from tracker.kernel.outbox import event_types
from tracker.people.rules import Actor, Role, Scope
from tracker.webhooks.event_rights import RIGHTS, family_of, may_be_told, split

ME, YOU = UUID(int=1), UUID(int=2)


def an_event(topic: str, **payload: Any) -> Numbered:
    return Numbered(
        workspace_id=UUID(int=9),
        id=UUID(int=8),
        topic=topic,
        payload=payload,
        occurred_at=datetime(2027, 1, 4, tzinfo=UTC),
        position=1,
        sequence=1,
        object_id=UUID(int=7),
        project_id=None,
    )


def hears(role: Role, topic: str, **payload: Any) -> bool:
    return may_be_told(Actor(UUID(int=9), ME, role), an_event(topic, **payload))


def test_what_everybody_may_look_at_everybody_is_told() -> None:
    assert all(hears(role, "task.done") for role in Role)


def test_reminders_of_others_are_for_managers() -> None:
    mine, theirs = str(ME), str(YOU)
    for role, sees_all in zip(Role, (False, False, True, True), strict=True):
        for topic in ("reminder.sent", "channel.off"):
            assert hears(role, topic, member_id=mine)
            assert hears(role, topic, member_id=theirs) is sees_all
            assert hears(role, topic) is sees_all  # of a release that told no member


def test_of_what_is_not_known_nobody_is_told() -> None:
    assert not hears(Role.OWNER, "secret.told", member_id=str(ME))


def test_a_token_that_may_not_change_endpoints_is_not_told_of_them() -> None:
    reader = Actor(UUID(int=9), ME, Role.OWNER, scopes=frozenset({Scope.READ}))
    assert not may_be_told(reader, an_event("webhook.disabled"))
    assert split(reader, ["webhook.disabled", "task.done", "none.such"]) == (["task.done"], [])
    assert hears(Role.MANAGER, "webhook.disabled")


def test_every_event_belongs_to_a_family_with_a_right() -> None:
    families = {family_of(topic) for topic in event_types() if not topic.startswith("tests.")}
    assert families - RIGHTS.keys() == set()
