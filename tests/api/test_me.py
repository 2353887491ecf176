"""Oneself: who is calling, when they may be reached, and when they are away."""

from datetime import date, timedelta
from typing import Any

import pytest

from tests.api.problems import FRENCH, at, problem, sentences
from tests.api.tables import everything
from tests.personas import Persona, World, answer, next_monday
from tracker.kernel.clock import utcnow

DAY, MONDAY = timedelta(days=1), next_monday(8)
NOBODYS = "01a20ad5-3f2f-7b0a-8f4f-5d2c7e9b1a60"


def wishes(persona: Persona) -> dict[str, Any]:
    return answer(persona.get("/me/preferences"))


def wants(persona: Persona, **changes: Any) -> dict[str, Any]:
    return answer(persona.patch("/me/preferences", changes))


def days(first: date = MONDAY, count: int = 1, **more: Any) -> dict[str, Any]:
    end = first + (count - 1) * DAY
    return {"start_on": first.isoformat(), "end_on": end.isoformat(), **more}


def leaves(persona: Persona, *args: Any, **more: Any) -> dict[str, Any]:
    return answer(persona.post("/me/absences", days(*args, **more)), 201)


def test_everybody_learns_who_they_are_and_what_their_token_may_do(
    alice: Persona, vera: Persona
) -> None:
    me = answer(vera.get("/me"))
    assert me["member"]["email"] == vera.email
    assert (me["workspace"]["slug"], me["role"]) == ("alice-and-co", "viewer")
    assert me["scopes"] == ["admin", "read", "write"]
    made = answer(alice.post("/tokens", {"name": "narrow", "scopes": ["read"]}), 201)
    narrow = Persona(alice.app, alice.email, alice.member_id, made["token"])
    assert answer(narrow.get("/me"))["scopes"] == ["read"]


def test_who_never_said_anything_has_what_is_usual(vera: Persona) -> None:
    usual = wishes(vera)
    assert (usual["work_from"], usual["work_until"]) == ("09:00", "18:00")
    assert (usual["quiet_from"], usual["quiet_until"]) == ("20:00", "08:00")
    assert usual["work_days"] == [1, 2, 3, 4, 5]
    assert (usual["digest"], usual["digest_at"], usual["projects"]) == ("off", None, {})
    assert (usual["timezone"], usual["language"]) == ("UTC", None)


def test_what_is_wanted_is_kept_and_nobody_elses_changes(bob: Persona, vera: Persona) -> None:
    hers = wishes(vera)
    changes: dict[str, Any] = {
        "timezone": "Europe/Paris",
        "language": "fr",
        "work_from": "00:00",
        "work_until": "24:00",
        "work_days": [7, 6],
        "quiet_from": None,
        "quiet_until": None,
        "country": "DE",
        "subdivision": "BY",
        "digest_time": "07:30",
        "digest_weekday": 5,
        "projects": {NOBODYS: {"muted": True, "digest": "daily", "rules": ["quiet"]}},
    }
    told = wants(bob, **changes)
    assert wishes(bob) == told
    assert {name: told[name] for name in changes} == changes
    assert wants(bob, country=None)["subdivision"] is None
    assert wishes(vera) == hers


def test_a_digest_says_when_it_comes_next_and_moves_with_zone_and_absence(
    alice: Persona, bob: Persona
) -> None:
    assert wants(bob, digest="daily", digest_time="12:00", timezone="Asia/Tokyo")[
        "digest_at"
    ].endswith("T03:00:00Z")
    assert wants(bob, timezone="Asia/Kolkata")["digest_at"].endswith("T06:30:00Z")
    answer(alice.patch(f"/members/{bob.member_id}", {"timezone": "UTC"}))
    assert wishes(bob)["digest_at"].endswith("T12:00:00Z")
    today = utcnow().date()
    leaves(bob, today, 11)
    assert wishes(bob)["digest_at"] == f"{today + 11 * DAY}T12:00:00Z"
    assert wants(bob, digest="off")["digest_at"] is None


WRONG: tuple[tuple[dict[str, Any], tuple[str, ...]], ...] = (
    ({"timezone": "Mars/Olympus"}, ("timezone",)),
    ({"timezone": "../../etc/passwd"}, ("timezone",)),
    ({"timezone": None}, ("timezone",)),
    ({"language": "de"}, ("language",)),
    ({"work_from": "9:00"}, ("work_from",)),
    ({"work_from": "24:00"}, ("work_from",)),
    ({"work_from": "18:00"}, ("work_until",)),
    ({"work_until": "08:00"}, ("work_until",)),
    ({"work_until": "late"}, ("work_until",)),
    ({"work_until": None}, ("work_until",)),
    ({"work_days": []}, ("work_days",)),
    ({"work_days": [0]}, ("work_days", "0")),
    ({"work_days": ["Monday"]}, ("work_days", "0")),
    ({"work_days": list(range(1, 8)) * 2}, ("work_days",)),
    ({"quiet_from": "08:00"}, ("quiet_from",)),  # until 08:00: the whole day
    ({"quiet_from": "00:00", "quiet_until": "24:00"}, ("quiet_from",)),
    ({"quiet_from": "08:00", "quiet_until": "19:00"}, ("quiet_from",)),  # all of work
    ({"quiet_until": None}, ("quiet_until",)),
    ({"quiet_from": 20}, ("quiet_from",)),
    ({"country": "XX"}, ("country",)),
    ({"country": "fr"}, ("country",)),
    ({"subdivision": "BY"}, ("subdivision",)),
    ({"country": "FR", "subdivision": "BY"}, ("subdivision",)),
    ({"digest": "hourly"}, ("digest",)),
    ({"digest_time": "25:00"}, ("digest_time",)),
    ({"digest_time": ""}, ("digest_time",)),
    ({"digest_time": "08:00\x00"}, ("digest_time",)),
    ({"digest_weekday": 8}, ("digest_weekday",)),
    ({"projects": []}, ("projects",)),
    ({"projects": {"mine": {}}}, ("projects", "mine", "key")),
    ({"projects": {NOBODYS: {"digest": "hourly"}}}, ("projects", NOBODYS, "value", "digest")),
    ({"projects": {NOBODYS: {"rules": ["none"]}}}, ("projects", NOBODYS, "value", "rules", "0")),
    ({"projects": {NOBODYS: {"loud": True}}}, ("projects", NOBODYS, "value", "loud")),
    ({"digest_at": "2027-09-06T08:00:00Z"}, ("digest_at",)),
    ({"member_id": NOBODYS}, ("member_id",)),
)


