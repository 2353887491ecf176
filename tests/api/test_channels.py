"""One's channels: added, confirmed once, put in order, tested, switched off, forgotten."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select, update

from tests.api.problems import FRENCH, problem
from tests.api.tables import dump, everything
from tests.fakes.receiver import Receiver, a_receiver, answering
from tests.jobs.relaying import told_to_all
from tests.personas import Persona, answer
from tests.unit.connectors.test_chat import GOOD
from tracker.channels import service
from tracker.channels.models import Channel
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.egress import Door, use_door
from tracker.kernel.egress_rules import parse_openings
from tracker.people.models import Member
from tracker.reminders.models import Reminder
from tracker.reminders.way_notices import MOST_ASKED

MAIL = {"kind": "email", "address": "bob.private@example.net"}


@pytest.fixture
def receiver(app: object) -> Iterator[Receiver]:
    """Stands behind every name; the door lets it be reached."""
    with a_receiver() as made:
        openings = parse_openings([f"127.0.0.1:{made.port}"])
        use_door(Door(openings, resolve=lambda *_asked: ["127.0.0.1"]))
        yield made


def adds(who: Persona, **channel: Any) -> dict[str, Any]:
    return answer(who.post("/me/channels", channel), 201)


def follows_the_link(channel: dict[str, Any]) -> None:
    with unit_of_work() as session:
        row = session.scalars(select(Channel).where(Channel.id == UUID(channel["id"]))).one()
        service.confirm(session, row.workspace_id, row.id, now=utcnow())


def owed() -> list[tuple[str, str, str]]:
    """Rule, subject and reader's e-mail of what is owed about ways to people."""
    with reading() as session:
        wanted = (
            select(Reminder.rule, Reminder.subject, Member.email)
            .join(Member, Member.id == Reminder.member_id)
            .order_by(Reminder.rule, Member.email)
        )
        return [tuple(row) for row in session.execute(wanted)]  # type: ignore[misc]


def later(channel: dict[str, Any], by: timedelta) -> None:
    """Time passes, as far as the channel knows."""
    with unit_of_work() as session:
        this = Channel.id == UUID(channel["id"])
        session.execute(update(Channel).where(this).values(asked_at=Channel.asked_at))
        row = session.scalars(select(Channel).where(this)).one()
        assert row.asked_at
        row.asked_at -= by


def test_a_new_channel_waits_for_its_confirmation_and_gets_one_message(bob: Persona) -> None:
    made = adds(bob, **MAIL)
    assert (made["state"], made["label"], made["position"]) == (
        "unconfirmed",
        "b…@example.net",
        1,
    )
    told_to_all()
    told_to_all()
    assert owed() == [("confirm", "channel", "bob@example.org")]
    follows_the_link(made)
    follows_the_link(made)
    now = answer(bob.get(f"/me/channels/{made['id']}"))
    assert now["state"] == "active"
    assert now["confirmed_at"]


def test_nobody_is_written_to_without_end_by_adding_and_removing(bob: Persona) -> None:
    """The address need not be theirs: each question is a mail to somebody who has not asked."""
    for _ in range(MOST_ASKED + 2):
        made = adds(bob, **MAIL)
        told_to_all()
        assert bob.delete(f"/me/channels/{made['id']}").status_code == 204
    assert len(owed()) == MOST_ASKED
    with unit_of_work() as session:
        session.execute(update(Reminder).values(due_at=utcnow() - timedelta(days=1)))
    adds(bob, **MAIL)
    told_to_all()
    assert len(owed()) == MOST_ASKED + 1


def test_it_is_asked_again_after_a_day_at_the_earliest(bob: Persona) -> None:
    made = adds(bob, **MAIL)
    path = f"/me/channels/{made['id']}/confirm"
    refused = bob.post(path, {})
    problem(refused, 429, "too-many-requests")
    assert 86_000 < int(refused.headers["Retry-After"]) <= 86_400
    later(made, timedelta(days=1))
    answer(bob.post(path, {}))
    problem(bob.post(path, {}), 429, "too-many-requests")
    told_to_all()
    assert owed() == [("confirm", "channel", "bob@example.org")] * 2
    follows_the_link(made)
    problem(bob.post(path, {}), 409, "conflict")


def test_somebody_taken_in_over_http_is_asked_and_waits(alice: Persona) -> None:
    made = answer(alice.post("/members", {"email": "new@example.org", "role": "viewer"}), 201)
    assert made["confirmed_at"] is None
    told_to_all()
    path = f"/members/{made['id']}/confirm"
    answer(alice.post(path, {}))
    told_to_all()
    assert owed() == [("confirm", "member", "new@example.org")], "once a day"
    problem(alice.post(f"/members/{alice.member_id}/confirm", {}), 409, "conflict")


