"""What docker-compose.yml and Dockerfile say is held against the code, without an engine."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import click
import pytest
import yaml
from sqlalchemy import make_url

from tracker.cli import main
from tracker.config import SECRET_SETTINGS, Settings, check_scaled, load_settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docker-compose.yml").read_text("utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if service.get("build") == "."}
DOCKERFILE = (ROOT / "Dockerfile").read_text("utf-8")
KEY = "a-key-of-forty-letters-that-nobody-knows\n"
SECRETS = ["secret_key", "encryption_keys"]
OF_OURS = pytest.mark.parametrize("name", sorted(OURS))

ROUTES = """
import json
from tracker.app import create_app
from tracker.config import load_settings

print(json.dumps([rule.rule for rule in create_app(load_settings()).url_map.iter_rules()]))
"""


def filled(value: str) -> str:
    """As Compose fills it in where only the variables that it demands are set."""
    value = re.sub(r"\$\{\w+:\?[^}]*\}", "0123456789abcdef", value)
    return re.sub(r"\$\{\w+:-([^}]*)\}", r"\1", value)


def environment(name: str, secrets: Path) -> dict[str, str]:
    """What a container of the service sees; its secrets lie in the folder ``secrets``."""
    for key in SECRETS:
        (secrets / key).write_text(KEY)
    variables = {key: filled(value) for key, value in SERVICES[name]["environment"].items()}
    return {key: value.replace("/run/secrets", str(secrets)) for key, value in variables.items()}


def parsed(words: list[str]) -> click.Context:
    """The command behind ``words``, its options read. Raises click.UsageError if they are wrong."""
    program, *words = words
    assert program == "tracker"
    command: click.Command = main
    name = program
    while isinstance(command, click.Group):
        name, *words = words
        found = command.get_command(click.Context(command), name)
        assert found, f"there is no command {name}"
        command = found
    return command.make_context(name, words)


def settings_of(name: str, secrets: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    for key in [key for key in os.environ if key.startswith("TRACKER_")]:
        monkeypatch.delenv(key)
    for key, value in environment(name, secrets).items():
        monkeypatch.setenv(key, value)
    return load_settings()


def test_the_services_are_the_ones_that_are_promised() -> None:
    assert set(SERVICES) == {"web", "worker", "beat", "migrate", "postgres", "redis"}
    commands = {name: " ".join(service["command"]) for name, service in OURS.items()}
    assert commands == {
        "web": "tracker web --host 0.0.0.0 --port 8000",
        "worker": "tracker worker",
        "beat": "tracker beat",
        "migrate": "tracker db upgrade",
    }


@OF_OURS
def test_each_command_is_one_that_the_program_understands(name: str) -> None:
    words = [word for word in SERVICES[name]["command"] if not word.startswith("-")]
    assert parsed(SERVICES[name]["command"]).info_name in words


def test_the_commands_in_the_comments_are_understood_too() -> None:
    told = re.findall(r"^#   docker compose exec web (.*)$", TEXT, re.MULTILINE)
    assert len(told) == 2
    for command in told:
        parsed(command.split())


def test_a_command_that_does_not_exist_would_be_noticed() -> None:
    with pytest.raises(AssertionError, match="there is no command wep"):
        parsed(["tracker", "wep"])
    with pytest.raises(click.UsageError, match="--prot"):
        parsed(["tracker", "web", "--prot", "8000"])


@OF_OURS
def test_each_variable_is_a_setting(name: str) -> None:
    known = {field.upper() for field in Settings.__dataclass_fields__}
    known |= {f"{secret}_FILE" for secret in SECRET_SETTINGS}
    assert {f"TRACKER_{setting}" for setting in known} >= set(SERVICES[name]["environment"])


@OF_OURS
def test_each_service_may_start_with_its_settings(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of(name, tmp_path, monkeypatch)
    check_scaled(settings, name)
    assert settings.secret_key
    assert settings.secret_key.strip() == KEY.strip()
    assert settings.encryption_keys == (KEY.strip(),)


def test_the_addresses_are_those_of_the_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings = settings_of("web", tmp_path, monkeypatch)
    postgres = {key: filled(value) for key, value in SERVICES["postgres"]["environment"].items()}
    url = make_url(settings.database_url)
    assert url.drivername == "postgresql+psycopg"
    assert (url.host, url.username, url.password, url.database) == (
        "postgres",
        postgres["POSTGRES_USER"],
        postgres["POSTGRES_PASSWORD"],
        postgres["POSTGRES_DB"],
    )
    assert settings.redis_url == "redis://redis:6379/0"


def test_no_secret_stands_in_the_file() -> None:
    for service in SERVICES.values():
        for key, value in service.get("environment", {}).items():
            if "PASSWORD" in key or key.endswith("DATABASE_URL"):
                assert "${POSTGRES_PASSWORD:?" in value
    assert COMPOSE["secrets"] == {key: {"file": f"./var/secrets/{key}"} for key in SECRETS}
    assert all(service["secrets"] == SECRETS for service in OURS.values())


def test_nothing_starts_before_the_database_is_migrated() -> None:
    for name in set(OURS) - {"migrate"}:
        waits = SERVICES[name]["depends_on"]
        assert waits["migrate"] == {"condition": "service_completed_successfully"}
    assert SERVICES["migrate"]["depends_on"] == {"postgres": {"condition": "service_healthy"}}
    assert SERVICES["migrate"]["restart"] == "no"


def test_whatever_is_waited_for_in_health_says_whether_it_is_healthy() -> None:
    for service in SERVICES.values():
        for name, wait in service.get("depends_on", {}).items():
            assert name in SERVICES
            assert wait["condition"] != "service_healthy" or SERVICES[name]["healthcheck"]["test"]


def test_the_servers_are_asked_in_their_own_language() -> None:
    postgres, redis = SERVICES["postgres"], SERVICES["redis"]
    assert postgres["healthcheck"]["test"] == [
        "CMD",
        "pg_isready",
        "--host=127.0.0.1",
        f"--username={postgres['environment']['POSTGRES_USER']}",
        f"--dbname={postgres['environment']['POSTGRES_DB']}",
    ]
    assert redis["healthcheck"]["test"] == ["CMD", "valkey-cli", "ping"]


def test_the_health_check_asks_for_a_route_that_exists_on_the_port_that_is_served(
    tmp_path: Path,
) -> None:
    routes = subprocess.run(
        [sys.executable, "-c", ROUTES],
        cwd=ROOT,
        env={"PATH": os.defpath, **environment("web", tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert routes.returncode == 0, routes.stderr
    port, path = address_asked()
    assert path in json.loads(routes.stdout)
    assert parsed(SERVICES["web"]["command"]).params["port"] == port
    assert SERVICES["web"]["ports"] == [f"127.0.0.1:{port}:{port}"]
    assert port >= 1024


@pytest.mark.parametrize(("status", "is_healthy"), [(200, True), (503, False), (404, False)])
def test_the_health_check_believes_the_answer_and_no_proxy(status: int, is_healthy: bool) -> None:
    with answering(status) as port:
        assert (ask_health(port) == 0) is is_healthy


def test_the_health_check_fails_where_nobody_answers() -> None:
    with answering(200) as port:
        pass
    assert ask_health(port) != 0


def address_asked() -> tuple[int, str]:
    found = re.search(
        r"http://127\.0\.0\.1:(\d+)(/\w+)", SERVICES["web"]["healthcheck"]["test"][-1]
    )
    assert found
    return int(found[1]), found[2]


def ask_health(port: int) -> int:
    """Run the health check's own program against ``port``; its exit code."""
    kind, program, *words = SERVICES["web"]["healthcheck"]["test"]
    assert (kind, program) == ("CMD", "python")
    words[-1] = words[-1].replace(f":{address_asked()[0]}/", f":{port}/")
    proxy = {"http_proxy": "http://127.0.0.1:1"}
    return subprocess.run(
        [sys.executable, *words], env=proxy, capture_output=True, check=False
    ).returncode


