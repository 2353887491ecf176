"""``tracker up`` and ``tracker web``: the processes that answer requests."""

import errno
import gc
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from importlib import import_module
from signal import SIGINT, SIGTERM, default_int_handler, getsignal, signal
from socket import AF_INET, AF_INET6, SO_REUSEADDR, SOL_SOCKET, socket
from typing import Any, Final

import click
from waitress.server import create_server

from tracker.app import create_app
from tracker.cli.muting import tell_if_muted
from tracker.cli.opening import check_secrets, open_any_database, open_database
from tracker.cli.speech import Refusal, spoken_language
from tracker.config import (
    DEFAULT_BASE_URL,
    Settings,
    check_scaled,
    embedded_secret_key,
    load_settings,
)
from tracker.kernel.db import current_database
from tracker.kernel.logs import set_up_logs
from tracker.kernel.memory import share_memory
from tracker.kernel.revisions import bring_up_to_date
from tracker.kernel.texts import Sentence
from tracker.web.streams import PLACES, end_streams

THREADS: Final = 8
SERVING: Final[Mapping[str, Any]] = {"threads": THREADS + PLACES}
_EVERYWHERE: Final = ("0.0.0.0", "::")  # noqa: S104 - what to listen on is the operator's to say
_UP: Final = Sentence(
    en="The tracker is up: {url}/api/docs (stop it with Ctrl-C).",
    fr="Le tracker tourne : {url}/api/docs (l'arrêter avec Ctrl-C).",
)
_CANNOT_LISTEN: Final = Sentence(
    en="{host} port {port} cannot be listened on: {reason}. Name another one with --port or "
    "--host, or stop what holds it.",
    fr="Impossible d'écouter sur {host} port {port} : {reason}. En choisir un autre avec --port ou "
    "--host, ou arrêter ce qui l'occupe.",
)

_REASONS: Final[Mapping[int | None, Sentence]] = {
    errno.EADDRINUSE: Sentence(en="Address already in use", fr="l'adresse est déjà prise"),
    errno.EACCES: Sentence(en="Permission denied", fr="il y faut plus de droits"),
    errno.EADDRNOTAVAIL: Sentence(
        en="this machine has no such address", fr="cette machine n'a pas cette adresse"
    ),
}


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
    settings = at_home(embedded_settings(), host, port)
    with listening(host, port) as listener:
        bring_up_to_date(open_any_database(settings))
        check_secrets()
        tell_if_muted()
        serve(settings, listener, up_message(host, port), with_jobs=True)


@_host_and_port
@click.command()
def web(host: str, port: int) -> None:
    """Serve the API, beside workers on PostgreSQL and Redis."""
    settings = load_settings()
    check_scaled(settings, "web")
    open_database(settings)
    check_secrets()
    with listening(host, port) as listener:
        serve(settings, listener, up_message(host, port))


def up_message(host: str, port: int) -> str:
    """Where the tracker is, and how to stop it."""
    return _UP.say(spoken_language(), url=address(host, port))


def embedded_settings() -> Settings:
    """The settings of one process that needs nothing else; it keeps a key of its own."""
    settings = load_settings()
    key = settings.secret_key or embedded_secret_key()
    return replace(settings, redis_url=None, secret_key=key)


def at_home(settings: Settings, host: str, port: int) -> Settings:
    """Links lead to where this process listens, unless the operator says where it is reached."""
    if settings.base_url != DEFAULT_BASE_URL:
        return settings
    reached = "127.0.0.1" if host in _EVERYWHERE else host
    return replace(settings, base_url=address(reached, port))


def address(host: str, port: int) -> str:
    """What a browser is told."""
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


@contextmanager
def listening(host: str, port: int) -> Iterator[socket]:
    """The port is ours before anything is made; callers wait until they are served."""
    with socket(AF_INET6 if ":" in host else AF_INET) as listener:
        try:
            listener.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)  # the last run's end is no obstacle
            listener.bind((host, port))
            listener.listen()
        except OSError as error:  # taken, forbidden, or no address of this machine
            reason = _REASONS.get(error.errno, error.strerror)
            values = {"host": host, "port": port, "reason": reason}
            raise Refusal(_CANNOT_LISTEN.say(spoken_language(), **values)) from None
        yield listener


def serve(settings: Settings, listener: socket, greeting: str, *, with_jobs: bool = False) -> None:
    """Answer requests until told to stop. ``greeting`` is printed when they are.

    ``with_jobs`` has this process do what worker and beat do elsewhere.
    """
    share_memory()
    set_up_logs(settings.log_format)
    app = create_app(settings)
    server = create_server(
        app, sockets=[listener], ident=None, clear_untrusted_proxy_headers=True, **SERVING
    )
    company = _jobs(settings) if with_jobs else _doorbell(settings)
    signal(SIGTERM, _stop)
    if getsignal(SIGINT) is default_int_handler:  # where it is to be heard at all
        signal(SIGINT, _stop)
    try:
        with company:
            gc.freeze()  # what stands here stays: no collection needs to look through it again
            click.echo(greeting)
            server.run()  # on SystemExit it waits for the requests in hand
    finally:
        server.close()
        current_database().close()


def _jobs(settings: Settings) -> AbstractContextManager[None]:
    """Worker and beat in threads of this process."""
    jobs: AbstractContextManager[None] = import_module("workers.embedded").running(settings)
    return jobs


def _doorbell(settings: Settings) -> AbstractContextManager[None]:
    """What tells workers elsewhere that something was announced."""
    door: AbstractContextManager[None] = import_module("workers.doorbell").hanging(settings)
    return door


def _stop(_number: int, _frame: object) -> None:
    """To be told so means: finish what is in hand, then go."""
    end_streams()
    raise SystemExit(0)
