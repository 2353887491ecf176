"""Endpoints, deliveries and attempts as plain values. No address and no secret is among them."""

from collections.abc import Iterable, Mapping
from typing import Any, Final

import orjson

from tracker.kernel.egress_rules import EgressRefused
from tracker.kernel.secrets import decrypt
from tracker.kernel.texts import Language, Sentence
from tracker.webhooks.models import Delivery, DeliveryAttempt, Webhook
from tracker.webhooks.pacing import Answer
from tracker.webhooks.words import Outcome, Reason, WebhookState

STATES: Final[Mapping[str, Sentence]] = {
    WebhookState.ACTIVE: Sentence(en="active", fr="actif"),
    WebhookState.PAUSED: Sentence(en="paused", fr="en pause"),
    WebhookState.DISABLED: Sentence(en="disabled", fr="désactivé"),
}
_WHY: Final = {
    Reason.GONE: Sentence(
        en="{host} answered 410: it wants nothing any more. If that was not meant, correct it "
        "there and resume the webhook; what has happened since is held.",
        fr="{host} a répondu 410 : il ne veut plus rien. Si ce n'était pas voulu, corriger là-bas "
        "et reprendre le webhook ; ce qui s'est passé depuis est gardé.",
    ),
    Reason.FAILING: Sentence(
        en="Nothing has reached {host} for five days. Look at the attempts, correct it there, "
        "test and resume the webhook; what has happened since is held.",
        fr="Rien n'est arrivé à {host} depuis cinq jours. Regarder les tentatives, corriger "
        "là-bas, tester et reprendre le webhook ; ce qui s'est passé depuis est gardé.",
    ),
    Reason.OWNER_LEFT: Sentence(
        en="Its owner has left. Whoever resumes it becomes its owner; what has happened since is "
        "held.",
        fr="Son propriétaire est parti. La personne qui le reprend en devient propriétaire ; ce "
        "qui s'est passé depuis est gardé.",
    ),
}
_TESTED: Final = {
    Outcome.DELIVERED: Sentence(en="The test was accepted.", fr="L'essai a été accepté."),
    Outcome.REFUSED: Sentence(
        en="The test was answered with status {status}. Only 2xx counts as received; redirects "
        "are not followed.",
        fr="L'essai a reçu le statut {status}. Seul un 2xx vaut réception ; les redirections ne "
        "sont pas suivies.",
    ),
    Outcome.UNREACHABLE: Sentence(
        en="The test could not be sent ({detail}). Check the address, its certificate and that "
        "the internet can reach it.",
        fr="L'essai n'a pas pu partir ({detail}). Vérifier l'adresse, son certificat et qu'elle "
        "est joignable depuis l'internet.",
    ),
    Outcome.NO_ANSWER: Sentence(
        en="The test was sent and not answered in time. Answer at once, and work afterwards.",
        fr="L'essai est parti et n'a pas reçu de réponse à temps. Répondre tout de suite, et "
        "travailler après.",
    ),
}
_CLOSED: Final = Sentence(
    en="The test was not sent: the address leads inside a network, or to a port that is not "
    "called. The operator can open it with TRACKER_EGRESS_ALLOW, for this process, too.",
    fr="L'essai n'est pas parti : l'adresse mène dans un réseau interne, ou à un port qui n'est "
    "pas appelé. L'exploitant peut l'ouvrir par TRACKER_EGRESS_ALLOW, pour ce processus aussi.",
)


def webhook_out(webhook: Webhook, waiting: Mapping[str, int], language: Language) -> dict[str, Any]:
    """An endpoint, and what to do where it is disabled."""
    why = _WHY.get(Reason(webhook.reason)) if webhook.reason else None
    return {
        "id": webhook.id,
        "name": webhook.name,
        "host": webhook.host,
        "types": webhook.types,
        "header_names": _header_names(webhook),
        "project_id": webhook.project_id,
        "owner_id": webhook.owner_id,
        "state": webhook.state,
        "reason": webhook.reason,
        "sentence": why and why.say(language, host=webhook.host),
        "failures": webhook.failures,
        "failing_since": webhook.failing_since,
        "blocked_until": webhook.blocked_until,
        "delivered_at": webhook.delivered_at,
        "old_secret_until": webhook.old_until,
        "owed": waiting.get("owed", 0),
        "held": waiting.get("held", 0),
        "failed": waiting.get("failed", 0),
        "created_at": webhook.created_at,
        "updated_at": webhook.updated_at,
    }


def _header_names(webhook: Webhook) -> list[str]:
    if webhook.headers is None:
        return []
    return sorted(orjson.loads(decrypt(webhook.headers, Webhook.__tablename__, webhook.id)))


def tested_out(answer: Answer, language: Language) -> dict[str, Any]:
    """What came of a test."""
    said = _CLOSED if answer.detail == EgressRefused.type else _TESTED[answer.outcome]
    return {
        "ok": answer.outcome == Outcome.DELIVERED,
        "outcome": answer.outcome,
        "status": answer.status,
        "milliseconds": answer.milliseconds,
        "answer": answer.body,
        "sentence": said.say(language, status=answer.status, detail=answer.detail),
    }


def delivery_out(delivery: Delivery) -> dict[str, Any]:
    """A delivery, without its attempts."""
    return {
        "id": delivery.id,
        "webhook_id": delivery.webhook_id,
        "message_id": f"evt_{delivery.event_id}",
        "type": delivery.type,
        "state": delivery.state,
        "reason": delivery.reason,
        "attempts": delivery.attempts,
        "next_attempt_at": delivery.ready_at,
        "created_at": delivery.created_at,
        "ended_at": delivery.ended_at,
    }


def attempts_out(attempts: Iterable[DeliveryAttempt]) -> list[dict[str, Any]]:
    """Attempts, in their order."""
    return [
        {
            "number": one.number,
            "began_at": one.began_at,
            "outcome": one.outcome,
            "status": one.status,
            "milliseconds": one.milliseconds,
            "answer": one.answer,
            "detail": one.detail,
        }
        for one in attempts
    ]
