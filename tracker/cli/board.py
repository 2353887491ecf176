"""``tracker board``: boards of other programs, kept in step with projects or brought here."""

from typing import Final

import click

from tracker.cli.lazy import Lazy, LazyGroup

COMMANDS: Final = {
    "list": Lazy("tracker.cli.board_step:list_boards", "List boards that are kept in step."),
    "show": Lazy("tracker.cli.board_step:show", "Show one: its state, and what disagrees."),
    "push": Lazy("tracker.cli.board_step:push", "Have every task and gate stand on a board."),
    "reconcile": Lazy("tracker.cli.board_step:reconcile", "Have both sides compared."),
    "pause": Lazy("tracker.cli.board_step:pause", "Leave a board alone for a while."),
    "resume": Lazy("tracker.cli.board_step:resume", "Have it kept in step again."),
    "import": Lazy("tracker.cli.board_import:import_", "Make a project or playbook of a board."),
}


@click.group(cls=LazyGroup, lazy=COMMANDS)
def board() -> None:
    """Bring boards of other programs here, and keep them in step."""
