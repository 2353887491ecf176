"""The commands of docker-compose.yml as processes, on real servers: faults, and an orderly end.

The tests tell one story: they stand in the order in which they must run.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from signal import SIGCONT, SIGSTOP
from subprocess import TimeoutExpired
from uuid import uuid4

import psycopg
import pytest
from sqlalchemy import make_url

from tests.jobs.house import House, a_running_house
from tests.jobs.patience import eventually
from tests.personas import a_wish
from tests.servers.home import NoServer
from tests.servers.postgres import create_database, drop_database
from tests.servers.smtp import Mailbox, start_mailbox

STILL_OWED = "SELECT count(*) FROM outbox_messages WHERE ready_at IS NOT NULL"
WAITS = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'"
AT_WORK = "SELECT count(*) FROM pg_stat_activity WHERE state = 'idle in transaction'"
HEARD = """
SELECT count(*) FROM outbox_messages
WHERE topic = 'project.state_changed' AND relayed_at IS NOT NULL AND payload->>'project_id' = '{id}'
"""


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    """Where its mails go."""
    with start_mailbox() as box:
        yield box


@pytest.fixture(scope="module")
def house(
    mailbox: Mailbox,
    postgres_template: tuple[str, str],
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[House]:
    """With two beats: any number does no harm."""
    server, template = postgres_template
    name = f"house_{uuid4().hex}"
    url = create_database(server, name, template=template)
    try:
        folder = tmp_path_factory.mktemp("house")
        with a_running_house(folder, url, beats=2, SMTP_URL=mailbox.url) as house:
            yield house
    except NoServer as reason:
        if os.environ.get("CI") == "true":
            pytest.fail(f"no Valkey for the tests: {reason}")
        pytest.skip(f"NO VALKEY, the processes that need a broker are not tested here: {reason}")
    finally:
        drop_database(server, name)


def pauses_and_resumes(house: House) -> str:
    """A project of which two things were announced that somebody listens to; its id."""
    project = house.call("POST", "/projects", a_wish(), status=201)
    house.call("POST", f"/projects/{project['id']}/pause", {})
    house.call("POST", f"/projects/{project['id']}/resume", {})
    return str(project["id"])


def is_heard(house: House, project: str) -> bool:
    return bool(house.ask(HEARD.format(id=project)) == 2)


@contextmanager
def connected(house: House) -> Iterator[psycopg.Connection]:
    url = make_url(house.database_url).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False), autocommit=True) as connection:
        yield connection


def has_ended(house: House, name: str) -> bool:
    return house.processes[name].popen.poll() is not None


def test_what_is_announced_is_heard_by_a_worker(house: House) -> None:
    project = pauses_and_resumes(house)
    eventually(lambda: is_heard(house, project))
    eventually(lambda: house.ask(STILL_OWED) == 0)


def test_a_reminder_arrives_once(house: House, mailbox: Mailbox) -> None:
    at_any_hour = {"quiet_from": None, "quiet_until": None}
    house.call("PATCH", "/me/preferences", at_any_hour)
    project = house.call("POST", "/projects", a_wish(), status=201)
    task = house.call("GET", f"/projects/{project['id']}/tasks?limit=1")["items"][0]
    house.call("PATCH", f"/tasks/{task['id']}", {"assignees": ["olga@example.org"]})
    house.call("POST", f"/tasks/{task['id']}/remind", {})
    eventually(lambda: mailbox.mails)
    eventually(lambda: house.ask("SELECT count(*) FROM reminders WHERE state = 'sent'") == 1)
    assert [mail.recipient for mail in mailbox.mails] == ["olga@example.org"]
    assert task["title"] in str(mailbox.mails[0].parsed["Subject"])


def test_a_broker_that_hangs_holds_up_no_request(house: House) -> None:
    assert house.valkey.home.process
    house.valkey.home.process.send_signal(SIGSTOP)
    try:
        project = pauses_and_resumes(house)
        assert not is_heard(house, project)
    finally:
        house.valkey.home.process.send_signal(SIGCONT)
    eventually(lambda: is_heard(house, project))


def test_a_worker_outlives_its_broker_with_a_message_in_hand(house: House) -> None:
    """Celery 5.7.0 ends its worker here: see the pin in pyproject.toml."""
    with connected(house) as connection, connection.transaction():
        connection.execute("LOCK TABLE looks IN ACCESS EXCLUSIVE MODE")
        eventually(lambda: house.ask(WAITS))  # a look waits in a worker, not acknowledged
        house.valkey.kill()
        with suppress(TimeoutExpired):
            house.processes["worker"].popen.wait(0.5)
        house.valkey.restart()
    project = pauses_and_resumes(house)
    eventually(lambda: is_heard(house, project))
    assert [name for name in house.processes if has_ended(house, name)] == []


def test_a_worker_comes_back_whose_broker_has_missed_its_words(house: House) -> None:
    """Each of its processes ends a job while the broker is away, as a restart of it takes."""
    with connected(house) as connection, connection.transaction():
        connection.execute("LOCK TABLE looks IN ACCESS EXCLUSIVE MODE")
        eventually(lambda: house.ask(WAITS) == 2)
        house.valkey.kill()
    eventually(lambda: house.ask(AT_WORK) == 0)
    house.valkey.restart()
    project = pauses_and_resumes(house)
    eventually(lambda: is_heard(house, project))


def test_all_end_within_ten_seconds_even_where_a_job_hangs(house: House) -> None:
    with connected(house) as connection, connection.transaction():
        connection.execute("LOCK TABLE looks IN ACCESS EXCLUSIVE MODE")
        eventually(lambda: house.ask(WAITS))
        for process in house.processes.values():
            process.popen.terminate()
        ended = {
            name: (process.popen.communicate(timeout=10)[0], process.popen.returncode)
            for name, process in house.processes.items()
        }
    assert [name for name, (_, code) in ended.items() if code != 0] == []
    assert "a job did not end in time and is left" in ended["worker"][0]
