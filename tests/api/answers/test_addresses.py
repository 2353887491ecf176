"""Links about an address: to confirm it, to end its mails, and to have them again."""

from datetime import timedelta
from typing import Any
from uuid import UUID

from tests.api.answers.acts import refuses
from tests.api.dom import page
from tests.api.messages import BASE, a_link, follows, presses, workspace_of
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tracker.kernel.clock import utcnow
from tracker.reminders.links import Purpose, confirm_link


def test_mails_end_with_one_click_and_come_back(bob: Persona) -> None:
    link = a_link(bob, Purpose.UNSUBSCRIBE)
    before = everything()
    asked = page(follows(bob, link))
    assert bob.email in asked.said["p"]
    assert everything() == before
    for encoding in ("application/x-www-form-urlencoded", "multipart/form-data"):
        response = bob.app.test_client().post(
            link.removeprefix(BASE),
            data={"List-Unsubscribe": "One-Click"},
            content_type=encoding,
        )
        ended = page(response)
        assert mail_is_off(bob)
    (form,) = ended.all("form")
    path = f"{BASE}/a/{form['action']}"
    assert "come to bob@example.org again" in page(presses(bob, path)).said["p"]
    assert not mail_is_off(bob)
    assert page(presses(bob, path)).said["h1"] == "It is so already"


def mail_is_off(persona: Persona) -> bool:
    members = everything()["members"]
    (mine,) = [row for row in members if row["id"] == UUID(persona.member_id)]
    return mine["mail_off_at"] is not None


def test_an_address_is_confirmed_by_its_link_within_a_week(small: World, mona: Persona) -> None:
    guest = {"email": "new@example.org", "role": "viewer"}
    made = answer(small.alice.post("/members", guest), 201)
    new = Persona(mona.app, made["email"], made["id"], "")
    late = a_link(new, Purpose.CONFIRM_ADDRESS, at=utcnow() - timedelta(days=7, minutes=1))
    refuses(new, late, status=410)
    link = a_link(new, Purpose.CONFIRM_ADDRESS)
    assert "new@example.org" in page(follows(new, link)).said["p"]
    assert "confirmed" in page(presses(new, link)).said["p"]
    assert page(follows(new, link)).said["h1"] == "It is so already"


def test_a_channel_is_confirmed_by_its_link(mona: Persona, bob: Persona) -> None:
    made = answer(bob.post("/me/channels", {"kind": "email", "address": "other@example.org"}), 201)
    url = confirm_link("channel", UUID(made["id"]), workspace_of(bob), base_url=BASE, now=utcnow())
    before = everything()
    asked = page(follows(bob, url))
    assert asked.said["h1"] == "Is this address yours?"
    assert made["label"] in asked.said["p"]
    assert everything() == before
    page(presses(bob, url))
    assert answer(bob.get(f"/me/channels/{made['id']}"))["state"] == "active"
    assert page(follows(bob, url)).said["h1"] == "It is so already"
    assert bob.delete(f"/me/channels/{made['id']}").status_code == 204
    refuses(bob, url, status=410)


def test_managers_hear_of_who_cannot_be_reached_any_more(bob: Persona) -> None:
    made = answer(bob.post("/me/channels", {"kind": "email", "address": "other@example.org"}), 201)
    confirm = confirm_link(
        "channel", UUID(made["id"]), workspace_of(bob), base_url=BASE, now=utcnow()
    )
    page(presses(bob, confirm))
    before = announced("channel.off")
    page(presses(bob, a_link(bob, Purpose.UNSUBSCRIBE)))
    assert announced("channel.off") == before
    page(presses(bob, a_link(bob, Purpose.SUBSCRIBE)))
    assert bob.delete(f"/me/channels/{made['id']}").status_code == 204
    for _again in range(2):
        page(presses(bob, a_link(bob, Purpose.UNSUBSCRIBE)))
    (off,) = announced("channel.off")[len(before) :]
    assert off["reason"] == "unsubscribed"
    page(presses(bob, a_link(bob, Purpose.SUBSCRIBE)))


def announced(topic: str) -> list[dict[str, Any]]:
    rows = everything()["outbox_messages"]
    return [row["payload"] for row in rows if row["topic"] == topic]
