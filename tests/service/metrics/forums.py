"""A forum that is connected and pulled, in times of a test's own."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import select

from tests.fakes.connectors import Forum, also_use
from tests.fakes.forum import TOKEN, FakeForum
from tests.fakes.scripts import Played
from tests.fakes.serving import a_server
from tests.personas import Persona, answer
from tracker.kernel.clock import utcnow
from tracker.kernel.db import current_database, reading
from tracker.kernel.egress import make_door, use_door
from tracker.metrics.community_models import CommunityEvent, CommunityMember
from tracker.metrics.connection_models import Connection
from tracker.metrics.pulling import pull_due


@dataclass
class Rig:
    """A connection, the platform behind it, and the clock of those who pull."""

    owner: Persona
    played: Played
    forum: FakeForum
    port: int
    id: str = ""
    now: datetime = field(default_factory=utcnow)

    def connect(self, **more: Any) -> None:
        project = self.owner.creates_a_project()["id"]
        body = {
            "kind": "forum",
            "base_url": f"http://127.0.0.1:{self.port}",
            "credentials": {"token": TOKEN},
            "zone": where_it_is_noon(),
            **more,
        }
        self.id = answer(self.owner.post(f"/projects/{project}/connections", body), 201)["id"]
        # Later than what is asked over HTTP, however slow the machine; the calls are today's.
        later = utcnow() + timedelta(minutes=5)
        self.now = later if later.date() == utcnow().date() else utcnow()

    def pull(self, *, after: float = 0, most: int = 9) -> int:
        """Pull all that is due, ``after`` so many seconds; how many rounds it took."""
        self.now += timedelta(seconds=after)
        rounds = 0
        while rounds < most and pull_due(now=self.now):
            rounds += 1
        return rounds

    def shown(self) -> dict[str, Any]:
        return answer(self.owner.get(f"/connections/{self.id}"))

    def stream(self, name: str) -> dict[str, Any]:
        return next(one for one in self.shown()["streams"] if one["name"] == name)

    def pulls(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = answer(self.owner.get(f"/connections/{self.id}/pulls"))[
            "items"
        ]
        return found

    def row(self) -> Connection:
        with reading() as session:
            return session.scalars(select(Connection).where(Connection.id == UUID(self.id))).one()

    def posts(self) -> list[str]:
        """What is kept, in the order of its happening."""
        wanted = select(CommunityEvent.source_id).where(
            CommunityEvent.connection_id == UUID(self.id)
        )
        with current_database().reader() as session:
            return list(session.scalars(wanted.order_by(CommunityEvent.at)))

    def members(self) -> int:
        wanted = select(CommunityMember).where(
            CommunityMember.connection_id == UUID(self.id), CommunityMember.left_at.is_(None)
        )
        with current_database().reader() as session:
            return len(session.scalars(wanted).all())

    def all_posts(self) -> list[str]:
        return [post["id"] for post in self.forum.posts]


@contextmanager
def a_rig(owner: Persona, *, posts: int = 35, members: int = 7, size: int = 10) -> Iterator[Rig]:
    """A forum on loopback that the door lets us reach."""
    forum = FakeForum(posts=posts, members=members, size=size)
    played = Played(forum)
    with a_server(played) as port:
        use_door(make_door((f"127.0.0.1:{port}",), "http://127.0.0.1:8000"))
        also_use(Forum())
        yield Rig(owner, played, forum, port)


def where_it_is_noon() -> str:
    """So that no stream that waits for its platform's night comes due within a test's hour."""
    return f"Etc/GMT{utcnow().hour - 12:+d}"


def instant(told: Mapping[str, Any], name: str) -> datetime:
    return datetime.fromisoformat(told[name]).astimezone(UTC)
