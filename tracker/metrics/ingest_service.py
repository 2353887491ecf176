"""What other programs push: believed by its signature, kept at most once."""

from base64 import b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from secrets import token_bytes
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.connectors.figures import Event, Page
from tracker.connectors.push.signature import PREFIX, refusal
from tracker.kernel.clock import local_today
from tracker.kernel.errors import Conflict, Invalid, NotFound, Unauthenticated
from tracker.kernel.texts import Said, Sentence
from tracker.metrics.bringing import count_rows, first_time, keep_brought
from tracker.metrics.connection_account import actor_key_of, credentials_of
from tracker.metrics.connection_models import Connection
from tracker.metrics.connection_project import check_project
from tracker.metrics.connection_service import change_credentials
from tracker.metrics.ingest_rows import read_event
from tracker.metrics.keeping import keep_page
from tracker.metrics.reading_rows import Brought, Judge, Refused
from tracker.metrics.storing import look_again
from tracker.metrics.upload_service import known_metrics
from tracker.people.rules import Actor

MOST_ROWS: Final = 1_000
SECRET: Final = "secret"  # noqa: S105 - the name under which it is kept
_NOBODY: Final = Sentence(
    en="Nothing can be pushed to this address. Take it from GET /connections/{id}.",
    fr="Rien ne peut être poussé à cette adresse. La reprendre de GET /connections/{id}.",
)
_UNSIGNED: Final = Sentence(
    en="Sign what you send: headers webhook-id, webhook-timestamp and webhook-signature "
    "(Standard Webhooks), with the secret of this connection.",
    fr="Signer l'envoi : en-têtes webhook-id, webhook-timestamp et webhook-signature (Standard "
    "Webhooks), avec le secret de cette connexion.",
)
_OLD: Final = Sentence(
    en="This message was signed more than five minutes ago, or will be. Check the clock, and sign "
    "it anew.",
    fr="Ce message a été signé il y a plus de cinq minutes, ou le sera. Vérifier l'horloge et "
    "signer de nouveau.",
)
_WRONG: Final = Sentence(
    en="The signature does not fit the body and the secret of this connection.",
    fr="La signature ne correspond pas au corps et au secret de cette connexion.",
)
_REFUSALS: Final[Mapping[str, Sentence]] = {"unsigned": _UNSIGNED, "old": _OLD, "wrong": _WRONG}
_SHAPE: Final = Sentence(
    en="Must be an object with “samples” and “events”, lists of {most} rows together at most.",
    fr="Doit être un objet avec « samples » et « events », des listes de {most} lignes au plus en "
    "tout.",
)
_SECRET_BYTES: Final = 32
_NOT_HERE: Final = Sentence(
    en="Only connections of the kind push have a secret of ours; this one is of the kind {kind}.",
    fr="Seules les connexions de type push ont un secret de notre part ; celle-ci est de type "
    "{kind}.",
)
_PAUSED: Final = Sentence(
    en="This connection is paused: nothing is taken until it goes on.",
    fr="Cette connexion est en pause : rien n'est pris tant qu'elle n'est pas reprise.",
)


class NotBelieved(Unauthenticated):
    """A push whose signature does not show that it comes from who has the secret."""

    type = "bad-signature"


class NotForPushes(Conflict):
    """A connection of another kind has no secret of ours."""

    type = "not-for-pushes"


class PushPaused(Conflict):
    """Nothing is taken for now."""

    type = "connection-paused"


@dataclass(frozen=True, slots=True)
class Taken:
    """What has become of a push."""

    accepted: int
    rejected: Sequence[tuple[str, int, Said]] = ()  # which list, which row, why
    is_duplicate: bool = False


def pushed_to(session: Session, connection_id: UUID, *, to_change: bool = False) -> Connection:
    """The connection behind an address, which names nothing else. Raises NotFound.

    Locked where something is kept: once it is removed nothing comes after.
    """
    wanted = select(Connection).where(
        Connection.id == connection_id,
        Connection.kind == "push",
        Connection.removed_at.is_(None),
    )
    found = session.scalars(wanted.with_for_update() if to_change else wanted).one_or_none()
    if found is None or found.credentials is None:
        raise NotFound(_NOBODY)
    return found


def believe(
    connection: Connection, headers: Mapping[str, str], body: bytes, *, now: datetime
) -> None:
    """Raise NotBelieved unless whoever sent it has the secret."""
    secret = credentials_of(connection).get(SECRET, "")
    found = refusal(secret, headers, body, now=now)
    if found is not None:
        raise NotBelieved(_REFUSALS[found])


def take(
    session: Session, connection: Connection, message_id: str, body: Any, *, now: datetime
) -> Taken:
    """Keep what was pushed, once for each message. Raises Invalid, PushPaused, ProjectClosed."""
    check_project(session, connection)
    if connection.is_paused:
        raise PushPaused(_PAUSED)
    samples, events = _lists(body)
    pull_id = first_time(session, connection, "push", f"push {message_id}", by=None, now=now)
    if pull_id is None:
        return Taken(0, is_duplicate=True)
    brought, happened, rejected = _judged(session, connection, samples, events, now=now)
    outcomes = keep_brought(session, connection, brought, method="native", by=None, now=now)
    key = actor_key_of(connection)
    page = Page({}, is_last=True, events=happened)
    kept = keep_page(session, connection, page, now=now, key=key)
    if kept.new:  # figures are to be made of it
        look_again(session, connection.workspace_id, connection.project_id, now=now)
    new = len(outcomes) - outcomes.count("same") + kept.new
    count_rows(session, connection, pull_id, rows=len(samples) + len(events), new=new)
    connection.succeeded_at = now
    return Taken(len(brought) + len(happened), rejected)


def _lists(body: Any) -> tuple[list[Any], list[Any]]:
    wrong = Invalid({"body": [Said(_SHAPE, {"most": MOST_ROWS})]})
    if not isinstance(body, dict) or body.keys() - {"samples", "events"}:
        raise wrong
    samples, events = body.get("samples", []), body.get("events", [])
    if not isinstance(samples, list) or not isinstance(events, list):
        raise wrong
    if len(samples) + len(events) > MOST_ROWS:
        raise wrong
    return samples, events


def _judged(
    session: Session,
    connection: Connection,
    samples: list[Any],
    events: list[Any],
    *,
    now: datetime,
) -> tuple[list[Brought], list[Event], list[tuple[str, int, Said]]]:
    brought: list[Brought] = []
    happened: list[Event] = []
    rejected: list[tuple[str, int, Said]] = []
    judge = Judge(known_metrics(session, connection), local_today(connection.zone, now))
    for number, outcome in enumerate(judge.all(samples)):
        if isinstance(outcome, Said):
            rejected.append(("samples", number, outcome))
        else:
            brought.append(outcome)
    for number, row in enumerate(events):
        try:
            happened.append(read_event(row, now=now))
        except Refused as refused:
            rejected.append(("events", number, refused.said))
    return brought, happened, rejected


def renew_secret(session: Session, actor: Actor, connection: Connection, *, now: datetime) -> str:
    """A new secret, told this once. Raises NotForPushes."""
    if connection.kind != "push":
        raise NotForPushes(_NOT_HERE, kind=connection.kind)
    secret = PREFIX + b64encode(token_bytes(_SECRET_BYTES)).decode()
    change_credentials(session, actor, connection, {SECRET: secret}, now=now)
    return secret
