"""Metrics and readings over HTTP."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from sqlalchemy import select

from tests.api.problems import FRENCH, problem
from tests.api.tables import everything
from tests.api.test_statements import counted
from tests.personas import Persona, answer
from tracker.connectors.figures import Sample
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import unit_of_work
from tracker.metrics.placing import Origin
from tracker.metrics.storing import keep_samples
from tracker.projects.models import Project


@pytest.fixture
def clock() -> Iterator[None]:
    """A clock that a test may move."""
    yield
    set_offset(timedelta())


@pytest.fixture
def path(mona: Persona) -> str:
    return f"/projects/{mona.creates_a_project(language='fr')['id']}"


def ago(days: int) -> str:
    return (utcnow().date() - timedelta(days=days)).isoformat()


def a_row(value: float = 4, days: int = 0, **more: Any) -> dict[str, Any]:
    return {"metric": "joins", "day": ago(days), "value": value, **more}


def enters(who: Persona, path: str, *rows: Any, **more: Any) -> dict[str, Any]:
    return answer(who.post(f"{path}/readings", {"readings": list(rows)}, **more))


def metric(who: Persona, path: str, key: str = "joins", query: str = "") -> dict[str, Any]:
    return answer(who.get(f"{path}/metrics/{key}{query}"))


def pulled(path: str, *values: float, method: Any = "native") -> None:
    """A forum's readings, the newest of today."""
    now = utcnow()
    with unit_of_work() as session:
        project_id = UUID(path.rpartition("/")[2])
        wanted = select(Project.workspace_id).where(Project.id == project_id)
        origin = Origin(session.scalars(wanted).one(), project_id, method, f"{method} forum", "UTC")
        keep_samples(
            session,
            origin,
            [
                Sample("joins", now.date() - timedelta(days=n), value, method)
                for n, value in enumerate(reversed(values))
            ],
            now=now,
        )


def test_each_row_is_told_what_has_become_of_it(bob: Persona, path: str) -> None:
    enters(bob, path, a_row(4, 9), a_row(5, 8))
    rows = (
        a_row(4, 9),
        a_row(6, 8, note="Counted again", count=12),
        a_row(7, 7, dims={"channel": "mail"}),
        a_row(7, -1),
        {**a_row(), "metric": "happiness"},
    )
    told = enters(bob, path, *rows)
    outcomes = [row["outcome"] for row in told["rows"]]
    assert outcomes == ["same", "corrected", "accepted", "refused", "refused"]
    counts = [told[name] for name in ("accepted", "corrected", "same", "refused")]
    assert counts == [1, 1, 1, 2]
    assert "happiness" in told["rows"][4]["reason"]
    french = enters(bob, path, *rows, headers=FRENCH)
    assert french["rows"][4]["reason"] != told["rows"][4]["reason"]
    items = answer(bob.get(f"{path}/readings?superseded=true&sort=day"))["items"]
    assert [(row["day"], row["value"], row["revision"]) for row in items] == [
        (ago(9), 4, 1),
        (ago(8), 5, 1),
        (ago(8), 6, 2),
        (ago(7), 7, 1),
    ]
    corrected = items[2]
    assert (corrected["note"], corrected["count"]) == ("Counted again", 12)
    assert (corrected["method"], corrected["source"]) == ("manual", "saisi à la main")
    assert corrected["recorded_by"] == bob.member_id
    assert items[1]["superseded_at"] == corrected["recorded_at"]


def test_where_not_one_row_can_be_kept_nothing_is(bob: Persona, path: str) -> None:
    before = everything()
    wrong: list[Any] = [[], [{}] * 1_001, "many", None]
    for readings in wrong:
        problem(bob.post(f"{path}/readings", {"readings": readings}), 422, "invalid-values")
    refused = problem(
        bob.post(f"{path}/readings", {"readings": [a_row(days=-2), 7]}), 422, "invalid-values"
    )
    assert set(refused["errors"]["readings"]) == {"0", "1"}
    assert everything() == before


