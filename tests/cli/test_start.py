"""Starting: what is refused, and processes that live, answer and end as told."""

import socket
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import date, timedelta
from pathlib import Path
from signal import SIGINT, SIGTERM
from sqlite3 import connect
from typing import Any

import pytest

from tests.cli.processes import Process, fetch, started
from tests.cli.terminal import misused, printed, refused, run
from tests.jobs.patience import eventually
from tests.personas import a_wish
from tests.servers.home import free_port
from tracker.config import embedded_secret_key
from tracker.kernel.clock import local_today, utcnow

PROCESSES = pytest.mark.parametrize("command", ["web", "worker", "beat"])


# What is refused.


@PROCESSES
def test_without_its_servers_a_process_says_which_settings_it_needs(
    folder: Path, command: str
) -> None:
    assert refused(command) == (
        f"`tracker {command}` needs PostgreSQL and Redis: set TRACKER_DATABASE_URL=postgresql://…, "
        "TRACKER_REDIS_URL=redis://…. `tracker up` needs neither."
    )
    assert list(folder.iterdir()) == []


@PROCESSES
@pytest.mark.parametrize("name", ["TRACKER_DATABASE_URL", "TRACKER_REDIS_URL"])
def test_one_server_of_two_is_not_enough(
    distant: object, monkeypatch: pytest.MonkeyPatch, command: str, name: str
) -> None:
    monkeypatch.delenv(name)
    assert f"needs PostgreSQL and Redis: set {name}=" in refused(command)