def test_every_kind_is_taken_and_shows_no_address(bob: Persona, receiver: Receiver) -> None:
    own = f"http://chat.example:{receiver.port}/hooks/an-address-of-my-own"
    given = {**GOOD, "mattermost": own, "hook": f"{own}-2", "email": MAIL["address"]}
    use_door(Door(parse_openings(["1.1.1.1:443", f"1.1.1.1:{receiver.port}"]), resolve=_outside))
    for kind, address in given.items():
        shown = adds(bob, kind=kind, address=address)
        assert shown["kind"] == kind
        assert address not in json.dumps(shown)
    adds(bob, kind="event")
    listed = answer(bob.get("/me/channels"))["items"]
    assert [one["position"] for one in listed] == list(range(1, len(given) + 2))
    kept = dump()
    assert [kind for kind, address in given.items() if address.encode() in kept] == []


def _outside(_host: str, _port: int, _seconds: float) -> list[str]:
    return ["1.1.1.1"]


def test_an_address_that_leads_inside_is_refused_in_both_languages(
    bob: Persona, subtests: pytest.Subtests
) -> None:
    before = everything()
    use_door(Door(resolve=lambda *_asked: ["10.0.0.5"]))
    for kind in ("hook", "mattermost"):
        for address in (
            *("http://127.0.0.1/x", "http://[::1]/x", "http://169.254.169.254/latest/meta-data/"),
            *("https://inside.example/hooks/x", "file:///etc/passwd", "https://u:p@good.example/"),
            *("http://good.example:6379/", "gopher://x/", "x", "http://2130706433/", "http://a b/"),
        ):
            with subtests.test(f"{kind} {address}"):
                wish = {"kind": kind, "address": address}
                english = problem(bob.post("/me/channels", wish), 422, "invalid-values")
                french = problem(
                    bob.post("/me/channels", wish, headers=FRENCH), 422, "invalid-values"
                )
                assert english["errors"]["address"] != french["errors"]["address"]
                assert address not in json.dumps([english, french])
                keyed = bob.post("/me/channels", wish, headers={"Idempotency-Key": address[:9]})
                problem(keyed, 422, "invalid-values")
    assert everything() == before


def test_what_cannot_be_meant_changes_nothing(bob: Persona, subtests: pytest.Subtests) -> None:
    before = everything()
    for wrong in (
        {},
        {"kind": "email"},
        {"kind": "email", "address": ""},
        {"kind": "email", "address": "nobody"},
        {"kind": "email", "address": "a@b\r\nBcc: c@d"},
        {"kind": "pigeon", "address": "x"},
        {"kind": "slack", "address": "https://hooks.slack.com.evil.example/services/T1/B1/x"},
        {"kind": "slack", "address": f"{GOOD['slack']}?template=/etc/passwd"},
        {"kind": "discord", "address": GOOD["slack"]},
        {"kind": "teams", "address": "https://evil.example/workflows/x"},
        {"kind": "event", "address": "https://example.org/"},
        {"kind": "email", "address": 7},
        {"kind": ["email"], "address": "a@example.org"},
        {**MAIL, "position": 101},
        {**MAIL, "position": "first"},
        {**MAIL, "state": "active"},
        {**MAIL, "confirmed_at": "2027-01-01T00:00:00Z"},
        {**MAIL, "member_id": bob.member_id},
    ):
        with subtests.test(str(wrong)):
            english = problem(bob.post("/me/channels", wrong), 422, "invalid-values")
            french = problem(bob.post("/me/channels", wrong, headers=FRENCH), 422, "invalid-values")
            assert english["errors"].keys() == french["errors"].keys()
            assert english["errors"] != french["errors"]
    assert everything() == before


def test_the_same_one_twice_and_more_than_twenty_are_refused(bob: Persona, vera: Persona) -> None:
    adds(bob, **MAIL)
    problem(bob.post("/me/channels", MAIL), 409, "conflict")
    adds(vera, **MAIL)
    for number in range(19):
        adds(bob, kind="email", address=f"b{number}@example.net")
    refused = problem(
        bob.post("/me/channels", {**MAIL, "address": "x@example.net"}), 409, "conflict"
    )
    assert "20" in refused["detail"]


