"""``tracker project``: list and show projects, and lead them from one state to the next."""

from typing import Final

import click

from tracker.cli.lazy import Lazy, LazyGroup

COMMANDS: Final = {
    "list": Lazy("tracker.cli.project_life:list_projects", "List projects, the newest first."),
    "show": Lazy("tracker.cli.project_life:show", "Show a project, without its tasks."),
    "pause": Lazy("tracker.cli.project_life:pause", "Stop reminders and pulls; dates stay."),
    "resume": Lazy("tracker.cli.project_life:resume", "Go on after a pause."),
    "cancel": Lazy("tracker.cli.project_life:cancel", "Give a project up; it stays readable."),
    "archive": Lazy("tracker.cli.project_life:archive", "Put a project away for good."),
    "export": Lazy("tracker.cli.copies:export", "Write a project into a sealed file."),
    "import": Lazy("tracker.cli.copies:import_", "Make a project from such a file."),
    "delete": Lazy("tracker.cli.project_life:delete", "Delete a project and its history."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def project() -> None:
    """List and show projects, and lead them from one state to the next."""
