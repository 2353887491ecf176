"""``tracker demo``: a planned launch, and a first call that works."""

import json
import re
from datetime import date, timedelta
from pathlib import Path
from signal import SIGINT

import pytest
from sqlalchemy import make_url

from tests.cli.callers import call
from tests.cli.processes import curl, fetch, started
from tests.cli.terminal import misused, printed, refused, run
from tests.servers.home import free_port
from tracker.kernel.clock import utcnow

DATABASE = "sqlite:///var/tracker.sqlite3"


def path_of(url: str) -> str:
    """What comes behind ``/api/v1``."""
    return url.partition("/api/v1")[2]


def launch_day(text: str) -> date:
    found = re.search(r"\d{4}-\d\d-\d\d", text)
    assert found
    return date.fromisoformat(found[0])


def test_the_first_call_that_it_tells_works(folder: Path) -> None:
    url, token = curl(printed("demo"))
    answer = call(DATABASE, token, path_of(url))
    assert answer.status_code == 200
    assert answer.json
    assert len(answer.json["items"]) == 3


def test_it_holds_a_launch_from_the_whole_playbook(folder: Path) -> None:
    text = printed("demo")
    url, token = curl(text)
    told = int(re.search(r"(\d+) tasks", text)[1])  # type: ignore[index]  # it is there
    answer = call(DATABASE, token, path_of(url).replace("limit=3", "limit=500"))
    assert answer.json
    assert told == len(answer.json["items"]) > 50
    assert launch_day(text) > utcnow().date() + timedelta(days=95)


def test_a_second_time_finds_the_first_launch_and_gives_a_new_token(office: str) -> None:
    first, second = curl(printed("demo")), curl(printed("demo"))
    assert first[0] == second[0]
    assert first[1] != second[1]
    for url, token in (first, second):
        assert call(office, token, path_of(url)).status_code == 200
    owners = json.loads(printed("member list --workspace demo --format json"))
    assert len(owners) == 3


def test_a_launch_that_was_deleted_is_planned_again(folder: Path) -> None:
    url, token = curl(printed("demo"))
    project = path_of(url).removesuffix("/tasks?limit=3")
    assert call(DATABASE, token, project, method="DELETE").status_code == 204
    again, token = curl(printed("demo"))
    assert again != url
    assert call(DATABASE, token, path_of(again)).status_code == 200


def test_it_speaks_the_readers_language(folder: Path) -> None:
    result = run("demo", lang="fr_FR.UTF-8")
    assert result.stdout.startswith("L'espace « demo » contient un lancement de communauté")
    url, token = curl(result.stdout)
    answer = call(DATABASE, token, path_of(url).removesuffix("/tasks?limit=3"))
    assert answer.json
    assert answer.json["name"] == "Notre première communauté"


def test_a_shifted_clock_shifts_the_launch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = launch_day(printed("demo"))
    monkeypatch.setenv("TRACKER_CLOCK_OFFSET", str(210 * 86400))
    later = launch_day(printed("demo"))
    assert later == now + timedelta(weeks=30)
    assert later.weekday() == 0  # a Monday, hardly ever a closed day


def test_the_address_is_the_one_that_it_will_be_served_on(folder: Path) -> None:
    url, _token = curl(printed("demo --host ::1 --port 8123"))
    assert (make_url(url).host, make_url(url).port) == ("::1", 8123)
    assert "--port" in misused("demo --port 0")


def test_it_starts_the_tracker_where_it_is_asked_to(folder: Path) -> None:
    port = free_port()
    with started(f"demo --up --port {port}", folder) as process:
        text = process.wait_for("The tracker is up")
        url, token = curl(text)
        assert url.startswith(f"http://127.0.0.1:{port}/")
        assert len(fetch(url, token).json["items"]) == 3
        diary = fetch(url.replace("tasks?limit=3", "calendar.ics"), token).text
        assert f"URL:http://127.0.0.1:{port}/" in diary, "its links lead here, too"
        exit_code, said = process.stop(SIGINT)
    assert (exit_code, said) == (0, "")


def test_a_setting_that_cannot_be_read_is_refused(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DEMO", "yes")
    assert refused("demo").startswith("There is no setting TRACKER_DEMO.")
    assert list(folder.iterdir()) == []
