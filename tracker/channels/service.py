"""Changing the channels of members. Nothing here speaks to the network."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.orm import Session

from tracker.channels import queries
from tracker.channels.addresses import label_of
from tracker.channels.events import ChannelAsked, ChannelConfirmed, ChannelOff
from tracker.channels.models import Channel
from tracker.channels.routes import OWN_POSITION
from tracker.channels.words import Kind, Reason, State
from tracker.kernel.db import new_id
from tracker.kernel.errors import Conflict, TooMany
from tracker.kernel.outbox import publish
from tracker.kernel.secrets import decrypt, encrypt
from tracker.kernel.texts import Sentence
from tracker.people import queries as people
from tracker.people.models import Member
from tracker.people.rules import Actor, Permission
from tracker.people.service import end_mails

MOST: Final = 20
_ASKED_EVERY: Final = timedelta(days=1)
_TESTED_EVERY: Final = timedelta(minutes=1)
_TOO_MANY: Final = Sentence(
    en="You have {most} channels already. Remove one that you do not need.",
    fr="Vous avez déjà {most} canaux. En supprimer un dont vous n'avez pas besoin.",
)
_KNOWN: Final = Sentence(
    en="You have this channel already, as {label}.", fr="Vous avez déjà ce canal : {label}."
)
_CONFIRM_FIRST: Final = Sentence(
    en="This channel is not confirmed. Follow the link in the message that went there; "
    "POST /me/channels/{id}/confirm sends it again.",
    fr="Ce canal n'est pas confirmé. Suivre le lien du message qui y est arrivé ; "
    "POST /me/channels/{id}/confirm le renvoie.",
)
_NOT_ON: Final = Sentence(
    en="This channel is off. Switch it on first.", fr="Ce canal est désactivé. L'activer d'abord."
)
_CONFIRMED: Final = Sentence(
    en="This channel is confirmed; there is nothing to ask.",
    fr="Ce canal est confirmé ; il n'y a rien à demander.",
)
_ASKED: Final = Sentence(
    en="It was asked less than a day ago. Look there, or ask again in {retry_in} "
    "{retry_in:second|seconds}.",
    fr="La question a été posée il y a moins d'un jour. Regarder là-bas, ou redemander dans "
    "{retry_in} {retry_in:seconde|secondes}.",
)
_TESTED: Final = Sentence(
    en="It was tested a moment ago. Test it again in {retry_in} {retry_in:second|seconds}.",
    fr="Ce canal vient d'être essayé. Réessayer dans {retry_in} {retry_in:seconde|secondes}.",
)


def add(
    session: Session,
    actor: Actor,
    kind: Kind,
    address: str,
    *,
    position: int | None = None,
    now: datetime,
) -> Channel:
    """Give the actor a channel, whose address has been checked; it is asked to confirm it.

    Raises Conflict where they have it, or too many.
    """
    actor.must(Permission.CHANGE_ONESELF)
    known = _all_of(session, actor)
    if len(known) >= MOST:
        raise Conflict(_TOO_MANY, most=MOST)
    for other in known:
        if other.kind == kind and address_of(other) == address:
            raise Conflict(_KNOWN, label=other.label)
    highest = max([OWN_POSITION, *(other.position for other in known)])
    row_id = new_id()
    is_own = kind == Kind.EVENT  # it leads to nobody who could be asked
    channel = Channel(
        workspace_id=actor.workspace_id,
        id=row_id,
        member_id=actor.member_id,
        kind=kind.value,
        address=encrypt(address, Channel.__tablename__, row_id),
        label=label_of(kind, address),
        position=highest + 1 if position is None else position,
        state=State.ACTIVE if is_own else State.UNCONFIRMED,
        confirmed_at=now if is_own else None,
        asked_at=None if is_own else now,
        created_at=now,
    )
    session.add(channel)
    if not is_own:
        publish(session, ChannelAsked(**_named(channel, now)))
    return channel


def _all_of(session: Session, actor: Actor) -> list[Channel]:
    """Theirs, with the member locked: two requests at once must not both find room."""
    me = select(Member.id).where(
        Member.workspace_id == actor.workspace_id, Member.id == actor.member_id
    )
    session.execute(me.with_for_update())
    return list(queries.channels(session, actor.workspace_id, actor.member_id))


def _named(channel: Channel, now: datetime) -> dict[str, Any]:
    return {
        "workspace_id": channel.workspace_id,
        "at": now,
        "member_id": channel.member_id,
        "channel_id": channel.id,
    }


def address_of(channel: Channel) -> str:
    """The address itself, which is for senders alone. Raises Undecipherable."""
    return decrypt(channel.address, Channel.__tablename__, channel.id)


def change(channel: Channel, changes: Mapping[str, Any]) -> Channel:
    """Put it elsewhere in the order, or switch it on and off. Raises Conflict."""
    wanted = dict(changes)
    if wanted.get("state") == State.ACTIVE:
        _must_be_confirmed(channel)
        wanted["reason"] = None
    if wanted.get("state") == State.OFF and channel.state != State.OFF:
        wanted["reason"] = Reason.BY_MEMBER
    changed = {name: new for name, new in wanted.items() if getattr(channel, name) != new}
    for name, new in changed.items():
        setattr(channel, name, new)
    if changed:
        channel.version += 1
    return channel


def _must_be_confirmed(channel: Channel) -> None:
    if channel.confirmed_at is None:
        raise Conflict(_CONFIRM_FIRST, id=channel.id)


def remove(session: Session, channel: Channel) -> None:
    """Forget it, address and all. What was sent by it stays told."""
    session.delete(channel)


def ask_again(session: Session, channel: Channel, *, now: datetime) -> Channel:
    """Have it asked once more, at most once a day. Raises Conflict, TooMany."""
    if channel.confirmed_at is not None:
        raise Conflict(_CONFIRMED)
    _wait(_ASKED, channel, _ASKED_EVERY, now)
    channel.asked_at, channel.state, channel.reason = now, State.UNCONFIRMED, None
    channel.version += 1
    publish(session, ChannelAsked(**_named(channel, now)))
    return channel


def confirm(session: Session, workspace_id: UUID, channel_id: UUID, *, now: datetime) -> Channel:
    """Know that it leads to its member: they have followed a link that went there. NotFound.

    Again is no error. One that was switched off stays off.
    """
    channel = queries.any_channel(session, workspace_id, channel_id)
    people.member(session, workspace_id, channel.member_id)
    if channel.confirmed_at is None:
        channel.confirmed_at = now
        channel.version += 1
        if channel.state == State.UNCONFIRMED:
            channel.state = State.ACTIVE
        publish(session, ChannelConfirmed(**_named(channel, now)))
    return channel


def begin_test(channel: Channel, *, now: datetime) -> None:
    """Whether a test may be sent, which is remembered. Raises Conflict, TooMany."""
    _must_be_confirmed(channel)
    if channel.state != State.ACTIVE:
        raise Conflict(_NOT_ON)
    _wait(_TESTED, channel, _TESTED_EVERY, now)
    channel.asked_at = now


def _wait(sentence: Sentence, channel: Channel, between: timedelta, now: datetime) -> None:
    if channel.asked_at is not None and now < channel.asked_at + between:
        seconds = (channel.asked_at + between - now).total_seconds()
        raise TooMany(sentence, retry_in=int(seconds) + 1)


def switch_off(
    session: Session,
    workspace_id: UUID,
    member_id: UUID,
    channel_id: UUID | None,
    *,
    reason: str = Reason.GONE,
    now: datetime,
) -> bool:
    """A channel said that it is dead or revoked: use it no more, and announce it, once.

    None for ``channel_id`` is the member's own e-mail address. Whether it was on until now.
    """
    if channel_id is None:
        member = session.get(Member, (workspace_id, member_id), with_for_update=True)
        if member is None or member.mail_off_at is not None or member.removed_at is not None:
            return False
        end_mails(member, now=now)
        label = label_of(Kind.EMAIL, member.email)
    else:
        channel = session.get(Channel, (workspace_id, channel_id), with_for_update=True)
        if channel is None or channel.state == State.OFF:
            return False
        channel.state, channel.reason = State.OFF, reason
        channel.version += 1
        label = channel.label
    publish(
        session,
        ChannelOff(
            workspace_id=workspace_id,
            at=now,
            member_id=member_id,
            channel_id=channel_id,
            label=label,
            reason=reason,
        ),
    )
    return True
