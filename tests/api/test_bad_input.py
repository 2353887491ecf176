"""Bad input: whatever cannot be meant is refused with a sentence, and nothing is written."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.problems import FRENCH, at, problem, sentences
from tests.api.tables import everything
from tests.personas import API, Persona, World, a_wish, answer, next_monday
from tracker.kernel.clock import utcnow

pytestmark = pytest.mark.long_on("postgresql")  # what is refused or read is the same

IN_A_YEAR = next_monday(52).isoformat()


def today_plus(days: int) -> str:
    return (utcnow().date() + timedelta(days=days)).isoformat()


def next_29_february_that_is_none() -> str:
    year = utcnow().year + 1
    return f"{year if year % 4 else year + 1}-02-29"


@dataclass(frozen=True)
class Wrong:
    """A body of POST /projects that cannot be meant, and the field that is to be named for it."""

    id: str
    path: tuple[str, ...]
    body: dict[str, Any] = field(repr=False)


def wrong(parameter: str, value: Any, called: str | None = None, **others: Any) -> Wrong:
    """One wrong parameter in an otherwise good wish.

    What depends on today is ``called`` something: test processes must agree on every name.
    """
    body = a_wish(**{parameter: value, **others})
    return Wrong(f"{parameter}={called or repr(value)[:40]}", ("parameters", parameter), body)


def wrong_name(value: Any) -> Wrong:
    return Wrong(f"name={value!r:.20}", ("name",), {**a_wish(), "name": value})


def with_both_dates() -> Wrong:
    body = a_wish(launch_on=IN_A_YEAR, start_on=next_monday(30).isoformat())
    return Wrong("both dates", ("parameters", "launch_on"), body)


def with_neither_date() -> Wrong:
    body = {"name": "None", "parameters": {"launch_on": None}}
    return Wrong("neither date", ("parameters", "launch_on"), body)


WRONG = [
    wrong("launch_on", today_plus(-1), "yesterday"),
    wrong("launch_on", "1999-12-31"),
    wrong("launch_on", "2101-01-03"),
    wrong("launch_on", next_29_february_that_is_none(), "29 February"),
    wrong("launch_on", "2027-02-30"),
    wrong("launch_on", "06/09/2027"),
    wrong("launch_on", "2027-9-6"),
    wrong("launch_on", "2027-W36-1"),
    wrong("launch_on", "20270906"),
    wrong("launch_on", "2027-09-06T00:00:00Z"),
    wrong("launch_on", 20270906),
    wrong("launch_on", ""),
    wrong("start_on", today_plus(-1), "yesterday"),
    wrong("start_on", "soon"),
    with_both_dates(),
    with_neither_date(),
    wrong("prepare_months", 1),
    wrong("prepare_months", 7),
    wrong("prepare_months", 3.5),
    wrong("prepare_months", "3"),
    wrong("prepare_months", True),
    wrong("prepare_months", None),
    wrong("prepare_months", 10**18),
    wrong("develop_months", 5),
    wrong("develop_months", 19),
    wrong("launch_weeks", 0),
    wrong("seed_members", 9),
    wrong("seed_members", 51),
    wrong("first_members_target", 9),
    wrong("community_type", "advocate"),
    wrong("community_type", "adv\x00cacy"),
    wrong("scope", "worldwide"),
    wrong("audience", "nobody"),
    wrong("public", "yes"),
    wrong("public", 1),
    wrong("country", "XX"),
    wrong("country", "France"),
    wrong("country", "fr"),
    wrong("subdivision", "ZZ", country="FR"),
    wrong("subdivision", "BY"),
    wrong("closures", ["2027-02-29"]),
    wrong("closures", "2027-12-24"),
    wrong("closures", [today_plus(day) for day in range(1001)], "1001 days"),
    wrong("timezone", "Europe/Atlantis"),
    wrong("timezone", "../../etc/passwd"),
    wrong("timezone", "Europe"),
    wrong("language", "de"),
    wrong("already_launched", "no"),
    wrong("people", {"juggler": "mona@example.org"}),
    wrong("people", {"sponsor": "nobody@example.org"}),
    wrong("people", {"sponsor": "charlie@example.org"}),
    wrong("people", {"sponsor": 5}),
    wrong("people", ["mona@example.org"]),
    wrong("sector", "x" * 101),
    wrong("approved_roi", "much"),
    wrong("approved_roi", 1e300),
    wrong("animation_hours_per_week", -1),
    wrong("budget_by_envelope", {"platform": "10 000"}),
    wrong("personas", ["x" * 501]),
    wrong("organisation_agile_or_complex", "both"),
    wrong("lauch_on", IN_A_YEAR, "a misspelt name"),
    wrong_name("x" * 300),
    wrong_name(""),
    wrong_name("   "),
    wrong_name("two\nlines"),
    wrong_name("bell\x07"),
    wrong_name("nul\x00"),
    wrong_name("next\u0085line"),
    wrong_name(None),
    wrong_name(12),
    Wrong("no name", ("name",), {"parameters": {"launch_on": IN_A_YEAR}}),
    Wrong("no parameters", ("parameters",), {"name": "None"}),
    Wrong("parameters are a list", ("parameters",), {"name": "None", "parameters": []}),
    Wrong("unknown field", ("colour",), {**a_wish(), "colour": "blue"}),
    Wrong("version 0", ("version",), {**a_wish(), "version": 0}),
    Wrong("body is a list", (), []),  # type: ignore[arg-type]  # that is the point
    Wrong("body is a text", (), "project"),  # type: ignore[arg-type]  # that is the point
]


@pytest.fixture
def mona(shared_world: World) -> Persona:
    return shared_world.mona


# A preview has no name, and asks nobody.
WRONG_FOR_A_PREVIEW = [
    case for case in WRONG if case.path[:1] != ("name",) and "people" not in case.path
]


@pytest.mark.parametrize("case", WRONG, ids=lambda case: case.id)
def test_a_wrong_value_is_named_in_both_languages_and_nothing_is_written(
    mona: Persona, case: Wrong
) -> None:
    before = everything()
    english = problem(mona.post("/projects", case.body), 422, "invalid-values")
    french = problem(mona.post("/projects", case.body, headers=FRENCH), 422, "invalid-values")
    said, dit = (sentences(at(body["errors"], case.path)) for body in (english, french))
    assert said
    assert all(len(sentence) > 10 for sentence in said + dit)
    assert not set(said) & set(dit)
    assert english["detail"] != french["detail"]
    assert everything() == before


@pytest.mark.parametrize("case", WRONG_FOR_A_PREVIEW, ids=lambda case: case.id)
def test_the_preview_refuses_what_creation_refuses(mona: Persona, case: Wrong) -> None:
    body = case.body
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name != "name"}
    errors = problem(mona.post("/playbooks/preview", body), 422, "invalid-values")["errors"]
    assert sentences(at(errors, case.path))


def test_an_unknown_playbook_is_told_how_to_find_one(mona: Persona) -> None:
    before = everything()
    for slug in ("no-such", "Ünknown", "preview"):
        body = problem(mona.post("/projects", {**a_wish(), "playbook": slug}), 404, "not-found")
        assert "GET /api/v1/playbooks" in body["detail"]
    assert everything() == before


def test_a_launch_day_too_near_names_the_chain_and_the_earliest_day(mona: Persona) -> None:
    before = everything()
    near = next_monday(2).isoformat()
    response = mona.post("/projects", a_wish(launch_on=near))
    body = problem(response, 422, "plan-does-not-fit")
    assert body["chain"]
    assert all(len(key.split(".")) == 3 for key in body["chain"])
    assert date.fromisoformat(body["earliest_launch_on"]) > date.fromisoformat(near)
    assert body["earliest_launch_on"] in body["detail"]
    french = problem(
        mona.post("/projects", a_wish(launch_on=near), headers=FRENCH), 422, "plan-does-not-fit"
    )
    assert french["detail"] != body["detail"]
    assert french["chain"] == body["chain"]
    assert everything() == before


def test_the_earliest_launch_day_of_a_refusal_is_accepted(mona: Persona) -> None:
    wish = {"playbook": "community-launch", "parameters": {"launch_on": next_monday(2).isoformat()}}
    told = problem(mona.post("/playbooks/preview", wish), 422, "plan-does-not-fit")
    wish["parameters"] = {"launch_on": told["earliest_launch_on"]}
    assert answer(mona.post("/playbooks/preview", wish))["tasks"]


def test_a_closed_launch_day_is_accepted_with_a_warning(mona: Persona) -> None:
    sunday = next_monday(30) - timedelta(days=1)
    wish = {"playbook": "community-launch", "parameters": {"launch_on": sunday.isoformat()}}
    plan = answer(mona.post("/playbooks/preview", wish))
    assert plan["project"]["launch_on"] == sunday.isoformat()
    assert any(next_monday(30).isoformat() in warning for warning in plan["warnings"])
    on_launch_day = {
        task["key"] for task in plan["tasks"] if task["start_on"] == sunday.isoformat()
    }
    work = on_launch_day - {"launch.milestones.launch_day"}
    assert work
    assert all(key.startswith("launch.day.") for key in work)


def sent(
    persona: Persona, body: bytes, *, kind: str = "application/json", language: str = "en"
) -> TestResponse:
    return persona.app.test_client().post(
        f"{API}/projects",
        data=body,
        content_type=kind,
        headers={"Authorization": f"Bearer {persona.token}", "Accept-Language": language},
    )


UNREADABLE = {
    "nothing but a brace": b"{",
    "NaN": b'{"name": NaN}',
    "Infinity": b'{"name": -Infinity}',
    "a number without end": b'{"name": 1e999}',
    "a number of many digits": b'{"name": ' + b"9" * 5000 + b"}",
    "a key twice": b'{"name": "a", "name": "b"}',
    "a key twice, spelt differently": b'{"name": "a", "\\u006eame": "b"}',
    "a key twice, deep inside": b'{"name": "a", "parameters": {"public": true, "public": false}}',
    "a lone surrogate": b'{"name": "\\ud800"}',
    "a lone low surrogate": b'{"name": "\\udc00x"}',
    "bytes that are no UTF-8": b'{"name": "\xff"}',
    "a control character as it is": b'{"name": "a\x01"}',
    "100 000 lists in each other": b"[" * 100_000 + b"]" * 100_000,
    "100 000 objects in each other": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "100 000 lists in a parameter": b'{"name": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a text that never ends": b'{"' + b'\\"' * 1_400_000 + b"[" * 65,
    "a comment": b'{"name": "a"} // done',
    "two documents": b'{"name": "a"} {"name": "b"}',
    "single quotes": b"{'name': 'a'}",
}


@pytest.mark.parametrize("name", UNREADABLE)
def test_a_body_that_two_readers_would_read_differently_is_refused(
    mona: Persona, name: str
) -> None:
    before = everything()
    english = problem(sent(mona, UNREADABLE[name]), 400, "unreadable-body")
    french = problem(sent(mona, UNREADABLE[name], language="fr"), 400, "unreadable-body")
    assert english["detail"] != french["detail"]
    assert everything() == before


def test_a_bracket_inside_a_text_is_no_depth(mona: Persona) -> None:
    body = b'{"name": "' + b"[{" * 90 + b'", "parameters": {"launch_on": "soon"}}'
    assert "launch_on" in problem(sent(mona, body), 422, "invalid-values")["errors"]["parameters"]


def test_a_body_of_10_mb_is_refused_before_it_is_read(mona: Persona) -> None:
    before = everything()
    body = b'{"name": "' + b"x" * 10_000_000 + b'"}'
    english = problem(sent(mona, body), 413, "request-entity-too-large")
    french = problem(sent(mona, body, language="fr"), 413, "request-entity-too-large")
    assert "3 MB" in english["detail"]
    assert "3 Mo" in french["detail"]
    assert everything() == before


@pytest.mark.parametrize(
    "kind",
    [
        "text/plain",
        "application/x-www-form-urlencoded",
        "multipart/form-data",
        "",
        "application/xml",
    ],
)
def test_another_content_type_than_json_is_refused(mona: Persona, kind: str) -> None:
    before = everything()
    english = problem(sent(mona, b'{"name": "a"}', kind=kind), 415, "unsupported-media-type")
    french = problem(
        sent(mona, b'{"name": "a"}', kind=kind, language="fr"), 415, "unsupported-media-type"
    )
    assert "application/json" in english["detail"]
    assert english["detail"] != french["detail"]
    assert everything() == before


def test_an_absent_body_is_told_what_it_lacks(mona: Persona) -> None:
    errors = problem(sent(mona, b"", kind=""), 422, "invalid-values")["errors"]
    assert set(errors) == {"name", "parameters"}


@pytest.mark.parametrize(
    "path",
    [
        "/projects?colour=blue",
        "/projects?limit=0",
        "/projects?limit=501",
        "/projects?limit=ten",
        "/projects?state=sleeping",
        "/members?role=owner",
        "/playbooks?limit=1.5",
        "/playbooks/community-launch?language=fr",
        "/workspaces/me?verbose=1",
        "/projects?limit=" + "9" * 5000,
    ],
)
def test_a_wrong_word_in_the_address_is_named_in_both_languages(mona: Persona, path: str) -> None:
    name = path.split("?")[1].partition("=")[0]
    english = problem(mona.get(path), 422, "invalid-values")["errors"][name]
    french = problem(mona.get(path, headers=FRENCH), 422, "invalid-values")["errors"][name]
    assert english
    assert english != french


def test_a_post_heeds_no_word_in_its_address_in_silence(mona: Persona) -> None:
    before = everything()
    problem(mona.post("/projects?dry_run=true", a_wish()), 422, "invalid-values")
    assert everything() == before
