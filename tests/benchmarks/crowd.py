"""A large server on Discord, in a process of its own, that makes each answer once.

`python -m tests.benchmarks.crowd PORT MEMBERS MESSAGES`; `/asked` tells what was asked so far, and
forgets it.
"""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlencode

from tests.benchmarks.serving import ROOT
from tests.fakes.discord import FakeDiscord
from tests.fakes.serving import Asked, Remembering, Told, Vendor, serve_until_killed
from tests.fakes.story import Act, Kind, Person, Story
from tests.servers.home import free_port
from tracker.kernel.clock import utcnow

ASKED: Final = "/asked"
CHANNELS: Final = 10
_DAYS: Final = 365


class Noted:
    """A vendor, and a note of what it was asked."""

    def __init__(self, vendor: Vendor) -> None:
        self._vendor = vendor
        self._asked: list[str] = []

    def answer(self, asked: Asked) -> Told:
        """What the vendor says."""
        if asked.path == ASKED:
            found, self._asked = self._asked, []
            return Told(200, found)
        self._asked.append(f"{asked.path}?{urlencode(asked.query)}")
        return self._vendor.answer(asked)


def a_crowd(members: int, messages: int, *, now: datetime) -> Story:
    """A year of talk in ten channels; equal on every run, but for the year."""
    begin, step = now - timedelta(days=_DAYS), timedelta(days=_DAYS) / (messages + 1)
    people = [Person(f"member{n}", begin - timedelta(minutes=n)) for n in range(members)]
    return Story(people, (_act(n, people, begin + n * step) for n in range(messages)))


def _act(number: int, people: list[Person], at: datetime) -> Act:
    """Two of three answer what was said before in the same channel."""
    who, channel = people[number * 7 % len(people)].key, number % CHANNELS
    answered = None if number < CHANNELS or number % 3 == 0 else f"m{number - CHANNELS}"
    kind: Kind = "reply" if answered else "post"
    return Act(f"m{number}", kind, who, at, f"channel{channel}", answered)


@contextmanager
def a_served_crowd(members: int, messages: int) -> Iterator[int]:
    """The port that it answers on."""
    port = free_port()
    command = [sys.executable, "-m", "tests.benchmarks.crowd", *map(str, (port, members, messages))]
    with subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout
            assert process.stdout.readline() == f"ready {port}\n"
            yield port
        finally:
            process.kill()


def main() -> None:
    """Until killed."""
    port, members, messages = map(int, sys.argv[1:])
    now = utcnow()
    story = a_crowd(members, messages, now=now)
    serve_until_killed(Noted(Remembering(FakeDiscord(story, now))), port)


if __name__ == "__main__":
    main()
