"""The API behind a real server on loopback, for what needs real threads and real connections."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from errno import EBADF
from threading import Thread

from flask import Flask
from waitress.server import TcpWSGIServer, create_server
from waitress.wasyncore import close_all

from tracker.cli.server import SERVING


@contextmanager
def served(app: Flask) -> Iterator[str]:
    """Serve ``app`` as `tracker up` does; yields its address. Callers close their connections."""
    logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # fifty at once do queue
    server = create_server(app, host="127.0.0.1", port=0, **SERVING)
    assert isinstance(server, TcpWSGIServer)
    _host, port = server.getsockname()
    thread = Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.close()
        thread.join(timeout=30)
        assert not thread.is_alive()
        server.task_dispatcher.shutdown()
        # What callers have left open would be closed by the garbage collector, with a warning
        # that lands in whatever test runs then.
        close_all(vars(server)["_map"])


def _run(server: TcpWSGIServer) -> None:
    """Until the socket is closed under it: in a thread there is no signal that stops the loop."""
    try:
        server.run()
    except OSError as error:
        if error.errno != EBADF:
            raise
