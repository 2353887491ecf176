"""Starts the tracker's own commands as processes, as often and as quickly as they are killed.

``python -m tests.chaos.nursery`` imports everything once and forks for each start, since half a
thousand starts of Python would take longer than all the reminders. Each child leads a group of
its own and runs ``tracker`` with the words that it is given. Beside them stands the mail server
that nobody kills. Once nobody writes to it any more it kills all that it started, and ends.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from contextlib import suppress
from datetime import timedelta
from gc import freeze
from importlib import import_module
from signal import SIG_DFL, SIG_IGN, SIGCHLD, SIGCONT, SIGINT, SIGKILL, signal
from typing import NoReturn

from tracker.kernel import claims

# What the commands import when they are called.
SENDING_SECONDS = 15
MODULES = ("tracker.cli.server", "tracker.cli.jobs", "celery.apps.worker", "celery.apps.beat")


def shorten_leases(seconds: float) -> None:
    """Before anybody reads how long they are."""
    lease = timedelta(seconds=seconds)
    claims.LEASE = lease  # type: ignore[misc]  # final, but for those who cannot wait
    usual = claims.Claims.__init__.__kwdefaults__ or {}
    claims.Claims.__init__.__kwdefaults__ = {**usual, "lease": lease}
    # What is sent is answered before its lease ends, or given up; it is not begun if time is short.
    vars(import_module("tracker.webhooks.claiming"))["LEASE"] = 2 * lease
    vars(import_module("tracker.webhooks.sending"))["SECONDS"] = min(seconds, SENDING_SECONDS)
    errand = import_module("tracker.boards.errand")
    errand.CLAIMS._lease = vars(errand)["LEASE"] = lease
    vars(import_module("tracker.boards.gathering"))["UNSEEN"] = 2 * lease


def main() -> None:
    """Read what is to be started, a line each; answer with its process id."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lease", type=float)
    parser.add_argument("port")
    parser.add_argument("mails")
    parser.add_argument("--without")
    given = parser.parse_args()
    shorten_leases(given.lease)
    sabotage = import_module("tests.chaos.sabotage")
    for module in MODULES:
        import_module(module)
    import_module("workers.app").celery.loader.import_default_modules()
    if given.without:
        sabotage.SABOTAGES[given.without]()
    signal(SIGINT, SIG_IGN)
    freeze()
    sink = (sys.executable, "-m", "tests.servers.smtp", given.port, given.mails)
    with subprocess.Popen(sink) as process:
        signal(SIGCHLD, SIG_IGN)  # the kernel buries who is killed
        _serve()
        process.kill()


def _serve() -> None:
    started = []
    for line in sys.stdin:
        told = json.loads(line)
        pid = os.fork()
        if pid == 0:
            _be(told["words"], told["log"])
        os.setpgid(pid, pid)  # before anybody is told whom to kill
        started.append(pid)
        sys.stdout.write(f"{pid}\n")
        sys.stdout.flush()
    for pid in started:
        with suppress(ProcessLookupError):
            os.killpg(pid, SIGCONT)
            os.killpg(pid, SIGKILL)


def _be(words: Sequence[str], log: str) -> NoReturn:
    """In the child: ``tracker`` with these words, until it ends."""
    os.setpgid(0, 0)
    for number in (SIGINT, SIGCHLD):
        signal(number, SIG_DFL)
    file = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    for source, target in ((nothing, 0), (file, 1), (file, 2)):
        os.dup2(source, target)
    sys.argv = ["tracker", *words]
    code = 1
    try:
        import_module("tracker.cli").main(words)
    except SystemExit as end:
        code = end.code if isinstance(end.code, int) else 1
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


if __name__ == "__main__":
    main()
