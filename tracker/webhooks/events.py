"""What happens to endpoints, worth telling to others: never their addresses."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from tracker.kernel.outbox import Event, Previous


@dataclass(frozen=True, kw_only=True)
class _OfWebhook(Event):
    about: ClassVar[str] = "webhook_id"
    webhook_id: UUID
    name: str


@dataclass(frozen=True, kw_only=True)
class WebhookAdded(_OfWebhook):
    """An endpoint was added, to be told of events."""

    topic: ClassVar[str] = "webhook.added"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookChanged(_OfWebhook):
    """An endpoint was changed, paused, resumed, or given a new secret.

    ``previous`` never has its address, headers or secret.
    """

    topic: ClassVar[str] = "webhook.changed"
    fields: list[str]
    previous: Previous
    by: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookRemoved(_OfWebhook):
    """An endpoint was removed, with all that it was still owed."""

    topic: ClassVar[str] = "webhook.removed"
    by: UUID


@dataclass(frozen=True, kw_only=True)
class WebhookDisabled(_OfWebhook):
    """An endpoint is sent nothing more until somebody resumes it; what happens is held for it.

    ``reason``: ``gone`` (it answered 410), ``failing`` (nothing arrived for five days) or
    ``owner_left``.
    """

    topic: ClassVar[str] = "webhook.disabled"
    owner_id: UUID
    host: str
    reason: str
