"""A way that is dead is used no more, and those whom it concerns hear of it by another."""

from uuid import UUID

from sqlalchemy import select

from tests.fakes.receiver import Receiver, a_receiver, answering
from tests.jobs.relaying import told_to_all
from tests.personas import Persona, World
from tests.servers.smtp import Fault, Mailbox
from tests.service.reminders.owing import at_points, kept, owes, sends_all
from tests.service.webhooks.owed import an_endpoint
from tracker.channels import routes, service
from tracker.channels.models import Channel
from tracker.channels.words import Kind, State
from tracker.connectors.chat.client import ChatCarrier
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.egress import Door, use_door
from tracker.kernel.egress_rules import parse_openings
from tracker.people.models import Member
from tracker.people.service import actor_of
from tracker.reminders.models import Attempt, Reminder
from tracker.webhooks.disabling import disable
from tracker.webhooks.words import Reason as WebhookReason


def is_reached_at(who: Persona, receiver: Receiver, *, position: int = -1) -> UUID:
    """A confirmed hook of theirs, before their own address."""
    with unit_of_work() as session:
        member = session.scalars(select(Member).where(Member.email == who.email)).one()
        made = service.add(
            session,
            actor_of(member),
            Kind.HOOK,
            f"http://chat.example:{receiver.port}/in",
            position=position,
            now=utcnow(),
        )
        made.state, made.confirmed_at = State.ACTIVE, utcnow()
        return made.id


def state_of(channel_id: UUID) -> tuple[str, str | None]:
    with reading() as session:
        row = session.scalars(select(Channel).where(Channel.id == channel_id)).one()
        return row.state, row.reason


def notices() -> set[str]:
    """Addresses of those who are told of a dead way."""
    with reading() as session:
        wanted = select(Member.email).join(Reminder, Reminder.member_id == Member.id)
        return set(session.scalars(wanted.where(Reminder.rule == "channel_off")))


def test_a_webhook_that_is_disabled_is_told_to_its_owner_and_the_managers(
    world: World, mailbox: Mailbox
) -> None:
    with unit_of_work() as session:
        mona = session.scalars(select(Member).where(Member.email == world.mona.email)).one()
        mine = (mona.workspace_id, mona.id)
    endpoint = an_endpoint(*mine, "https://hooks.example.org/", name="Billing")
    for _ in range(2):  # it is told once, however often it is seen
        with unit_of_work() as session:
            disable(session, (mine[0], endpoint.id), WebhookReason.FAILING, now=utcnow())
    told_to_all()
    sends_all()
    about = [mail for mail in mailbox.mails if "Billing" in mail.parsed["Subject"]]
    assert {mail.recipient for mail in about} == {world.mona.email, world.alice.email}
    assert len(about) == 2


def both_ways() -> None:
    routes.use_carriers({**routes._carriers, "hook": ChatCarrier("hook")})


def test_a_revoked_channel_is_passed_over_switched_off_and_told(
    world: World, mailbox: Mailbox
) -> None:
    both_ways()
    with a_receiver() as receiver:
        openings = parse_openings([f"127.0.0.1:{receiver.port}"])
        use_door(Door(openings, resolve=lambda *_asked: ["127.0.0.1"]))
        channel_id = is_reached_at(world.bob, receiver)
        (first,) = owes(world.bob)
        sends_all()
        assert (kept(first).end, len(receiver.requests)) == (("sent", None), 1)
        receiver.script = answering(410)
        (second,) = owes(world.bob)
        sends_all()
        assert kept(second).end == ("sent", None)
        assert kept(second).outcomes == ["gone", "accepted"], "by mail, at once"
        assert state_of(channel_id) == ("off", "gone")
        told_to_all()
        assert notices() == {who.email for who in (world.alice, world.mona, world.bob)}
        before = len(receiver.requests)
        sends_all()
        (third,) = owes(world.bob)
        sends_all()
        assert kept(third).outcomes == ["accepted"]
        assert len(receiver.requests) == before
    use_door(Door())


def test_a_mailbox_that_is_no_more_is_told_to_the_managers(world: World, mailbox: Mailbox) -> None:
    mailbox.by_recipient = {world.bob.email: Fault("rcpt", "550 5.1.1 no such user")}
    (one,) = owes(world.bob)
    sends_all()
    assert kept(one).end == ("failed", "gone")
    told_to_all()
    assert notices() == {who.email for who in (world.alice, world.mona, world.bob)}
    sends_all()
    (next_one,) = owes(world.bob)
    sends_all()
    assert kept(next_one).end == ("failed", "no_channel")


def test_two_kinds_of_ways_that_are_slow_do_not_add_up(world: World, mailbox: Mailbox) -> None:
    """What is in hand at once is of one kind: a look ends in time where every one of them hangs."""
    both_ways()
    in_hand: list[int] = []

    def look(point: str) -> None:
        if point == "attempted":
            with reading() as session:
                kinds = select(Attempt.channel).where(Attempt.outcome.is_(None)).distinct()
                in_hand.append(len(session.scalars(kinds).all()))

    with a_receiver() as receiver, at_points(look):
        openings = parse_openings([f"127.0.0.1:{receiver.port}"])
        use_door(Door(openings, resolve=lambda *_asked: ["127.0.0.1"]))
        is_reached_at(world.bob, receiver)
        due = owes(world.bob, 2) + owes(world.mona, 2)
        sends_all()
        assert [kept(one).state for one in due] == ["sent"] * 4
    assert in_hand == [1, 1]
