"""``tracker board``: boards of other programs, kept in step with projects or brought here."""

from typing import Final

import click

from tracker.cli.lazy import Lazy, LazyGroup

COMMANDS: Final = {
    "import": Lazy("tracker.cli.board_import:import_", "Make a project or playbook of a board."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def board() -> None:
    """Bring boards of other programs here, and keep them in step."""
