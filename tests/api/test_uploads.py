"""Files with figures: looked at, kept whole or not at all, and the same file once."""

from typing import Any

import pytest
from werkzeug.test import TestResponse

from tests.api.playbooks import a_source, brings
from tests.api.problems import problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, a_wish, answer

GOOD = "metric;day;value;note\nsignups;01/09/2026;12;fête\nsignups;02/09/2026;14,5;\n"


@pytest.fixture
def project(mona: Persona) -> dict[str, Any]:
    return mona.creates_a_project()


@pytest.fixture
def files(mona: Persona, project: dict[str, Any]) -> dict[str, Any]:
    """A place for files."""
    wish = {"kind": "csv", "name": "Group export"}
    return answer(mona.post(f"/projects/{project['id']}/connections", wish), 201)


def sends(persona: Persona, files: Any, content: str | bytes, query: str = "") -> TestResponse:
    path = f"/api/v1/connections/{files['id']}/uploads{query}"
    headers = {"Authorization": f"Bearer {persona.token}", "Content-Type": "text/csv"}
    return persona.app.test_client().post(path, data=content, headers=headers)


def test_a_dry_run_shows_how_a_file_is_understood_and_keeps_nothing(
    mona: Persona, files: Any
) -> None:
    before = everything()
    shown = answer(sends(mona, files, GOOD.encode("cp1252"), "?dry_run=true"))
    assert (shown["preset"], shown["delimiter"], shown["decimal_comma"]) == ("long", ";", True)
    assert (shown["figures"], shown["metrics"]) == (2, {"signups": 2})
    assert (shown["first_day"], shown["last_day"]) == ("2026-09-01", "2026-09-02")
    assert shown["rows"][0]["note"] == "fête"
    assert everything() == before


def test_a_file_is_kept_once_however_often_it_is_sent(mona: Persona, files: Any) -> None:
    first = answer(sends(mona, files, GOOD))
    assert (first["new"], first["changed"], first["same"]) == (2, 0, 0)
    before = everything()
    again = answer(sends(mona, files, GOOD))
    assert (again["new"], again["same"], again["pull_id"]) == (0, 2, first["pull_id"])
    assert everything() == before


@pytest.mark.parametrize(("overlap", "changed"), [("replace", 1), ("keep", 0)])
def test_a_day_that_is_known_is_replaced_or_kept_as_wished(
    mona: Persona, files: Any, overlap: str, changed: int
) -> None:
    answer(sends(mona, files, GOOD))
    other = GOOD.replace(";12;", ";13;")
    found = answer(sends(mona, files, other, f"?overlap={overlap}"))
    assert (found["changed"], found["new"]) == (changed, 0)


def test_a_file_that_was_not_to_replace_anything_may_be_sent_to_replace(
    mona: Persona, files: Any
) -> None:
    answer(sends(mona, files, GOOD))
    other = GOOD.replace(";12;", ";13;")
    answer(sends(mona, files, other, "?overlap=keep"))
    assert answer(sends(mona, files, other, "?overlap=replace"))["changed"] == 1


def test_a_file_with_a_wrong_line_keeps_nothing_and_tells_each(mona: Persona, files: Any) -> None:
    before = everything()
    good, again = "signups,2026-09-01,12\n", "signups,2026-09-01,13\n"
    content = f"metric,day,value\n{good}fame,2026-09-01,3\nsignups,2999-01-01,4\n{again}"
    told = problem(sends(mona, files, content), 422, "invalid-values")
    assert set(told["errors"]) == {"line 3", "line 4", "line 5"}
    assert told["errors"]["line 5"] == ["Row 2 tells of the same day already."]
    assert everything() == before
    shown = answer(sends(mona, files, content, "?dry_run=true"))
    assert [one["line"] for one in shown["faults"]] == [3, 4, 5]


def test_a_thousand_rows_take_as_many_statements_as_ten(mona: Persona, files: Any) -> None:
    taken = []
    for n, rows in enumerate((10, 900)):
        days = [f"20{10 + n:02}-{1 + d // 28 % 12:02}-{1 + d % 28:02}" for d in range(336)]
        lines = [f"{name},{day},1" for name in ("signups", "logins", "dau") for day in days]
        content = "metric,day,value\n" + "\n".join(lines[:rows])
        with counted() as statements:
            assert answer(sends(mona, files, content))["new"] == rows
        taken.append(len(statements))
    assert taken[0] == taken[1]


def test_a_closed_project_takes_no_file(mona: Persona, project: Any, files: Any) -> None:
    answer(mona.post(f"/projects/{project['id']}/cancel", {"reason": "No"}))
    before = everything()
    problem(sends(mona, files, GOOD), 409, "project-closed")
    assert everything() == before


def test_files_are_for_their_own_kind_of_connection(mona: Persona, project: Any) -> None:
    wish = {"kind": "manual"}
    other = answer(mona.post(f"/projects/{project['id']}/connections", wish), 201)
    problem(sends(mona, other, GOOD), 409, "not-for-files")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04\0\0", b"a," * 2_000_000, b"x" * 10_500_000])
def test_what_is_no_table_is_refused_with_a_sentence(
    mona: Persona, files: Any, content: bytes
) -> None:
    before = everything()
    told = problem(sends(mona, files, content), 422, "invalid-values")
    assert told["errors"]["file"]
    assert everything() == before


def test_a_file_that_is_far_too_large_is_not_read(mona: Persona, files: Any) -> None:
    problem(sends(mona, files, b"x" * 12_000_000), 413, "request-entity-too-large")


def test_figures_of_a_playbook_of_ones_own_are_brought_like_others(mona: Persona) -> None:
    own = """
metrics:
  - key: songs_sung
    title: {en: Songs, fr: Chansons}
    unit: count
    good: up
    phases: [prepare]
    group: fun
metric_groups:
  - {key: fun, title: {en: Fun, fr: Plaisir}}
"""
    brings(mona, a_source("choir") + own)
    project = answer(mona.post("/projects", {**a_wish(), "playbook": "choir"}), 201)
    place = answer(mona.post(f"/projects/{project['id']}/connections", {"kind": "csv"}), 201)
    content = "metric,day,value\nsongs_sung,2026-09-01,3\n"
    assert answer(sends(mona, place, content))["new"] == 1
