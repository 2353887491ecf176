"""``tracker doctor``: what is misconfigured, and what to do about it."""

from pathlib import Path

import pytest

from tests.cli.terminal import run
from tests.servers.smtp import start_mailbox

KEY = "a-key-of-forty-letters-that-nobody-knows"
NOWHERE = "redis://127.0.0.1:1/0"


def told(exit_code: int, lang: str = "en_GB.UTF-8") -> list[str]:
    """The doctor's findings."""
    result = run("doctor", lang=lang)
    assert (result.exit_code, result.stderr) == (exit_code, ""), result.output
    return result.stdout.splitlines()


def the(mark: str, lines: list[str]) -> list[str]:
    """The findings under a mark."""
    return [line.removeprefix(mark).strip() for line in lines if line.startswith(mark)]


def test_an_empty_folder_is_fine_and_stays_empty(folder: Path) -> None:
    found = told(0)
    assert any(
        "There is no database var/tracker.sqlite3 yet" in line for line in the("note", found)
    )
    assert any("everything runs in one process" in line for line in the("ok", found))
    assert list(folder.iterdir()) == []


def test_what_works_is_said(office: str) -> None:
    assert "The database answers and is up to date." in the("ok", told(0))


def test_mails_that_go_nowhere_are_told(desk: str) -> None:
    assert any("TRACKER_SMTP_URL is unset" in line for line in the("note", told(0)))


def test_a_mail_server_that_answers_is_told(desk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with start_mailbox() as mailbox:
        monkeypatch.setenv("TRACKER_SMTP_URL", mailbox.url)
        assert "The mail server answers." in the("ok", told(0))
    assert mailbox.mails == []


def test_it_speaks_the_readers_language(desk: str) -> None:
    found = told(0, "fr_FR.UTF-8")
    assert "La base de données répond et est à jour." in the("bien", found)


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({"CLOK_OFFSET": "1"}, "There is no setting TRACKER_CLOK_OFFSET."),
        ({"RATE_LIMIT": "many"}, "TRACKER_RATE_LIMIT: must be a whole number"),
        ({"DATABASE_URL": "mysql://u:hush@h/d"}, "TRACKER_DATABASE_URL: must start with"),
        ({"DATABASE_URL": "postgresql://u:hush@127.0.0.1:1/d"}, "cannot be reached."),
        ({"SECRET_KEY_FILE": "nowhere"}, "TRACKER_SECRET_KEY_FILE must be a readable file"),
        ({"REDIS_URL": NOWHERE, "SECRET_KEY": KEY}, "Redis does not answer."),
        ({"SMTP_URL": "smtp://u:hush@h:port"}, "TRACKER_SMTP_URL: must be an address"),
        ({"SMTP_URL": "smtp://127.0.0.1:1"}, "The mail server takes no mails: “no connection"),
        ({"ENCRYPTION_KEYS": "short"}, "TRACKER_ENCRYPTION_KEYS must hold secrets of your own"),
        ({"REDIS_URL": NOWHERE}, "needs PostgreSQL and Redis: set TRACKER_DATABASE_URL="),
    ],
)
def test_what_is_wrong_is_said_without_secrets(
    folder: Path, monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], fault: str
) -> None:
    for name, value in settings.items():
        monkeypatch.setenv(f"TRACKER_{name}", value)
    found = told(1)
    assert any(fault in line for line in the("WRONG", found)), found
    assert "hush" not in "".join(found)


def test_a_database_behind_its_migrations_is_wrong(desk: str) -> None:
    run("db downgrade base --yes")
    assert any("Run `tracker db upgrade` first" in line for line in the("WRONG", told(1)))


def test_a_shifted_clock_is_told(desk: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRACKER_CLOCK_OFFSET", "86400")
    assert any("shifts the clock by 86400 seconds" in line for line in the("note", told(0)))


@pytest.mark.parametrize(
    ("key", "exit_code"), [(KEY, 0), ("short", 1), ("change-me", 1), ("x" * 40, 1)]
)
def test_what_web_would_refuse_is_wrong_beside_servers_that_answer(
    production: object, monkeypatch: pytest.MonkeyPatch, key: str, exit_code: int
) -> None:
    monkeypatch.setenv("TRACKER_SECRET_KEY", key)
    found = told(exit_code)
    assert "Redis answers." in the("ok", found)
    assert [line[:26] for line in the("WRONG", found)] == ["TRACKER_SECRET_KEY must be"] * exit_code
