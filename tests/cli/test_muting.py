"""A copy beside its original: nothing leaves it until somebody says that it is the one."""

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, closing
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest
from sqlalchemy import make_url

from tests.api.test_channels import adds, follows_the_link
from tests.cli.terminal import printed, run
from tests.conftest import a_setting
from tests.fakes.board import Memory, also_use_ports
from tests.fakes.connectors import Forum, also_use
from tests.fakes.receiver import Receiver, a_receiver
from tests.personas import World
from tests.servers.postgres_programs import program_folders
from tests.servers.smtp import Mailbox, start_mailbox
from tests.service.boards.kept import Pair, a_pair, clock_back
from tests.service.metrics.forums import Rig, a_rig
from tests.service.reminders.owing import every, kept, mails_of, owes
from tests.service.reminders.test_downtime import noon_before
from tests.service.webhooks.owed import Owes, an_endpoint, events, owed, states
from tracker.boards.syncing import sync_due
from tracker.channels.routes import use_carriers
from tracker.connectors.email.client import EmailCarrier
from tracker.kernel.clock import set_offset, utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.kernel.egress import make_door, use_door
from tracker.kernel.hearing import hand_out
from tracker.kernel.mail import Mailbox as Sender
from tracker.kernel.mail import read_mail_server
from tracker.kernel.muting import muting
from tracker.metrics.pulling import pull_due
from tracker.people.queries import workspace_by_slug
from tracker.reminders import digests
from tracker.reminders.sending import send_due
from tracker.webhooks.backlog import is_due
from tracker.webhooks.delivering import Courier
from tracker.wiring import wire

DAY = timedelta(days=1)


@dataclass
class Outside:
    """An installation with something owed to each kind of neighbour, and all of these."""

    url: str
    world: World
    mailbox: Mailbox
    post: EmailCarrier
    receiver: Receiver
    endpoint: Owes
    rig: Rig
    pair: Pair
    reminders: list[UUID]

    def join(self) -> None:
        """Have this process lead to the neighbours: a command has led it away from them."""
        wire(a_setting(database_url=self.url))
        use_carriers({"email": self.post})
        ports = (self.receiver.port, self.rig.port)
        use_door(make_door([f"127.0.0.1:{port}" for port in ports], "http://127.0.0.1:8000"))
        also_use(Forum())
        also_use_ports(self.pair.port)

    def look(self) -> None:
        """What the jobs do."""
        self.join()
        while send_due(now=utcnow()):
            pass
        with reading() as session:
            has_deliveries = is_due(session, utcnow())
        assert has_deliveries == bool(Courier(now=utcnow()).run())
        while sync_due(now=utcnow()):
            pass
        while pull_due(now=utcnow()):
            pass

    @property
    def has_heard_nothing(self) -> bool:
        return not (
            self.mailbox.mails
            or self.receiver.connections
            or self.rig.played.asked
            or self.pair.port.calls
        )


@pytest.fixture
def outside(
    world: World, database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Outside]:
    """It is noon, and commands work on it."""
    monkeypatch.setenv("TRACKER_DATABASE_URL", database_url)
    until_noon = timedelta(seconds=int((noon_before(timedelta()) - utcnow()).total_seconds()))
    monkeypatch.setenv("TRACKER_CLOCK_OFFSET", str(until_noon.total_seconds()).partition(".")[0])
    with ExitStack() as stack:
        stack.enter_context(clock_back())
        set_offset(until_noon)
        mailbox = stack.enter_context(start_mailbox())
        server, sender = read_mail_server(mailbox.url), Sender("tracker@example.org")
        post = stack.enter_context(closing(EmailCarrier(server, sender, seconds=2)))
        receiver = stack.enter_context(a_receiver())
        rig = stack.enter_context(a_rig(world.alice))
        ports = (receiver.port, rig.port)
        use_door(make_door([f"127.0.0.1:{port}" for port in ports], "http://127.0.0.1:8000"))
        rig.connect()
        with reading() as session:
            workspace_id = workspace_by_slug(session, "alice-and-co").id
        url = f"http://127.0.0.1:{receiver.port}/hook"
        endpoint = an_endpoint(workspace_id, UUID(world.alice.member_id), url)
        owed(endpoint, events(workspace_id, 3))
        yield Outside(
            url=database_url,
            world=world,
            mailbox=mailbox,
            post=post,
            receiver=receiver,
            endpoint=endpoint,
            rig=rig,
            pair=a_pair(world.mona, Memory()),
            reminders=owes(world.bob, 1) + owes(world.charlie, 12, now=utcnow() - 4 * DAY),
        )


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_nothing_leaves_a_restored_copy_until_it_is_unmuted_and_then_all_of_it_once(
    outside: Outside,
) -> None:
    printed("db backup copy.sqlite3")
    printed("db restore copy.sqlite3 --yes")
    outside.look()
    assert outside.has_heard_nothing
    assert len(every("owed")) == 13
    assert "13 reminders, 3 deliveries" in printed("db unmute --yes")
    outside.look()
    bobs, *charlies = outside.reminders
    assert (mails_of(outside.mailbox, bobs), kept(bobs).state) == (1, "sent")
    to_charlie = [m for m in outside.mailbox.mails if m.recipient == outside.world.charlie.email]
    assert len(to_charlie) == 1, "what is late is no burst"
    assert {kept(one).state for one in charlies} == {"folded"}
    assert states(outside.endpoint) == {"sent": 3}
    assert len(outside.receiver.requests) == 3
    assert outside.pair.port.calls.count("make") == 4
    assert outside.rig.posts() == outside.rig.all_posts()


