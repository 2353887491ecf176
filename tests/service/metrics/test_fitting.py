"""Whether members match the personas is noted by their ids on the platform, and kept by hashes."""

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from tests.api.problems import problem
from tests.api.tables import everything
from tests.personas import Persona, answer
from tests.service.metrics.connected import connected, fresh
from tracker.connectors.figures import MemberState, Page
from tracker.kernel.clock import utcnow
from tracker.kernel.db import reading, unit_of_work
from tracker.metrics.community_models import CommunityMember
from tracker.metrics.connection_account import actor_key_of
from tracker.metrics.connection_models import Connection
from tracker.metrics.keeping import keep_page


def joined(mona: Persona, *names: str) -> Connection:
    """A forum that these have joined, a day apart, the first one ten days ago."""
    found = connected(mona, zone="UTC")
    first = utcnow() - timedelta(days=10)
    members = [MemberState(one, first + timedelta(days=n)) for n, one in enumerate(names)]
    with unit_of_work() as session:
        key = actor_key_of(fresh(found))
        keep_page(session, found, Page({}, is_last=True, members=members), now=utcnow(), key=key)
    return found


def says(persona: Persona, forum: Connection, **told: bool | None) -> Any:
    body = {"members": [{"member": name, "fits": fits} for name, fits in told.items()]}
    return persona.post(f"/connections/{forum.id}/fits", body)


def kept() -> list[bool | None]:
    with reading() as session:
        wanted = select(CommunityMember.fits).order_by(CommunityMember.joined_at)
        return list(session.scalars(wanted))


def test_who_fits_is_noted_changed_and_taken_back(mona: Persona, bob: Persona) -> None:
    forum = joined(mona, "ann", "ben", "cleo")
    told = answer(says(bob, forum, ann=True, ben=False, zoe=True))
    assert told == {"noted": 2, "not_known": ["zoe"]}
    assert kept() == [True, False, None]
    assert fresh(forum).dirty_on is not None
    answer(says(bob, forum, ann=False, ben=None))
    assert kept() == [False, None, None]


def test_the_same_word_again_changes_nothing(mona: Persona) -> None:
    forum = joined(mona, "ann")
    answer(says(mona, forum, ann=True))
    before = everything()
    answer(says(mona, forum, ann=True))
    assert everything() == before


def test_who_only_looks_says_nothing_about_members(mona: Persona, vera: Persona) -> None:
    forum = joined(mona, "ann")
    problem(says(vera, forum, ann=True), 403, "forbidden")
    problem(mona.post(f"/connections/{forum.id}/fits", {"members": []}), 422, "invalid-values")
    assert kept() == [None]
