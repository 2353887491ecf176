"""``tracker up``, ``web``, ``worker`` and ``beat``: the processes."""

from dataclasses import replace
from importlib import import_module
from signal import SIGTERM, signal
from typing import Final

import click
from waitress.server import create_server

from tracker.app import create_app
from tracker.cli.opening import open_any_database, open_database
from tracker.cli.speech import spoken_language
from tracker.config import Settings, check_scaled, embedded_secret_key, load_settings
from tracker.kernel.db import current_database
from tracker.kernel.logs import set_up_logs
from tracker.kernel.migrations import upgrade
from tracker.kernel.texts import Sentence

THREADS: Final = 8
_UP: Final = Sentence(
    en="The tracker is up: {url}/api/docs (stop it with Ctrl-C).",
    fr="Le tracker tourne : {url}/api/docs (l'arrêter avec Ctrl-C).",
)


def _host_and_port(command: click.Command) -> click.Command:
    port = click.Option(
        ["--port"], type=click.IntRange(1, 65535), default=8000, show_default=True, help="Port."
    )
    host = click.Option(["--host"], default="127.0.0.1", show_default=True, help="Address.")
    command.params[:0] = [host, port]
    return command


@_host_and_port
@click.command()
def up(host: str, port: int) -> None:
    """Start everything in one process, on SQLite: no other server is needed."""
    settings = embedded_settings()
    upgrade(open_any_database(settings))
    serve(settings, host, port)


@_host_and_port
@click.command()
def web(host: str, port: int) -> None:
    """Serve the API, beside workers on PostgreSQL and Redis."""
    settings = load_settings()
    check_scaled(settings, "web")
    open_database(settings)
    serve(settings, host, port)


def embedded_settings() -> Settings:
    """The settings of one process that needs nothing else; it keeps a key of its own."""
    settings = load_settings()
    key = settings.secret_key or embedded_secret_key()
    return replace(settings, redis_url=None, secret_key=key)


def serve(settings: Settings, host: str, port: int) -> None:
    """Answer requests until told to stop."""
    set_up_logs(settings.log_format)
    app = create_app(settings)
    shown = f"[{host}]" if ":" in host else host
    server = create_server(
        app, host=host, port=port, threads=THREADS, ident=None, clear_untrusted_proxy_headers=True
    )
    click.echo(_UP.say(spoken_language(), url=f"http://{shown}:{port}"))
    signal(SIGTERM, _stop)
    try:
        server.run()  # on SystemExit it waits for the requests in hand
    finally:
        server.close()
        current_database().close()


def _stop(_number: int, _frame: object) -> None:
    """SIGTERM means: finish what is in hand, then go."""
    raise SystemExit(0)


@click.command()
def worker() -> None:
    """Run the jobs; start more of them to share the work."""
    _run_celery("worker")


@click.command()
def beat() -> None:
    """Ring for the jobs when their time has come; several at once do no harm."""
    _run_celery("beat")


def _run_celery(command: str) -> None:
    settings = load_settings()
    check_scaled(settings, command)
    open_database(settings)
    # Celery is slow to import, and web and up do without it.
    import_module("workers.app").run(command, settings)
