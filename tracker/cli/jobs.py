"""``tracker worker`` and ``tracker beat``: the processes that run the jobs."""

from importlib import import_module

import click

from tracker.cli.opening import check_secrets, open_database
from tracker.config import check_scaled, load_settings


@click.command()
def worker() -> None:
    """Run the jobs; start more of them to share the work."""
    _run("worker")


@click.command()
def beat() -> None:
    """Ring for the jobs when their time has come; several at once do no harm."""
    _run("beat")


def _run(command: str) -> None:
    settings = load_settings()
    check_scaled(settings, command)
    open_database(settings)
    check_secrets()
    import_module("workers.processes").run(command, settings)
