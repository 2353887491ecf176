"""What is owed and was sent, seen and answered over HTTP."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.personas import Persona, World, answer
from tests.service.reminders.owing import changes, kept, owes, sends_all
from tracker.kernel.clock import utcnow
from tracker.reminders.sending_rules import MOST_TRIES

DAY = timedelta(days=1)


def ids(body: dict[str, Any]) -> list[UUID]:
    return [UUID(item["id"]) for item in body["items"]]


def says(persona: Persona, one: UUID, word: str, body: Any = None, **more: Any) -> Any:
    return persona.post(f"/reminders/{one}/{word}", {} if body is None else body, **more)


def test_everybody_sees_their_own_and_managers_all(world: World) -> None:
    his, hers = owes(world.bob, 2), owes(world.mona)
    theirs = owes(world.charlie)
    assert ids(answer(world.bob.get("/reminders"))) == his
    assert ids(answer(world.mona.get("/reminders"))) == hers
    assert ids(answer(world.mona.get("/reminders?everyone=true"))) == [*his, *hers]
    assert ids(answer(world.mona.get(f"/reminders?member={world.bob.member_id}"))) == his
    for query in ("everyone=true", f"member={world.mona.member_id}"):
        problem(world.bob.get(f"/reminders?{query}"), 403, "forbidden")
    assert ids(answer(world.charlie.get("/reminders?everyone=true"))) == theirs


def test_one_of_others_is_for_managers_whoever_knows_its_id(world: World) -> None:
    (hers,), (his,) = owes(world.mona), owes(world.bob)
    problem(world.bob.get(f"/reminders/{hers}"), 404, "not-found")
    answer(world.bob.get(f"/reminders/{his}"))
    answer(world.mona.get(f"/reminders/{his}"))


def test_the_list_is_in_due_order_in_pages_and_by_what_is_asked_for(world: World) -> None:
    now = utcnow()
    due = [owes(world.bob, due_at=now + hours * DAY / 24)[0] for hours in (3, 1, 2)]
    (sent,) = owes(world.bob, state="sent", rule="overdue", due_at=now)
    in_order = [sent, due[1], due[2], due[0]]
    found, path = [], "/reminders?limit=1"
    while path:
        body = answer(world.bob.get(path))
        found += ids(body)
        path = body["next"] and f"/reminders?limit=1&cursor={body['next']}"
    assert found == in_order
    assert ids(answer(world.bob.get("/reminders?state=sent"))) == [sent]
    assert ids(answer(world.bob.get("/reminders?rule=asked"))) == in_order[1:]
    project = world.mona.creates_a_project()
    (task, *_) = world.mona.tasks_of(project)
    (about,) = owes(
        world.bob, project_id=UUID(project["id"]), subject="task", subject_id=UUID(task["id"])
    )
    for query in (f"task={task['id']}", f"project={project['id']}"):
        body = answer(world.bob.get(f"/reminders?{query}"))
        assert ids(body) == [about]
        assert body["items"][0]["title"] == task["title"]
    for wrong in ("state=lost", "cursor=x", "member=bob"):
        problem(world.bob.get(f"/reminders?{wrong}"), 422, "invalid-values")


def test_one_tells_of_every_try_and_why_in_words(world: World) -> None:
    (one,) = owes(world.bob)
    sends_all()
    body = answer(world.bob.get(f"/reminders/{one}"))
    assert (body["state"], body["why"]) == ("sent", "Sent.")
    (tried,) = body["attempts"]
    assert (tried["outcome"], tried["channel"], tried["channel_id"]) == ("accepted", "email", None)
    assert tried["why"] == "The channel took it."
    (failed,) = owes(world.bob, state="failed", reason="no_channel")
    french = answer(world.bob.get(f"/reminders/{failed}", headers=FRENCH))
    assert french["why"].startswith("Abandonné. Aucun moyen confirmé")
    problem(world.charlie.get(f"/reminders/{one}"), 404, "not-found")


def test_what_is_put_off_comes_back_under_a_new_id_and_nothing_else_comes_before(
    world: World,
) -> None:
    (one,) = owes(world.bob)
    sends_all()
    until = utcnow() + 3 * DAY
    body = answer(says(world.bob, one, "snooze", {"until": until.isoformat()}))
    assert (body["state"], body["why"]) == ("owed", "To be sent.")
    back_at = datetime.fromisoformat(body["ready_at"])
    assert back_at >= until, "at a moment that they accept"
    assert body["snoozed_until"] == body["due_at"] == body["ready_at"]
    (other,) = owes(world.bob, rule="quiet")
    (asked,) = owes(world.bob)
    sends_all()
    assert kept(other).end == ("cancelled", "snoozed")
    assert kept(asked).state == "sent", "whoever asks now is heard now"
    sends_all(back_at)
    assert kept(one).outcomes == ["accepted", "accepted"]
    assert kept(one).row.most_tries == 1 + MOST_TRIES


def test_usual_words_for_later_count_days_of_the_reader(world: World) -> None:
    (one,) = owes(world.bob)
    today = utcnow().date()
    for word, least in (("1d", 1), ("3d", 3), ("next_week", 7 - today.weekday())):
        body = answer(says(world.bob, one, "snooze", {"for": word}))
        back_at = datetime.fromisoformat(body["ready_at"])
        assert back_at.date() >= today + least * DAY
        assert back_at.isoweekday() <= 5
        assert back_at.astimezone(UTC).hour == 9, "when work begins"
    assert answer(says(world.bob, one, "snooze"))["state"] == "owed"


def test_who_knows_is_not_told_again_of_the_same_day(world: World) -> None:
    same: dict[str, Any] = {"rule": "quiet", "occurrence": "2027-03-01"}
    first, second = (owes(world.bob, step=step, **same)[0] for step in ("7", "14"))
    (other_day,) = owes(world.bob, rule="quiet", occurrence="2027-04-01")
    (hers,) = owes(world.mona, step="7", subject_id=UUID(world.bob.member_id), **same)
    body = answer(says(world.bob, first, "ack"))
    assert (body["state"], body["reason"]) == ("cancelled", "acked")
    again = says(world.bob, first, "ack")
    assert answer(again) == body
    assert kept(second).end == ("cancelled", "acked")
    (later,) = owes(world.bob, step="21", **same)
    sends_all()
    assert kept(later).end == ("cancelled", "acked"), "what is written down later, too"
    assert (kept(other_day).state, kept(hers).state) == ("sent", "sent")


def test_what_was_given_up_is_sent_again_by_a_manager(world: World) -> None:
    (one,) = owes(
        world.bob,
        state="failed",
        reason="unreachable",
        tries=8,
        ready_at=None,
        due_at=utcnow() - 9 * DAY,
    )
    problem(says(world.bob, one, "replay"), 403, "forbidden")
    body = answer(says(world.mona, one, "replay"))
    assert (body["state"], body["reason"], body["tries"]) == ("owed", None, 8)
    sends_all()
    assert kept(one).state == "sent"
    refused = problem(says(world.mona, one, "replay"), 409, "reminder-over")
    assert "sent" in refused["detail"]


def test_what_is_sent_again_is_not_told_by_a_digest_as_well(world: World) -> None:
    given: dict[str, Any] = {
        "state": "expired",
        "reason": "late",
        "way": "digest",
        "ready_at": None,
    }
    (one,) = owes(world.bob, **given)
    assert answer(says(world.mona, one, "replay"))["way"] == "single"


@pytest.mark.parametrize("word", ["snooze", "ack"])
def test_others_do_not_answer_in_somebodys_place(world: World, word: str) -> None:
    (one,) = owes(world.bob)
    before = everything()
    for other in (world.mona, world.alice, world.charlie):
        problem(says(other, one, word), 404, "not-found")
    assert everything() == before


def test_what_cannot_be_meant_changes_nothing(world: World, subtests: pytest.Subtests) -> None:
    (one,) = owes(world.bob)
    (confirm,) = owes(world.bob, rule="confirm")
    (over,) = owes(world.bob, state="cancelled", reason="done")
    before, now = everything(), utcnow()
    for body in (
        {"until": (now - DAY).isoformat()},
        {"until": (now + 400 * DAY).isoformat()},
        {"until": "2027-03-01T09:00:00"},
        {"until": "9999-12-31T23:59:59-12:00"},
        {"until": (now + DAY).isoformat(), "for": "1d"},
        {"for": "2d"},
        {"for": None},
        {"for": "1d", "why": "later"},
    ):
        with subtests.test(body=body):
            english = problem(says(world.bob, one, "snooze", body), 422, "invalid-values")
            french = problem(
                says(world.bob, one, "snooze", body, headers=FRENCH), 422, "invalid-values"
            )
            assert english["errors"] != french["errors"]
    for each in (confirm, over):
        problem(says(world.bob, each, "snooze"), 409, "reminder-over")
    problem(says(world.bob, one, "ack", headers={"If-Match": '"9"'}), 412, "stale")
    assert everything() == before


def test_an_owed_reminder_can_be_put_off_while_it_is_in_hand(world: World) -> None:
    (one,) = owes(world.bob, state="sending")
    changes(one, claim=1, ready_at=utcnow() + timedelta(seconds=30))
    body = answer(says(world.bob, one, "snooze", {"for": "1d"}))
    assert body["state"] == "owed"