def test_the_same_key_enters_once(bob: Persona, path: str) -> None:
    key = {"Idempotency-Key": "monday"}
    assert enters(bob, path, a_row(), headers=key) == enters(bob, path, a_row(), headers=key)
    other = bob.post(f"{path}/readings", {"readings": [a_row(5)]}, headers=key)
    assert other.status_code == 422


def test_a_closed_project_takes_no_figures(mona: Persona, path: str) -> None:
    answer(mona.post(f"{path}/cancel", {"reason": "Over"}))
    problem(mona.post(f"{path}/readings", {"readings": [a_row()]}), 409, "project-closed")
    body = {"op": ">=", "value": 4}
    problem(mona.call("PUT", f"{path}/metrics/joins/target", body), 409, "project-closed")


def test_a_value_says_what_it_is_and_a_null_one_why(mona: Persona, path: str, clock: None) -> None:
    assert metric(mona, path)["why_null"]["reason"] == "no_data"
    enters(mona, path, a_row(1, 30), a_row(4, 1, count=12))
    known = metric(mona, path)
    assert (known["value"], known["unit"], known["good"], known["why_null"]) == (
        4,
        "count",
        "up",
        None,
    )
    newest = known["newest"]
    assert (newest["day"], newest["count"], newest["method"]) == (ago(1), 12, "manual")
    assert newest["age_hours"] < 25
    enters(mona, path, a_row(3, 1, metric="persona_fits", dims={}))
    parts = {"metric": "recruitment_spend", "dims": {"channel": "mail"}}
    enters(mona, path, a_row(3, 1, **parts))
    assert metric(mona, path, "recruitment_spend")["why_null"]["reason"] == "only_parts"
    set_offset(timedelta(days=40))
    stale = metric(mona, path)
    assert (stale["value"], stale["newest"]["value"]) == (None, 4)
    assert stale["why_null"]["reason"] == "stale"


def test_metrics_are_listed_page_by_page(vera: Persona, bob: Persona, path: str) -> None:
    enters(bob, path, a_row())
    known = answer(vera.get(f"{path}/metrics?known=true"))
    assert [(item["key"], item["value"]) for item in known["items"]] == [("joins", 4)]
    for sort in ("order", "key", "-key"):
        keys: list[str] = []
        cursor: str | None = ""
        while cursor is not None:
            query = f"?limit=60&sort={sort}" + (f"&cursor={cursor}" if cursor else "")
            found = answer(vera.get(f"{path}/metrics{query}"))
            keys += [item["key"] for item in found["items"]]
            cursor = found["next"]
        assert len(keys) == len(set(keys)) > 100
        if sort != "order":
            assert keys == sorted(keys, reverse=sort == "-key")
    french = answer(vera.get(f"{path}/metrics?limit=1", headers=FRENCH))["items"][0]
    assert french["title"] == "Inscriptions"


def test_readings_are_listed_page_by_page(bob: Persona, path: str) -> None:
    rows = [a_row(n, n, metric=key) for n in range(7) for key in ("joins", "leaves")]
    enters(bob, path, *rows)
    for sort in ("day", "-day"):
        found: list[Any] = []
        cursor: str | None = ""
        while cursor is not None:
            query = f"?limit=3&sort={sort}" + (f"&cursor={cursor}" if cursor else "")
            page = answer(bob.get(f"{path}/readings{query}"))
            found += [(item["day"], item["metric"]) for item in page["items"]]
            cursor = page["next"]
        assert len(set(found)) == len(rows)
        days = [day for day, _ in found]
        assert days == sorted(days, reverse=sort == "-day")
    some = f"?metric=leaves&since={ago(3)}&until={ago(2)}&method=manual"
    assert len(answer(bob.get(f"{path}/readings{some}"))["items"]) == 2


