"""Every connector that is pulled, with the platform that is played for it."""

import json
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from tests.connectors.doors import a_door_to
from tests.fakes import discord, discourse, matrix
from tests.fakes.scripts import Fake, Played
from tests.fakes.serving import a_server
from tests.fakes.story import D0, Story
from tracker.connectors.figures import Account, Event, MemberState, Page, Sample, Source
from tracker.wiring import SOURCES

NOW = D0 + timedelta(days=62)  # when the busy story has been told
MOST_PAGES = 500


@dataclass(frozen=True)
class Rig:
    """A connector and its platform. ``acts`` is the stream of what is new, ``past`` of the rest."""

    source: Source
    play: Callable[[Story, datetime], Any]
    config: Mapping[str, Any]
    secrets: Mapping[str, str]
    acts: str
    past: str | None
    members: str | None  # a list of all; None: who comes and goes stands among the acts

    @property
    def kind(self) -> str:
        return self.source.kind

    @property
    def told(self) -> list[str]:
        """The streams that tell all that has ever been done."""
        return [self.past, self.acts] if self.past else [self.acts]

    def account(self, port: int, **secrets: str) -> Account:
        base = f"http://{self.kind}.example:{port}"
        return Account(base, self.config, {**self.secrets, **secrets})


_BY_KIND = {source.kind: source for source in SOURCES}
RIGS = (
    Rig(
        _BY_KIND["discourse"],
        discourse.FakeDiscourse,
        {"question_categories": ""},
        {"api_key": discourse.KEY},
        acts="posts",
        past="past_posts",
        members="members",
    ),
    Rig(
        _BY_KIND["discord"],
        discord.FakeDiscord,
        {"guild_id": discord.GUILD, "staff_roles": discord.STAFF},
        {"bot_token": discord.TOKEN},
        acts="messages",
        past="past_messages",
        members="members",
    ),
    Rig(
        _BY_KIND["matrix"],
        matrix.FakeMatrix,
        {"main_room": matrix.MAIN, "bots": [matrix.BOT]},
        {"access_token": matrix.TOKEN},
        acts="messages",
        past=None,
        members=None,
    ),
)


@dataclass
class Pulled:
    """What has been kept, by its natural key, as the engine keeps it."""

    events: dict[tuple[str, str], Event] = field(default_factory=dict)
    members: dict[str, MemberState] = field(default_factory=dict)
    samples: dict[tuple[Any, ...], Sample] = field(default_factory=dict)
    lists: list[set[str]] = field(default_factory=list)  # whole ones
    cursors: dict[str, Any] = field(default_factory=dict)
    pages: int = 0
    calls: int = 0
    on_list: set[str] = field(default_factory=set)

    def keep(self, stream: str, page: Page) -> None:
        self.events |= {(event.source_id, event.kind): event for event in page.events}
        self.members |= {member.actor: member for member in page.members}
        for sample in page.samples:
            dims = tuple(sorted(sample.dims.items()))
            self.samples[sample.metric, sample.method, dims, sample.day] = sample
        self.on_list |= {member.actor for member in page.members}
        if page.whole_list:
            self.lists.append(self.on_list)
        if page.is_last and (page.members or page.whole_list):
            self.on_list = set()
        self.cursors[stream] = json.loads(json.dumps(page.cursor))  # as a database keeps it
        self.pages += 1
        self.calls += page.calls

    def of(self, *kinds: str) -> set[str]:
        return {source_id for source_id, kind in self.events if kind in kinds}


@dataclass
class Stage:
    """A platform that stands on a port, and the connector's account on it."""

    rig: Rig
    story: Story
    played: Played
    account: Account
    now: datetime = NOW

    @property
    def fake(self) -> Any:
        return self.played.fake

    def later(self, by: timedelta) -> None:
        self.now += by
        self.fake.now = self.now

    def page(self, stream: str, kept: Pulled) -> Page:
        cursor = kept.cursors.get(stream)
        return self.rig.source.fetch(self.account, stream, cursor, now=self.now)

    def pull(self, stream: str, kept: Pulled) -> Pulled:
        """To the end of a stream."""
        for _ in range(MOST_PAGES):
            page = self.page(stream, kept)
            kept.keep(stream, page)
            if page.is_last:
                return kept
        raise AssertionError(f"{stream} does not end")

    def pull_all(self, kept: Pulled | None = None) -> Pulled:
        """All that has ever been done."""
        kept = kept or Pulled()
        for stream in self.rig.told:
            self.pull(stream, kept)
        return kept


@contextmanager
def a_stage(rig: Rig, story: Story, now: datetime = NOW) -> Iterator[Stage]:
    """The story, played by the rig's platform on loopback."""
    fake: Fake = rig.play(story, now)
    played = Played(fake)
    with a_server(played) as port, a_door_to(port):
        yield Stage(rig, story, played, rig.account(port), now)