@PROCESSES
@pytest.mark.parametrize("key", ["", "change-me", "short", "x" * 31, "x" * 64])
def test_a_default_or_short_secret_key_is_refused(
    distant: object, monkeypatch: pytest.MonkeyPatch, command: str, key: str
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", key)
    assert refused(command).startswith("TRACKER_SECRET_KEY must be a secret of your own")


@PROCESSES
def test_a_missing_secret_key_is_refused(
    distant: object, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.delenv("TRACKER_SECRET_KEY")
    assert refused(command).startswith("TRACKER_SECRET_KEY must be a secret of your own")


@PROCESSES
@pytest.mark.parametrize("keys", ["", "short", "another-key-of-letters-that-nobody-knows,short"])
def test_missing_or_short_encryption_keys_are_refused(
    distant: object, monkeypatch: pytest.MonkeyPatch, command: str, keys: str
) -> None:
    monkeypatch.setenv("TRACKER_ENCRYPTION_KEYS", keys)
    assert refused(command).startswith("TRACKER_ENCRYPTION_KEYS must hold secrets of your own")


@PROCESSES
def test_a_shifted_clock_is_refused_outside_the_embedded_mode(
    distant: object, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setenv("TRACKER_CLOCK_OFFSET", "60")
    assert refused(command).startswith("TRACKER_CLOCK_OFFSET is for rehearsals")


@PROCESSES
def test_an_unreachable_database_is_refused_without_its_password(
    distant: object, command: str
) -> None:
    said = refused(command)
    assert "cannot be reached. Check TRACKER_DATABASE_URL" in said
    assert "hush" not in said


@PROCESSES
def test_a_database_behind_its_migrations_is_refused(production: object, command: str) -> None:
    printed("db downgrade base --yes")
    assert "is behind its migrations. Run `tracker db upgrade` first." in refused(command)


@pytest.mark.parametrize(
    ("setting", "fault"),
    [
        ("REDIS_ULR=redis://localhost", "There is no setting TRACKER_REDIS_ULR."),
        ("RATE_LIMIT=many", "TRACKER_RATE_LIMIT: must be a whole number"),
        ("RATE_LIMIT=0", "TRACKER_RATE_LIMIT: must be 1 or more"),
        ("LOG_FORMAT=xml", "TRACKER_LOG_FORMAT: must be text or json"),
        ("CLOCK_OFFSET=999999999999", "TRACKER_CLOCK_OFFSET: must lie between"),
        ("DATABASE_URL=mysql://u:hush@h/d", "TRACKER_DATABASE_URL: must start with sqlite:///"),
        ("DATABASE_URL=postgresql://u:hush@h:x/d", "TRACKER_DATABASE_URL: must be an address"),
        ("DATABASE_URL=sqlite:///:memory:", "TRACKER_DATABASE_URL: must name a file"),
        ("REDIS_URL=localhost:6379", "TRACKER_REDIS_URL: must start with redis://"),
        ("EGRESS_ALLOW=10.0.0.1", "TRACKER_EGRESS_ALLOW: “10.0.0.1” must be CIDR:port, such as"),
        ("SECRET_KEY_FILE=nowhere", "TRACKER_SECRET_KEY_FILE must be a readable file path"),
        ("SECRET_KEY_FILE=/", "TRACKER_SECRET_KEY_FILE must be a readable file path"),
    ],
)
def test_a_setting_that_cannot_be_read_is_refused_by_name(
    folder: Path, monkeypatch: pytest.MonkeyPatch, setting: str, fault: str
) -> None:
    name, _, value = setting.partition("=")
    monkeypatch.setenv(f"TRACKER_{name}", value)
    for command in ("up", "web", "worker", "beat", "demo", "db upgrade"):
        said = refused(command)
        assert fault in said
        assert "hush" not in said
    assert list(folder.iterdir()) == []


def test_every_wrong_setting_is_named_at_once(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("RATE_LIMIT", "LOG_FORMAT", "REDIS_URL"):
        monkeypatch.setenv(f"TRACKER_{name}", "no")
    said = refused("up")
    assert [name for name in ("RATE_LIMIT", "LOG_FORMAT", "REDIS_URL") if name not in said] == []
    assert refused("up", lang="fr_FR.UTF-8") == (
        "Les réglages ne peuvent pas être lus : TRACKER_LOG_FORMAT : doit être text ou json ; "
        "TRACKER_RATE_LIMIT : doit être un nombre entier ; TRACKER_REDIS_URL : doit commencer par "
        "redis:// ou rediss://"
    )


def test_a_refusal_speaks_the_readers_language(folder: Path) -> None:
    assert refused("web", lang="fr_FR.UTF-8").startswith("`tracker web` a besoin de PostgreSQL")


@pytest.mark.parametrize("command", ["up", "demo --up"])
def test_a_taken_port_is_refused(folder: Path, command: str) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(f"{command} --port {port}")
    assert said == (
        f"127.0.0.1 port {port} cannot be listened on: Address already in use. Name another one "
        "with --port or --host, or stop what holds it."
    )
    assert not (folder / "var" / "tracker.sqlite3").exists()


def test_an_address_of_another_machine_is_refused(folder: Path) -> None:
    assert "cannot be listened on" in refused("up --host 192.0.2.1 --port 8123")
    assert "cannot be listened on" in refused("up --host nowhere.invalid --port 8123")


def test_a_port_is_a_number_that_exists(folder: Path) -> None:
    for port in ("0", "65536", "http"):
        assert "--port" in misused(f"up --port {port}")


def test_a_folder_that_cannot_be_written_is_refused(folder: Path) -> None:
    (folder / "var").touch()  # whoever runs this, even root, cannot make a folder of that name
    assert "Start the tracker in a folder where it may write" in refused("up")
    assert "cannot be made" in refused("db upgrade")


# The key that `tracker up` makes for itself.


def test_the_key_is_made_once_and_is_its_owners_alone(folder: Path) -> None:
    key = embedded_secret_key()
    assert embedded_secret_key() == key
    assert len(key) > 40
    assert stat.S_IMODE((folder / "var" / "secret_key").stat().st_mode) == 0o600
    assert stat.S_IMODE((folder / "var").stat().st_mode) == 0o700
    assert [path.name for path in (folder / "var").iterdir()] == ["secret_key"]


def test_starts_at_the_same_moment_agree_on_the_key(folder: Path) -> None:
    with ThreadPoolExecutor(16) as threads:
        keys = set(threads.map(lambda _: embedded_secret_key(), range(64)))
    assert len(keys) == 1
    assert len(keys.pop()) > 40


# Processes.


@contextmanager
def up(folder: Path, **settings: str) -> Iterator[tuple[Process, str]]:
    """`tracker up` in ``folder``, and its address."""
    port = free_port()
    given = {f"TRACKER_{name}": value for name, value in settings.items()}
    with started(f"up --port {port}", folder, given) as process:
        process.wait_for(f"The tracker is up: http://127.0.0.1:{port}/api/docs")
        yield process, f"http://127.0.0.1:{port}"


def a_token(monkeypatch: pytest.MonkeyPatch, folder: Path) -> str:
    """A token on the database of a tracker that is up in ``folder``."""
    monkeypatch.chdir(folder)
    printed("workspace create acme")
    return printed("token create --workspace acme --role owner --name tests").strip()


def test_up_makes_all_it_needs_answers_and_stops_on_ctrl_c(folder: Path) -> None:
    with up(folder) as (process, url):
        assert fetch(f"{url}/healthz").json == {"status": "ok"}
        eventually(lambda: fetch(f"{url}/readyz").json["looks"] == "ok")
        assert fetch(f"{url}/readyz").json == {
            "status": "ok",
            "database": "ok",
            "broker": "embedded",
            "looks": "ok",
            "backlog": {"announcements": 0, "reminders": 0, "deliveries": 0},
            "clock_offset": 0,
            "muted": None,
        }
        assert "tracker_look_age_seconds" in fetch(f"{url}/metrics").text
        page = fetch(f"{url}/api/docs/")
        assert (page.status, "Tracker API" in page.text) == (200, True)
        assert fetch(f"{url}/api/openapi.json").json["openapi"] == "3.1.0"
        assert fetch(f"{url}/api/v1/projects").status == 401
        assert sorted(path.name for path in folder.iterdir()) == ["var"]
        assert process.stop(SIGINT) == (0, "")
    assert sorted(path.name for path in (folder / "var").iterdir()) == [
        "secret_key",
        "tracker.sqlite3",
    ]


def test_up_finishes_the_request_in_hand_when_it_is_told_to_stop(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with up(folder) as (process, url), ThreadPoolExecutor(2) as other:
        token = a_token(monkeypatch, folder)
        assert fetch(f"{url}/api/v1/projects", token).json["items"] == []
        stream = other.submit(fetch, f"{url}/api/v1/events/stream", token)
        with closing(connect("var/tracker.sqlite3", isolation_level=None)) as busy:
            busy.execute("BEGIN IMMEDIATE")  # the request has to wait for this one's end
            answer = other.submit(fetch, f"{url}/api/v1/projects", token, a_wish())
            for _ in range(2):
                fetch(f"{url}/healthz")  # answered after the earlier request was taken in hand
            process.popen.send_signal(SIGTERM)
            busy.execute("ROLLBACK")
        assert answer.result().status == 201
        assert stream.result().text.startswith(": what happens is told here")
        assert (process.popen.wait(10), process.popen.communicate()[0]) == (0, "")
    with closing(connect("var/tracker.sqlite3")) as database:
        assert database.execute("SELECT count(*) FROM projects").fetchone() == (1,)


def test_up_starts_again_where_it_was(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with up(folder) as (process, _url):
        token = a_token(monkeypatch, folder)
        process.popen.kill()
    key = (folder / "var" / "secret_key").read_text()
    muted = printed("db mute")
    port = free_port()
    with started(f"up --port {port}", folder) as process:
        assert process.wait_for("The tracker is up").startswith(muted)
        url = f"http://127.0.0.1:{port}"
        assert fetch(f"{url}/api/v1/workspaces/me", token).json["slug"] == "acme"
        assert process.stop()[0] == 0
    assert (folder / "var" / "secret_key").read_text() == key


def test_a_shifted_clock_shifts_the_days_of_up_and_of_the_commands_beside_it(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    year = timedelta(days=365)
    offset = str(int(year.total_seconds()))
    wish = a_wish(launch_on=(utcnow().date() + timedelta(days=200)).isoformat())
    with up(folder, CLOCK_OFFSET=offset) as (process, url):
        assert fetch(f"{url}/readyz").json["clock_offset"] == int(offset)
        monkeypatch.setenv("TRACKER_CLOCK_OFFSET", offset)
        token = a_token(monkeypatch, folder)
        answer = fetch(f"{url}/api/v1/projects", token, wish)
        assert (answer.status, "past" in answer.text) == (422, True)
        wish["parameters"]["launch_on"] = (date.fromisoformat(later(wish)) + year).isoformat()
        made = fetch(f"{url}/api/v1/projects", token, wish)
        assert made.status == 201
        assert made.json["created_at"][:10] >= str(local_today("UTC", utcnow()))
        assert process.stop()[0] == 0
    assert run("doctor").stdout.count(f"shifts the clock by {offset} seconds") == 1


def later(wish: dict[str, Any]) -> str:
    day: str = wish["parameters"]["launch_on"]
    return day


def test_web_serves_the_api_on_real_servers(
    production: dict[str, str], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    with started(f"web --port {port}", folder, production) as process:
        process.wait_for("The tracker is up")
        assert fetch(f"{url}/readyz").json == {
            "status": "ok",
            "database": "ok",
            "broker": "ok",
            "looks": "starting",  # no worker is there, and this process is young
            "backlog": {"announcements": 0, "reminders": 0, "deliveries": 0},
            "clock_offset": 0,
            "muted": None,
        }
        token = a_token(monkeypatch, folder)
        made = fetch(f"{url}/api/v1/projects", token, a_wish())
        assert made.status == 201
        listed = fetch(f"{url}/api/v1/projects/{made.json['id']}/tasks?limit=500", token)
        assert len(listed.json["items"]) > 50
        assert process.stop() == (0, "")
    assert list(folder.iterdir()) == []


def test_worker_and_beat_write_no_file_and_stop_as_told(
    production: dict[str, str], folder: Path
) -> None:
    muted = printed("db mute").strip()
    folder.chmod(0o555)
    with (
        started("worker", folder, production) as worker,
        started("beat", folder, production) as beat,
    ):
        beat.wait_for("beat: Starting")
        worker.wait_for(muted)
        worker.wait_for("ready.")
        for process, signal in ((beat, SIGINT), (worker, SIGTERM)):
            exit_code, said = process.stop(signal)
            assert exit_code == 0, said
            assert "Traceback" not in said
    assert list(folder.iterdir()) == []
