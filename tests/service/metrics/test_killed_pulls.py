"""Whoever pulls may be killed between a page and its commit: it goes on where it was."""

import subprocess
import sys
from datetime import timedelta
from signal import SIGKILL

import pytest

from tests.personas import Persona
from tests.service.metrics.forums import a_rig
from tests.service.metrics.test_pulling import is_whole
from tracker.kernel.db import current_database
from tracker.metrics.pull_errand import LEASE

# Point, how often it is passed, and whether posts are kept by then.
POINTS = (("pages keeping", 2, True), ("pages kept", 1, True), ("page fetched", 1, False))


def test_a_kill_between_page_and_commit_loses_nothing_and_repeats_nothing(
    alice: Persona, subtests: pytest.Subtests
) -> None:
    is_server = current_database().url.get_backend_name() != "sqlite"
    for point, times, is_kept in POINTS[:1] if is_server else POINTS:  # a point is one of our code
        with subtests.test(point), a_rig(alice, posts=75, members=7, size=1) as rig:
            rig.connect()
            rig.forum.closed.add("members")
            url = current_database().url.render_as_string(hide_password=False)
            words = [sys.executable, "-m", "tests.service.metrics.puller", url, str(rig.port)]
            words += [rig.now.isoformat(), point, str(times)]
            ended = subprocess.run(words, check=False, timeout=60)
            assert ended.returncode == -SIGKILL
            kept = len(rig.posts())
            assert (kept > 0) == is_kept
            assert rig.shown()["pulling"]
            assert rig.pull(after=1) == 0, "the lease holds"
            rig.now += LEASE + timedelta(seconds=30)
            rig.played.asked.clear()
            assert rig.pull() == 1
            first = next(one for one in rig.played.asked if one.parts[0] == "posts")
            assert first.query.get("after", "0") == str(kept)
            assert rig.posts() == rig.all_posts()
            assert rig.shown()["pulling"] is False
            rig.forum.closed.clear()
            rig.owner.post(f"/connections/{rig.id}/pull", {})
            rig.pull(after=1)
            assert is_whole(rig)