def test_a_target_is_the_projects_or_else_the_playbooks(mona: Persona, path: str) -> None:
    name, mine = f"{path}/metrics/engagement_rate", ">="
    shown = mona.get(name)
    targets = {row["phase"]: row["target"] for row in answer(shown)["targets"]}
    assert targets["launch"]["by"] == "playbook"
    tag = {"If-Match": shown.headers["ETag"]}
    wish = {"phase": "launch", "op": mine, "value": 33}
    changed = answer(mona.call("PUT", f"{name}/target", wish, headers=tag))
    assert changed["targets"][1] == {
        "phase": "launch",
        "target": {"op": ">=", "value": 33, "by": "project"},
    }
    problem(mona.call("PUT", f"{name}/target", wish, headers=tag), 412, "stale")
    answer(mona.call("PUT", f"{name}/target", {"phase": "launch", "op": "none"}))
    assert metric(mona, path, "engagement_rate")["targets"][1]["target"] is None
    answer(mona.call("PUT", f"{name}/target", {"phase": "launch", "op": None}))
    assert metric(mona, path, "engagement_rate")["targets"][1]["target"]["by"] == "playbook"
    assert answer(mona.get(f"{path}/activity"))["items"][0]["action"] == "metric set"


def test_a_target_holds_against_the_value(mona: Persona, path: str) -> None:
    enters(mona, path, a_row(4))
    for value, holds in ((4, True), (5, False)):
        answer(mona.call("PUT", f"{path}/metrics/joins/target", {"op": ">=", "value": value}))
        assert metric(mona, path)["on_target"] is holds
    before = everything()
    for wish in (
        {"op": ">="},
        {"op": "none", "value": 4},
        {"op": "<>", "value": 4},
        {"op": ">=", "value": 4, "phase": "later"},
        {"value": 4},
    ):
        problem(mona.call("PUT", f"{path}/metrics/joins/target", wish), 422, "invalid-values")
    problem(mona.call("PUT", f"{path}/metrics/happiness/target", {"op": None}), 404, "not-found")
    assert everything() == before


def test_one_series_speaks_and_another_can_be_pinned(mona: Persona, path: str) -> None:
    enters(mona, path, a_row(4), a_row(9, dims={"channel": "mail"}))
    pulled(path, 1, 2, 3)
    found = metric(mona, path)
    assert (found["value"], found["newest"]["source"]) == (3, "native forum")
    assert [point["value"] for point in found["points"]] == [1, 2, 3]
    by_method = {one["method"]: one for one in found["all_series"] if not one["dims"]}
    assert (by_method["native"]["speaks"], by_method["manual"]["speaks"]) == (True, False)
    pin = {"series_id": by_method["manual"]["id"]}
    pinned = answer(mona.call("PUT", f"{path}/metrics/joins/series", pin))
    assert (pinned["value"], pinned["newest"]["method"]) == (4, "manual")
    asked = metric(mona, path, query=f"?series_id={by_method['native']['id']}&step=month")
    assert asked["points"][-1]["value"] == 3
    part = next(one for one in found["all_series"] if one["dims"])
    for series_id in (part["id"], mona.member_id):
        wish = {"series_id": series_id}
        problem(mona.call("PUT", f"{path}/metrics/joins/series", wish), 404, "not-found")
    free = answer(mona.call("PUT", f"{path}/metrics/joins/series", {"series_id": None}))
    assert free["value"] == 3


def test_points_can_be_thinned_out(mona: Persona, path: str) -> None:
    pulled(path, *range(70))
    everyday = metric(mona, path)["points"]
    weekly = metric(mona, path, query="?step=week")["points"]
    assert len(everyday) == 70
    assert 10 <= len(weekly) <= 11
    for point in weekly[:-1]:
        assert date.fromisoformat(point["day"]).weekday() == 6
    some = metric(mona, path, query=f"?since={ago(9)}&until={ago(5)}")["points"]
    assert [point["day"] for point in some] == [ago(n) for n in range(9, 4, -1)]


def test_looking_costs_the_same_for_few_readings_and_many(mona: Persona, path: str) -> None:
    found = []
    for size in (2, 400):
        pulled(path, *range(size))
        costs = []
        for place in ("metrics", "metrics/joins", "readings"):
            with counted() as statements:
                answer(mona.get(f"{path}/{place}"))
            costs.append(len(statements))
        found.append(costs)
    assert found[0] == found[1]
    assert max(found[0]) <= 7