def test_while_it_is_muted_digests_wait_and_what_stays_inside_goes_on(
    outside: Outside,
) -> None:
    bob = outside.world.bob
    bob.patch("/me/preferences", {"digest": "daily"})
    printed("db mute")
    outside.look()
    assert outside.has_heard_nothing
    with unit_of_work() as session:
        assert digests.digest_due(session, now=utcnow() + 3 * DAY) == 0, "three would be a burst"
        assert hand_out(session, now=utcnow())
    printed("db unmute --yes")
    outside.look()
    assert states(outside.endpoint) == {"sent": 3}
    with unit_of_work() as session:
        assert digests.digest_due(session, now=utcnow() + 3 * DAY) == 1


@pytest.mark.parametrize("database_url", ["sqlite"], indirect=True)
def test_what_is_asked_to_leave_at_once_is_refused_with_what_lifts_it(outside: Outside) -> None:
    alice, mona = outside.world.alice, outside.world.mona
    channel = adds(mona, kind="hook", address=f"http://127.0.0.1:{outside.receiver.port}/in")
    follows_the_link(channel)
    printed("db mute")
    outside.join()
    asked = {
        f"/me/channels/{channel['id']}/test": {},
        f"/webhooks/{outside.endpoint.id}/test": {},
        f"/boards/{outside.pair.board_id}/push": {},
        f"/boards/{outside.pair.board_id}/reconcile": {},
        f"/connections/{outside.rig.id}/test": {},
        f"/connections/{outside.rig.id}/pull": {},
        "/boards/choices": {"kind": "memory", "credentials": {"token": "good"}},
        "/imports": {
            "source": "trello",
            "into": "playbook",
            "board": "x",
            "credentials": {"key": "k" * 32, "token": "t" * 64},
        },
    }
    for path, body in asked.items():
        by = alice if path.startswith("/webhooks") else mona
        told = by.post(path, body)
        assert (told.status_code, told.get_json()["type"].rpartition(":")[2]) == (409, "muted"), (
            path,
            told.get_json(),
        )
        assert "`tracker db unmute` lifts it" in told.get_json()["detail"]
        french = by.post(path, body, headers={"Accept-Language": "fr"}).get_json()
        assert "`tracker db unmute` y met fin" in french["detail"]
    assert outside.has_heard_nothing


def test_everything_that_tells_how_it_stands_tells_that_it_is_muted(office: str) -> None:
    assert "is not muted; nothing was changed." in printed("db unmute")
    printed("workspace create acme")
    assert printed("db mute").startswith("Muted since 20")
    told = printed("db mute")
    assert told in run("doctor").stdout
    assert f"note    {told}" in run("doctor").stdout
    result = run("db unmute", typed="n\n")
    assert result.exit_code == 1
    assert "two would tell everybody everything twice" in result.output
    assert printed("db mute") == told, "since the first time"
    assert run("db unmute", typed="y\n").stdout.endswith(" sends.\n")
    assert "Muted" not in run("doctor").stdout


@pytest.mark.parametrize("database_url", ["postgresql"], indirect=True)
def test_a_dump_that_is_restored_with_other_tools_is_muted_even_where_it_was(
    world: World, database_url: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TRACKER_DATABASE_URL", database_url)
    owes(world.bob)
    url = make_url(database_url).set(drivername="postgresql")
    address, programs = url.render_as_string(hide_password=False), tools()
    saved = folder / "dump"
    subprocess.run([programs / "pg_dump", "-Fc", f"--file={saved}", address], check=True)
    restores: list[str | Path] = [
        programs / "pg_restore",
        "--clean",
        "--if-exists",
        f"--dbname={address}",
        saved,
    ]
    subprocess.run(restores, check=True)
    assert send_due(now=utcnow()) == 0
    with reading() as session:
        found = muting(session)
    assert found is not None
    assert found.since is None
    assert "since this database was restored from a copy" in run("doctor").stdout
    printed("db unmute --yes")
    wire(a_setting(database_url=database_url))
    assert send_due(now=utcnow()) == 1


def tools() -> Path:
    """Where pg_dump is."""
    for folder in program_folders():
        if (folder / "pg_dump").exists():
            return folder
    return Path(str(shutil.which("pg_dump"))).parent
