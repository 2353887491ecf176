"""The command line: the top of the house. Each command group is imported when it is called."""

from typing import Any, Final

import click

from tracker.cli.lazy import Lazy, LazyGroup
from tracker.cli.speech import refusal
from tracker.kernel.errors import DomainError
from tracker.playbooks.loader import BadPlaybook

COMMANDS: Final = {
    "up": Lazy("tracker.cli.server:up", "Start everything in one process, on SQLite."),
    "web": Lazy("tracker.cli.server:web", "Serve the API."),
    "worker": Lazy("tracker.cli.jobs:worker", "Run the jobs."),
    "beat": Lazy("tracker.cli.jobs:beat", "Ring for the jobs when their time has come."),
    "demo": Lazy("tracker.cli.demo:demo", "Make a demo workspace with a planned launch."),
    "db": Lazy("tracker.cli.db:db", "Migrate, back up and restore the database."),
    "catalog": Lazy("tracker.cli.catalog:catalog", "List, show and check playbooks."),
    "plan": Lazy("tracker.cli.plan:plan", "Plan a launch, or show one that is stored."),
    "project": Lazy("tracker.cli.project:project", "List projects, pause, cancel, archive them."),
    "board": Lazy("tracker.cli.board:board", "Keep boards of Trello and Notion in step."),
    "roster": Lazy("tracker.cli.roster:roster", "Import, list, export the people of a launch."),
    "gate": Lazy("tracker.cli.gate:gate", "Show, approve, decide and waive gates."),
    "reminders": Lazy("tracker.cli.reminders:reminders", "Show who will be reminded of what."),
    "events": Lazy("tracker.cli.events:events", "Hand on events that were left alone."),
    "quiz": Lazy("tracker.cli.quiz:quiz", "Say whether a community is worth launching now."),
    "workspace": Lazy("tracker.cli.workspace:workspace", "Create and list workspaces."),
    "member": Lazy("tracker.cli.member:member", "Add, change and remove members."),
    "me": Lazy("tracker.cli.me:me", "Say when you may be reached, and when you are away."),
    "channel": Lazy("tracker.cli.channel:channel", "Say how a member is reached, and test it."),
    "webhook": Lazy("tracker.cli.webhook:webhook", "Test, pause, resume, replay webhooks."),
    "token": Lazy("tracker.cli.token:token", "Create, list and revoke tokens."),
    "secrets": Lazy("tracker.cli.secrets:secrets", "Change the keys of stored secrets."),
    "audit": Lazy("tracker.cli.audit:audit", "Check the sealed history, export where it ends."),
    "doctor": Lazy("tracker.cli.doctor:doctor", "Say what is misconfigured."),
}


class _FrontDoor(LazyGroup):
    """Says every refusal as a sentence, in the reader's language."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (DomainError, BadPlaybook) as error:
            raise refusal(error) from error


@click.group(
    cls=_FrontDoor, lazy=COMMANDS, context_settings={"help_option_names": ["-h", "--help"]}
)
@click.version_option(package_name="community-tracker", prog_name="tracker")
def main() -> None:
    """Take a community from the decision to launch it to the day it runs itself."""
