"""The tracker as real processes: started, listened to, stopped."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from signal import SIGTERM, Signals
from threading import Timer
from typing import Any
from urllib.error import HTTPError
from urllib.request import ProxyHandler, Request, build_opener

PROGRAM = str(Path(sys.executable).with_name("tracker"))
ROOT = Path(__file__).parents[2]
PATIENCE = 60
"""Seconds after which a process that says nothing is killed, so that its test fails."""


@dataclass(frozen=True)
class Process:
    """A running command."""

    popen: subprocess.Popen[str]

    def wait_for(self, words: str) -> str:
        """What it has said, up to the line that holds ``words``."""
        said = []
        for line in self._lines():
            said.append(line)
            if words in line:
                return "".join(said)
        raise AssertionError(f"it ended without saying “{words}”:\n{''.join(said)}")

    def _lines(self) -> Iterator[str]:
        assert self.popen.stdout
        timer = Timer(PATIENCE, self.popen.kill)
        timer.start()
        try:
            for line in self.popen.stdout:  # noqa: UP028 - yield from would close it at the end
                yield line
        finally:
            timer.cancel()

    def stop(self, signal: Signals = SIGTERM, seconds: float = 10) -> tuple[int, str]:
        """Its exit code and its last words, if it ends in time."""
        self.popen.send_signal(signal)
        said, _ = self.popen.communicate(timeout=seconds)
        return self.popen.returncode, said


@contextmanager
def started(
    line: str, folder: Path, settings: Mapping[str, str] | None = None
) -> Iterator[Process]:
    """``tracker`` with these words, in ``folder``."""
    # The tree that these tests stand in, wherever the one that is installed may be.
    usual = {"PATH": os.defpath, "LANG": "en_GB.UTF-8", "PYTHONPATH": str(ROOT)}
    environment = {**usual, **(settings or {})}
    popen = subprocess.Popen(
        [PROGRAM, *line.split()],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with popen:
        try:
            yield Process(popen)
        finally:
            popen.kill()


@dataclass(frozen=True)
class Answer:
    """What a server answered."""

    status: int
    text: str

    @property
    def json(self) -> Any:
        return json.loads(self.text)


def fetch(url: str, token: str | None = None, body: object = None) -> Answer:
    """One request over the wire, past every proxy."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    data = None if body is None else json.dumps(body).encode()
    if data:
        headers["Content-Type"] = "application/json"
    opener = build_opener(ProxyHandler({}))
    try:
        with opener.open(Request(url, data, headers), timeout=PATIENCE) as response:
            return Answer(response.status, response.read().decode())
    except HTTPError as error:
        with error:
            return Answer(error.code, error.read().decode())


def curl(text: str) -> tuple[str, str]:
    """URL and token of the curl call that ``text`` tells the reader to try."""
    found = re.search(r'curl -H "Authorization: Bearer (\w+)" \\\n\s+"(\S+)"', text)
    assert found, text
    return found[2], found[1]
