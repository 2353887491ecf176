"""Adding, changing and removing endpoints. Nothing here speaks to the network."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import bindparam, case, text, update
from sqlalchemy.orm import Session

from tracker.kernel.db import core, new_id
from tracker.kernel.egress_rules import Target, parse_target
from tracker.kernel.errors import Conflict, FieldErrors, Forbidden, Invalid
from tracker.kernel.outbox import publish
from tracker.kernel.texts import Said, Sentence
from tracker.people import queries as people
from tracker.people.models import Member
from tracker.people.rules import Actor, Permission
from tracker.people.service import actor_of
from tracker.projects import queries as projects
from tracker.webhooks import queries
from tracker.webhooks.claiming import LEASE
from tracker.webhooks.describing import public_types
from tracker.webhooks.disabling import hold
from tracker.webhooks.endpoints import new_secret, open_endpoint, sealed, sealed_headers
from tracker.webhooks.event_names import type_faults
from tracker.webhooks.events import WebhookAdded, WebhookChanged, WebhookRemoved
from tracker.webhooks.models import TROUBLED, Delivery, Webhook
from tracker.webhooks.rules import header_faults
from tracker.webhooks.words import State, WebhookState

MOST: Final = 100
_TOLD: Final = frozenset({"name", "owner_id", "state", "types"})
BOTH_GOOD: Final = timedelta(hours=24)
_D: Final = Delivery.__table__
_FULL: Final = Sentence(
    en="A workspace has at most {most} webhooks. Remove one that is not needed.",
    fr="Un espace a au plus {most} webhooks. En supprimer un qui ne sert plus.",
)
_NOT_YOURS: Final = Sentence(
    en="This webhook is told what its owner may know, which is more than you may. Take it over "
    "first: PATCH /webhooks/{id} with your own id as owner_id.",
    fr="Ce webhook reçoit ce que son propriétaire peut savoir, soit plus que vous. Le reprendre "
    "d'abord : PATCH /webhooks/{id} avec votre propre id comme owner_id.",
)
_OWNER_TOO_HIGH: Final = Sentence(
    en="A webhook can only be handed to somebody whose role is not above yours.",
    fr="Un webhook ne se confie qu'à une personne dont le rôle ne dépasse pas le vôtre.",
)
_OWNER_TOO_LOW: Final = Sentence(
    en="The owner of a webhook must be a manager or an owner of the workspace.",
    fr="Le propriétaire d'un webhook doit être manager ou owner de l'espace.",
)
_HEADERS_ELSEWHERE: Final = Sentence(
    en="This address is another server's, and is not sent the headers kept for the one before. "
    "Give them again, or an empty object for none.",
    fr="Cette adresse est celle d'un autre serveur, qui ne reçoit pas les en-têtes conservés pour "
    "le précédent. Les redonner, ou un objet vide pour aucun.",
)
_RESUME: Final = (
    update(_D)
    .where(
        _D.c.workspace_id == bindparam("of"),
        _D.c.webhook_id == bindparam("webhook"),
        _D.c.state == State.HELD,
        text(TROUBLED),
    )
    .values(
        state=State.OWED,
        tries=0,
        # One that is under way, or was when a process died, keeps its lease.
        ready_at=case(
            (_D.c.crashes > 0, bindparam("later", type_=_D.c.ready_at.type)),
            else_=bindparam("now", type_=_D.c.ready_at.type),
        ),
    )
)


def add(
    session: Session,
    actor: Actor,
    wish: Mapping[str, Any],
    *,
    refused: FieldErrors,
    now: datetime,
) -> tuple[Webhook, str]:
    """Have an endpoint told of events; it, and its secret, which nobody is shown again.

    ``refused`` is what the door has said to its address. Raises Invalid, Conflict, NotFound.
    """
    actor.must(Permission.MANAGE_PROJECTS)
    if queries.count(session, actor.workspace_id) >= MOST:
        raise Conflict(_FULL, most=MOST)
    if wish["project_id"] is not None:
        projects.frame(session, actor.workspace_id, wish["project_id"])
    _check(wish, refused)
    one, secret = new_id(), new_secret()
    state = WebhookState.PAUSED if wish["is_paused"] else WebhookState.ACTIVE
    made = Webhook(
        workspace_id=actor.workspace_id,
        id=one,
        owner_id=actor.member_id,
        project_id=wish["project_id"],
        name=wish["name"],
        url=sealed(wish["url"], one),
        host=host_of(wish["url"]),
        types=list(wish["types"]),
        headers=sealed_headers(wish["headers"], one),
        secret=sealed(secret, one),
        state=state.value,
        failures=0,
        created_at=now,
        updated_at=now,
        version=1,
    )
    session.add(made)
    session.flush()  # what refers to it is written past the session
    publish(session, WebhookAdded(**_named(made), by=actor.member_id))
    return made, secret


def host_of(url: str) -> str:
    """What may be shown of an address. Raises EgressRefused."""
    return parse_target(url).host


def _check(wish: Mapping[str, Any], refused: FieldErrors) -> None:
    faults: dict[str, Any] = {**refused}
    if found := type_faults(wish.get("types", ()), public_types().keys()):
        faults["types"] = found
    if found := header_faults(wish.get("headers", {})):
        faults["headers"] = found
    if faults:
        raise Invalid(faults)


def change(
    session: Session,
    actor: Actor,
    webhook: Webhook,
    wish: Mapping[str, Any],
    *,
    refused: FieldErrors,
    now: datetime,
) -> None:
    """Change a locked endpoint. ``refused`` as in ``add``. Raises Invalid, Forbidden, NotFound."""
    wanted, owner_before = dict(wish), webhook.owner_id
    new_owner = wanted.pop("owner_id", webhook.owner_id)
    if new_owner != webhook.owner_id:
        _hand_over(session, actor, webhook, new_owner)
        wanted["owner_id"] = new_owner
    must_reach(session, actor, webhook)
    _check(wanted, refused)
    _check_headers_stay(webhook, wanted)
    told = {name: getattr(webhook, name) for name in wanted.keys() & _TOLD}
    if owner_before != webhook.owner_id:
        told["owner_id"] = owner_before
    changed = {
        name: told.get(name) for name, value in wanted.items() if _sets(webhook, name, value)
    }
    if changed:
        _touch(session, actor, webhook, changed, now=now)


def _check_headers_stay(webhook: Webhook, wanted: Mapping[str, Any]) -> None:
    """Headers are never shown again: to give another address must not show them either."""
    if webhook.headers is None or "headers" in wanted or "url" not in wanted:
        return
    before, after = parse_target(open_endpoint(webhook).url), parse_target(wanted["url"])
    if _server(before) != _server(after):
        raise Invalid({"headers": [Said(_HEADERS_ELSEWHERE, {})]})


def _server(target: Target) -> tuple[str, str, int]:
    return target.scheme, target.host, target.port


def must_reach(session: Session, actor: Actor, webhook: Webhook) -> None:
    """Raise Forbidden where the endpoint is told what ``actor`` may not know.

    Whoever gives it another address would hear it all.
    """
    owner = session.get(Member, (webhook.workspace_id, webhook.owner_id))
    if owner is not None and owner.removed_at is None and not _reaches(actor, actor_of(owner)):
        raise Forbidden(_NOT_YOURS)


def _reaches(actor: Actor, other: Actor) -> bool:
    """Whether the one may do all that the other may."""
    mine, theirs = (
        {
            wanted
            for wanted in Permission
            if Actor(one.workspace_id, one.member_id, one.role).may(wanted)
        }
        for one in (actor, other)
    )
    return mine >= theirs


def _hand_over(session: Session, actor: Actor, webhook: Webhook, owner_id: UUID) -> None:
    owner = actor_of(people.member(session, actor.workspace_id, owner_id))
    if not owner.may(Permission.MANAGE_PROJECTS):
        raise Invalid({"owner_id": [Said(_OWNER_TOO_LOW, {})]})
    if not _reaches(actor, owner):
        raise Forbidden(_OWNER_TOO_HIGH)
    webhook.owner_id = owner_id


def _sets(webhook: Webhook, name: str, value: Any) -> bool:
    """Set one of its facts; whether it is another now. Of what is sealed nobody compares."""
    if name == "owner_id":
        return True
    if name == "url":
        webhook.url, webhook.host = sealed(value, webhook.id), host_of(value)
        _begin_anew(webhook)
        return True
    if name == "headers":
        webhook.headers = sealed_headers(value, webhook.id)
        return True
    is_other: bool = getattr(webhook, name) != value
    setattr(webhook, name, value)
    return is_other


def _begin_anew(webhook: Webhook) -> None:
    """Nothing is held against it any more."""
    webhook.failures, webhook.failing_since, webhook.blocked_until = 0, None, None


def _touch(
    session: Session, actor: Actor, webhook: Webhook, before: Mapping[str, Any], *, now: datetime
) -> None:
    """Announce what was changed, ``before`` having what may be told of what it was."""
    webhook.updated_at, webhook.version = now, webhook.version + 1
    previous = {name: _plain(value) for name, value in before.items() if name in _TOLD}
    told = WebhookChanged(
        **_named(webhook), fields=sorted(before), previous=previous, by=actor.member_id
    )
    publish(session, told)


def _plain(value: Any) -> Any:
    return str(value) if isinstance(value, UUID) else value


def _named(webhook: Webhook) -> dict[str, Any]:
    return {
        "workspace_id": webhook.workspace_id,
        "at": webhook.updated_at,
        "webhook_id": webhook.id,
        "name": webhook.name,
    }


def pause(session: Session, actor: Actor, webhook: Webhook, *, now: datetime) -> None:
    """Send a locked endpoint nothing for now; what happens is held for it. Again is no error."""
    if webhook.state != WebhookState.ACTIVE:
        return
    webhook.state = WebhookState.PAUSED
    _touch(session, actor, webhook, {"state": WebhookState.ACTIVE}, now=now)
    session.flush()  # whoever delivers looks at it before it looks at what is owed
    hold(session, (webhook.workspace_id, webhook.id))


def resume(session: Session, actor: Actor, webhook: Webhook, *, now: datetime) -> None:
    """Send a locked endpoint what was held for it, and what happens. Raises Forbidden, NotFound.

    After ``owner_left`` it belongs to whoever resumes it.
    """
    if webhook.state == WebhookState.ACTIVE:
        return
    owner = session.get(Member, (webhook.workspace_id, webhook.owner_id))
    if owner is None or owner.removed_at is not None:
        webhook.owner_id = actor.member_id
    must_reach(session, actor, webhook)
    before = {"state": webhook.state}
    webhook.state, webhook.reason = WebhookState.ACTIVE, None
    _begin_anew(webhook)
    _touch(session, actor, webhook, before, now=now)
    session.flush()  # as for a pause
    told = {"of": webhook.workspace_id, "webhook": webhook.id, "now": now, "later": now + LEASE}
    core(session).execute(_RESUME, told)


def rotate(session: Session, actor: Actor, webhook: Webhook, *, now: datetime) -> str:
    """Give a locked endpoint another secret, and tell it once; the old one signs for a day, too.

    Raises Forbidden.
    """
    must_reach(session, actor, webhook)
    secret = new_secret()
    webhook.old_secret, webhook.old_until = webhook.secret, now + BOTH_GOOD
    webhook.secret = sealed(secret, webhook.id)
    _touch(session, actor, webhook, {"secret": None}, now=now)
    return secret


def remove(session: Session, actor: Actor, webhook: Webhook, *, now: datetime) -> None:
    """Forget an endpoint, what it was owed, and what was sent there."""
    publish(session, WebhookRemoved(**{**_named(webhook), "at": now}, by=actor.member_id))
    session.delete(webhook)
