"""``tracker worker`` and ``tracker beat``: the processes that run the jobs."""

from importlib import import_module

import click

from tracker.cli.muting import tell_if_muted
from tracker.cli.opening import check_secrets, open_database
from tracker.config import Settings, check_scaled, load_settings


@click.command()
def worker() -> None:
    """Run the jobs; start more of them to share the work."""
    settings = _opened("worker")
    tell_if_muted()
    _run("worker", settings)


@click.command()
def beat() -> None:
    """Ring for the jobs when their time has come; several at once do no harm."""
    _run("beat", _opened("beat"))


def _opened(command: str) -> Settings:
    settings = load_settings()
    check_scaled(settings, command)
    open_database(settings)
    check_secrets()
    return settings


def _run(command: str, settings: Settings) -> None:
    import_module("workers.processes").run(command, settings)
