"""``tracker demo``: a workspace with a launch that is planned from the whole playbook."""

from datetime import date, datetime, timedelta
from typing import Final

import click
from sqlalchemy.orm import Session

from tracker.cli.opening import open_any_database
from tracker.cli.server import address, at_home, embedded_settings, listening, serve, up_message
from tracker.cli.speech import spoken_language
from tracker.config import Settings
from tracker.kernel.clock import utcnow
from tracker.kernel.db import unit_of_work
from tracker.kernel.revisions import bring_up_to_date
from tracker.kernel.texts import Language, Sentence
from tracker.people import queries, service
from tracker.people.models import Member
from tracker.people.rules import Role
from tracker.playbooks.parameters import Parameters
from tracker.projects import queries as project_queries
from tracker.projects import service as projects
from tracker.projects.models import Project
from tracker.projects.service import Wish

SLUG: Final = "demo"
_WEEKS_TO_LAUNCH: Final = 14  # three months to prepare, which begin within two weeks or so
_PEOPLE: Final = {
    "sponsor": "sponsor@demo.invalid",
    "project_manager": "project.manager@demo.invalid",
    "community_manager": "community.manager@demo.invalid",
}
_NAME: Final = Sentence(en="Our first community", fr="Notre première communauté")
_READY: Final = Sentence(
    en="""\
The workspace “demo” holds a community launch with {tasks} tasks, planned for {launch_on}.

  address   {url}
  reader    {url}/api/docs
  token     {token}

Try this in another terminal:

  curl -H "Authorization: Bearer {token}" \\
    "{url}/api/v1/projects/{project_id}/tasks?limit=3"
""",
    fr="""\
L'espace « demo » contient un lancement de communauté de {tasks} tâches, prévu le {launch_on}.

  adresse   {url}
  lecteur   {url}/api/docs
  jeton     {token}

À essayer dans un autre terminal :

  curl -H "Authorization: Bearer {token}" \\
    "{url}/api/v1/projects/{project_id}/tasks?limit=3"
""",
)


@click.command()
@click.option("--up", "and_up", is_flag=True, help="Start the tracker afterwards.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8000, show_default=True)
def demo(host: str, port: int, *, and_up: bool) -> None:
    """Make (or find) the workspace “demo” with a planned launch, and a new token for it."""
    settings = at_home(embedded_settings(), host, port)
    if not and_up:
        click.echo(_made(settings, host, port))
        return
    with listening(host, port) as listener:
        made = _made(settings, host, port)
        serve(settings, listener, f"{made}\n{up_message(host, port)}", with_jobs=True)


def _made(settings: Settings, host: str, port: int) -> str:
    """Make what is to be shown, and tell how to look at it."""
    bring_up_to_date(open_any_database(settings))
    with unit_of_work() as session:
        facts = _prepare(session, spoken_language())
    return _READY.say(spoken_language(), url=address(host, port), **facts)


def _prepare(session: Session, language: Language) -> dict[str, object]:
    now = utcnow()
    owner = _owner(session)
    project = _planned(session, owner, now) or _plan(session, owner, now, language)
    tasks = project_queries.all_tasks(session, owner.workspace_id, project.id)
    _token, secret = service.create_token(session, owner, "demo", now=now)
    return {
        "tasks": len(tasks),
        "launch_on": project.launch_on.isoformat(),
        "project_id": project.id,
        "token": str(secret),
    }


def _planned(session: Session, owner: Member, now: datetime) -> Project | None:
    """The launch of an earlier call, while it still lies ahead."""
    newest = project_queries.projects(
        session, owner.workspace_id, state="active", after=None, limit=1
    )
    return next((found for found in newest[:1] if found.launch_on > now.date()), None)


def _plan(session: Session, owner: Member, now: datetime, language: Language) -> Project:
    made = projects.create(
        session,
        service.actor_of(owner),
        Wish(
            name=_NAME.say(language),
            playbook="community-launch",
            version=None,
            parameters=Parameters(
                launch_on=_monday_after(now.date()),
                language=language,
                country="FR" if language == "fr" else None,
                community_type="advocacy",
                people=_PEOPLE,
            ),
        ),
        now=now,
    )
    return project_queries.project(session, owner.workspace_id, made.project["id"])


def _monday_after(today: date) -> date:
    """A launch day that leaves time to prepare, and is hardly ever a closed day."""
    return today + timedelta(days=7 - today.weekday(), weeks=_WEEKS_TO_LAUNCH)


def _owner(session: Session) -> Member:
    """The demo's first owner, made with the workspace and its team on the first call."""
    known = next((w for w in queries.workspaces(session) if w.slug == SLUG), None)
    if known is not None:
        owner = queries.first_owner(session, known.id)
        assert owner is not None, "the last owner of a workspace cannot be removed"
        return owner
    now = utcnow()
    workspace = service.create_workspace(session, SLUG, "Demo", now=now)
    roles = {"sponsor": Role.OWNER, "project_manager": Role.MANAGER}
    members = [
        service.add_member(
            session, workspace.id, email, role=roles.get(role, Role.CONTRIBUTOR), now=now
        )
        for role, email in _PEOPLE.items()
    ]
    return members[0]
