"""A large community to read from: `python -m tests.fakes KIND PORT [MEMBERS MESSAGES]`.

Says “ready PORT” once it listens; a port of 0 is any that is free. Ends when it is killed.
"""

import sys
from datetime import timedelta

from tests.fakes.discord import FakeDiscord
from tests.fakes.discourse import FakeDiscourse
from tests.fakes.matrix import FakeMatrix
from tests.fakes.serving import Remembering, serve_until_killed
from tests.fakes.story import D0, busy

KINDS = {"discord": FakeDiscord, "discourse": FakeDiscourse, "matrix": FakeMatrix}
DAYS = 365


def main(kind: str, port: str, members: str = "5000", messages: str = "100000") -> None:
    story = busy(members=int(members), messages=int(messages), days=DAYS)
    fake = KINDS[kind](story, D0 + timedelta(days=2 * DAYS))
    serve_until_killed(Remembering(fake), int(port))


if __name__ == "__main__":
    main(*sys.argv[1:])
