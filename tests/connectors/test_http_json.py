"""Any address that answers in JSON: paths, pages, windows, and what it may not do."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from tests.connectors.doors import a_door_to
from tests.fakes import scripts
from tests.fakes.figures_api import TOKEN, FakeFigures
from tests.fakes.scripts import Played
from tests.fakes.serving import a_server
from tracker.connectors.figures import Account, Page, Sample
from tracker.connectors.http_json.client import HttpJson
from tracker.connectors.http_json.paging import MOST_PAGES
from tracker.connectors.trouble import PlatformError
from tracker.kernel.errors import Invalid

NOW = datetime(2027, 9, 20, 12, tzinfo=UTC)
CONFIG = {
    "path": "/stats?from={{window.start_date}}&to={{window.end_date}}",
    "metric": "joins",
    "rows": "$.data[*]",
    "day": "$.date",
    "value": "$.members",
    "channel": "$.source",
}
ROWS = [{"date": f"2027-09-{n:02}", "members": n, "source": "email"} for n in range(1, 6)]
SOURCE = HttpJson()


class Stage:
    """The fake on its port, and the account."""

    def __init__(self, played: Played, port: int, config: dict[str, Any]) -> None:
        self.played = played
        self.account = Account(f"http://figures.example:{port}", config, {"token": TOKEN})

    def pull(self, cursor: Any = None, now: datetime = NOW) -> tuple[list[Sample], Any]:
        found: list[Sample] = []
        for _ in range(MOST_PAGES + 1):
            page: Page = SOURCE.fetch(self.account, "rows", cursor, now=now)
            found += page.samples
            cursor = page.cursor
            if page.is_last:
                return found, cursor
        raise AssertionError("it does not end")


@contextmanager
def stage(fake: FakeFigures, **config: Any) -> Iterator[Stage]:
    played = Played(fake)
    with a_server(played) as port, a_door_to(port):
        yield Stage(played, port, {**CONFIG, **config})


@pytest.mark.parametrize(
    ("paging", "more"),
    [
        ("none", {}),
        ("cursor", {"next": "$.meta.next"}),
        ("page", {}),
        ("offset", {}),
        ("link_header", {}),
        ("next_url", {"next": "$.meta.next"}),
    ],
)
def test_every_row_of_every_page_is_read_once(paging: str, more: dict[str, str]) -> None:
    with stage(FakeFigures(paging, list(ROWS)), paging=paging, **more) as at:
        found, cursor = at.pull()
    assert [(one.day, one.value) for one in found] == [(date(2027, 9, n), n) for n in range(1, 6)]
    assert {(one.metric, one.method, one.dims["channel"]) for one in found} == {
        ("joins", "native", "email")
    }
    assert cursor == {"until": "2027-09-20"}


def test_the_window_begins_where_the_last_pull_ended_and_some_days_before() -> None:
    with stage(FakeFigures("none", list(ROWS))) as at:
        _found, cursor = at.pull()
        at.pull(cursor, now=NOW + timedelta(days=2))
    first, second = (asked.query for asked in at.played.asked)
    assert first == {"from": "2027-08-21", "to": "2027-09-20"}
    assert second == {"from": "2027-09-17", "to": "2027-09-22"}


def test_a_pull_goes_on_with_the_page_where_it_stopped() -> None:
    with stage(FakeFigures("offset", list(ROWS)), paging="offset") as at:
        page = SOURCE.fetch(at.account, "rows", None, now=NOW)
        found, _cursor = at.pull(page.cursor)
    assert [one.value for one in found] == [3, 4, 5]


@pytest.mark.parametrize(
    ("script", "trouble"),
    [
        (scripts.limited_on(1), "throttled"),
        (scripts.limited_until_a_date(), "throttled"),
        (scripts.failing_twice, "transient"),
        (scripts.cut, "transient"),
        (scripts.html, "transient"),
        (scripts.revoked_after(0), "credential"),
    ],
)
def test_what_goes_wrong_is_told_in_the_words_of_all(script: Any, trouble: str) -> None:
    with stage(FakeFigures("none", list(ROWS))) as at:
        at.played.play(script)
        with pytest.raises(PlatformError) as refused:
            at.pull()
    assert refused.value.trouble == trouble
    assert TOKEN not in str(refused.value)


@pytest.mark.parametrize("paging", ["next_url", "link_header"])
def test_the_secret_goes_to_no_other_address(paging: str) -> None:
    fake = FakeFigures(paging, list(ROWS), elsewhere="http://evil.example")
    with stage(fake, paging=paging, next="$.meta.next") as at:
        with pytest.raises(PlatformError, match="another address"):
            at.pull()
        assert len(at.played.asked) == 1


@pytest.mark.parametrize("paging", ["cursor", "next_url"])
def test_pages_that_lead_in_a_circle_end(paging: str) -> None:
    fake = FakeFigures(paging, list(ROWS), is_stuck=True)
    with stage(fake, paging=paging, next="$.meta.next") as at, pytest.raises(PlatformError):
        at.pull()
    assert len(at.played.asked) <= 3


def test_more_pages_than_anybody_needs_are_refused() -> None:
    with stage(FakeFigures("page", ROWS * 100), paging="page") as at:
        with pytest.raises(PlatformError, match="more than 50 pages"):
            at.pull()
        assert len(at.played.asked) == MOST_PAGES


WRONG: list[Any] = [{"members": 3}, {"date": "soon", "members": 3}, {"date": "2027-09-01"}, 7, None]
NO_NUMBERS: list[Any] = ["many", True, None, [], "1e999"]


@pytest.mark.parametrize(
    "row", WRONG + [{"date": "2027-09-01", "members": value} for value in NO_NUMBERS]
)
def test_a_row_that_is_not_as_was_said_is_told_by_its_number(row: Any) -> None:
    with (
        stage(FakeFigures("none", [ROWS[0], row])) as at,
        pytest.raises(PlatformError, match=r"our_fault: row 1"),
    ):
        at.pull()


def test_instants_are_days_of_the_connections_zone() -> None:
    late = datetime(2027, 9, 1, 23, 30, tzinfo=UTC)
    rows: list[dict[str, Any]] = [
        {"date": late.isoformat(), "members": "3"},
        {"date": late.timestamp(), "members": 4.5},
    ]
    with stage(FakeFigures("none", rows)) as at:
        at.account = Account(at.account.base_url, CONFIG, at.account.secrets, zone="Europe/Paris")
        found, _cursor = at.pull()
    assert [(one.day, one.value) for one in found] == [
        (date(2027, 9, 2), 3),
        (date(2027, 9, 2), 4.5),
    ]


def test_a_test_shows_what_was_read() -> None:
    with stage(FakeFigures("none", list(ROWS))) as at:
        tested = SOURCE.test(at.account, now=NOW)
    assert tested.values == {"rows": 5}
    assert tested.sample[0] == {
        "metric": "joins",
        "day": "2027-09-01",
        "value": 1,
        "channel": "email",
    }


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rows": "data[*]"}, "rows"),
        ({"rows": "$..data"}, "rows"),
        ({"value": "$[?@.a == 1]"}, "value"),
        ({"day": "$." + "a" * 300}, "day"),
        ({"path": "/{{secret.token}}"}, "path"),
        ({"path": "https://elsewhere.example/stats"}, "path"),
        ({"path": "@elsewhere.example/stats"}, "path"),
        ({"path": ".elsewhere.example/stats"}, "path"),
        ({"header": "X: {{window.start_date}}"}, "header"),
        ({"paging": "magic"}, "paging"),
        ({"paging": "cursor"}, "next"),
        ({"metric": ""}, "metric"),
        ({"days_back": "many"}, "days_back"),
    ],
)
def test_a_configuration_that_cannot_work_is_refused_by_field(
    wrong: dict[str, str], field: str
) -> None:
    with pytest.raises(Invalid) as refused:
        SOURCE.check(Account("https://figures.example", {**CONFIG, **wrong}, {}))
    assert set(refused.value.fields) == {field}


def test_a_configuration_that_can_work_is_taken() -> None:
    SOURCE.check(Account("https://figures.example", CONFIG, {"token": TOKEN}))