def test_it_is_put_in_order_switched_off_and_on_and_forgotten(bob: Persona) -> None:
    first, second = adds(bob, **MAIL), adds(bob, kind="event")
    path = f"/me/channels/{second['id']}"
    answer(bob.patch(path, {"position": -1}))
    assert [one["id"] for one in answer(bob.get("/me/channels"))["items"]] == [
        second["id"],
        first["id"],
    ]
    off = answer(bob.patch(path, {"state": "off"}))
    assert (off["state"], off["reason"]) == ("off", "by_member")
    on = answer(bob.patch(path, {"state": "active"}))
    assert (on["state"], on["reason"]) == ("active", None)
    refused = bob.patch(f"/me/channels/{first['id']}", {"state": "active"})
    assert "/confirm" in problem(refused, 409, "conflict")["detail"]
    problem(bob.patch(path, {}, headers={"If-Match": '"1"'}), 412, "stale")
    for wrong in ({"state": "unconfirmed"}, {"kind": "email"}, {"address": "x"}, {"label": "x"}):
        problem(bob.patch(path, wrong), 422, "invalid-values")
    assert bob.delete(path).status_code == 204
    problem(bob.get(path), 404, "not-found")


def test_only_its_owner_finds_it(alice: Persona, bob: Persona, charlie: Persona) -> None:
    made = adds(bob, **MAIL)
    path = f"/me/channels/{made['id']}"
    before = everything()
    for other in (alice, charlie):
        assert answer(other.get("/me/channels"))["items"] == []
        problem(other.get(path), 404, "not-found")
        problem(other.patch(path, {"state": "off"}), 404, "not-found")
        problem(other.delete(path), 404, "not-found")
        for action in ("test", "confirm"):
            problem(other.post(f"{path}/{action}", {}), 404, "not-found")
    assert everything() == before


def test_a_test_tells_what_came_of_it_once_a_minute(bob: Persona, receiver: Receiver) -> None:
    made = adds(bob, kind="hook", address=f"http://chat.example:{receiver.port}/in")
    path = f"/me/channels/{made['id']}/test"
    problem(bob.post(path, {}), 409, "conflict")
    assert receiver.requests == []
    follows_the_link(made)
    later(made, timedelta(minutes=1))
    assert answer(bob.post(path, {}, headers=FRENCH))["outcome"] == "accepted"
    assert "Un essai de ce canal" in receiver.requests[0].decode()
    problem(bob.post(path, {}), 429, "too-many-requests")
    later(made, timedelta(minutes=1))
    receiver.script = answering(503, b"busy")
    assert answer(bob.post(path, {})) == {"outcome": "deferred", "detail": "HTTP 503"}


def test_what_is_gone_is_switched_off_and_told_once(
    alice: Persona, mona: Persona, bob: Persona, receiver: Receiver
) -> None:
    made = adds(bob, kind="hook", address=f"http://chat.example:{receiver.port}/in")
    follows_the_link(made)
    later(made, timedelta(minutes=1))
    receiver.script = answering(410)
    assert answer(bob.post(f"/me/channels/{made['id']}/test", {}))["outcome"] == "gone"
    off = answer(bob.get(f"/me/channels/{made['id']}"))
    assert (off["state"], off["reason"]) == ("off", "gone")
    told_to_all()
    told_to_all()
    assert [row for row in owed() if row[0] == "channel_off"] == [
        ("channel_off", "channel", who.email) for who in (alice, bob, mona)
    ]


def test_a_dead_address_of_ones_own_is_told_to_managers(
    alice: Persona, mona: Persona, bob: Persona
) -> None:
    with unit_of_work() as session:
        member = session.scalars(select(Member).where(Member.email == bob.email)).one()
        own = (session, member.workspace_id, member.id, None)
        assert service.switch_off(*own, now=utcnow())
        assert not service.switch_off(*own, now=utcnow())
    told_to_all()
    assert owed() == [("channel_off", "member", who.email) for who in (alice, bob, mona)]
    with reading() as session:
        facts = session.scalars(select(Reminder.facts)).all()
    assert {"label": "b…@example.org", "reason": "gone", "of": bob.member_id} in facts


def test_the_addresses_of_who_leaves_are_forgotten(alice: Persona, bob: Persona) -> None:
    adds(bob, **MAIL)
    adds(alice, **MAIL)
    assert alice.delete(f"/members/{bob.member_id}").status_code == 204
    told_to_all()
    with reading() as session:
        left = session.scalars(select(Channel.member_id)).all()
    assert list(map(str, left)) == [alice.member_id]


def test_a_channel_kept_under_a_key_that_is_gone_can_be_removed(bob: Persona) -> None:
    made = adds(bob, kind="event")
    with unit_of_work() as session:
        session.execute(update(Channel).values(address="00000000:AAAA:AAAA"))
    problem(bob.post(f"/me/channels/{made['id']}/test", {}), 422, "undecipherable")
    assert bob.delete(f"/me/channels/{made['id']}").status_code == 204