@contextmanager
def answering(status: int) -> Iterator[int]:
    """The port of a server that answers everything with ``status``."""

    class Answer(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    with HTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


def test_what_starts_in_the_image_is_our_own_command_and_not_root() -> None:
    started = re.findall(r"^(?:CMD|ENTRYPOINT) (.*)$", DOCKERFILE, re.MULTILINE)
    assert len(started) == 1
    assert parsed(json.loads(started[0])).params["port"] == address_asked()[0]
    assert re.findall(r"^USER (.*)$", DOCKERFILE, re.MULTILINE)[-1] not in ("root", "0")


def test_the_image_copies_what_is_there_and_nothing_else_is_sent_to_it() -> None:
    copied = [
        source
        for line in re.findall(r"^COPY (?!--from)(.*)$", DOCKERFILE, re.MULTILINE)
        for source in line.split()[:-1]
    ]
    ignored = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    sent = [line[1:] for line in ignored if line.startswith("!")]
    assert "*" in ignored
    assert sorted(sent) == sorted(copied)
    assert all((ROOT / source).exists() for source in copied)


def test_the_image_installs_only_what_is_pinned() -> None:
    assert "pip install --require-hashes -r requirements.txt" in DOCKERFILE
    assert "pip install --no-deps ." in DOCKERFILE