def test_what_cannot_be_meant_changes_nothing(bob: Persona, subtests: pytest.Subtests) -> None:
    before = everything()
    for changes, path in WRONG:
        with subtests.test(str(changes)[:60]):
            said = [
                problem(
                    bob.patch("/me/preferences", changes, headers=language), 422, "invalid-values"
                )
                for language in ({}, FRENCH)
            ]
            english, french = (sentences({"": at(body["errors"], path)}) for body in said)
            assert english
            assert english != french
    assert everything() == before


def test_a_change_on_top_of_another_is_refused(alice: Persona, bob: Persona) -> None:
    read = bob.get("/me/preferences").headers["ETag"]
    assert bob.get("/me/preferences", headers={"If-None-Match": read}).status_code == 304
    answer(bob.patch("/me/preferences", {"digest": "daily"}, headers={"If-Match": read}))
    before = everything()
    late = bob.patch("/me/preferences", {"digest": "weekly"}, headers={"If-Match": read})
    problem(late, 412, "stale")
    assert everything() == before
    again = bob.get("/me/preferences").headers["ETag"]
    answer(alice.patch(f"/members/{bob.member_id}", {"timezone": "Asia/Tokyo"}))
    late = bob.patch("/me/preferences", {"digest": "weekly"}, headers={"If-Match": again})
    problem(late, 412, "stale")


def test_wanting_the_same_again_is_no_change(bob: Persona) -> None:
    wants(bob, digest="daily")
    read = bob.get("/me/preferences").headers["ETag"]
    before = everything()
    wants(bob, digest="daily", language=None)
    assert bob.get("/me/preferences").headers["ETag"] == read
    assert everything() == before


def test_absences_are_seen_by_those_who_plan_with_them(world: World) -> None:
    bob, mona = world.bob, world.mona
    made = leaves(bob, MONDAY, 5, stand_in=mona.email)
    later = leaves(bob, MONDAY + 7 * DAY, stand_in=None)
    assert made["stand_in_id"] == mona.member_id
    assert answer(bob.get("/me/absences"))["items"] == [later, made]
    first = answer(bob.get("/me/absences?limit=1"))
    assert answer(bob.get(f"/me/absences?cursor={first['next']}"))["items"] == [made]
    for persona in (world.alice, mona, bob):
        assert answer(persona.get(f"/members/{bob.member_id}"))["absences"] == [later, made]
    assert "absences" not in answer(world.vera.get(f"/members/{bob.member_id}"))
    assert answer(world.vera.get("/me/absences"))["items"] == []


def test_an_absence_ends_when_its_member_says_so_and_nobody_else(
    alice: Persona, bob: Persona
) -> None:
    made = leaves(bob)
    path = f"/me/absences/{made['id']}"
    problem(alice.delete(path), 404, "not-found")
    problem(bob.delete(path, headers={"If-Match": '"7"'}), 412, "stale")
    assert bob.delete(path).status_code == 204
    problem(bob.delete(path), 404, "not-found")
    leaves(bob)


def test_an_absence_that_cannot_be_meant_is_refused(
    world: World, subtests: pytest.Subtests
) -> None:
    bob, today = world.bob, utcnow().date()
    leaves(bob, MONDAY, 5)
    before = everything()
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        (days(today - 9 * DAY, 5), "end_on"),
        ({"start_on": str(MONDAY), "end_on": str(MONDAY - DAY)}, "end_on"),
        (days(today, 4000), "end_on"),
        ({**days(), "end_on": "9999-12-31"}, "end_on"),
        ({**days(), "start_on": "soon"}, "start_on"),
        (days(stand_in=bob.email), "stand_in"),
        (days(stand_in=bob.member_id), "stand_in"),
        (days(stand_in=world.charlie.email), "stand_in"),
        (days(stand_in=world.charlie.member_id), "stand_in"),
        (days(reason="ill"), "reason"),
    )
    for body, field in wrong:
        with subtests.test(f"{field} {body}"[:70]):
            said = [
                problem(bob.post("/me/absences", body, headers=language), 422, "invalid-values")
                for language in ({}, FRENCH)
            ]
            assert said[0]["errors"][field] != said[1]["errors"][field]
    for first, count in ((MONDAY, 1), (MONDAY - DAY, 2), (MONDAY + 4 * DAY, 9), (MONDAY - DAY, 9)):
        problem(bob.post("/me/absences", days(first, count)), 409, "conflict")
    assert everything() == before
    leaves(bob, MONDAY + 5 * DAY)
    leaves(world.mona)
