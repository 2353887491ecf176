"""A process that is killed while it makes a project leaves nothing of it."""

import subprocess
import sys
from pathlib import Path

import pytest
from sqlalchemy import func, select

from tests.api.tables import counts
from tests.personas import Persona, answer
from tracker.kernel.db import current_database, reading
from tracker.projects.models import Gate, Phase, Project, Step, Task

ROOT = Path(__file__).parents[2]
# Creates a project as the member of the given id, and dies where the table is first written to.
KILLED = """
import os, signal, sys
from uuid import UUID
from sqlalchemy import event
from tests.conftest import a_setting
from tests.personas import next_monday
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.people.rules import Actor, Role
from tracker.playbooks.parameters import Parameters
from tracker.projects import service
from tracker.wiring import wire

url, workspace, member, table = sys.argv[1:]
database = wire(a_setting(database_url=url))

def die(_connection, _cursor, statement, *_rest):
    if statement.startswith(f"INSERT INTO {table}"):
        os.kill(os.getpid(), signal.SIGKILL)

event.listen(database.engine, "after_cursor_execute", die)
actor = Actor(UUID(workspace), UUID(member), Role.MANAGER)
wish = service.Wish("Doomed", "community-launch", None, Parameters(launch_on=next_monday(30)))
with unit_of_work() as session:
    service.create(session, actor, wish, now=utcnow())
"""


@pytest.mark.parametrize("table", ["projects", "steps", "outbox_messages"])
def test_nothing_is_left_of_a_project_whose_maker_was_killed(
    mona: Persona, database_url: str, table: str
) -> None:
    before = counts()
    workspace_id = answer(mona.get("/workspaces/me"))["id"]
    killed = subprocess.run(
        [sys.executable, "-c", KILLED, database_url, workspace_id, mona.member_id, table],
        cwd=ROOT,
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -9, killed.stderr.decode()
    current_database().close()
    with reading() as session:
        for model in (Project, Phase, Task, Step, Gate):
            assert session.scalar(select(func.count()).select_from(model)) == 0
    assert counts() == before
    assert mona.creates_a_project()["name"] == "Our community"
